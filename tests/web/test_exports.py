"""The Export menu's files: what they hold, what they are called, and that none of them is left."""

import csv
import errno
import gzip
import hashlib
import io
import json
import os
import zipfile
from dataclasses import replace
from importlib.metadata import version
from urllib.parse import unquote

import nibabel as nib
import numpy as np
import pytest
from flask import Flask
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core.mixture.matching import usual
from dashboard.services import limits
from dashboard.services.exporting import making
from dashboard.services.exporting.making import Workshops
from dashboard.services.exporting.origins import origin
from dashboard.services.limits import Allowance
from dashboard.view import View
from dashboard.web import reports
from dashboard.web.exports import STEPS, blueprint
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)
KINDS = {
    "dseg.nii.gz": "application/gzip", "dseg.tsv": "text/tab-separated-values",
    "mask.nii.gz": "application/gzip", "probseg.zip": "application/zip",
    "bids.zip": "application/zip", "reproduce.py": "text/x-python",
    "components.tsv": "text/tab-separated-values", "criteria.tsv": "text/tab-separated-values",
}  # fmt: skip


@pytest.fixture
def ask(study, tmp_path):
    """Return a function that asks for an export of a View, and sees that nothing of it is left."""
    server = Flask(__name__)
    server.register_blueprint(
        blueprint(study.archive, study.analyses, study.ahead, Workshops(tmp_path / "cache"))
    )

    def ask(what, view=VIEW, query=None, **headers):
        query = view.query() if query is None else query
        with server.test_client().get(f"/exports/{what}?{query}", headers=headers) as answer:
            answer.get_data()
        assert not list((tmp_path / "cache").glob("exports/*"))
        return answer

    return ask


def opened(content):
    return nib.Nifti1Image.from_bytes(gzip.decompress(content))


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text), delimiter="\t"))


def members(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("what", KINDS)
def test_each_file_says_what_it_is_and_of_what_and_is_always_the_same(ask, what):
    answer, again = ask(what), ask(what)
    assert answer.status_code == 200
    assert answer.mimetype == KINDS[what]
    disposition = f"attachment; filename*=UTF-8''pair_axial5_K3_{what}"
    assert answer.headers["Content-Disposition"] == disposition
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.data) == answer.content_length
    assert again.data == answer.data


@pytest.mark.parametrize("view", [VIEW, replace(VIEW, scope="volume", components=4)])
def test_labels_probabilities_and_mask_are_those_of_the_page_on_the_inputs_grid(ask, study, view):
    own = nib.load(study.archive.require("pair").files["T1"].path)
    whole = study.analyse(view)
    part = np.s_[:] if view.scope == "volume" else np.s_[:, :, 5]

    labels, mask = (opened(ask(what, view).data) for what in ("dseg.nii.gz", "mask.nii.gz"))
    for image in (labels, mask):
        np.testing.assert_array_equal(image.affine, own.affine)
        assert image.shape == own.shape
    np.testing.assert_array_equal(labels.get_fdata()[part], whole.labels)
    assert labels.get_fdata().sum() == whole.labels.sum()
    inside = np.minimum(*(nib.load(f.path).get_fdata() for f in study.archive.require("pair")
                          .files.values()))[part] > 0  # fmt: skip
    np.testing.assert_array_equal(mask.get_fdata()[part], inside)
    assert mask.get_fdata().sum() == inside.sum()

    packed = members(ask("probseg.zip", view))
    found = {name: one for name, one in packed.items() if name.endswith(".nii.gz")}
    sidecars = [json.loads(packed[name.replace(".nii.gz", ".json")]) for name in found]
    assert [one["LabelMap"] for one in sidecars] == [
        [f"class {k}"] for k in range(1, view.components + 1)
    ]
    assert [name.split("_", 2)[2] for name in found] == [
        f"K{view.components}_label-{k}_probseg.nii.gz" for k in range(1, view.components + 1)
    ]
    shares = np.stack([opened(one).get_fdata()[part] for one in found.values()])
    np.testing.assert_allclose(shares.sum(axis=0)[inside], 1, atol=1e-6)
    assert not shares[:, ~inside].any()
    np.testing.assert_array_equal(shares.argmax(axis=0)[inside] + 1, whole.labels[inside])


def test_the_tables_hold_the_numbers_of_the_fit(ask, study):
    files = study.archive.require("pair").files.values()
    cut = [nib.load(file.path).get_fdata()[:, :, 5] for file in files]
    inside = (cut[0] > 0) & (cut[1] > 0)
    points = np.column_stack([image[inside] for image in cut])
    scaler = StandardScaler()
    scaled = scaler.fit_transform(points)
    fitted = {k: GaussianMixture(k, random_state=12345).fit(scaled) for k in (1, 3)}
    names = ("CSF", '=HYPERLINK("//x")', "@me")
    found = rows(ask("components.tsv", replace(VIEW, names=names)))
    means = sorted(map(tuple, scaler.inverse_transform(fitted[3].means_)))
    read = sorted((float(row["mean T1"]), float(row["mean b0"])) for row in found)
    np.testing.assert_allclose(read, means)
    assert sum(int(row["voxels"]) for row in found) == inside.sum()
    # No spreadsheet computes a name.
    called = ["CSF", '\'=HYPERLINK("//x")', "'@me"]
    assert [row["name"] for row in found] == called
    assert [row["name"] for row in rows(ask("dseg.tsv", replace(VIEW, names=names)))] == called
    assert sum(float(row["volume_ml"]) for row in found) == pytest.approx(inside.sum() * 0.012)

    criteria = {row["components"]: row for row in rows(ask("criteria.tsv"))}
    assert list(criteria) == [str(k) for k in range(1, 11)]
    for k, one in fitted.items():
        assert float(criteria[str(k)]["bic"]) == pytest.approx(one.bic(scaled))
        assert float(criteria[str(k)]["aic"]) == pytest.approx(one.aic(scaled))


def test_agreement_counts_the_voxels_of_each_class_and_label(ask, save, study):
    reference = np.zeros((24, 20, 12))
    reference[4:, 5:], reference[9:, 5:] = 7, 9
    save("data/pair/dseg.nii.gz", reference, AFFINE, dtype="u1")
    (study.archive.require("pair").files["T1"].path.parent / "dseg.tsv").write_text(
        "index\tname\n7\tthe box\n9\t\n"
    )
    found = rows(ask("agreement.tsv", replace(VIEW, reference="dseg")))
    labels = study.analyse(VIEW).labels
    assert [int(row["voxels_of_label_7"]) for row in found] == [
        ((labels == k) & (reference[:, :, 5] == 7)).sum() for k in range(4)
    ]
    for row in (row for row in found if row["label"] != "n/a"):
        label = int(row["label"])
        assert row["label_name"] == {7: "the box", 9: "n/a"}[label]
        sizes = (labels == int(row["index"])).sum() + (reference[:, :, 5] == label).sum()
        same = int(row[f"voxels_of_label_{label}"])
        assert float(row["dice"]) == pytest.approx(2 * same / sizes)
    assert {row["label"] for row in found} == {"7", "9", "n/a"}


def test_segment_writes_the_same_bytes(ask, run, tmp_path, study, save, head):
    # Of this slice alone, the classes would have other numbers by their means.
    save("data/pair/T1.nii.gz", head(0) * np.linspace(1, 2, 12), AFFINE)
    images = [tmp_path / "data" / "pair" / f"{name}.nii.gz" for name in ("T1", "b0")]
    for view, more in (
        (VIEW, ["--slice", "5"]),
        (replace(VIEW, components=4, slice=9), ["--slice", "9", "--components", "4"]),
        (replace(VIEW, start="volume"), ["--slice", "5", "--start", "volume"]),
        (replace(VIEW, scope="volume"), ["--scope", "volume"]),
    ):
        code, _, err = run("segment", *images, "--out", tmp_path / "out", "--probabilities",
                           "--overwrite", *more)  # fmt: skip
        assert code == 0, err
        for what in ("dseg.nii.gz", "dseg.tsv"):
            assert ask(what, view).data == (tmp_path / "out" / f"T1_{what}").read_bytes()
        for name, content in members(ask("probseg.zip", view)).items():
            own = name.partition(f"K{view.components}_")[2]
            if own.endswith(".json"):
                continue  # segment has one record of all
            assert content == (tmp_path / "out" / f"T1_{own}").read_bytes()
        assert study.scene(view).usual(4).recipe == usual(view.recipe(), 4)


def test_the_bids_data_set_has_all_of_it_and_says_how_it_was_made(ask, save, head, study):
    paths = {}
    for number, name in enumerate(("T1w", "T2w")):
        file = f"data/set/sub-01/ses-a/anat/sub-01_ses-a_{name}.nii.gz"
        paths[name] = save(file, head(number), AFFINE)
    described = paths["T1w"].parents[3] / "dataset_description.json"
    described.write_text('{"Name": "x"}')
    studies = [name for name in study.archive.studies() if name.startswith("set")]
    view = replace(VIEW, study=studies[0], x="T1w", y="T2w", names=("CSF", "", "WM, all"))
    found = members(ask("bids.zip", view))

    description = json.loads(found.pop("dataset_description.json"))
    assert description["DatasetType"] == "derivative"
    assert description["GeneratedBy"][0]["Name"] == "NeuroMix"
    assert found.pop(".bidsignore") == b"tables\n"
    start = "sub-01/ses-a/anat/sub-01_ses-a_seg-axial5K3_"
    # By the rules of BIDS, a mask has no entity `seg`.
    mask = "sub-01/ses-a/anat/sub-01_ses-a_desc-foregroundaxial5K3_mask.nii.gz"
    images = {name: content for name, content in found.items() if name.endswith(".nii.gz")}
    assert sorted(name.removeprefix(start) for name in images) == [
        "dseg.nii.gz", *(f"label-{k}_probseg.nii.gz" for k in (1, 2, 3)), mask,
    ]  # fmt: skip
    assert images[f"{start}dseg.nii.gz"] == ask("dseg.nii.gz", view).data
    assert images[mask] == ask("mask.nii.gz", view).data
    assert found[f"{start}dseg.tsv"] == ask("dseg.tsv", view).data
    assert found["code/reproduce.py"] == ask("reproduce.py", view).data
    table = "tables/sub-01_ses-a_seg-axial5K3_components.tsv"
    assert found[table] == ask("components.tsv", view).data

    sidecars = {name: json.loads(found[name.replace(".nii.gz", ".json")]) for name in images}
    hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths.values()]
    for one in sidecars.values():
        assert [given["sha256"] for given in one["Inputs"]] == hashes
        assert one["Settings"]["components"] == 3
        assert {"plane", "slice", "scope", *vars(view.recipe())} == set(one["Settings"])
        assert one["Versions"]["scikit-learn"] == version("scikit-learn")
        assert one["SpatialReference"] == "orig"
        assert one["Description"]
        assert "Sources" not in one  # nobody could find them
    assert "SourceDatasets" not in description
    described.write_text('{"Name": "x", "DatasetDOI": "https://doi.org/10.18112/ds.v1"}')
    published = members(ask("bids.zip", view))
    description = json.loads(published["dataset_description.json"])
    assert description["SourceDatasets"] == [{"DOI": "doi:10.18112/ds.v1"}]
    assert description["DatasetLinks"] == {"source": "doi:10.18112/ds.v1"}
    for name in images:
        assert json.loads(published[name.replace(".nii.gz", ".json")])["Sources"] == [
            f"bids:source:sub-01/ses-a/anat/sub-01_ses-a_{image}.nii.gz" for image in paths
        ]
    for broken in ("", "[]", '{"DatasetDOI": 3}', '{"DatasetDOI": "soon"}'):
        described.write_text(broken)
        assert origin(paths.values()) is None
    assert not any("criteria" in name for name in found)
    criteria = "tables/sub-01_ses-a_seg-axial5K3_criteria.tsv"
    more = members(ask("bids.zip", replace(view, panel="criteria")))
    assert more[criteria] == ask("criteria.tsv", view).data
    labels = [sidecars[f"{start}label-{k}_probseg.nii.gz"]["LabelMap"] for k in (1, 2, 3)]
    assert labels == [["CSF"], ["class 2"], ["WM, all"]]


def test_a_page_that_asks_for_steps_gets_them_before_the_file(ask):
    *steps, last, content = ask("probseg.zip", **{STEPS: "1"}).data.split(b"\n", 5)
    done = [json.loads(line)["done"] for line in steps]
    assert done == sorted(done)
    assert 0 <= done[0] < done[-1] < 1
    plain = ask("probseg.zip")
    assert json.loads(last) == {
        "name": "pair_axial5_K3_probseg.zip", "type": "application/zip", "size": len(plain.data),
    }  # fmt: skip
    assert content == plain.data


def test_a_page_that_leaves_ends_the_work_and_nothing_is_left(study, tmp_path):
    server = Flask(__name__)
    server.register_blueprint(
        blueprint(study.archive, study.analyses, study.ahead, Workshops(tmp_path / "cache"))
    )
    address = f"/exports/probseg.zip?{VIEW.query()}"
    answer = server.test_client().get(address, headers={STEPS: "1"})
    lines = iter(answer.response)
    assert json.loads(next(lines)) == {"done": 0}
    assert len(list((tmp_path / "cache" / "exports").iterdir())) == 1
    answer.close()
    assert not list((tmp_path / "cache" / "exports").iterdir())


def test_a_study_of_any_name_gives_a_name_that_every_system_takes(ask, save, head):
    save("data/頭 №1/T1.nii.gz", head(0))
    answer = ask("dseg.nii.gz", replace(VIEW, study="頭 №1", x="T1", y="T1"))
    name = answer.headers["Content-Disposition"].partition("filename*=UTF-8''")[2]
    assert name.isascii()
    assert unquote(name) == "頭-1_axial5_K3_dseg.nii.gz"


def test_a_file_that_does_not_hold_what_was_written_is_not_offered(ask, monkeypatch):
    kept = nib.save

    def spoilt(image, path):
        kept(nib.Nifti1Image(np.asanyarray(image.dataobj)[::-1], image.affine), path)

    monkeypatch.setattr(nib, "save", spoilt)
    for headers in ({}, {STEPS: "1"}):
        answer = ask("dseg.nii.gz", **headers)
        assert "does not hold what was written to it" in answer.text


def test_a_large_export_waits_for_its_turn_and_a_small_one_does_not(study, tmp_path, monkeypatch):
    monkeypatch.setattr(limits.Room.__init__, "__kwdefaults__", {"turn_seconds": 0})
    workshops, server = Workshops(tmp_path / "cache"), Flask(__name__)
    for routes in (blueprint, reports.blueprint):
        server.register_blueprint(routes(study.archive, study.analyses, study.ahead, workshops))

    def ask(path, scope="slice"):
        query = replace(VIEW, scope=scope).query()
        return server.test_client().get(f"/{path}?{query}", headers={STEPS: "1"})

    monkeypatch.setattr(making, "LARGE_EXPORT", 24 * 20)  # a slice of the study
    busy = "The server makes other large exports. Try again in a minute."
    lines = iter(ask("exports/probseg.zip", "volume").response)
    next(lines)  # it is being made
    for path in ("exports/dseg.nii.gz", "exports/components.tsv", "report.html"):
        assert busy in ask(path, "volume").data.decode()
    assert busy.encode() not in ask("exports/dseg.nii.gz").data
    for _ in lines:
        pass
    assert busy.encode() not in ask("exports/components.tsv", "volume").data


def test_an_export_that_takes_too_long_says_so_and_leaves_nothing(study, tmp_path):
    workshops, server = Workshops(tmp_path / "cache", Allowance(export_seconds=-1)), Flask(__name__)
    routes = blueprint(study.archive, study.analyses, study.ahead, workshops)
    server.register_blueprint(routes)
    answer = server.test_client().get(f"/exports/bids.zip?{VIEW.query()}")
    assert "so it was stopped. Choose fewer components" in answer.text
    assert not list((tmp_path / "cache" / "exports").iterdir())


def test_what_a_killed_worker_left_goes_with_the_next_export(ask, tmp_path):
    room = tmp_path / "cache" / "exports"
    old, new = room / "old", room / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "labels.nii.gz").write_bytes(b"?")
    os.utime(old, (0, 0))
    with pytest.raises(AssertionError):  # the one that somebody else is making stays
        ask("dseg.tsv")
    assert list(room.iterdir()) == [new]


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_full_disk_says_so_and_leaves_nothing(ask, what, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    if what == "folder":
        monkeypatch.setattr("tempfile.mkdtemp", full)
    else:
        monkeypatch.setattr(nib, "save", full)
    answer = ask("dseg.nii.gz")
    assert answer.status_code == 404
    assert "The file cannot be made: the server's" in answer.text
    assert "No space left on device" in answer.text


@pytest.mark.parametrize(
    ("what", "changes", "said"),
    [
        ("labels.exe", {}, "There is no export “labels.exe”. Choose one of the Export menu."),
        ("agreement.tsv", {}, "No reference is chosen."),
        ("dseg.nii.gz", {"slice": "x"}, "The link's slice “x” is not valid"),
        ("dseg.nii.gz", {"colour": "red"}, "The page ignored “colour” in the link."),
        ("dseg.nii.gz", {"x": "flat", "y": "flat", "mix": "flat"}, "distinct intensity value"),
        ("mask.nii.gz", {"study": "nowhere", "mix": "flat"}, "There is no study “nowhere”"),
    ],
)
def test_what_cannot_be_exported_says_why_in_a_sentence(ask, save, what, changes, said):
    save("data/pair/flat.nii.gz", np.ones((24, 20, 12)), AFFINE)
    query = "&".join(f"{k}={v}" for k, v in ({"study": "pair"} | changes).items())
    answer = ask(what, query=query)
    assert answer.status_code == 404
    assert said in answer.text
    assert answer.mimetype == "text/plain"
