"""What the table says, read from its HTML as a browser would."""

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from dashboard.cards.agreement import SHADES, SHOWN, agreement_table
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.core.reference.agreement import agreement

VOID = {"br", "img", "hr", "input"}
ASSETS = Path(__file__).parents[2] / "assets"


class Page(HTMLParser):
    """Collects tables as rows of cells, each (text, classes, title), and all other text."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.text, self.tags, self.open = [], "", [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            classes = (attributes.get("class") or "").split()
            self.tables[-1][-1].append(["", classes, attributes.get("title", "")])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "td" in self.open or "th" in self.open:
            self.tables[-1][-1][-1][0] += data.strip()
        else:
            self.text += " ".join(data.split()) + " "


def page_of(
    labels, reference, classes, names=None, name="dseg", mask="", voxel_ml=0.001, **options
):
    result = agreement(
        np.asarray(labels), np.asarray(reference), classes=classes, voxel_ml=voxel_ml, **options
    )
    return Page(agreement_table(result, names or {}, name, mask))


def texts(rows):
    return [[cell[0] for cell in row] for row in rows]


@pytest.fixture
def page():
    labels = np.repeat([0, 1, 1, 2, 2, 3], [9000, 3000, 500, 4000, 1000, 7])
    reference = np.repeat([0, 7, 0, 2, 7, 0], [9000, 3000, 500, 4000, 1000, 7])
    return page_of(labels, reference, 3, {7: "White matter"})


def test_each_class_has_its_label_dice_and_volumes(page):
    head, *rows = texts(page.tables[0])
    volumes = ["mL (class)", "mL (reference)", "difference (% of ref.)"]
    assert head == ["Class", "Label", "Dice", *volumes]
    assert rows == [
        ["1", "White matter", "0.800", "3.50", "4.00", "−12.5 %"],
        ["2", "2", "0.889", "5.00", "4.00", "+25.0 %"],
        ["3", "none", "–", "0.00700", "–", "–"],
    ]
    swatches = [attributes["class"] for tag, attributes in page.tags if tag == "i"]
    assert swatches == 2 * ["swatch class-1", "swatch class-2", "swatch class-3"]


def test_the_confusion_table_has_every_count(page):
    assert texts(page.tables[1]) == [
        ["", "background", "2", "White matter"],
        ["background", "9,000", "0", "0"],
        ["1", "500", "0", "3,000"],
        ["2", "0", "4,000", "1,000"],
        ["3", "7", "0", "0"],
    ]


def test_matched_cells_are_marked_and_classes_shaded_by_share(page):
    rows = [[cell[1] for cell in row[1:]] for row in page.tables[1][1:]]
    assert [["matched" in cell for cell in row] for row in rows] == [
        [False, False, False],
        [False, False, True],
        [False, True, False],
        [False, False, False],
    ]
    # Shares of the rows: 1/7 0 6/7, 0 4/5 1/5, 1 0 0; in fifths, the last one included. The
    # background is no class.
    assert [[cell[0] for cell in row] for row in rows] == [
        ["share-0", "share-0", "share-0"],
        ["share-0", "share-0", "share-4"],
        ["share-0", "share-4", "share-1"],
        ["share-4", "share-0", "share-0"],
    ]


def test_every_number_says_what_it_is(page):
    titles = [[cell[2] for cell in row[1:]] for row in page.tables[1][1:]]
    assert titles[1][2] == "3,000 voxels of class 1 in label 7 (White matter): 85.7 % of class 1"
    assert titles[0][0] == (
        "9,000 voxels of background in the reference's background: 100.0 % of background"
    )
    assert all(title for row in page.tables[0][:1] for _, _, title in row)


def test_the_caption_sums_up(page):
    assert (
        "Slice against dseg : mean Dice 0.84 over 2 of 3 classes; 87.5 % of its labelled voxels "
        "have the matching class."
    ) in page.text


def test_where_nothing_can_be_compared_the_caption_says_why():
    assert "it has no label in this slice" in page_of([1, 1], [0, 0], 1).text
    apart = page_of([1, 0], [0, 4], 1)
    assert "no class shares a voxel" in apart.text
    assert texts(apart.tables[0])[1] == ["1", "none", "–", "0.00100", "–", "–"]


def test_absent_labels_of_the_volume_have_their_column():
    page = page_of([1, 1], [4, 4], 1, {9: "putamen"}, reference_labels=[4, 9])
    assert texts(page.tables[1])[0] == ["", "background", "4", "putamen"]


@pytest.fixture(scope="module")
def parcels():
    """Classes and 40 parcels: the larger the number, the more voxels."""
    reference = np.repeat(np.arange(1000, 1041), 3 * np.arange(10, 51))
    labels = 1 + (np.random.default_rng(1).permutation(reference.size) % 3)
    labels[reference == 1000] = 2  # a small label that a class matches
    labels[reference != 1000][::7] = 0
    reference[reference == 1017] = 0
    return np.where((labels == 2) & (reference > 1000), 1, labels), reference


def test_of_hundreds_of_labels_the_matched_and_the_largest_are_shown(parcels):
    labels, reference = parcels
    page = page_of(labels, reference, 3, reference_labels=range(1000, 1060))
    numbers = texts(page.tables[1])[0][2:]
    matched = [row[1] for row in texts(page.tables[0])[1:]]
    assert "1000" in matched
    assert set(matched) <= set(numbers)
    assert len(numbers) == SHOWN
    assert numbers == sorted(numbers)
    present = np.unique(reference[reference > 0])  # the larger, the more voxels
    others = [n for n in present if str(n) not in matched]
    assert [n for n in numbers if n not in matched] == [str(n) for n in others[-SHOWN + 3 :]]
    assert "The largest of 60 labels are shown; 20 are not in this slice." in page.text


def test_the_other_labels_are_folded_with_their_best_dice(parcels):
    labels, reference = parcels
    page = page_of(labels, reference, 3, {1009: "Putamen"}, reference_labels=range(1000, 1060))
    shown = texts(page.tables[1])[0][2:]
    head, *rows = texts(page.tables[2])
    assert head == ["Label", "Voxels", "Class", "Dice", "Common"]
    assert len(rows) == 40 - SHOWN
    assert f"{40 - SHOWN} more labels in this slice" in page.text
    assert not {row[0] for row in rows} & set(shown)
    sizes = [int(row[1]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    for name, voxels, number, dice, common in rows:
        label = 1009 if name == "Putamen" else int(name)
        scores = [f1_score(reference == label, labels == k, zero_division=0) for k in (1, 2, 3)]
        assert int(voxels) == (reference == label).sum()
        assert float(dice) == pytest.approx(max(scores), abs=6e-4)
        assert scores[int(number) - 1] == max(scores)
        assert int(common) == ((reference == label) & (labels == int(number))).sum()
    assert ("details", {"class": "folded", "data-fold": "labels"}) in page.tags


def test_a_map_of_tissues_has_nothing_folded(page):
    assert "details" not in {tag for tag, _ in page.tags}
    assert "more label" not in page.text


def test_a_mask_that_is_the_reference_is_named_beside_the_dice():
    told = "so Dice is too good"
    assert told not in page_of([1, 0], [4, 0], 1).text
    same = page_of([1, 0], [4, 0], 1, mask="dseg").text
    assert f"The foreground is the reference itself, {told}" in same
    other = page_of([1, 0], [4, 0], 1, mask="brain").text
    assert f"The mask brain marks the same voxels, {told}" in other


def test_names_are_shown_as_they_stand():
    name = '"><script>alert(1)</script>'
    page = page_of([1, 1], [4, 4], 1, {4: name}, name=name)
    assert "script" not in {tag for tag, _ in page.tags}
    assert texts(page.tables[1])[0][2] == name
    assert page.tables[1][0][2][2] == f"label 4 ({name})"


def test_looks_are_left_to_the_style_sheet(page):
    assert not any("style" in attributes for _, attributes in page.tags)
    sheet = (ASSETS / "agreement.css").read_text()
    used = {name for _, attributes in page.tags for name in attributes.get("class", "").split()}
    known = sheet + (ASSETS / "app.css").read_text()
    classes = {f"class-{number}" for number in COMPONENTS}  # assets/views/class-colours.mjs
    assert {name for name in used if f".{name}" not in known} <= {"share-0", *classes}
    assert all(f".share-{shade}" in sheet for shade in range(1, SHADES))
