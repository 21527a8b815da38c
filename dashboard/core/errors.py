"""The errors that `core` raises on purpose.

Every message is a sentence for the user: what is wrong, in which file, and what to do.
"""


class NeuroMixError(Exception):
    """Unusable input from the user; the message says what is wrong and what to do.

    Attributes
    ----------
    short : str
        What is wrong, for views beside a check that says the rest.
    """

    def __init__(self, message: str, short: str = "") -> None:
        self.short = short or message
        super().__init__(message)


class VolumeError(NeuroMixError):
    """A file cannot be read as an image volume.

    Parameters
    ----------
    reason : str
        What is wrong and what to do.
    file : str
        The file's name, which the message begins with.
    """

    def __init__(self, reason: str, file: str = "") -> None:
        self.reason = reason
        if file:
            super().__init__(f"{file}: {reason}", f"{file} cannot be read.")
        else:
            super().__init__(reason)


class UnknownFormatError(VolumeError):
    """A file's content belongs to no format that is known."""


class NotNowError(VolumeError):
    """A file cannot be read now, for a reason outside it; another attempt may succeed."""


class GridError(NeuroMixError):
    """Images that must share a voxel grid do not.

    Parameters
    ----------
    short : str
        What is wrong.
    details : str
        The numbers, and what to do.
    """

    def __init__(self, short: str, details: str = "") -> None:
        super().__init__(f"{short} {details}".rstrip(), short)


class LabelError(NeuroMixError):
    """An image is not a segmentation, which holds a few whole numbers."""


class FitError(NeuroMixError):
    """The mixture cannot be fitted to the chosen voxels."""


class LimitError(FitError):
    """A fit takes more time or memory than its host allows."""
