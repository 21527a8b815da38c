"""What a file is that only bears the name of an image."""

import re

PICKLE = "this is a Python pickle, which is never opened. Export the image as NIfTI."

# Where the mark of a format lies, the mark, and what to tell.
MARKS = (
    (128, b"DICM", "this is a DICOM file. Convert its series with dcm2niix first."),
    (257, b"ustar", "this is a tar archive. Unpack it and choose an image in it."),
    (0, b"\x1f\x8b", "it was gzipped twice. Unpack it once."),
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

# Protocol 0 has no mark: a pickle that imports something begins with its module and name.
_OLD_PICKLE = re.compile(rb"c[\w.]+\n\w+\n")
# Bytes of a text in any of the encodings that extend ASCII.
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def foreign_content(start: bytes) -> str | None:
    """Return a sentence about the format that the first bytes of a file belong to.

    Parameters
    ----------
    start : bytes
        The first 348 bytes, or all of a shorter file.

    Returns
    -------
    str or None
        None where nothing but an image is recognised.
    """
    for position, mark, sentence in MARKS:
        if start[position : position + len(mark)] == mark:
            return sentence
    if _OLD_PICKLE.match(start):
        return PICKLE
    if start and not _CONTROL.intersection(start):
        return "this is a text, not an image. Choose the image file itself."
    return None
