import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.domain import WHOLE, Cut
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.volume import read_volume


def said(volumes, rule="positive", domain=None, **options):
    return features(volumes, Recipe(foreground=rule), domain or Cut("axial", 1), **options).problem


@pytest.fixture
def volume(save):
    """Return a function that reads a made-up image, whose slices hold one value each."""

    def volume(name, *values):
        return read_volume(save(f"{name}.nii", np.tile(values, (5, 4, 1))))

    return volume


def test_the_image_that_keeps_nothing_in_the_slice_is_named(volume):
    problem = said([volume("T1", 3, 4), volume("b0", 5, -1)])
    assert problem == (
        "There are no foreground voxels in this slice (axial 1): no voxel of b0 is above 0 there. "
        "Choose another slice, another foreground or other images."
    )


def test_another_slice_is_not_proposed_where_none_has_any(volume):
    problem = said([volume("T1", -3, -4)])
    assert "no voxel of T1 is above 0, in any slice." in problem
    assert "another slice" not in problem


def test_images_that_exclude_each_other_are_all_named(save):
    half = np.zeros((5, 4, 2))
    half[:2] = 1
    one, other = (read_volume(save(f"{n}.nii", v)) for n, v in (("one", half), ("other", 1 - half)))
    assert "all images at once (one, other) is above 0 there" in said([one, other])


def test_an_empty_slice_of_a_mask_is_a_matter_of_the_mask(volume):
    problem = said([volume("T1", 3, 4)], "mask", mask=volume("mask", 1, 0))
    assert "the mask mask marks no voxel there. Choose another slice or another mask." in problem
    problem = said([volume("T1", 3, 4)], "mask", mask=volume("empty", 0, 0))
    assert "the mask empty marks no voxel, in any slice. Choose another mask." in problem


def test_no_number_inside_a_mask_is_a_matter_of_the_image(volume):
    problem = said([volume("T1", 3, np.nan)], "mask", mask=volume("mask", 1, 1))
    assert "no voxel of T1 in the mask is a finite number there" in problem


def test_an_image_that_is_only_shown_is_named(volume):
    problem = said([volume("T1", 3, 4), volume("map", 1, np.nan)], mixed=1)
    assert "map has no finite intensity there" in problem


def test_of_the_whole_volume_no_slice_is_spoken_of(volume):
    problem = said([volume("T1", -3, -4)], domain=WHOLE)
    assert "in the volume: no voxel of T1 is above 0." in problem
    assert "slice" not in problem


@given(
    values=st.lists(st.integers(-2, 2), min_size=4, max_size=4),
    rule=st.sampled_from(["positive", "nonzero", "background"]),
    index=st.integers(0, 1),
)
def test_every_empty_slice_names_an_image_that_is_empty_there(volume, values, rule, index):
    # Two images of two slices, one value a slice.
    images = {"one": values[:2], "other": values[2:]}
    volumes = [volume(name, *slices) for name, slices in images.items()]
    problem = said(volumes, rule, Cut("axial", index))
    # Of two equally frequent values the lower is the background.
    keeps = {"positive": lambda v, _: v > 0, "nonzero": lambda v, _: v != 0,
             "background": lambda v, slices: v != min(slices)}[rule]  # fmt: skip
    empty = {name for name, slices in images.items() if not keeps(slices[index], slices)}
    if not empty:
        assert "no foreground" not in (problem or "")
        return
    named = re.search(r"no voxel of (\w+) ", problem)[1]
    assert named in empty
    assert f"axial {index}" in problem
    anywhere = any(keeps(v, images[named]) for v in images[named])
    assert ("another slice" in problem) == anywhere
