"""The limits of uploads, and the sentences that refuse more."""

from dataclasses import dataclass

from dashboard.core.errors import NeuroMixError

# Eight images with masks and labels; a pair is two files.
MAX_FILES = 32
# Names of files that are checked before sending: the folder of a session may contain some thousand
# DICOM files beside its images.
MAX_NAMES = 5000


class UploadError(NeuroMixError):
    """A drop is refused; `refused` has sentences about single files."""

    def __init__(self, sentence: str, refused: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.refused = refused


class TooLargeError(UploadError):
    """A drop is too large."""


class StoreFullError(UploadError):
    """A drop exceeds the quota."""


class UnavailableError(UploadError):
    """The folder of uploads cannot be used."""


class TitleError(UploadError):
    """A name that no study can have."""


class NothingToOpenError(UploadError):
    """No file of a drop can be opened."""


class AbandonedError(UploadError):
    """The sender of a drop is gone."""


@dataclass(frozen=True)
class Limits:
    """The limits of uploads.

    Attributes
    ----------
    drop, store : int
        Bytes of one drop, and of all uploads together.
    days : int
        How long an upload is kept.
    files : int
        Files in one drop.
    """

    drop: int
    store: int
    days: int
    files: int = MAX_FILES

    def too_large(self) -> TooLargeError:
        """Return the error of a drop with too many bytes."""
        return TooLargeError(
            f"One upload takes at most {amount(self.drop)}. Drop fewer files, or compress them "
            "(.nii.gz)."
        )

    def too_many(self) -> TooLargeError:
        """Return the error of a drop with too many files."""
        return TooLargeError(
            f"One upload takes at most {self.files} files. Drop the images of one head only."
        )

    def unavailable(self, error: OSError) -> UnavailableError:
        """Return the error of an unusable folder of uploads, without its name."""
        return UnavailableError(
            f"Uploads are unavailable ({error.strerror}). Please contact the administrator."
        )

    def full(self) -> StoreFullError:
        """Return the error of a used-up quota."""
        return StoreFullError(
            "The server has no space for this upload. Remove an upload that you no longer need, or "
            f"try again later: uploads are deleted after {days(self.days)}."
        )


def days(count: int) -> str:
    """Write a number of days."""
    return "1 day" if count == 1 else f"{count} days"


def amount(count: int) -> str:
    """Write a number of bytes as file managers do: "512 MB", "10 GB"."""
    for unit, size in (("GB", 2**30), ("MB", 2**20), ("kB", 2**10)):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{count} bytes"
