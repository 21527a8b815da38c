"""Volumes on the grids of others, against nibabel's resampling and against geometry."""

from dataclasses import replace
from itertools import count

import nibabel as nib
import numpy as np
import pytest
from nibabel.affines import apply_affine
from nibabel.processing import resample_from_to

from dashboard.core.errors import GridError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.grid import resampling
from dashboard.core.grid.resampling import resample
from dashboard.core.grid.same import same_grid
from dashboard.core.processing import Resampled
from dashboard.core.volume import read_volume

RNG = np.random.default_rng(5)


def oblique(degrees, zooms, origin):
    """An affine turned about two axes."""
    a, b = np.deg2rad(degrees), np.deg2rad(degrees / 2)
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return nib.affines.from_matvec(about_z @ about_x @ np.diag(zooms), origin)


SOURCE = oblique(0, (2, 2, 2.5), (-40, -50, -30))
TARGETS = {
    "finer": oblique(0, (0.9, 1.1, 1.3), (-45, -40, -20)),
    "coarser": oblique(0, (3, 3.1, 3.3), (-38, -48, -28)),
    "oblique": oblique(25, (1.7, 2.3, 1.9), (-20, -40, -20)),
    "flipped": oblique(-13, (-2, 1.5, 3), (35, -30, -25)),
    "permuted": oblique(7, (1, 1, 1), (-20, -30, -20))[:, [2, 0, 1, 3]],
}


@pytest.fixture
def make(tmp_path):
    """Return a function that makes a volume of given voxels on a grid."""
    number = count()

    def make(voxels, affine, unit="mm"):
        image = nib.Nifti1Image(np.asarray(voxels, dtype=np.float64), affine)
        image.header.set_xyzt_units(unit)
        path = tmp_path / f"image{next(number)}.nii"
        image.to_filename(path)
        return read_volume(path)

    return make


@pytest.fixture(params=TARGETS.values(), ids=TARGETS.keys())
def pair(request, make):
    """Return a random volume, and one on another grid."""
    source = make(RNG.uniform(10, 99, (40, 44, 23)), SOURCE)
    return source, make(RNG.uniform(0, 1, (70, 33, 27)), request.param)


@pytest.fixture
def small(make):
    """Return a small random volume, and a coarser one on an oblique grid."""
    source = make(RNG.uniform(1, 9, (12, 11, 10)), SOURCE)
    return source, make(np.ones((9, 7, 8)), oblique(5, (3, 3, 3), (-39, -49, -29)))


def places(source, target):
    """Return the source's voxel indices at which the target's voxels lie."""
    grid = np.stack(np.indices(target.shape), axis=-1)
    return apply_affine(np.linalg.inv(source.mm_affine) @ target.mm_affine, grid)


def within(source, target, margin):
    """Mark the target's voxels at least `margin` voxels inside the source's outermost centres."""
    at = places(source, target)
    return ((at >= margin) & (at <= np.array(source.shape) - 1 - margin)).all(axis=-1)


def as_image(volume):
    return nib.Nifti1Image(volume.data, volume.mm_affine)


def test_intensities_are_nibabels_inside_the_field_of_view(pair):
    source, target = pair
    found = resample(source, target)
    expected = resample_from_to(as_image(source), as_image(target), order=1).get_fdata()
    inside = within(source, target, 1e-6)
    assert inside.mean() > 0.05
    np.testing.assert_allclose(found.data[inside], expected[inside], rtol=1e-5)


def test_labels_are_nibabels_inside_the_field_of_view(pair, make):
    source, target = pair
    labels = make(RNG.integers(0, 4, source.shape), source.affine)
    found = resample(labels, target, nearest=True)
    expected = resample_from_to(as_image(labels), as_image(target), order=0).get_fdata()
    # Where a voxel lies halfway between two, either is the nearest.
    halves = np.abs(places(labels, target) % 1 - 0.5).min(axis=-1) < 1e-6
    inside = within(labels, target, 1e-6) & ~halves
    np.testing.assert_array_equal(found.data[inside], expected[inside])
    assert set(np.unique(found.data)) <= {0, 1, 2, 3}


def test_outside_the_field_of_view_nothing_is_known(pair):
    source, target = pair
    inside, outside = within(source, target, -0.499), ~within(source, target, -0.501)
    assert outside.any()
    found = resample(source, target).data
    assert np.isfinite(found[inside]).all()
    assert np.isnan(found[outside]).all()
    labels = resample(source, target, nearest=True).data
    assert (labels[inside] >= 10).all()
    assert not labels[outside].any()


@pytest.mark.parametrize("nearest", [False, True])
@pytest.mark.parametrize("codes", ["RAS", "LPI", "SRP", "AIL", "IPR"])
def test_another_order_of_the_axes_is_pure_reindexing(make, codes, nearest):
    voxels = RNG.normal(0, 1e3, (9, 8, 7)).astype(np.float32)
    voxels[4, 4, 4], voxels[2, 3, 4] = np.nan, np.inf
    affine = oblique(20, (1.2, 0.7, 3), (4, 5, -6))
    image = nib.Nifti1Image(voxels, affine)
    turned = image.as_reoriented(
        nib.orientations.ornt_transform(
            nib.orientations.io_orientation(affine), nib.orientations.axcodes2ornt(codes)
        )
    )
    source, target = make(turned.get_fdata(), turned.affine), make(voxels, affine)
    found = resample(source, target, nearest=nearest)
    np.testing.assert_array_equal(found.data, voxels)
    canonical = nib.as_closest_canonical(turned)
    onto = make(canonical.get_fdata(), canonical.affine)
    np.testing.assert_array_equal(
        resample(source, onto, nearest=nearest).data, canonical.get_fdata()
    )


@pytest.mark.parametrize(("unit", "millimetres"), [("meter", 1e3), ("micron", 1e-3)])
@pytest.mark.parametrize("which", ["source", "target"])
def test_units_are_minded(make, unit, millimetres, which):
    voxels = RNG.uniform(1, 9, (12, 11, 10))
    plain = make(voxels, SOURCE)
    scaled = SOURCE.copy()
    scaled[:3] /= millimetres
    other = make(voxels, scaled, unit)
    source, target = (other, plain) if which == "source" else (plain, other)
    found = resample(source, target)
    np.testing.assert_array_equal(found.data, source.data)
    assert same_grid(source, target)
    assert found.unit == target.unit
    assert found.voxel_ml == pytest.approx(plain.voxel_ml)
    np.testing.assert_array_equal(found.affine, target.affine)


def test_a_missing_intensity_reaches_only_voxels_it_has_a_part_in(make):
    voxels = RNG.uniform(1, 9, (9, 9, 9))
    voxels[4, 4, 4], voxels[6, 2, 2] = np.nan, np.inf
    source = make(voxels, np.eye(4))
    # Halfway along the first axis, on the voxels along the others.
    target = make(np.ones((8, 9, 9)), nib.affines.from_matvec(np.eye(3), (0.5, 0, 0)))
    found = resample(source, target).data
    assert sorted(map(tuple, np.argwhere(~np.isfinite(found)))) == [
        (3, 4, 4), (4, 4, 4), (5, 2, 2), (6, 2, 2)
    ]  # fmt: skip
    assert np.isnan(found[3, 4, 4])
    rest = np.isfinite(found)
    np.testing.assert_allclose(found[rest], ((voxels[1:] + voxels[:-1]) / 2)[rest], rtol=1e-6)


def test_a_single_slice_is_as_thick_as_its_voxels(make):
    source = make(RNG.uniform(1, 9, (10, 10, 1)), np.diag([1, 1, 4, 1]))
    target = make(np.ones((10, 10, 9)), nib.affines.from_matvec(np.eye(3), (0, 0, -4)))
    found = resample(source, target).data
    # Slices at -4 to 4 mm; the source's only one reaches from -2 to 2 mm.
    assert np.isfinite(found).all(axis=(0, 1)).tolist() == [False] * 2 + [True] * 5 + [False] * 2
    np.testing.assert_allclose(found[..., 4], source.data[..., 0])
    back = resample(target, source)
    assert back.shape == (10, 10, 1)
    np.testing.assert_array_equal(back.data, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_voxels_have_the_sources_precision_in_the_files_order(small, dtype):
    source, target = small
    found = resample(replace(source, data=source.data.astype(dtype)), target)
    assert found.data.dtype == dtype
    assert found.data.flags.f_contiguous


def test_blocks_leave_no_seams(make, monkeypatch):
    source = make(RNG.uniform(1, 9, (30, 31, 32)), SOURCE)
    target = make(np.ones((25, 26, 27)), oblique(25, (1.7, 2.3, 1.9), (-20, -40, -20)))
    whole = resample(source, target).data
    monkeypatch.setattr(resampling, "BLOCK", 7)
    np.testing.assert_allclose(resample(source, target).data, whole, rtol=1e-6)


ODD = (Notice(FileCode.NO_POSITION),)


def test_what_is_known_of_the_source_stays(small):
    source, target = small
    source = replace(source, name="FLAIR", notices=ODD)
    found = resample(source, target)
    assert (found.name, found.header, found.notices) == ("FLAIR", source.header, ODD)
    assert same_grid(found, target)
    assert found.orientation == target.orientation
    finite = found.data[np.isfinite(found.data)]
    assert (found.intensities.low, found.intensities.high) == (finite.min(), finite.max())


def test_the_identity_is_that_of_source_grid_and_method(small, make):
    source, target = small
    first = resample(source, target)
    assert len(first.id) == 64
    # What the target shows plays no part, nor do names.
    same = resample(replace(source, name="other"), make(np.zeros(target.shape) + 5, target.affine))
    assert same.id == first.id
    moved = target.affine.copy()
    moved[0, 3] += 0.01
    others = [
        resample(source, target, nearest=True),
        resample(replace(source, id="a" * 64), target),
        resample(source, make(np.ones((9, 7, 7)), target.affine)),
        resample(source, make(np.ones((9, 8, 7)), target.affine)),
        resample(source, make(np.ones(target.shape), moved)),
    ]
    assert len({first.id, source.id, target.id, *(other.id for other in others)}) == 8


def test_the_caller_may_give_the_array(small, tmp_path):
    source, target = small
    path = tmp_path / "voxels.npy"

    def into(shape, dtype):
        return np.lib.format.open_memmap(path, "w+", dtype, shape, fortran_order=True)

    resample(source, target, into=into).data.flush()
    np.testing.assert_array_equal(np.load(path), resample(source, target).data)


@pytest.mark.parametrize("nearest", [False, True])
def test_volumes_of_different_places_are_refused(make, nearest):
    source = replace(make(RNG.uniform(1, 9, (12, 11, 10)), SOURCE), name="T1")
    away = replace(make(np.ones((5, 5, 5)), oblique(5, (2, 2, 2), (500, 0, 0))), name="brain")
    with pytest.raises(GridError, match="T1 and brain do not overlap"):
        resample(source, away, nearest=nearest)


def test_a_grid_that_meets_only_missing_intensities_is_refused(make):
    voxels = RNG.uniform(1, 9, (12, 11, 10))
    voxels[:6] = np.nan
    with pytest.raises(GridError, match="do not overlap"):
        resample(make(voxels, np.eye(4)), make(np.ones((4, 4, 4)), np.eye(4)))


def test_a_grid_of_too_many_voxels_is_refused(make, monkeypatch):
    source = make(RNG.uniform(1, 9, (12, 11, 10)), SOURCE)
    monkeypatch.setattr(resampling, "MAX_VOXELS", source.data.size - 1)
    with pytest.raises(GridError, match="1,320 voxels; at most 1,319"):
        resample(source, source)


@pytest.mark.parametrize("nearest", [False, True])
def test_it_is_known_whether_voxels_were_moved_or_interpolated(save, nearest):
    voxels = RNG.normal(100, 9, (6, 7, 8))
    edges = np.diag([2.0, 2, 2, 1])
    stored = read_volume(save("stored.nii", voxels, edges))
    flipped = np.array([[0.0, 0, 1, 0], [0, -1, 0, 6], [1, 0, 0, 0], [0, 0, 0, 1]])
    reordered = read_volume(save("reordered.nii", voxels, edges @ flipped))
    halfway = nib.affines.from_matvec(np.eye(3), [0.5, 0, 0])
    between = read_volume(save("between.nii", voxels, edges @ halfway))
    finer = np.repeat(np.repeat(voxels, 2, axis=0), 3, axis=2)
    fine = read_volume(save("fine.nii", finer, edges @ np.diag([1 / 2, 1, 1 / 3, 1])))
    how = "nearest" if nearest else "linear"
    for volume, done in ((reordered, "voxels"), (between, how), (fine, "picked")):
        found = resample(volume, stored, nearest=nearest)
        assert found.processing == (Resampled("stored", done),)
