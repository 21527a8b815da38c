"""Identities of files and volumes: hashes of their content."""

import hashlib
import stat
from pathlib import Path

from dashboard.core.errors import NotNowError, VolumeError
from dashboard.core.reading.foreign import missing
from dashboard.core.reading.names import files_of
from dashboard.core.reading.voxels import FIRST, Take
from dashboard.core.steps import take_step

# Bytes hashed at once, as hashlib does.
HASHED_BYTES = 2**18
FOLDER = (
    "this is a folder. Choose an image file in it; convert a series of DICOM files with dcm2niix "
    "first."
)


def file_id(path: Path, *, name: str | None = None) -> str:
    """Return the SHA-256 of a file, or of the hashes of a pair, which is its volume's identity.

    Parameters
    ----------
    name : str, optional
        What messages call the file.

    Raises
    ------
    VolumeError
        If the file is missing or cannot be read.
    """
    digests = [_sha256(file, name or path.name) for file in files_of(path)]
    if len(digests) == 1:
        return digests[0].hex()
    return hashlib.sha256(b"".join(digests)).hexdigest()


def _sha256(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise VolumeError(FOLDER, name or "No name")
        if not stat.S_ISREG(path.stat().st_mode):
            raise VolumeError("this is not a file. Choose an image file.", name or "No name")
        digest, buffer = hashlib.sha256(), bytearray(HASHED_BYTES)
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(buffer):
                take_step()
                digest.update(memoryview(buffer)[:count])
        return digest.digest()
    except FileNotFoundError:
        reason = missing(path) or "there is no such file. Check its name and folder."
        raise NotNowError(reason, name) from None
    except OSError as error:
        raise NotNowError(f"the file cannot be read ({error.strerror}).", name) from None


def volume_id(source: str, take: Take) -> str:
    """Return the identity of volumes of a series; the first one has that of the file."""
    if take == FIRST:
        return source
    which = "all" if take is None else " ".join(map(str, sorted(set(take))))
    return hashlib.sha256(f"{source} {which}".encode()).hexdigest()
