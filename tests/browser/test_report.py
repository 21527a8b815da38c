"""A report on paper."""

import re

import pytest
from playwright.sync_api import Page

from dashboard.reporting.page import html
from dashboard.reporting.results import results_of
from dashboard.reporting.steps import finished
from dashboard.view import View


@pytest.fixture
def blank(monkeypatch):
    """Draw figures of the right size with nothing in them, which takes no time."""

    def drawn(_, width, height):
        size = f'width="{width}mm" height="{height}mm"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>'.encode()

    monkeypatch.setattr("dashboard.reporting.page.as_svg", drawn)


def shown(scene, analyses, page):
    page.set_content(finished(html(results_of(scene, analyses))).decode())
    paper = page.pdf(prefer_css_page_size=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return len(re.findall(rb"/Type\s*/Page\b", paper)), wide


@pytest.mark.wide
@pytest.mark.usefixtures("blank")
def test_a_report_has_two_pages_and_no_more(page: Page, study, workspace, save, head):
    pair = study.scene(View("pair", "T1", "b0", slice=5))
    assert shown(pair, study.analyses, page) == (2, 0)
    # As much as a View can hold: the longest names, the most images, components and labels.
    names = [f"sub-01_ses-baseline_acq-highres_run-0{n}_image{n}" for n in range(8)]
    for number, name in enumerate(names):
        save(f"data/full/{name}.nii.gz", head(number) + number)
    save("data/full/sub-01_space-orig_desc-parcellation_dseg.nii.gz", head(0) // 40)
    full = View("full", names[0], names[1], slice=5, components=10, mix=",".join(names),
                names=("Cerebral-White-Matter-lh",) * 10, scope="volume", prior=0.5,
                clip="0.5", reference="sub-01_space-orig_desc-parcellation_dseg")  # fmt: skip
    assert shown(workspace.scene(full), workspace.analyses, page) == (2, 0)
    # Names of several lines above the figures, and why nothing can be fitted.
    study, images = "A study with a long name. " * 6, [f"{'long_' * 20}{n}" for n in (1, 2)]
    for name in images:
        save(f"data/{study}/{name}.nii.gz", head(0))
    (called,) = (one for one in workspace.archive.studies() if one.startswith("A study"))
    alike = workspace.scene(View(called, *images, slice=5, mix=",".join(images)))
    assert shown(alike, workspace.analyses, page) == (2, 0)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
