"""Pictures of a single slice, and of few rows or columns."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import open_view
from tests.images import save_image
from tests.wide import cases

SHAPES = {"row": (60, 2, 40), "column": (2, 60, 40), "flat": (36, 1, 28), "line": (36, 1, 1)}


@pytest.fixture(scope="module", autouse=True)
def url(studies: tuple[Path, str]) -> str:
    data, url = studies
    for name, shape in SHAPES.items():
        voxels = np.random.default_rng(0).uniform(1, 9, shape)
        save_image(data / f"thin_{name}/T1.nii.gz", voxels, np.diag([-2.0, 2.0, 2.0, 1.0]))
    return url


def letters(page: Page) -> dict[str, dict[str, float]]:
    """Return where the letters of image X are on the screen."""
    found = page.locator("#view-image-x .letter").all()
    return {letter.text_content() or "": letter.bounding_box() or {} for letter in found}


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    return any(
        one[place] + one[size] <= other[place] or other[place] + other[size] <= one[place]
        for place, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize(
    ("study", "plane", "around"),
    cases(
        [("row", "axial", "LRPA"), ("flat", "coronal", "LRIS"), ("column", "axial", "LRPA"),
         ("row", "coronal", "LRIS"), ("line", "axial", "LRPA")],
        wide=lambda case: case[:2] not in (("row", "axial"), ("flat", "coronal")),
    ),
)  # fmt: skip
def test_letters_stand_apart_at_their_edges(
    lab: Page, url: str, study: str, plane: str, around: str
) -> None:
    asked = f"&plane={plane}" if study == "row" else ""
    open_view(lab, f"{url}/?study=thin_{study}{asked}", study=f"thin_{study}", plane=plane)
    found = letters(lab)
    assert "".join(found) == around
    assert all(apart(one, other) for one, other in combinations(found.values(), 2)), found
    left, right, bottom, top = found.values()
    assert left["x"] < right["x"]
    assert top["y"] < bottom["y"]


def test_a_link_to_lines_of_a_single_slice_shows_the_slice(lab: Page, url: str) -> None:
    open_view(lab, f"{url}/?study=thin_flat&plane=axial&slice=3", plane="coronal", slice=0)
    expect(lab.get_by_role("alert")).to_contain_text("T1 is a single coronal slice")
