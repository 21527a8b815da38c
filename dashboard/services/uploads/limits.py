"""What uploads may take, and the sentences that refuse more."""

from dataclasses import dataclass

from dashboard.core.errors import NeuroMixError
from dashboard.services.uploads import names

# Eight images with masks and labels; a pair is two files.
MAX_FILES = 32


class UploadError(NeuroMixError):
    """A drop is refused; `refused` says more of single files."""

    def __init__(self, sentence: str, refused: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.refused = refused


class TooLargeError(UploadError):
    """A drop is larger than one may be."""


class StoreFullError(UploadError):
    """There is no room for a drop."""


class UnavailableError(UploadError):
    """The folder of uploads cannot be used."""


class NothingToOpenError(UploadError):
    """No file of a drop can be opened."""


class AbandonedError(UploadError):
    """Whoever sent a drop is gone."""


@dataclass(frozen=True)
class Limits:
    """What uploads may take.

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
        """Say that a drop has too many bytes."""
        return TooLargeError(
            f"These files are more than the {names.amount(self.drop)} that can be uploaded at "
            "once. Drop fewer files, or compress them (.nii.gz)."
        )

    def too_many(self) -> TooLargeError:
        """Say that a drop has too many files."""
        return TooLargeError(
            f"These are more than the {self.files} files that can be uploaded at once. Drop the "
            "images of one head only."
        )

    def unavailable(self, error: OSError) -> UnavailableError:
        """Say that the folder of uploads cannot be used, without its name."""
        return UnavailableError(
            f"Uploads are not possible on this server now ({error.strerror}). Tell whoever runs it."
        )

    def full(self) -> StoreFullError:
        """Say that there is no room."""
        return StoreFullError(
            "There is no room for this upload on the server now. Remove an upload of yours that "
            f"you no longer need, or try again later: each is removed after {self.days} days."
        )
