"""Images on the disk."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np

# Voxels of 2 x 2 x 3 mm.
AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])


def save_image(path: Path, voxels: Any, affine: Any = None, *, dtype: Any = np.float32) -> Path:
    """Save voxels as an image file, whose folder is made, on a grid of 1 mm if none is given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = nib.Nifti1Image(np.asarray(voxels, dtype), np.eye(4) if affine is None else affine)
    image.to_filename(path)
    return path
