"""Names, colours and tissues of classes, and which class was which: the pure modules."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from dashboard.core.volume import Volume, read_volume
from dashboard.fields import MAX_NAME
from dashboard.figures.palette import NEUTRALS, PALETTES, class_colours
from dashboard.view import View
from tests.browser.conftest import Run
from tests.browser.test_client import CLASS_NAMES
from tests.core.analysing import analysed

NEW, GAIN = 0.5, 0.25


@pytest.fixture
def volumes(sample: Path) -> list[Volume]:
    return [read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")]


def entry(field: str, text: str) -> Any:
    view, notices = View.parse({field: text})
    assert notices == []
    return getattr(view, field)


def test_names_are_those_that_the_server_reads(run: Run) -> None:
    typed = [*CLASS_NAMES, "  blanks  ", "x" * 40, "é" * 40, "two\nlines", "👩‍⚕️", ""]
    texts, limit = run(
        "classes",
        """({ withName, MAX_NAME }, names) =>
            [names.map((name) => withName("a,b", 4, name)), MAX_NAME]""",
        typed,
    )
    assert limit == MAX_NAME
    expected = [name.replace("\n", "").strip()[:MAX_NAME] for name in typed]
    assert [entry("names", text) for text in texts] == [
        ("a", "b", "", name) if name else ("a", "b") for name in expected
    ]
    back = run("classes", "({ namesOf }, texts) => texts.map(namesOf)", texts)
    assert [tuple(names) for names in back] == [entry("names", text) for text in texts]


def test_a_colour_is_taken_and_taken_back(run: Run) -> None:
    steps = [(3, "#FF8800"), (1, "#00aaff"), (3, "#000000"), (1, None), (3, None)]
    texts = run(
        "classes",
        """({ withColour }, steps) => {
            let text = "";
            return steps.map(([number, colour]) => (text = withColour(text, number, colour)));
        }""",
        steps,
    )
    assert texts == ["3:ff8800", "1:00aaff,3:ff8800", "1:00aaff,3:000000", "3:000000", ""]
    assert run("classes", "({ coloursOf }) => coloursOf('1:00aaff,3:000000')") == {
        "1": "#00aaff", "3": "#000000",
    }  # fmt: skip


def test_a_class_joins_a_tissue_and_leaves_it(run: Run) -> None:
    steps = [(3, 1), (2, 3), (5, 4), (2, 5), (1, 0), (4, 4), (10, 2)]
    texts = run(
        "classes",
        """({ withTissue }, steps) => {
            let text = "";
            return steps.map(([number, other]) => (text = withTissue(text, number, other)));
        }""",
        steps,
    )
    expected = ["1+3", "1+2+3", "1+2+3,4+5", "1+3,2+4+5", "2+4+5"]
    assert texts[:5] == expected
    assert all(entry("tissues", text) is not None for text in texts)


def hellinger(a: Any, b: Any) -> float:
    """Squared Hellinger distance, by numpy's determinants and inverse."""
    mean, apart = (a.covariance + b.covariance) / 2, a.mean - b.mean
    scale = np.linalg.det(a.covariance) * np.linalg.det(b.covariance)
    common = scale**0.25 / np.linalg.det(mean) ** 0.5
    return float(1 - common * np.exp(-apart @ np.linalg.inv(mean) @ apart / 8))


def expected_differences(before: list[Any], now: list[Any]) -> list[dict[str, Any]]:
    """By SciPy's assignment: a column for each class before, and one for each new class."""
    costs = np.array([[hellinger(a, b) for b in before] for a in now])
    padded = np.hstack([costs, np.full((len(now), len(now)), NEW)])
    rows, columns = linear_sum_assignment(padded)
    own = [costs[k, k] if k < len(before) else NEW for k in range(len(now))]
    if np.minimum(own, NEW).sum() - padded[rows, columns].sum() < GAIN:
        was = [k if cost < NEW else None for k, cost in enumerate(own)]
    else:
        was = [int(column) if column < len(before) else None for column in columns]
    return [
        {"number": k + 1, "was": None if old is None else old + 1}
        for k, old in enumerate(was)
        if old != k
    ]


def as_json(classes: list[Any]) -> list[dict[str, Any]]:
    return [{"mean": c.mean.tolist(), "covariance": c.covariance.tolist()} for c in classes]


def test_classes_are_matched_as_scipy_matches_them(run: Run, volumes: list[Volume]) -> None:
    """Fits of neighbouring slices, of other numbers of classes, and the same numbered otherwise."""
    fits = [
        analysed(volumes, index, components=k).classes
        for k in (1, 2, 3, 5)
        for index in (20, 30, 31)
    ]
    fits += [fits[-1][::-1], fits[6][::-1], [fits[6][2], fits[6][0], fits[6][1]], fits[6]]
    found = run(
        "matching",
        "({ differences }, pairs) => pairs.map(([before, now]) => differences(before, now))",
        [[as_json(before), as_json(now)] for before, now in pairwise(fits)],
    )
    expected = [expected_differences(before, now) for before, now in pairwise(fits)]
    assert found == expected
    assert expected[-1] == [
        {"number": 1, "was": 2}, {"number": 2, "was": 3}, {"number": 3, "was": 1},
    ]  # fmt: skip
    assert [] in expected
    assert any(change["was"] is None for changes in expected for change in changes)


@pytest.mark.parametrize("components", [2, 10])
def test_the_same_fit_has_no_differences(run: Run, volumes: list[Volume], components: int) -> None:
    classes = as_json(analysed(volumes, 30, components=components).classes)
    assert run("matching", "({ differences }, one) => differences(one, one)", classes) == []


def test_colours_follow_identities_as_on_the_server(run: Run) -> None:
    palette, given = PALETTES["okabe"], [[], [1, 4, 2, 3], [None, 2, None, None, None], [3, 1]]
    own = "2:ff8800"
    found = run(
        "classes",
        """({ shownColours }, [palette, neutrals, own, given]) =>
            given.map((identities) => shownColours({ palette, neutrals, own, identities }))""",
        [palette, NEUTRALS, own, given],
    )
    typed = entry("colours", own)
    assert [[c.upper() for c in colours] for colours in found] == [
        [c.upper() for c in class_colours("okabe", typed, identities)] for identities in given
    ]
    assert found[1][0] == palette[0]
    assert found[1][2:4] == [palette[1], palette[2]]
    assert found[2][0] == NEUTRALS[0]
    strange = "({ strangers }, given) => given.map(strangers)"
    assert run("classes", strange, [[1, 2], [1, None], [None, 3, None]]) == [
        "",
        "Class 2 matches none of the whole head, so it is grey.",
        "Classes 1 and 3 match none of the whole head, so they are grey.",
    ]  # fmt: skip
