"""Reading of one image file: from its name and bytes to voxels, affine and header."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import NotNowError, UnknownFormatError, VolumeError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.reading import mgh, minc, nifti
from dashboard.core.reading.container import Container
from dashboard.core.reading.foreign import by_name, not_an_image
from dashboard.core.reading.header import Packing, listed, spatial_unit
from dashboard.core.reading.names import EXTENSIONS, HEADERS, MGH, MINC, NIFTI, PAIR, header_file
from dashboard.core.reading.summary import Summary
from dashboard.core.reading.unpacked import Unpacked
from dashboard.core.reading.voxels import FIRST, Take, finite_notices, read_voxels, taken

# By which other formats are known: the size of the oldest header.
START_BYTES = 348
# A few rows of the first slice: without noise they are all of one value.
CORNER_VOXELS = 4096


@dataclass(frozen=True, eq=False)
class Image:
    """The content of a file, unchanged.

    Attributes
    ----------
    data : ndarray, shape (i, j, k)
        Intensities of one volume, or the mean of several, in storage order; mapped, read-only.
    volumes : int
        Number of volumes in the file.
    taken : tuple of int
        Those in `data`.
    affine : ndarray, shape (4, 4)
        From the header, even if unusable.
    unit : str
        The header's spatial unit: mm, meter, micron or unknown.
    header : tuple of (str, str)
        Fields and values of the header, in file order.
    notices : tuple of Notice
        What is unusual about the file.
    """

    data: NDArray[Any]
    summary: Summary
    volumes: int
    taken: tuple[int, ...]
    affine: NDArray[np.float64]
    unit: str
    header: tuple[tuple[str, str], ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, eq=False)
class Glance:
    """What a file's header and its first voxels say.

    Attributes
    ----------
    grid : tuple of int
        Shape of one volume.
    affine : ndarray, shape (4, 4)
        From the header, even if unusable.
    volumes : int
    empty_corner : bool
        Whether the first voxels, in a corner of the field of view, all have one value, as around a
        head without its skull, or where air is 0.
    """

    grid: tuple[int, int, int]
    affine: NDArray[np.float64]
    volumes: int
    empty_corner: bool


def read_image(
    path: Path,
    npy: BinaryIO,
    *,
    name: str | None = None,
    take: Take = FIRST,
    scratch: Path | None = None,
) -> Image:
    """Unpack a volume of an image file, or the mean of several, and check the whole file.

    The parameters are those of `dashboard.core.volume.unpack`.

    Raises
    ------
    VolumeError
        With the file's name, if it is damaged, too large, or holds no scalar intensities.
    OSError
        If the disk is full.
    """
    with _named(name or path.name):
        _require_known(path)
        if path.name.lower().endswith(MINC):
            with Container(path) as file, minc.opened(file, scratch) as opened:
                wanted = taken(1, take)
                unpacked = Unpacked(npy, opened.packing.grid)
                for values in opened.chunks():
                    unpacked.add(values)
                return _image(opened.packing, unpacked, wanted)
        with _opened(path) as (packing, file):
            wanted = taken(packing.volumes, take)
            unpacked = Unpacked(npy, packing.grid)
            notices = read_voxels(file, packing, wanted, unpacked, scratch=scratch)
            is_mgh = path.name.lower().endswith(MGH)
            footer = file.read(mgh.FOOTER_BYTES) if is_mgh else b""
            if (extra := file.finish()) and not is_mgh:
                notices.append(_extra(extra, packing))
        if is_mgh:
            packing = replace(packing, header=mgh.with_footer(packing.header.binaryblock, footer))
        return _image(packing, unpacked, wanted, notices)


def nifti_header(path: Path) -> nib.Nifti1Header | None:
    """Return the header of a NIfTI file, without its extensions; None for other formats.

    Raises
    ------
    VolumeError
        If the file was replaced by something else since it was read.
    """
    if not path.name.lower().endswith((*NIFTI, *PAIR)):
        return None
    with _named(path.name), _opened(path) as (packing, _):
        return packing.header if isinstance(packing.header, nib.Nifti1Header) else None


def volumes_in(path: Path) -> int:
    """Return the number of volumes of a file, by its header.

    Raises
    ------
    VolumeError
        If the header cannot be read.
    """
    with _named(path.name):
        _require_known(path)
        if path.name.lower().endswith(MINC):
            return 1
        with _opened(path) as (packing, _):
            return packing.volumes


def glance(path: Path) -> Glance | None:
    """Look at a file's header and first voxels; None for MINC, which has to be unpacked for it.

    Raises
    ------
    VolumeError
        If the header cannot be read.
    """
    with _named(path.name):
        _require_known(path)
        if path.name.lower().endswith(MINC):
            return None
        with _opened(path) as (packing, file):
            first = file.read(min(CORNER_VOXELS, packing.voxels) * packing.dtype.itemsize)
    same = first == first[: packing.dtype.itemsize] * (len(first) // packing.dtype.itemsize)
    return Glance(packing.grid, packing.affine, packing.volumes, same and bool(first))


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Put the file's name, without its folder, before an error message."""
    try:
        yield
    except UnknownFormatError as error:
        raise VolumeError(by_name(name) or error.reason, name) from None
    except VolumeError as error:
        raise type(error)(error.reason, name) from None
    except MemoryError:
        raise NotNowError("there is not enough memory to read it. Try again later.", name) from None


def _require_known(path: Path) -> None:
    name = path.name.lower()
    if name.endswith(EXTENSIONS):
        return
    known = f"this is not a supported image ({', '.join(EXTENSIONS)})."
    with Container(path) as file:
        raise not_an_image(
            file.read(START_BYTES), nifti.MISSING_HALF if name.endswith(HEADERS) else known
        )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Packing, Container]]:
    """Open a file and check its header, up to its first voxel."""
    name = path.name.lower()
    with Container(path) as file:
        if name.endswith(MGH):
            yield mgh.read_packing(file), file
        elif name.endswith(PAIR):
            header = header_file(path)
            if header is None:
                raise not_an_image(file.read(START_BYTES), nifti.MISSING_HALF)
            with Container(header) as head:
                packing = nifti.read_packing(head, file)
                head.finish()
            file.skip(packing.offset)
            yield packing, file
        else:
            yield nifti.read_packing(file), file


def _extra(count: int, packing: Packing) -> Notice:
    volumes = count // (packing.voxels * packing.dtype.itemsize)
    return Notice(FileCode.EXTRA_BYTES, {"bytes": count, "volumes": volumes})


def _image(
    packing: Packing, unpacked: Unpacked, wanted: tuple[int, ...], notices: Iterable[Notice] = ()
) -> Image:
    series = []
    if packing.volumes > 1 and wanted == FIRST:  # which may not be a choice
        series.append(
            Notice(FileCode.SERIES, {"volumes": packing.volumes, "shape": list(packing.shape)})
        )
    return Image(
        data=unpacked.array(),
        summary=unpacked.summary,
        volumes=packing.volumes,
        taken=wanted,
        affine=packing.affine,
        unit=spatial_unit(packing.header),
        header=listed(packing.header),
        notices=(
            *packing.notices,
            *series,
            *notices,
            *finite_notices(unpacked.summary),
        ),
    )
