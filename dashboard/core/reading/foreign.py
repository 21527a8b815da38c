"""Other formats under the name of an image."""

import re

from dashboard.core.errors import VolumeError

PICKLE = "this is a Python pickle, which is never opened. Export the image as NIfTI."

# Position of a format's signature, the signature, and the message.
MARKS = (
    (128, b"DICM", "this is a DICOM file. Convert its series with dcm2niix first."),
    (257, b"ustar", "this is a tar archive. Unpack it and choose an image in it."),
    (0, b"\x1f\x8b", "it is gzipped twice. Unpack it once."),
    (0, b"PK\x03\x04", "this is a zip archive. Unpack it and choose an image in it."),
    (0, b"BZh", "this is a bzip2 file. Unpack it first."),
    (0, b"\xfd7zXZ", "this is an xz file. Unpack it first."),
    (0, b"\x28\xb5\x2f\xfd", "this is a Zstandard file. Unpack it first."),
    (0, b"\x89HDF", "this is an HDF5 file (MINC 2?). Convert it to NIfTI first."),
    (0, b"CDF", "this is a netCDF file. If it is MINC, name it .mnc."),
    (0, b"NRRD", "this is an NRRD file. Convert it to NIfTI first."),
    (0, b"\x89PNG", "this is a PNG picture, not an image volume."),
    (0, b"\xff\xd8\xff", "this is a JPEG picture, not an image volume."),
    (0, b"%PDF", "this is a PDF document, not an image."),
    *((0, bytes([0x80, protocol]), PICKLE) for protocol in range(2, 6)),
)  # fmt: skip

# Protocol 0 has no signature: a pickle that imports something begins with its module and name.
_OLD_PICKLE = re.compile(rb"c[\w.]+\n\w+\n")
# Bytes that no text has, in any encoding that extends ASCII.
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def not_an_image(start: bytes, otherwise: str) -> VolumeError:
    """Return the error for a file whose first 348 bytes are not a valid header.

    It names the format that the bytes belong to, and is `otherwise` if they are not recognised.
    """
    foreign = _format(start)
    return VolumeError(f"the file's header cannot be read; {foreign}" if foreign else otherwise)


def _format(start: bytes) -> str | None:
    for position, mark, sentence in MARKS:
        if start[position : position + len(mark)] == mark:
            return sentence
    if _OLD_PICKLE.match(start):
        return PICKLE
    if start and not _CONTROL.intersection(start):
        return "this is a text file, not an image. Choose the image file."
    return None
