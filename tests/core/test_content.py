"""What a volume holds, by its voxels: made-up label maps, masks, fields and many images."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from dashboard.core.content import allows_image, allows_labels, allows_mask, content
from dashboard.core.errors import NeuroMixError
from dashboard.core.reading.summary import summarise
from dashboard.core.volume import read_volume
from tests.images import save_image
from tests.wide import cases

SHAPE = (40, 36, 24)
PLACES = np.indices(SHAPE).reshape(3, -1).T
SEEDS = st.integers(0, 2**20)


@pytest.fixture(scope="session")
def any_volume(tmp_path_factory):
    return read_volume(save_image(tmp_path_factory.mktemp("content") / "v.nii", np.ones((2, 2, 2))))


@pytest.fixture(scope="session")
def held(any_volume):
    """Return a function that says what voxels hold."""

    def held(voxels, **header):
        facts = summarise(np.asfortranarray(voxels, dtype=np.float64)).intensities()
        texts = tuple((key, str(value)) for key, value in header.items())
        return content(replace(any_volume, intensities=facts, header=texts))

    return held


def ball(radius=0.45):
    middle = (np.array(SHAPE) - 1) / 2
    return (((PLACES - middle) / np.array(SHAPE)) ** 2).sum(1).reshape(SHAPE) < radius**2


def regions(rng, count):
    """Cells of a Voronoi diagram: connected, and as arbitrary as anatomy."""
    inside = PLACES[ball(0.4).ravel()]
    seeds = inside[rng.choice(len(inside), count, replace=False)]
    return np.argmin(((PLACES[:, None] - seeds) ** 2).sum(2), 1).reshape(SHAPE)


def tissue(rng, noise):
    """A T1 of three tissues in layers, blurred as a scanner does, with noise."""
    depth = ndimage.distance_transform_edt(ball()) + ndimage.gaussian_filter(
        rng.normal(0, 6, SHAPE), 3
    )
    levels = np.select([depth > 6, depth > 3, depth > 0.5], [900.0, 620.0, 300.0], 0.0)
    return ndimage.gaussian_filter(levels, 0.7) + rng.normal(0, noise, SHAPE) * (levels > 0)


@given(SEEDS, st.integers(2, 90), st.sampled_from(["first", "scattered", "large"]))
@settings(max_examples=40)
def test_connected_regions_with_any_numbers_are_labels(held, seed, count, numbering):
    rng = np.random.default_rng(seed)
    numbers = {
        "first": np.arange(1, count + 1),
        "scattered": rng.choice(2036, count, replace=False) + 1,
        "large": 1000 * rng.permutation(np.arange(1, count + 1)) + 3,
    }[numbering]
    assert held(np.where(ball(), numbers[regions(rng, count)], 0)) == "labels"


@given(SEEDS, st.sampled_from([0.9999999, 1.00000001, 0.988, 1.0118]), st.sampled_from([0, -1]))
@settings(max_examples=20)
def test_labels_of_tissues_are_labels_whatever_a_header_makes_of_them(held, seed, slope, outside):
    rng = np.random.default_rng(seed)
    tissues = np.digitize(tissue(rng, 15), [150, 460, 760]).astype(float)
    assert held(np.where(tissues, tissues * slope, outside)) == "labels"


@given(SEEDS, st.sampled_from([1.0, 255.0, 0.698, 110.0]), st.integers(2, 30))
@settings(max_examples=20)
def test_two_values_are_a_mask(held, seed, value, count):
    inside = regions(np.random.default_rng(seed), count) % 2 == 0
    assert held(np.where(ball() & inside, value, 0)) == "mask"


def test_a_mask_with_noise_of_rounding_is_a_mask(held):
    noise = np.random.default_rng(1).normal(0, 1e-14, SHAPE)
    assert held(ball() + noise) == "mask"


@given(SEEDS, st.sampled_from([None, 2000, 256, 64, 32, 20, 16, 12, 9]), st.floats(5, 60))
@settings(max_examples=60)
def test_images_with_few_grey_values_are_images(held, seed, levels, noise):
    voxels = np.maximum(tissue(np.random.default_rng(seed), noise), 0)
    if levels:
        voxels = np.round(voxels / voxels.max() * (levels - 1))
    assert held(voxels) == "contrast"


@given(SEEDS, st.floats(0.05, 0.6), st.floats(0.65, 1))
@settings(max_examples=30)
def test_windowed_images_of_8_bits_are_images(held, seed, low, high):
    voxels = tissue(np.random.default_rng(seed), 25) / 1000
    assert held(np.clip(np.round((voxels - low) / (high - low) * 255), 0, 255)) == "contrast"


@pytest.mark.parametrize("scale", [1, 1 / 900, 1 / 4095, 1e-13, -1])
def test_an_image_in_any_unit_is_an_image(held, scale):
    assert held(tissue(np.random.default_rng(3), 20) * scale) == "contrast"


def test_noise_ramps_and_constants_are_no_labels(held):
    rng = np.random.default_rng(2)
    for voxels in (
        rng.integers(0, 6, SHAPE),
        rng.integers(0, 4096, SHAPE),
        np.broadcast_to(np.arange(SHAPE[1])[:, None], SHAPE),
        rng.normal(size=SHAPE),
        np.full(SHAPE, 7),
    ):
        assert held(voxels) == "contrast"


@given(SEEDS, st.sampled_from(["air", "brain"]))
@settings(max_examples=20)
def test_a_smooth_factor_is_a_field(held, seed, where):
    rng = np.random.default_rng(seed)
    field = ndimage.gaussian_filter(rng.normal(0, 1, SHAPE), 8, mode="nearest")
    field = 1 + 0.25 * field / np.abs(field).max()
    assert held(field * (ball() if where == "brain" else 1)) == "field"


@given(SEEDS)
@settings(max_examples=20)
def test_tissue_probabilities_are_fractions_and_may_be_masks(held, any_volume, seed):
    depth = ndimage.distance_transform_edt(ball())
    wave = ndimage.gaussian_filter(np.random.default_rng(seed).normal(0, 6, SHAPE), 3)
    share = np.clip((depth - 4 + wave) / 2, 0, 1)
    assert held(share) == "fractions"
    facts = summarise(np.asfortranarray(share)).intensities()
    assert allows_mask(replace(any_volume, intensities=facts))


def test_the_headers_intent_says_labels_where_that_is_possible(held):
    rng = np.random.default_rng(5)
    scattered = np.where(ball(), np.round(tissue(rng, 60) / 120) + 1, 0)
    assert held(scattered) == "contrast"
    assert held(scattered, intent_code=1002) == "labels"
    assert held(tissue(rng, 20), intent_code=1002) == "contrast"


def test_displacements_along_three_axes_are_a_field(any_volume):
    rng = np.random.default_rng(6)
    shift = ndimage.gaussian_filter(rng.normal(0, 100, SHAPE), 9, mode="nearest")
    for voxels, volumes, code, expected in (
        (shift, 3, 0, "field"), (shift, 1, 2006, "field"), (shift, 1, 0, "contrast"),
        (tissue(rng, 20) - 100, 3, 0, "contrast"),
    ):  # fmt: skip
        facts = summarise(np.asfortranarray(voxels)).intensities()
        header = (("intent_code", str(code)),)
        volume = replace(any_volume, intensities=facts, header=header, volumes=volumes)
        assert content(volume) == expected


def test_statistics_are_no_image_though_they_look_like_one(any_volume):
    facts = summarise(np.asfortranarray(tissue(np.random.default_rng(3), 20))).intensities()
    for code, expected in ((0, True), (5, False), (1007, True), (3, False)):
        header = (("intent_code", str(code)),)
        volume = replace(any_volume, intensities=facts, header=header)
        assert allows_image(volume) == expected


def test_scattered_labels_may_be_labels_and_intensities_may_not(any_volume):
    rng = np.random.default_rng(4)
    for voxels, labels, mask in (
        (rng.integers(0, 6, SHAPE), True, False),
        # Narrow parcels, numbered in the order of their place.
        (np.where(ball(), 100 + np.indices(SHAPE)[0], 0), True, False),
        (np.where(ball(), tissue(rng, 20).round(), 0), False, False),
        (tissue(rng, 20), False, False),
        (tissue(rng, 20).clip(0, 900) / 900, False, True),
    ):
        facts = summarise(np.asfortranarray(voxels, dtype=float)).intensities()
        volume = replace(any_volume, intensities=facts)
        assert (allows_labels(volume), allows_mask(volume)) == (labels, mask)


# What of the real images is none, by its name.
NO_IMAGE = ("brain_mask", "bet_mask", "seg", "labels", "lesion_gt", "class_map", "aparc", "aseg",
            "filled", "wm.mgz", "pve", "probseg", "bias", "c1T1", "c2T1", "c3T1",
            "niivue_low_res")  # fmt: skip


@pytest.mark.wide
def test_every_real_image_is_one_and_every_label_map_is_none(real_data):
    for path in sorted(real_data.rglob("*.*")):
        if not path.name.endswith((".nii", ".nii.gz", ".mgz", ".img", ".mnc")):
            continue
        try:
            volume = read_volume(Path(path))
        except NeuroMixError:
            continue
        named = any(word in path.name for word in NO_IMAGE)
        assert (content(volume) != "contrast") == named, path


@pytest.mark.parametrize("levels", cases([6, 9, 16, 256], wide=lambda levels: levels != 6))
def test_real_images_with_few_grey_values_are_images(real_data, held, levels):
    for name in ("avg152/avg152T1", "avg152/avg152T2", "brainweb_t1/t1", "glioblastoma/t1",
                 "glioblastoma/flair", "glioblastoma/adc", "mni152_2mm/MNI152_T1_2mm",
                 "grid_mismatch/RNiftyReg_flash_t1", "grid_mismatch/RNiftyReg_epi_t2"):  # fmt: skip
        volume = read_volume(real_data / f"{name}.nii.gz")
        low, high = volume.intensities.limits["1"]
        scaled = (np.asarray(volume.data, dtype=float) - low) / (high - low)
        assert held(np.round(np.clip(scaled, 0, 1) * (levels - 1))) == "contrast", name
