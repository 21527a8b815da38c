"""Headers whose two positions, sform and qform, mean different places."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nibabel.eulerangles import euler2mat

from dashboard.core.facts import FileCode
from dashboard.core.reading.position import position_notices
from dashboard.core.volume import read_volume

SHAPE = (64, 64, 40)
AFFINE = np.array([[-2.0, 0, 0, 60], [0, 2.0, 0, -70], [0, 0, 3.0, -50], [0, 0, 0, 1]])
CENTRE = np.array([31.5, 31.5, 19.5, 1])


def header(sform, qform, *, unit="mm"):
    header = nib.Nifti1Header()
    header.set_data_shape(SHAPE)
    header.set_qform(qform, code=1)
    header.set_sform(sform, code=2)
    header.set_xyzt_units(unit)
    return header


def notices(sform, qform, **options):
    made = header(sform, qform, **options)
    return position_notices(made, made, SHAPE)


def turned(affine, degrees):
    """Turn an image about its own middle."""
    matrix = np.eye(4)
    matrix[:3, :3] = euler2mat(z=np.radians(degrees))
    middle = affine @ CENTRE
    back, there = np.eye(4), np.eye(4)
    back[:3, 3], there[:3, 3] = -middle[:3], middle[:3]
    return there @ matrix @ back @ affine


def test_a_shift_between_the_forms_is_given_in_mm():
    moved = AFFINE.copy()
    moved[:3, 3] += 3, 0, -4
    (notice,) = notices(AFFINE, moved)
    assert notice.code == FileCode.TWO_POSITIONS
    assert notice.facts == {"shift": pytest.approx(5), "unit": "mm"}


def test_a_rotation_between_the_forms_is_given_in_degrees():
    (notice,) = notices(AFFINE, turned(AFFINE, 12.5))
    assert notice.facts.keys() == {"shift", "unit", "rotation"}
    assert notice.facts["rotation"] == pytest.approx(12.5, abs=1e-3)


def test_other_voxel_sizes_are_given():
    (notice,) = notices(AFFINE, AFFINE @ np.diag([1, 1, 1.1, 1]))
    assert notice.facts.keys() == {"shift", "unit", "sizes"}
    sizes, others = notice.facts["sizes"]
    assert (sizes, others) == (pytest.approx([2, 2, 3]), pytest.approx([2, 2, 3.3]))


def test_a_shift_is_given_in_the_headers_unit():
    moved = AFFINE.copy()
    moved[0, 3] += 700
    (notice,) = notices(AFFINE, moved, unit="micron")
    assert notice.facts == {"shift": pytest.approx(700), "unit": "µm"}


@pytest.mark.parametrize("axis", range(3))
def test_mirrored_forms_are_called_out_as_a_swap_of_sides(axis):
    flip = np.eye(4)
    flip[axis, axis], flip[axis, 3] = -1, SHAPE[axis] - 1
    assert [notice.code for notice in notices(AFFINE, AFFINE @ flip)] == [FileCode.MIRRORED]


@pytest.mark.parametrize(("mm", "conflict"), [(1.3, False), (1.6, True)])
def test_what_half_a_voxel_and_rounding_explain_is_no_conflict(mm, conflict):
    moved = AFFINE.copy()
    # Half of 2 mm, and two thousandths of the grid's diagonal of 213 mm.
    moved[1, 3] += mm
    assert bool(notices(AFFINE, moved)) == conflict


ANGLES = st.floats(-np.pi, np.pi) | st.floats(-0.01, 0.01).map(lambda angle: np.pi + angle)


@example((1.0, np.pi, 0.001953125), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
@example((np.pi + 1.28e-3, 3.51967601e-03, -7.19e-04), (0.3, 1.0, 1.0), (0.0, 0.0, 0.0))
@given(
    st.tuples(*[ANGLES] * 3),
    st.tuples(*[st.floats(0.3, 6)] * 3),
    st.tuples(*[st.floats(-300, 300)] * 3),
)
def test_rounding_of_any_rigid_position_is_no_conflict(angles, sizes, origin):
    affine = np.eye(4)
    affine[:3, :3] = euler2mat(*angles) * sizes
    affine[:3, 3] = origin
    made = header(affine, affine)
    # What a file keeps: both forms in float32, of the qform's quaternion three numbers.
    kept = nib.Nifti1Header(made.binaryblock)
    assert position_notices(kept, kept, (512, 512, 300)) == []


@pytest.mark.parametrize("code", ["sform_code", "qform_code"])
def test_one_form_alone_cannot_conflict(code):
    made = header(AFFINE, turned(AFFINE, 40))
    made[code] = 0
    assert position_notices(made, made, SHAPE) == []


@pytest.mark.parametrize("field", ["quatern_b", "qoffset_x", "srow_x"])
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e30])
def test_a_form_that_cannot_be_computed_with_is_no_conflict(field, value):
    made = header(AFFINE, AFFINE)
    made[field] = value
    assert position_notices(made, made, SHAPE) == []


def test_the_notice_comes_with_the_volume(tmp_path):
    image = nib.Nifti1Image(np.ones(SHAPE, dtype="u1"), None, header(AFFINE, turned(AFFINE, 30)))
    image.set_sform(AFFINE, code=2)
    image.set_qform(turned(AFFINE, 30), code=1)
    image.to_filename(tmp_path / "T1.nii")
    volume = read_volume(tmp_path / "T1.nii")
    assert [n.facts["rotation"] for n in volume.notices] == pytest.approx([30], abs=1e-3)
    np.testing.assert_allclose(volume.affine, AFFINE)


def test_no_real_file_conflicts(real_data):
    checked = 0
    for path in real_data.rglob("*.nii*"):
        if "hostile" in path.parts:
            continue
        try:
            found = nib.load(path).header
            shape = found.get_data_shape()
            notices = position_notices(found, found, tuple(shape[:3]))
        except (nib.filebasedimages.ImageFileError, AttributeError):
            continue
        checked += 1
        codes = {notice.code for notice in notices}
        assert not codes & {FileCode.TWO_POSITIONS, FileCode.MIRRORED}, path.name
    assert checked > 40
