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
from dashboard.core.reading.header import Packing
from dashboard.core.reading.summary import Summary
from dashboard.core.reading.unpacked import Unpacked
from dashboard.core.reading.voxels import FIRST, Take, finite_notices, read_voxels, taken

# The name chooses the format, and the content must agree; nothing else is tried.
NIFTI, PAIR, MGH, MINC = (".nii", ".nii.gz"), (".img", ".img.gz"), (".mgz", ".mgh"), (".mnc",)
HEADERS = (".hdr", ".hdr.gz")
# Possible names of the other half of a pair, the most common first.
HEADER_HALVES, IMAGE_HALVES = (".hdr", ".hdr.gz", ".HDR"), (".img", ".img.gz", ".IMG")
EXTENSIONS = (*NIFTI, *PAIR, *MGH, *MINC)
# By which other formats are known: the size of the oldest header.
START_BYTES = 348
# Millimetres per spatial unit of the header; "unknown" means mm, as in most tools.
# A few rows of the first slice: without noise they are all of one value.
CORNER_VOXELS = 4096
MM_PER_UNIT = {"mm": 1.0, "meter": 1000.0, "micron": 0.001, "unknown": 1.0}


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


def extension(path: Path) -> str:
    """Return the extension that chooses a file's format, or its last one if that is unknown."""
    name = path.name.lower()
    return next((known for known in EXTENSIONS if name.endswith(known)), path.suffix.lower())


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of an image: for an .img, also its header."""
    if not path.name.lower().endswith(PAIR):
        return (path,)
    header = _header_file(path)
    return (path, header) if header else (path,)


def read_image(
    path: Path,
    npy: BinaryIO,
    *,
    name: str | None = None,
    take: Take = FIRST,
    scratch: Path | None = None,
) -> Image:
    """Unpack a volume of an image file, or the mean of several, and check the whole file.

    Parameters
    ----------
    path : Path
        Its extension gives the format.
    npy : file object
        New, open for reading and writing; receives the voxels as an ``.npy``.
    name : str, optional
        The file's name in messages.
    take : tuple of int, or None
        Volumes counted from 0; None for all.
    scratch : Path, optional
        Folder for temporary files.

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


def nifti_header(path: Path, *, name: str | None = None) -> nib.Nifti1Header | None:
    """Return the header of a NIfTI file, without its extensions; None for other formats.

    Raises
    ------
    VolumeError
        If the file was replaced by something else since it was read.
    """
    if not path.name.lower().endswith((*NIFTI, *PAIR)):
        return None
    with _named(name or path.name), _opened(path) as (packing, _):
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
            header = _header_file(path)
            if header is None:
                raise not_an_image(file.read(START_BYTES), nifti.MISSING_HALF)
            with Container(header) as head:
                packing = nifti.read_packing(head, file)
                head.finish()
            file.skip(packing.offset)
            yield packing, file
        else:
            yield nifti.read_packing(file), file


def _header_file(path: Path) -> Path | None:
    """Return the .hdr of an .img, if it exists."""
    beside = (path.with_name(name) for name in other_halves(path.name))
    return next((header for header in beside if header.is_file()), None)


def other_halves(name: str) -> tuple[str, ...]:
    """Return possible names of the other half of a two-file image; none for other files."""
    for own, others in ((".img", HEADER_HALVES), (".hdr", IMAGE_HALVES)):
        if name.lower().endswith((own, f"{own}.gz")):
            base = name[: name.lower().rindex(own)]
            return tuple(base + other for other in others)
    return ()


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
        unit=_spatial_unit(packing.header),
        header=_fields(packing.header),
        notices=(
            *packing.notices,
            *series,
            *notices,
            *finite_notices(unpacked.summary),
        ),
    )


def _spatial_unit(header: Any) -> str:
    """Return the header's spatial unit; MGH and MINC are always in mm."""
    if not hasattr(header, "get_xyzt_units"):
        return "mm"
    try:
        unit = str(header.get_xyzt_units()[0])
    except KeyError:
        return "unknown"
    return unit if unit in MM_PER_UNIT else "unknown"


def _fields(header: Any) -> tuple[tuple[str, str], ...]:
    """List the header as ``print(header)`` does, followed by the units."""
    fields = []
    if hasattr(header, "items"):
        fields = [(str(key), _printable(value)) for key, value in header.items()]
    if hasattr(header, "get_xyzt_units"):
        try:
            fields.append(("get_xyzt_units()", str(header.get_xyzt_units())))
        except KeyError:
            fields.append(("get_xyzt_units()", "unknown code"))
    return tuple(fields)


def _printable(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.dtype.kind == "S":
        value = value.tobytes().split(b"\0")[0].decode("latin-1")
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in value)
    text = np.array2string(np.asarray(value), separator=" ", threshold=16, precision=6)
    return " ".join(text.split())
