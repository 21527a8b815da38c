"""Reports: complete, closed in themselves, and the same bytes each time."""

import re
from html.parser import HTMLParser

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.export.record import components_record
from dashboard.reporting.content import content
from dashboard.reporting.drawing import parts
from dashboard.reporting.page import html
from dashboard.reporting.pdf import pdf
from dashboard.reporting.results import results_of
from dashboard.reporting.setting import Line, columns, width, wrapped
from dashboard.reporting.steps import finished
from dashboard.reporting.text import SMALLEST, second_page
from dashboard.view import View
from dashboard.words.numbers import measure
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)
# 10 MB is what mail servers take.
MOST_BYTES = 10 * 2**20
EMPTY = {"meta", "img", "br", "link", "input"}


class Parsed(HTMLParser):
    """The elements of a page, and the text in each kind of them."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.texts, self.open = [], {}, []
        self.feed(page.decode())
        assert not self.open, "every element is closed"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figures out, which take most of the time."""
    for form in ("page", "pdf"):
        monkeypatch.setattr(f"dashboard.reporting.{form}.parts", lambda _: [])


@pytest.fixture
def made(study):
    """Return a function that computes what a report of a View is of."""
    return lambda view=VIEW, desk=study: results_of(desk.scene(view), desk.analyses)


def cells(texts):
    return [re.sub(r"\s+", " ", text).strip() for text in texts]


def test_a_page_is_closed_in_itself_and_can_be_heard(made):
    page = finished(html(made()))
    found = Parsed(page)
    assert len(page) < MOST_BYTES
    assert {"script", "link", "iframe", "object", "form", "base"}.isdisjoint(found.texts)
    for tag, attributes in found.elements:
        for name, value in attributes.items():
            assert name != "style"
            assert not name.startswith("on")
            if name in ("src", "href", "srcset", "data", "action"):
                assert value.startswith("data:image/svg+xml;base64,"), tag
    assert b"url(" not in page
    assert b"@import" not in page
    policy = found.all("meta")[1]["content"]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert found.all("html")[0]["lang"] == "en"
    assert len(found.texts["h1"]) == len(found.texts["main"]) == 1
    pictures = found.all("img")
    assert len(pictures) == len(found.texts["figcaption"]) == 4
    assert all(len(picture["alt"]) > 30 for picture in pictures)
    assert {head.get("scope") for head in found.all("th")} == {"row", "col"}


@pytest.mark.usefixtures("undrawn")
def test_the_numbers_are_those_of_the_record_of_segment(made, study):
    report = made()
    record = components_record(study.analyse(VIEW))
    found = Parsed(finished(html(report)))
    values = cells(found.texts["td"])
    row = 4 + 2 * len(record["inputs"]) // 2  # without the class; with r, if two images are mixed
    for number, one in enumerate(record["components"]):
        weight, voxels, ml, *means, correlation = values[number * row : (number + 1) * row]
        assert float(weight) == pytest.approx(one["weight"], abs=5e-4)
        assert int(voxels.replace(",", "")) == one["voxels"]
        assert float(ml) == pytest.approx(one["volume_ml"], rel=5e-3)
        for image, text in enumerate(means):
            mean, sd = (float(part.replace(",", "")) for part in text.split(" ± "))
            assert mean == pytest.approx(one["mean"][image], rel=5e-3)
            assert sd == pytest.approx(np.sqrt(one["covariance"][image][image]), rel=5e-3)
        sds = np.sqrt(np.diag(one["covariance"]))
        r = one["covariance"][0][1] / sds.prod()
        assert float(correlation.replace("−", "-")) == pytest.approx(r, abs=5e-3)
    text = " ".join(found.texts["p"])
    for name in ("bic", "aic"):
        assert f"{name.upper()} {record['criteria'][name]:,.0f}".replace("-", "−") in text
    assert f"{record['foreground_voxels']:,} foreground voxels" in text
    for given in record["inputs"]:
        assert given["sha256"] in values
    for library, version in record["versions"].items():
        assert version in text, library


@pytest.mark.usefixtures("undrawn")
def test_every_setting_is_there(made):
    view = View("pair", "T1", "b0", slice=5, components=4, covariance="tied", tolerance="1e-4")
    found = Parsed(finished(html(made(view))))
    settings = dict(zip(cells(found.texts["dt"]), cells(found.texts["dd"]), strict=True))
    store = view.to_store()
    assert settings.keys() == store.keys() - {"panel", "lesson"}
    assert settings["components"] == "4"
    assert settings["tolerance"] == "1e-4"
    assert settings["mix"] == "T1, b0"
    assert settings["starts"] == "1"
    assert f"?{view.query()}" in " ".join(found.texts["span"])


@pytest.mark.parametrize(
    ("view", "says", "not_said"),
    [
        (
            VIEW,
            ["seed 12345", "full covariance", "0.001", "slice 5", "above 0"],
            ["Potts", "starts"],
        ),
        (
            View("pair", "T1", "b0", slice=5, scope="volume", prior=0.5, components=4),
            ["best of 10 k-means starts", "their voxels [4][5], instead", "4 Gaussians",
             "Potts prior of strength 0.5", "of the whole head"],
            ["slice 5", "between neighbouring classes"],
        ),
        (
            View("pair", "T1", "b0", slice=5, scope="volume", covariance="partial-volume"),
            ["common covariance matrix", "between neighbouring classes", "that fills most of it"],
            ["most probable component"],
        ),
        (
            View("pair", "T1", "b0", slice=5, start="volume", foreground="mask", mask="mask"),
            ["population SD of 1 in the foreground of the whole head.",
             "began from the mixture of the whole head", "the voxels that mask marks"],
            ["seed", "k-means"],
        ),
        (
            View("pair", "T1", "T1", slice=5, mix="T1", scaling="robust", clip="0.5",
                 covariance="diag", foreground="nonzero", starts=3),
            ["interquartile", "clipped at 0.5 % and 99.5 %", "diagonal", "not 0",
             "best of 3 k-means starts"],
            ["b0"],
        ),
    ],
)  # fmt: skip
def test_the_methods_have_the_numbers_of_the_recipe(made, view, says, not_said, save, head):
    save("data/pair/mask.nii.gz", head(0) > 150, AFFINE)
    words = content(made(view))
    for text in says:
        assert text in words.methods, words.methods
    for text in not_said:
        assert text not in words.methods, words.methods
    cited = [int(number) for number in re.findall(r"\[(\d+)\]", words.methods)]
    assert list(dict.fromkeys(cited)) == list(range(1, len(words.sources) + 1))
    assert "{" not in words.methods


def test_the_methods_say_what_was_done_to_each_image(save, head, workspace):
    series = np.stack([head(2), head(3)], axis=-1)
    save("data/lab/T1.nii.gz", head(0), AFFINE)
    save("data/lab/fine.nii.gz", head(1).repeat(2, axis=0), AFFINE @ np.diag([0.5, 1, 1, 1]))
    save("data/lab/run.nii.gz", series, AFFINE)
    turned = np.diag([1.0, -1, 1, 1])
    turned[1, 3] = head(0).shape[1] - 1
    save("data/lab/mask.nii.gz", (head(0) > 0)[:, ::-1], AFFINE @ turned)
    view = View("lab", "T1", "fine", slice=5, mix="T1,fine,run:mean,run:1", grid="T1",
                foreground="mask", mask="mask", scope="volume")  # fmt: skip
    words = content(results_of(workspace.scene(view), workspace.analyses))
    for sentence in (
        "read T1, fine, run (mean of 2 volumes) and run (volume 1 of 2) with NiBabel [1].",
        "fine was brought onto the grid of T1 by",
        "mask was brought onto the grid of T1 by",
        "voxels of 2 × 2 × 3 mm (",
        "corrected in passes over all voxels [4].",
    ):
        assert sentence in words.methods, words.methods
    assert words.sources[3].startswith("Stetter")


def test_a_single_image_has_no_joint_view(made):
    alone = made(View("pair", "T1", "T1", slice=5, mix="T1"))
    assert [part.name for part in parts(alone)] == ["pictures", "histograms"]
    both = [part.name for part in parts(made())]
    assert both == ["pictures", "histograms", "classes", "joint"]


@pytest.mark.usefixtures("undrawn")
def test_without_a_fit_a_report_says_why(made, study, save):
    t1 = nib.load(study.archive.study("pair").files["T1"].path)
    save("data/pair/copy.nii.gz", 2 * t1.get_fdata(), t1.affine)
    report = made(View("pair", "T1", "copy", slice=5, mix="T1,copy"))
    page = finished(html(report))
    assert report.problem
    assert report.problem in Parsed(page).texts["p"]
    assert finished(pdf(report)).startswith(b"%PDF")
    save("data/pair/wide.nii.gz", np.ones((3, 3, 3)))
    other = made(View("pair", "T1", "wide", slice=5, mix="T1,wide"))
    assert other.analysis is None
    assert other.problem in Parsed(finished(html(other))).texts["p"]


def test_names_with_markup_are_text(save, head, workspace, monkeypatch):
    name = "<b>$T_1$ & 漢<i>"
    save("data/pair/b0.nii.gz", head(1))
    path = save("data/pair/T1.nii.gz", head(0))
    path.rename(path.with_name(f"{name}.nii.gz"))
    (image,) = workspace.archive.study("pair").files.keys() - {"b0"}
    view = View("pair", image, "b0", slice=5, names=("<i>x</i>", "$\\frac$"))
    report = results_of(workspace.scene(view), workspace.analyses)
    monkeypatch.setattr("dashboard.reporting.page.as_svg", lambda *_: b"")
    found = Parsed(finished(html(report)))
    assert {"b", "i"}.isdisjoint(found.texts)
    assert any("<i>x</i>" in text for text in found.texts["th"])
    assert any(image in text for text in found.texts["th"])
    assert b"%PDF" in finished(pdf(report))


@pytest.mark.wide
def test_a_view_gives_the_same_bytes_again(made, desk, tmp_path):
    again = desk(tmp_path / "data", tmp_path / "other")
    first = finished(pdf(made()))
    assert finished(pdf(made(desk=again))) == first
    assert len(re.findall(rb"/Type\s*/Page\b", first)) == 2


@pytest.mark.wide
@pytest.mark.parametrize("count", [2, 8])
def test_the_words_fit_on_the_second_page(save, head, workspace, count):
    names = [f"sub-01_acq-highres_run-{n}_contrast{n}" for n in range(count)]
    for number, name in enumerate(names):
        save(f"data/pair/{name}.nii.gz", head(number) + number % 5)
    view = View("pair", names[0], names[1], slice=5, components=10, mix=",".join(names),
                names=("Cerebral-White-Matter-lh",) * 10)  # fmt: skip
    report = results_of(workspace.scene(view), workspace.analyses)
    page = second_page(content(report), 186, 273)
    assert page.top <= 273
    assert page.size > SMALLEST
    for line in page.lines:
        end = width(line.text, line.size, line.weight)
        left = line.left if line.align == "left" else line.left - end
        assert left >= -0.1
        assert left + end <= 186.5, line.text


def test_text_is_broken_where_it_has_no_room():
    text = "The foreground is all voxels above 0 " + "a" * 64
    lines = wrapped(text, 40, 8)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 8) <= 40 for line in lines)
    assert len({len(line) for line in lines if set(line) == {"a"}}) <= 2
    assert wrapped("one\ntwo", 40, 8) == ["one", "two"]
    assert width("漢", 8) == width("\N{WHITE SQUARE}", 8)
    assert Line("x", 8).height == pytest.approx(8 * 1.25 / 72 * 25.4)


def test_columns_share_the_width():
    table = [["a", "b"], ["1", "word " * 40]]
    first, second = columns(table, 100, 8)
    assert first + second == pytest.approx(100, abs=0.01)
    assert width("a", 8, "bold") < first < 10
    assert sum(columns([["a", "b"]], 100, 8)) == pytest.approx(100)


def test_volumes_are_in_millilitres(made):
    report = made()
    voxels = len(report.analysis.features.values)
    said = f"{voxels:,} voxels of 2 × 2 × 3 mm ({measure(voxels * 2 * 2 * 3 / 1000)} mL)"
    assert said in content(report).methods


@pytest.mark.long
def test_every_real_study_makes_a_report(real_data, desk, tmp_path):
    everything = desk(real_data, tmp_path / "cache")
    for name in everything.archive.studies():
        for scope in ("slice", "volume"):
            scene = everything.open({"study": name, "scope": scope}).scene
            report = results_of(scene, everything.analyses)
            page = finished(html(report))
            Parsed(page)
            assert len(page) < MOST_BYTES, name
            assert len(re.findall(rb"/Type\s*/Page\b", finished(pdf(report)))) == 2, name
