"""Folders that only the user who runs the program may look into."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder for this user alone, and likewise those above it that are missing.

    Raises
    ------
    OSError
    """
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
