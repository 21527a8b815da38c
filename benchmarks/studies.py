"""The studies that are measured: the sample, and one at 1 mm."""

import os
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy.ndimage import zoom

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"


def fine_study(folder: Path) -> tuple[str, Path, Path]:
    """Return name and files of a 1 mm study: a real one, or else the sample made finer."""
    if real := os.environ.get("REAL_DATA"):
        study = Path(real) / "ms_patient07"
        return "ms_patient07", study / "T1.nii.gz", study / "T2.nii.gz"
    study = folder / "fine"
    study.mkdir()
    for name in ("T1", "b0"):
        image = nib.load(SAMPLE / f"{name}.nii.gz")
        fine = zoom(image.get_fdata(), image.header.get_zooms(), order=1).astype(np.float32)
        affine = image.affine @ np.diag([*(1 / np.array(image.header.get_zooms())), 1])
        nib.save(nib.Nifti1Image(fine, affine), study / f"{name}.nii.gz")
    return "fine", study / "T1.nii.gz", study / "b0.nii.gz"


def library(folder: Path) -> tuple[Path, str, Path, Path]:
    """Return a data folder with both studies, and the fine one's name and files."""
    root = folder / "studies"
    root.mkdir()
    name, x, y = fine_study(folder)
    for study, files in (("sample", [SAMPLE / "T1.nii.gz", SAMPLE / "b0.nii.gz"]), (name, [x, y])):
        (root / study).mkdir()
        for file in files:
            (root / study / file.name).write_bytes(file.read_bytes())
    return root, name, root / name / x.name, root / name / y.name
