"""Headers of NIfTI-1, NIfTI-2 and Analyze files, checked before any voxel is read.

nibabel trusts these headers: it allocates the size they claim and reads where they point. The
checks follow the NIfTI-1 standard, https://nifti.nimh.nih.gov/nifti-1.
"""

import math
import struct
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.nifti1 import Nifti1PairHeader
from nibabel.nifti2 import Nifti2PairHeader
from nibabel.spatialimages import HeaderDataError, HeaderTypeError
from nibabel.spm2analyze import Spm2AnalyzeHeader

from dashboard.core.errors import VolumeError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.reading.container import Container
from dashboard.core.reading.foreign import not_an_image
from dashboard.core.reading.header import Packing, checked_shape, header_affine
from dashboard.core.reading.position import position_notices

# A NIfTI-1 header has 348 bytes, a NIfTI-2 header 540; four more announce extensions.
HEADER_BYTES = {348: "1", 540: "2"}
EXTENDER_BYTES = 4
# Extensions of real files (DICOM, AFNI) are a few MB; they are skipped, never parsed.
MAX_VOX_OFFSET = 64 * 2**20
# esize and ecode are 8 bytes, and esize is a multiple of 16 by the standard.
MIN_EXTENSION_BYTES = 16
# CIFTI, matrices over surfaces and parcels: NIfTI-2 files whose first four axes are empty, with one
# of its intents or the code of its extension. Other files have these numbers by mistake.
CIFTI_INTENTS = range(3000, 3100)
CIFTI_EXTENSION = 32
# Several values in each voxel: matrices, displacements, vectors, points, quaternions, RGB.
VECTOR_INTENTS = (1004, 1005, 1006, 1007, 1008, 1009, 1010, 2003, 2004)

SCALARS = {2: "u1", 4: "i2", 8: "i4", 16: "f4", 64: "f8", 256: "i1", 512: "u2", 768: "u4",
           1024: "i8", 1280: "u8"}  # fmt: skip
NOT_SCALARS = {
    1: "single bits",
    32: "complex numbers",
    128: "colours (RGB)",
    1536: "128-bit floats",
    1792: "complex numbers",
    2048: "complex numbers",
    2304: "colours (RGBA)",
}

CIFTI = (
    "this is a CIFTI file: values on surfaces, not an image grid. Choose the NIfTI volume it was "
    "made from."
)
BAD_HEADER = "the file's header cannot be read; it is damaged or not an image. Export it again."
MISSING_HALF = (
    "this is one half of a two-file image (.hdr and .img). Put both files in one folder and choose "
    "the .img, or convert them to one .nii file."
)


@np.errstate(all="ignore")
def read_packing(container: Container, pair: Container | None = None) -> Packing:
    """Check the header of a NIfTI or Analyze file.

    Parameters
    ----------
    container : Container
        The file with the header; a single file is read up to its first voxel.
    pair : Container or None
        The file with the voxels, if the header is a file of its own.

    Raises
    ------
    VolumeError
        If the header is invalid, or does not describe an image of scalar intensities.
    """
    raw = _raw_header(container)
    kind, single = _kind(raw, paired=pair is not None)
    if single and pair is not None:
        raise VolumeError("its .hdr claims to contain the voxels. Export both files again.")
    dtype, notices = _data_type(raw)
    axes = _axes(raw)
    offset = _vox_offset(raw, len(raw.binaryblock) + EXTENDER_BYTES if single else 0)
    codes = _extensions(container.read(offset - len(raw.binaryblock))) if single else []
    if kind is not Spm2AnalyzeHeader:
        _require_scalars(raw, axes, codes)
    shape = checked_shape(axes, dtype.itemsize)
    (pair or container).require(offset + math.prod(shape) * dtype.itemsize)
    header = _repaired(kind, raw)
    slope, intercept = _scaling(header)
    scaled = _scaling_notices(raw, slope, analyze=kind is Spm2AnalyzeHeader)
    # As in the header of an image that nibabel has loaded.
    header.set_slope_inter(None, None)
    header.set_data_offset(0)
    return Packing(
        shape=shape,
        dtype=dtype,
        offset=offset,
        slope=slope,
        intercept=intercept,
        affine=header_affine(header),
        header=header,
        notices=(*notices, *scaled, *position_notices(raw, header, shape)),
    )


def _raw_header(container: Container) -> Any:
    """Return the header as stored; the size in its first bytes gives the byte order."""
    start = container.read(348)
    for order in "<>":
        size = struct.unpack(order + "i", start[:4])[0] if len(start) == 348 else 0
        if size in HEADER_BYTES:
            content = start + container.read(size - 348)
            if len(content) == size:
                kind: Any = nib.Nifti2Header if size == 540 else nib.Nifti1Header
                return kind(content, endianness=order, check=False)
    raise not_an_image(start, BAD_HEADER)


def _kind(raw: Any, *, paired: bool) -> tuple[Any, bool]:
    """Return nibabel's class for a header, and whether the voxels are in the same file."""
    magic = raw["magic"].item()
    second = isinstance(raw, nib.Nifti2Header)
    if magic == raw.single_magic:
        return type(raw), True
    if magic == raw.pair_magic:
        if not paired:
            raise VolumeError(MISSING_HALF)
        return (Nifti2PairHeader if second else Nifti1PairHeader), False
    if paired and not second:
        return Spm2AnalyzeHeader, False
    raise VolumeError(BAD_HEADER)


def _data_type(raw: Any) -> tuple[np.dtype[Any], list[Notice]]:
    code, bits = int(raw["datatype"]), int(raw["bitpix"])
    if code in NOT_SCALARS:
        raise VolumeError(
            f"its voxels are {NOT_SCALARS[code]}, not single intensities. Choose another image."
        )
    if code not in SCALARS:
        raise VolumeError(f"the header has the unknown data type code {code}. Export it again.")
    dtype = np.dtype(raw.endianness + SCALARS[code])
    if bits == 8 * dtype.itemsize:
        return dtype, []
    return dtype, [Notice(FileCode.DATA_TYPE, {"bits": bits, "type": dtype.name})]


def _axes(raw: Any) -> list[int]:
    dim = [int(n) for n in raw["dim"]]
    if not 0 <= dim[0] <= 7:
        raise VolumeError(f"the header has {dim[0]} dimensions, not 0 to 7. Export it again.")
    # An axis of length 0 beyond the third counts as 1, as in ITK and FSL.
    return [n or int(place > 2) for place, n in enumerate(dim[1 : dim[0] + 1])]


def _require_scalars(raw: Any, axes: list[int], extensions: list[int]) -> None:
    intent = int(raw["intent_code"])
    no_grid = len(axes) > 4 and axes[:4] == [1, 1, 1, 1]
    marked = intent in CIFTI_INTENTS or CIFTI_EXTENSION in extensions
    if isinstance(raw, nib.Nifti2Header) and no_grid and marked:
        raise VolumeError(CIFTI)
    values = math.prod(axes[3:])
    # By the standard, vectors lie along the fifth axis, with one time point.
    fifth = len(axes) > 4 and axes[3] == 1 and axes[4] > 1
    if fifth or (intent in VECTOR_INTENTS and values > 1):
        raise VolumeError(
            f"each voxel holds a vector of {values:,} values, not a single intensity. Save one "
            "component as a file of its own."
        )


def _vox_offset(raw: Any, least: int) -> int:
    offset = float(raw["vox_offset"])
    if not math.isfinite(offset) or offset != int(offset) or not least <= offset <= MAX_VOX_OFFSET:
        raise VolumeError(
            f"the header puts the first voxel at byte {offset:.15g}, which is impossible. "
            "Export it again."
        )
    return int(offset)


def _extensions(block: bytes) -> list[int]:
    """Return the codes of the extensions, which end before the voxels; their content is ignored."""
    codes = []
    if len(block) < EXTENDER_BYTES:
        raise VolumeError(BAD_HEADER)
    position = EXTENDER_BYTES if block[0] else len(block)
    while position + 8 <= len(block):
        # Some writers use another byte order here; a size must fit in one of them.
        sizes = [struct.unpack_from(order + "ii", block, position) for order in "<>"]
        fitting = [s for s in sizes if MIN_EXTENSION_BYTES <= s[0] <= len(block) - position]
        if not fitting:
            raise VolumeError("a header extension has an impossible size. Export it again.")
        size, code = fitting[0]
        codes.append(code)
        position += size
    return codes


def _repaired(kind: Any, raw: Any) -> Any:
    """Return the header as nibabel repairs it on loading, which decides the position."""
    try:
        return kind(raw.binaryblock, endianness=raw.endianness, check=True)
    except (HeaderDataError, HeaderTypeError, ValueError, KeyError):
        raise VolumeError(BAD_HEADER) from None


def _scaling(header: Any) -> tuple[float, float]:
    try:
        slope, intercept = header.get_slope_inter()
    except HeaderDataError:
        raise VolumeError(
            f"the header has an unusable scaling (scl_slope {float(header['scl_slope']):g}, "
            f"scl_inter {float(header['scl_inter']):g}). Export it again."
        ) from None
    return (1.0 if slope is None else float(slope)), float(intercept or 0.0)


def _scaling_notices(raw: Any, slope: float, *, analyze: bool) -> list[Notice]:
    """Return what is unusual about the scale factor that is used, or that is not."""
    stored = float(raw["scl_slope"])
    if slope < 0:
        return [Notice(FileCode.INVERTED, {"slope": slope, "analyze": analyze})]
    if not math.isfinite(stored) and slope == 1:
        return [Notice(FileCode.NO_SLOPE, {"slope": str(stored)})]
    return []
