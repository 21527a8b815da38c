"""The study that a library opens with, of made-up ones."""

import nibabel as nib
import numpy as np
import pytest

from dashboard.services.studies import first
from dashboard.services.studies.library import Library
from tests.images import AFFINE

SHAPE = (80, 70, 6)


def brain(shape=SHAPE):
    """Return a block of tissue in a background of 0."""
    voxels = np.zeros(shape, "f4")
    voxels[20:-20, 20:-20, 1:-1] = np.random.default_rng(1).uniform(50, 90, (40, 30, 4))
    return voxels


def air():
    """Return a head whose air is noise."""
    return brain() + np.random.default_rng(2).uniform(0, 3, SHAPE).astype("f4")


@pytest.fixture
def library(tmp_path):
    """Return a function that saves studies, {study: {file: (voxels, affine)}}, as a library."""

    def made(studies):
        for name, files in studies.items():
            folder = tmp_path / name
            folder.mkdir()
            for file, content in files.items():
                if isinstance(content, bytes):
                    (folder / file).write_bytes(content)
                else:
                    nib.Nifti1Image(*content).to_filename(folder / file)
        return Library(tmp_path)

    return made


ONE = {"T1.nii.gz": (brain(), AFFINE)}
PAIR = ONE | {"T2.nii": (brain(), AFFINE)}
NOISY = {"T1.nii.gz": (air(), AFFINE), "T2.nii.gz": (air(), AFFINE)}
MOVED = ONE | {"T2.nii": (brain(), AFFINE + np.eye(4)[:, [3, 0, 1, 2]])}
OTHER_SHAPE = ONE | {"T2.nii": (brain()[1:], AFFINE)}
TWICE = ONE | {"T1_N4.nii": (brain(), AFFINE)}
FRAMES = {"BRATS_001.nii.gz": (np.stack([brain()] * 4, axis=-1), AFFINE)}
SERIES = {"bold.nii.gz": (np.stack([brain()] * 4, axis=-1), AFFINE)}
BROKEN = {"T1.nii.gz": b"no image", "T2.nii": b""}


@pytest.mark.parametrize(
    ("files", "goodness"),
    [
        (PAIR, 3), (FRAMES, 3), (NOISY, 2), (ONE, 1), (MOVED, 1), (OTHER_SHAPE, 1), (TWICE, 1),
        (SERIES, 0), (BROKEN, 0),
    ],
)  # fmt: skip
def test_a_good_study_has_two_contrasts_on_one_grid_and_an_empty_background(
    library, files, goodness
):
    assert first.goodness(library({"one": files}).study("one")) == goodness


@pytest.mark.parametrize(
    ("studies", "opened"),
    [
        ({"a": NOISY, "b": PAIR, "c": PAIR}, "b"),
        ({"a": ONE, "b": NOISY, "c": ONE}, "b"),
        ({"a": BROKEN, "b": BROKEN}, "a"),
    ],
)
def test_the_first_good_study_opens_not_the_first_of_the_alphabet(library, studies, opened):
    made = library(studies)
    assert first.first_good(made.names(), lambda n: first.goodness(made.study(n))) == opened


def test_of_a_large_library_a_few_files_are_looked_at(library, monkeypatch):
    many = NOISY | {f"contrast{n}.nii": (air(), AFFINE) for n in range(6)}
    made = library({f"s{n:02}": many for n in range(first.MOST_STUDIES + 2)} | {"z": PAIR})
    seen = []
    look = first.glance
    monkeypatch.setattr(first, "glance", lambda path: seen.append(path) or look(path))
    assert first.first_good(made.names(), lambda n: first.goodness(made.study(n))) == "s00"
    assert len(seen) == first.MOST_STUDIES * first.MOST_IMAGES
