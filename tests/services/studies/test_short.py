"""The short names of a study's images."""

import pytest

from dashboard.services.studies.short import short_names

SUBJECT = "sub-CPH001_ses-02_space-MNI152NLin2009cAsym"


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["T1", "T2"], ["T1", "T2"]),
        (["T1_brain", "T1_N4", "T1"], ["T1_brain", "T1_N4", "T1"]),
        ([f"{SUBJECT}_T1w", f"{SUBJECT}_dwi"], ["T1w", "dwi"]),
        ([f"{SUBJECT}_desc-preproc_T1w", f"{SUBJECT}_T1w"], ["desc-preproc_T1w", "T1w"]),
        ([f"{SUBJECT}_T1w_denoised", f"{SUBJECT}_T2w_denoised"], ["T1w", "T2w"]),
        (["RNiftyReg_epi_t2", "RNiftyReg_flash_t1"], ["epi_t2", "flash_t1"]),
        # Nothing is alike, or nothing would be left.
        (["RNiftyReg_epi_t2", "nibabel_anatomical"], ["RNiftyReg_epi_t2", "nibabel_anatomical"]),
        (["RNiftyReg_epi_t2"], ["RNiftyReg_epi_t2"]),
        (["patient_number_1", "patient_number_1_T1"], ["1", "1_T1"]),
        (["__________________", "_________________"], ["__________________", "_________________"]),
        # Within a part between separators nothing is cut.
        (["sub-01_acq-low_T1w", "sub-02_acq-low_T1w"], ["sub-01", "sub-02"]),
        ([], []),
    ],
)
def test_a_short_name_is_what_tells_an_image_from_the_others(names, short):
    assert list(short_names(names).values()) == short
    assert list(short_names(names)) == names
