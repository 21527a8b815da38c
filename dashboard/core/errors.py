"""The one family of errors that `core` raises on purpose.

Every message is a sentence for the person at the screen: what is wrong, and what to do about it.
"""


class NeuroMixError(Exception):
    """Something the user gave cannot be used; the message says what, and what to do."""


class VolumeError(NeuroMixError):
    """A file cannot be read as an image volume."""


class GridError(NeuroMixError):
    """Images that should lie on one voxel grid don't.

    Parameters
    ----------
    short : str
        What is wrong.
    details : str
        The numbers, and what to do.
    """

    def __init__(self, short: str, details: str = "") -> None:
        self.short = short
        super().__init__(f"{short} {details}".rstrip())


class LabelError(NeuroMixError):
    """An image does not hold what a segmentation holds: a few whole numbers."""


class FitError(NeuroMixError):
    """The chosen voxels cannot carry the mixture that was asked for."""


class CopiesError(FitError):
    """Two images of a mixture are copies of each other up to scale.

    Parameters
    ----------
    first, second : int
        Which, counted from 0.
    """

    def __init__(self, first: int, second: int) -> None:
        self.pair = (first, second)
        super().__init__(self.told(f"Image {first + 1}", f"image {second + 1}"))

    def told(self, first: str, second: str) -> str:
        """Return the message with the names of the images."""
        return (
            f"{first} and {second} are copies of each other up to scale in these voxels, and a "
            "mixture of both is refused. Choose different images."
        )
