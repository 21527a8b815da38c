"""MINC 1 files, which are netCDF and are read by nibabel from memory."""

import io
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.minc1 import MincError
from numpy.typing import NDArray

from dashboard.core.container import Container
from dashboard.core.errors import VolumeError
from dashboard.core.foreign import foreign_content
from dashboard.core.layout import MAX_VOXELS, Layout, checked_shape

MAGIC = b"CDF\x01"
# As many bytes as the largest image takes in float64; the file is held in memory.
MAX_BYTES = 8 * MAX_VOXELS
# scipy's netCDF reader follows whatever lengths and names it finds, until something gives way.
_DAMAGED = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, MincError,
    NotImplementedError, OSError, TypeError, ValueError,
)  # fmt: skip

BAD_FILE = "the file's header cannot be read; it is damaged or not a MINC 1 image."


def read_voxels(container: Container) -> tuple[Layout, NDArray[np.float64]]:
    """Read a MINC 1 file whole.

    Returns
    -------
    layout : Layout
    voxels : ndarray, shape of the layout
        As ``get_fdata()`` gives them.

    Raises
    ------
    VolumeError
    """
    content = container.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise VolumeError(f"more than the {MAX_BYTES // 2**20:,} MiB this dashboard takes of MINC.")
    if not content.startswith(MAGIC):
        foreign = foreign_content(content[:348])
        raise VolumeError(f"the file's header cannot be read; {foreign}" if foreign else BAD_FILE)
    try:
        with np.errstate(all="ignore"):
            return _read(nib.FileHolder(fileobj=io.BytesIO(content)))
    except _DAMAGED:
        raise VolumeError(BAD_FILE) from None


def _read(holder: Any) -> tuple[Layout, NDArray[np.float64]]:
    image = nib.Minc1Image.from_file_map({"image": holder})
    dtype = np.dtype(image.get_data_dtype())
    shape = checked_shape(image.shape, dtype.itemsize)
    if len(shape) > 3:
        raise VolumeError("a MINC file of several volumes is not read; convert it to NIfTI.")
    affine = np.asarray(image.affine, dtype=np.float64)
    layout = Layout(shape, dtype, 0, 1.0, 0.0, affine, image.header)
    return layout, np.asarray(image.get_fdata(caching="unchanged"), dtype=np.float64)
