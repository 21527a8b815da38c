"""Real studies, each with its own size, contrast and orientation."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page

from scripts.serving import settled
from tests.browser.reading import picture, table

# Images X and Y, and the middle of the head among the axial slices of X.
STUDIES = {
    "mni152_2mm": ("MNI152_T1_2mm", "MNI152_T2_2mm", 43),
    "glioblastoma": ("t1", "flair", 15),
    "ms_patient07": ("T1", "T2", 80),
}


@pytest.mark.wide
@pytest.mark.parametrize("study", STUDIES)
def test_a_real_study_opens_with_all_views_filled(
    page: Page, real_url: str, real_data: Path, study: str
) -> None:
    x, y, slice_number = STUDIES[study]
    page.goto(f"{real_url}/?study={study}")
    settled(page, study=study, x=x, y=y, slice=slice_number)
    image = nib.as_closest_canonical(nib.load(real_data / study / f"{x}.nii.gz"))
    values = image.get_fdata()[:, :, slice_number]
    grey = picture(page, "view-image-x")[..., 0].astype(float)
    expected = np.clip(np.flipud(values.T), 0, np.percentile(values, 99.5))
    assert np.corrcoef(grey.ravel(), expected.ravel())[0, 1] > 0.99
    assert picture(page, "view-labels", 1)[..., 3].max() == 255
    assert len(table(page, "view-components")) == 3
