"""What tests of every kind share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the study that comes with the project."""
    return ROOT / "data" / "sample"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real images, for the tests that need more than the sample."""
    if "REAL_DATA" not in os.environ:
        pytest.skip("REAL_DATA is not set: it names a folder of real images")
    folder = Path(os.environ["REAL_DATA"])
    assert folder.is_dir(), f"REAL_DATA names no folder: {folder}"
    return folder
