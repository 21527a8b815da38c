"""Headers of FreeSurfer's .mgh and .mgz, checked before any voxel is read."""

import math
from typing import Any

import numpy as np
from nibabel.freesurfer.mghformat import MGHHeader, footer_dtype, header_dtype
from nibabel.spatialimages import HeaderDataError

from dashboard.core.errors import VolumeError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.reading.container import Container
from dashboard.core.reading.foreign import not_an_image
from dashboard.core.reading.header import Packing, checked_shape, header_affine

# The voxels begin here; the scan parameters (TR, TE) follow them.
DATA_OFFSET = 284
FOOTER_BYTES = footer_dtype.itemsize
VERSION = 1

BAD_HEADER = "the file's header cannot be read; it is damaged or not an MGH image. Export it again."


@np.errstate(all="ignore")
def read_packing(container: Container) -> Packing:
    """Check the header of an MGH file, up to its first voxel.

    Raises
    ------
    VolumeError
        If the header is invalid.
    """
    start = container.read(DATA_OFFSET)
    if len(start) < DATA_OFFSET or int.from_bytes(start[:4]) != VERSION:
        raise not_an_image(start, BAD_HEADER)
    header = with_footer(start, b"")
    dtype = _data_type(header)
    shape = checked_shape(header["dims"], dtype.itemsize)
    container.require(DATA_OFFSET + math.prod(shape) * dtype.itemsize)
    unplaced = int.from_bytes(start[28:30]) == 0
    return Packing(
        shape=shape,
        dtype=dtype,
        offset=DATA_OFFSET,
        slope=1.0,
        intercept=0.0,
        affine=header_affine(header),
        header=header,
        notices=(Notice(FileCode.NO_POSITION),) if unplaced else (),
    )


def with_footer(start: bytes, footer: bytes) -> Any:
    """Return nibabel's header from the bytes before and after the voxels."""
    try:
        return MGHHeader(start[: header_dtype.itemsize] + footer)
    except (HeaderDataError, ValueError):
        raise VolumeError(BAD_HEADER) from None


def _data_type(header: Any) -> np.dtype[Any]:
    try:
        dtype: np.dtype[Any] = np.dtype(header.get_data_dtype())
    except KeyError:
        raise VolumeError(
            f"the header has the unknown data type code {int(header['type'])}. Export it again."
        ) from None
    return dtype
