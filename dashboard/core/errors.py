"""The one family of errors that `core` raises on purpose.

Every message is a sentence for the person at the screen: what is wrong, and what to do about it.
"""


class NeuroMixError(Exception):
    """Something the user gave cannot be used; the message says what, and what to do."""


class VolumeError(NeuroMixError):
    """A file cannot be read as an image volume."""


class GridError(NeuroMixError):
    """Images that should lie on one voxel grid don't."""


class LabelError(NeuroMixError):
    """An image does not hold what a segmentation holds: a few whole numbers."""


class FitError(NeuroMixError):
    """The chosen voxels cannot carry the mixture that was asked for."""
