"""Files that are no images for this program: what they are, and what to do.

The content decides, and the name only if the content says nothing.
"""

import re
from pathlib import Path

from dashboard.core.errors import UnknownFormatError, VolumeError

DICOM = "this is a DICOM file. Convert its series with dcm2niix first."
PAR_REC = "this is half of a Philips PAR/REC pair. Convert the pair with dcm2niix first."
AFNI = "this is half of an AFNI dataset (HEAD and BRIK). Convert it with 3dAFNItoNIFTI first."
NRRD = "this is an NRRD file. Convert it to NIfTI first, for example with 3D Slicer."
META = "this is a MetaImage file. Convert it to NIfTI first, for example with 3D Slicer."
MRTRIX = "this is an MRtrix image. Convert it to NIfTI with mrconvert first."
HDF5 = "this is an HDF5 file, such as MINC 2. Convert MINC 2 to NIfTI with mnc2nii first."
GIFTI = "this is an XML file, such as a GIFTI surface, not an image volume."
APPLE = (
    "this is a companion file of macOS, not an image. Choose the file whose name does not begin "
    "with “._”."
)
ANNEX = (
    "its content is not here, only a link of git-annex. Get it with “datalad get” or “git annex "
    "get”."
)
LFS = "its content is not here, only a pointer of Git LFS. Get it with “git lfs pull”."
WEB_PAGE = "this is a web page, not an image. Download the file again."
PICKLE = "this is a Python pickle, which is never opened. Export the image as NIfTI."
TEXT = "this is a text file, not an image. Choose the image file."

# Position of a format's signature, the signature, and the message.
MARKS = (
    (128, b"DICM", DICOM),
    # Files without the preamble begin with a group length or with the type of the image.
    (0, b"\x02\x00\x00\x00UL\x04\x00", DICOM),
    (0, b"\x08\x00\x00\x00\x04\x00\x00\x00", DICOM),
    (0, b"\x08\x00\x05\x00", DICOM),
    (0, b"\x08\x00\x08\x00", DICOM),
    (257, b"ustar", "this is a tar archive. Unpack it and choose an image in it."),
    (0, b"\x1f\x8b", "it is gzipped twice. Unpack it once."),
    (0, b"PK\x03\x04", "this is a zip archive. Unpack it and choose an image in it."),
    (0, b"7z\xbc\xaf", "this is a 7z archive. Unpack it and choose an image in it."),
    (0, b"Rar!", "this is a RAR archive. Unpack it and choose an image in it."),
    (0, b"BZh", "this is a bzip2 file. Unpack it first."),
    (0, b"\xfd7zXZ", "this is an xz file. Unpack it first."),
    (0, b"\x28\xb5\x2f\xfd", "this is a Zstandard file. Unpack it first."),
    (0, b"\x89HDF", HDF5),
    (0, b"CDF", "this is a netCDF file. If it is MINC, name it .mnc."),
    (0, b"NRRD", NRRD),
    (0, b"mrtrix image", MRTRIX),
    (0, b"\x89PNG", "this is a PNG picture, not an image volume."),
    (0, b"\xff\xd8\xff", "this is a JPEG picture, not an image volume."),
    (0, b"GIF8", "this is a GIF picture, not an image volume."),
    (0, b"II*\x00", "this is a TIFF picture. Convert the stack to NIfTI first."),
    (0, b"MM\x00*", "this is a TIFF picture. Convert the stack to NIfTI first."),
    (0, b"%PDF", "this is a PDF document, not an image."),
    (0, b"MATLAB 5.0", "this is a MATLAB file. Export the image as NIfTI."),
    (0, b"\x93NUMPY", "this is a NumPy array. Save it as NIfTI with nibabel."),
    (0, b"\xff\xff\xfe", "this is a FreeSurfer surface, not an image volume."),
    (0, b"MATRIX7", "this is an ECAT file. Convert it to NIfTI first."),
    (0, b"\x00\x05\x16\x07", APPLE),
    (0, b"version https://git-lfs.github.com/spec/", LFS),
    *((0, bytes([0x80, protocol]), PICKLE) for protocol in range(2, 6)),
)  # fmt: skip

# The beginnings of texts.
_TEXTS = (
    # Protocol 0 has no signature: a pickle that imports something begins with its module and name.
    (re.compile(rb"c[\w.]+\n\w+\n"), PICKLE),
    (re.compile(rb"/?(\.git/|[\w./-]*/)?annex/objects/"), ANNEX),
    (re.compile(rb"# === DATA DESCRIPTION FILE"), PAR_REC),
    (re.compile(rb"\s*type\s*=\s*(string|integer|float)-attribute"), AFNI),
    (re.compile(rb"(?:[\w ]+=[^\n]*\n)*(ObjectType|NDims)\s*="), META),
    (re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE), WEB_PAGE),
    (re.compile(rb"\s*<\?xml"), GIFTI),
)
# Bytes that no text has, in any encoding that extends ASCII.
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")

NAMES = {
    (".dcm", ".ima", ".dicom"): DICOM,
    (".par", ".rec"): PAR_REC,
    (".head", ".brik", ".brik.gz"): AFNI,
    (".nrrd", ".nhdr"): NRRD,
    (".mha", ".mhd"): META,
    (".mif", ".mif.gz", ".mih"): MRTRIX,
    (".gii", ".gii.gz"): GIFTI,
    (".nii.bz2", ".img.bz2"): "this is a bzip2 file. Unpack it first.",
    (".nii.xz", ".nii.zst", ".nii.zip"): "this is a packed image. Unpack it first.",
}
# Files that are listed beside images, to say what they are.
EXTENSIONS = tuple(extension for extensions in NAMES for extension in extensions)
# Names that begin so are not of images, unless their content is.
APPLE_PREFIX = "._"
_ANNEX_FOLDER = ("annex", "objects")


def not_an_image(start: bytes, otherwise: str) -> VolumeError:
    """Return the error for a file whose first 348 bytes are not a valid header.

    It names the format that the bytes belong to, and is an UnknownFormatError with the message
    `otherwise` if they are not recognised.
    """
    foreign = by_content(start)
    return VolumeError(foreign) if foreign else UnknownFormatError(otherwise)


def by_content(start: bytes) -> str | None:
    """Return what a file is by its first 348 bytes; None if they are not recognised."""
    for position, mark, sentence in MARKS:
        if start[position : position + len(mark)] == mark:
            return sentence
    for beginning, sentence in _TEXTS:
        if beginning.match(start):
            return sentence
    return TEXT if start and not _CONTROL.intersection(start) else None


def by_name(name: str) -> str | None:
    """Return what a file is by its name; None if that is not known."""
    if name.startswith(APPLE_PREFIX):
        return APPLE
    return next((said for ends, said in NAMES.items() if name.lower().endswith(ends)), None)


def missing(path: Path) -> str | None:
    """Return why the end of a link is missing; None if the file is no link."""
    if not path.is_symlink():
        return None
    if is_annexed(path.readlink()):
        return ANNEX
    return "this is a link to a file that does not exist. Copy the file itself."


def is_annexed(target: Path) -> bool:
    """Return whether a link leads to where git-annex keeps contents."""
    pairs = zip(target.parts, target.parts[1:], strict=False)
    return any(pair == _ANNEX_FOLDER for pair in pairs)
