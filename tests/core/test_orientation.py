"""The same picture and the same file grid, whatever axis order a head is stored in."""

from itertools import permutations, product

import nibabel as nib
import numpy as np
import pytest
from nibabel import orientations as nibo

from dashboard.core.export.images import label_volume
from dashboard.core.orientation import Orientation
from dashboard.core.volume import read_volume
from tests.core.analysing import analysed

# Anisotropic, tilted a little, no two axes alike.
RAS = nib.Nifti1Image(
    np.random.default_rng(7).normal(100, 20, (5, 6, 7)),
    np.array([[2, 0.1, 0, -4], [-0.1, 2.5, 0.2, 8], [0, -0.2, 3, 1], [0, 0, 0, 1]]),
)
ORDERS = [
    "".join(pair[low] for pair, low in zip(axes, ends, strict=True))
    for axes in permutations(("RL", "AP", "SI"))
    for ends in product((0, 1), repeat=3)
]
# How a slice of RAS data is turned to rows from the top, by the anatomical convention alone.
SLICES = {
    "axial": lambda ras, k: ras[:, ::-1, k].T,
    "coronal": lambda ras, k: ras[:, k, ::-1].T,
    "sagittal": lambda ras, k: ras[k, :, ::-1].T,
}
COUNTS = {"axial": 7, "coronal": 6, "sagittal": 5}


def stored(order):
    turn = nibo.ornt_transform(nibo.axcodes2ornt("RAS"), nibo.axcodes2ornt(order))
    return RAS.as_reoriented(turn)


@pytest.fixture(params=ORDERS)
def image(request):
    """The head, stored in each of the 48 axis orders."""
    image = stored(request.param)
    assert "".join(nib.aff2axcodes(image.affine)) == request.param
    return image


@pytest.fixture
def orientation(image):
    return Orientation.from_affine(image.affine, image.shape)


def test_all_48_axis_orders_are_tried():
    assert len(set(ORDERS)) == 48


def test_every_slice_is_the_picture_of_nibabels_canonical_data(image, orientation):
    data = image.get_fdata()
    canonical = nib.as_closest_canonical(image).get_fdata()
    for plane, turn in SLICES.items():
        assert orientation.count(plane) == COUNTS[plane]
        for k in range(COUNTS[plane]):
            picture = orientation.upright(orientation.cut(data, plane, k), plane)
            np.testing.assert_array_equal(picture, turn(canonical, k))
            np.testing.assert_array_equal(picture, turn(RAS.get_fdata(), k))


def test_radiological_pictures_are_mirrored_but_for_sagittal_ones(image, orientation):
    for plane in SLICES:
        cut = orientation.cut(image.get_fdata(), plane, 2)
        seen = orientation.upright(cut, plane, "radiological")
        usual = orientation.upright(cut, plane, "neurological")
        np.testing.assert_array_equal(seen, usual if plane == "sagittal" else usual[:, ::-1])


def test_placing_a_slice_undoes_cutting_it(image, orientation):
    data = image.get_fdata()
    for plane, count in COUNTS.items():
        whole = sum(
            orientation.embed(orientation.cut(data, plane, k), plane, k) for k in range(count)
        )
        np.testing.assert_array_equal(whole, data)
        alone = orientation.embed(orientation.cut(data, plane, 3), plane, 3)
        np.testing.assert_array_equal(
            orientation.cut(alone, plane, 3), orientation.cut(data, plane, 3)
        )
        assert np.count_nonzero(alone) == data.size // count


def test_a_pictures_pixel_leads_to_the_stored_voxel_of_its_value(image, orientation):
    data = image.get_fdata()
    for plane, count in COUNTS.items():
        matrix = orientation.picture_to_stored(plane)
        for k in range(count):
            picture = orientation.upright(orientation.cut(data, plane, k), plane)
            rows, columns = picture.shape
            assert (columns, rows) == orientation.picture_shape(plane)
            for row, column in product(range(rows), range(columns)):
                voxel = matrix @ [column, rows - 1 - row, k, 1]
                assert data[tuple(voxel)] == picture[row, column]


def test_a_slice_keeps_the_stored_order_of_its_axes(image, orientation):
    """The mixture's random start depends on the order of the voxels in the file."""
    data = image.get_fdata()
    codes = nib.aff2axcodes(image.affine)
    for plane, ends in (("axial", "SI"), ("coronal", "AP"), ("sagittal", "RL")):
        axis = next(n for n, code in enumerate(codes) if code in ends)
        index = 1 if codes[axis] in "RAS" else data.shape[axis] - 2
        np.testing.assert_array_equal(orientation.cut(data, plane, 1), data.take(index, axis))


def test_labels_of_a_slice_lie_on_the_stored_grid(save):
    for order in ("RAS", "LPI", "SRP", "AIL"):
        image = stored(order)
        volume = read_volume(save(f"{order}.nii", image.get_fdata(), image.affine))
        analysis = analysed([volume], 4, "coronal", components=2)
        labels = label_volume(analysis)
        assert labels.shape == image.shape
        canonical = nib.as_closest_canonical(nib.Nifti1Image(labels, image.affine))
        canonical = np.asarray(canonical.dataobj)
        assert canonical[:, 4].all()
        assert not np.delete(canonical, 4, axis=1).any()
