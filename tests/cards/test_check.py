"""The card as HTML: its one line, its remedies, and that no name can break out of it."""

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dashboard.cards.check import check_card
from dashboard.core.check.check import Checked, Row
from dashboard.core.check.findings import Code, Finding
from dashboard.core.check.remedies import Clip, ResampleTo, UseMask, UseOnly
from dashboard.core.processing import Resampled

ROW = Row(
    name="T1", kind="image", processing=(), grid=1, shape=(128, 128, 70),
    voxel_size=(2.0, 2.0, 2.2), orientation="RAS", space="scanner", zeros=0.61, negatives=0.0,
    background=0.0, background_share=0.61, nonfinite=0, low=0.0, mean=38.4, high=1749.5, volumes=1,
)  # fmt: skip
ROWS = (ROW, replace(ROW, name="b0", zeros=0.4))
EDGES = (2.0, 2.0, 2.0)
RESAMPLE = ResampleTo("T1", ("EPI",), "linear", EDGES)
PROBLEM = Finding(Code.SAME_VOXELS, "problem", ("T1", "EPI"), remedies=(RESAMPLE,))
WARNING = Finding(Code.CONSTANT, "warning", ("flat",), {"value": 3})
FACT = Finding(Code.FLAT, "fact", ("T1",))
EVIL = "\"><script>alert('x')</script>&amp; {{ 7 * 7 }}"


class Parsed(HTMLParser):
    """Elements with their attributes, and all text, as a browser has them."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.inside, self.text, self.line = [], [], "", ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.inside.append(tag)

    def handle_endtag(self, tag):
        assert self.inside.pop() == tag

    def handle_data(self, data):
        self.text += data
        if "summary" in self.inside:
            self.line += data

    def all(self, tag, name=None):
        return [a for t, a in self.elements if t == tag and name in (None, a.get("class"))]


def card(*findings, rows=ROWS, entities=None):
    parsed = Parsed(check_card(Checked(findings, rows), entities or {}))
    assert not parsed.inside
    return parsed


def line(*findings, **options):
    return " ".join(card(*findings, **options).line.split())


def test_a_sound_study_is_one_line_of_its_grid():
    assert line() == (
        "2 images on one grid · 128 × 128 × 70 · 2 × 2 × 2.2 mm · RAS · scanner coordinates · "
        "40–61 % zeros"
    )


def test_one_image_has_its_own_zeros():
    assert line(rows=(ROW,)).startswith("1 image · 128 × 128 × 70")
    assert line(rows=(ROW,)).endswith("61 % zeros")


def test_masks_are_not_counted_as_images():
    mask = replace(ROW, name="mask", kind="overlay", shape=(9, 9, 9))
    assert line(rows=(ROW, mask)).startswith("1 image · 128")


def test_several_grids_are_never_counted_as_one():
    assert line(rows=(ROW, replace(ROW, grid=2))).startswith("2 images on 2 grids · 61 % zeros")
    assert line(rows=()) == "No image"


def test_facts_are_counted_as_notes_behind_the_line():
    assert line(FACT).endswith("zeros · 1 note")
    assert line(FACT, FACT).endswith("zeros · 2 notes")


def test_the_worst_finding_stands_in_the_line_behind_their_numbers():
    closed = line(PROBLEM, WARNING, WARNING, FACT)
    assert closed.startswith("1 problem, 2 warnings Nothing can be fitted: T1 EPI are identical")
    assert line(WARNING, FACT).startswith("1 warning Nothing to fit: every voxel of flat is 3.")


@pytest.mark.parametrize(
    ("findings", "severity"),
    [((), "fact"), ((FACT,), "fact"), ((WARNING, FACT), "warning"), ((PROBLEM, FACT), "problem")],
)
def test_the_card_says_how_bad_it_is_and_never_opens_by_itself(findings, severity):
    (details,) = card(*findings).all("details")
    assert details["data-severity"] == severity
    assert "open" not in details


def test_remedies_are_buttons_with_the_views_changes_as_json():
    x = "Größe 'n' \\ \n"
    drawn = card(replace(PROBLEM, remedies=(UseOnly((EVIL,), x=x),)))
    inside, beside = drawn.all("button", "remedy")
    for button in (inside, beside):
        assert button["type"] == "button"
        assert json.loads(button["data-changes"]) == {"mix": EVIL, "x": x}


def test_what_helps_against_the_worst_finding_stands_beside_the_closed_line():
    helped = replace(WARNING, remedies=(UseMask("brain", preset=True),))
    buttons = card(helped, WARNING, FACT).all("button", "remedy")
    changes = {"foreground": "mask", "mask": ""}
    assert [json.loads(b["data-changes"]) for b in buttons] == [changes] * 2
    assert [b.get("title") for b in buttons] == [None, "Keep only voxels in brain"]
    assert len(card(PROBLEM, helped).all("button", "remedy")) == 3
    # An undo is no help.
    undo = replace(FACT, remedies=(Clip("none"),))
    assert len(card(undo).all("button", "remedy")) == 1


def test_nothing_that_comes_from_a_file_is_taken_for_markup():
    reason = Finding(
        Code.LEFT_OUT, "warning", facts={"reason": EVIL}, remedies=(UseMask(EVIL, True),)
    )
    about = replace(WARNING, images=(EVIL,))
    step = Resampled(EVIL, "linear")
    row = replace(ROW, name=EVIL, processing=(step,), orientation=EVIL)
    parsed = card(reason, about, rows=(row,))
    assert not parsed.all("script")
    # In the line, beside it, in the list, a button, a chip; in the table as name and orientation.
    assert parsed.text.count(EVIL) == 7
    assert str(step) in [small.get("title") for small in parsed.all("small")]


def test_images_are_chips_and_of_many_the_rest_is_in_a_title():
    names = tuple(f"e{n}" for n in range(9))
    parsed = card(Finding(Code.FLAT, "fact", names))
    assert len(parsed.all("span", "chip")) == 3
    assert [more["title"] for more in parsed.all("span", "chip more")] == ["e3, e4, e5, e6, e7, e8"]
    assert "e0 e1 e2 6 more are one voxel thick" in " ".join(parsed.text.split())


def test_every_image_is_a_column_with_a_cell_for_each_fact():
    several = {"volumes": 65}, {"grid": 2}, {"volumes": 65, "grid": 2}
    for rows in ((ROW,), *((ROW, replace(ROW, **more)) for more in several)):
        parsed = card(rows=rows)
        facts, images = (
            [a for a in parsed.all("th") if a.get("scope") == scope] for scope in ("row", "col")
        )
        assert len(images) == len(rows)
        assert len(facts) == 11 + (rows[-1].volumes > 1) + (rows[-1].grid > 1)
        assert len(parsed.all("td")) == 1 + len(rows) * len(facts)
        assert all(a["title"] for a in facts)


def test_what_a_bids_name_says_stands_below_an_images_name():
    entities = {"T1": {"sub": "01", "acq": EVIL, "suffix": "T1w"}}
    parsed = card(entities=entities)
    assert f"sub 01 · acq {EVIL}" in parsed.text
    assert "suffix" not in parsed.text
    assert "sub 01" not in card().text


def test_numbers_keep_to_their_units_across_line_ends():
    facts = {"reason": "Grid of T1 (1 × 1 × 1 mm), 5 % of it."}
    text = card(Finding(Code.LEFT_OUT, "fact", facts=facts)).text
    blank = "\N{NO-BREAK SPACE}"
    assert f"(1{blank}×{blank}1{blank}×{blank}1{blank}mm), 5{blank}% of it." in text
