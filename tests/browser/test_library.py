"""A folder of a thousand subjects: listed, searched, and never out of date."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import choose, options
from tests.browser.reading import traces
from tests.hosted import until
from tests.images import save_image

pytestmark = pytest.mark.wide
SUBJECTS = 1000
REAL = (1, 777)  # subjects whose images can be read; a list needs no more than names
SHAPE = (16, 16, 10)


def scan(path: Path, level: float) -> None:
    save_image(path, np.random.default_rng(int(level)).normal(level, level / 10, SHAPE))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("bids")
    (root / "dataset_description.json").write_text('{"Name": "Many", "BIDSVersion": "1.9.0"}')
    for number in range(1, SUBJECTS + 1):
        for suffix in ("T1w", "T2w"):
            path = root / f"sub-{number:04}" / "anat" / f"sub-{number:04}_{suffix}.nii.gz"
            if number in REAL:
                scan(path, number + (100 if suffix == "T2w" else 0))
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
    folders = [root, *(Path(folder) for folder, _, _ in os.walk(root))]
    for folder in folders:
        folder.chmod(0o555)
    yield root
    for folder in folders:
        folder.chmod(0o755)


@pytest.fixture(scope="module")
def url(serve: Callable[..., str], dataset: Path) -> str:
    return serve(dataset)


def test_a_thousand_subjects_open_and_are_searched(page: Page, url: str, dataset: Path) -> None:
    before = sorted(dataset.rglob("*"))
    page.goto(url)
    settled(page, study="sub-0001")
    choose(page, "control-study", "sub-0777", typed="0777")
    settled(page, study="sub-0777")
    highest = max(max(trace["x"]) for trace in traces(page, "view-histograms") if trace["x"])
    assert 877 < highest < 877 * 1.6
    assert sorted(dataset.rglob("*")) == before


def test_search_finds_a_few_of_many(page: Page, url: str) -> None:
    page.goto(url)
    settled(page, study="sub-0001")
    field = page.locator("#control-study")
    field.click()
    field.fill("sub-077")
    expect(page.locator("[role=option]:visible")).to_have_count(10)
    field.fill("sub-9999")
    expect(page.locator("body")).to_contain_text("No such study")


def listed(page: Page, url: str, study: str, new: str) -> None:
    """Wait until the server knows of something new.

    On a busy machine a thousand subjects take as long as on a slow disk, which is looked through
    beside the requests.
    """
    until(lambda: new in page.request.get(f"{url}/open?study={study}").text())


def test_a_new_file_is_there_after_a_reload(page: Page, url: str, dataset: Path) -> None:
    page.goto(f"{url}/?study=sub-0777")
    settled(page, study="sub-0777")
    assert [name for name in options(page, "control-x") if "FLAIR" in name] == []
    anat = dataset / "sub-0777" / "anat"
    anat.chmod(0o755)
    scan(anat / "sub-0777_FLAIR.nii.gz", 500)
    anat.chmod(0o555)
    listed(page, url, "sub-0777", "FLAIR")
    page.reload()
    settled(page, study="sub-0777")
    assert len([name for name in options(page, "control-x") if "FLAIR" in name]) == 1


def test_a_new_subject_is_there_after_a_reload(page: Page, url: str, dataset: Path) -> None:
    page.goto(url)
    settled(page, study="sub-0001")
    dataset.chmod(0o755)
    scan(dataset / "sub-1777" / "anat" / "sub-1777_T1w.nii.gz", 400)
    dataset.chmod(0o555)
    listed(page, url, "sub-0001", "sub-1777")
    page.reload()
    settled(page, study="sub-0001")
    choose(page, "control-study", "sub-1777", typed="1777")
    settled(page, study="sub-1777")
