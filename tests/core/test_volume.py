import gzip
import hashlib
import subprocess
import sys
import tracemalloc
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.facts import FileCode, Notice
from dashboard.core.reading.identity import file_id
from dashboard.core.volume import Volume, read_volume, stem

ROOT = Path(__file__).resolve().parents[2]
RNG = np.random.default_rng(8)
SHAPE = (7, 6, 5)
VOXELS = RNG.uniform(0, 500, SHAPE)


def write(image, path):
    image.to_filename(path)
    return path


FORMATS = {
    "float64.nii": lambda: nib.Nifti1Image(VOXELS, np.eye(4)),
    "float32.nii.gz": lambda: nib.Nifti1Image(VOXELS.astype("f4"), np.eye(4)),
    "nifti2.nii": lambda: nib.Nifti2Image(VOXELS, np.eye(4)),
    "pair.img": lambda: nib.Nifti1Pair(VOXELS, np.eye(4)),
    "big_endian.nii": lambda: nib.Nifti1Image(VOXELS, np.eye(4), nib.Nifti1Header(endianness=">")),
    "freesurfer.mgz": lambda: nib.MGHImage(VOXELS.astype("f4"), np.eye(4)),
    "old.img": lambda: nib.AnalyzeImage(VOXELS.astype("i2"), np.diag([-2.0, 2.0, 3.0, 1.0])),
}


@pytest.mark.parametrize("name", FORMATS)
def test_voxels_are_nibabels_in_storage_order(tmp_path, name):
    path = write(FORMATS[name](), tmp_path / name)
    volume = read_volume(path)
    expected = nib.load(path).get_fdata()
    np.testing.assert_array_equal(volume.data, expected)
    np.testing.assert_array_equal(volume.affine, nib.load(path).affine)
    if not name.endswith(".img"):
        assert volume.id == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (volume.source, volume.volumes, volume.processing) == (volume.id, 1, ())
    assert volume.notices == ((Notice(FileCode.NO_POSITION),) if name == "old.img" else ())


@pytest.mark.parametrize("half", ["pair.img", "pair.hdr"])
def test_a_change_in_either_half_of_a_pair_is_another_volume(tmp_path, half):
    path = write(FORMATS["pair.img"](), tmp_path / "pair.img")
    before = read_volume(path).id
    content = bytearray((tmp_path / half).read_bytes())
    content[150] ^= 1  # of the header: part of a text
    (tmp_path / half).write_bytes(content)
    assert file_id(path) == read_volume(path).id != before


@pytest.mark.parametrize("name", ["packed.nii", "plain.nii.gz", "packed.mgh", "members.nii"])
def test_content_and_not_the_name_tells_whether_a_file_is_gzipped(tmp_path, name):
    kind = nib.MGHImage if name.endswith("mgh") else nib.Nifti1Image
    plain = kind(VOXELS.astype("f4"), np.eye(4)).to_bytes()
    content = {
        "plain": plain,
        "packed": gzip.compress(plain),
        "members": gzip.compress(plain[:700]) + gzip.compress(plain[700:]),
    }
    (tmp_path / name).write_bytes(content[name.split(".")[0]])
    volume = read_volume(tmp_path / name)
    np.testing.assert_array_equal(volume.data, VOXELS.astype("f4"))
    assert volume.notices == ()


@pytest.mark.parametrize(
    "name", ["tiny/tensor_t1.nii.gz", "odd/nibabel_example_nifti2.nii.gz", "odd/ras.img",
             "odd/nibabel_anatomical.nii", "odd/nibabel_test.mgz"],
)  # fmt: skip
def test_headers_are_listed_with_the_values_of_nibabels(real_data, name):
    listed = dict(read_volume(real_data / name).header)
    for key, value in nib.load(real_data / name).header.items():
        shown = listed[key].replace("[", "").replace("]", "")
        if value.dtype.kind == "S":
            assert shown == value.item().decode("latin-1").partition("\0")[0]
        else:
            numbers = np.array(shown.split(), dtype=float)
            np.testing.assert_allclose(numbers, value.ravel(), rtol=1e-4, atol=1e-6)


def test_a_volume_is_kept_in_float32_until_an_intensity_needs_more(save):
    # The last of several chunks holds the first number that float32 would round.
    voxels = np.arange(1_500_000.0).reshape(100, 150, 100)
    assert read_volume(save("single.nii", voxels)).data.dtype == np.float32
    voxels[-1, -1, -1] = 2**24 + 1
    volume = read_volume(save("double.nii", voxels))
    assert volume.data.dtype == np.float64
    assert volume.data.flags.f_contiguous
    np.testing.assert_array_equal(volume.data, voxels)


@pytest.mark.parametrize("take", [(0,), None], ids=["first", "mean"])
@pytest.mark.parametrize("name", ["large.nii", "large.nii.gz"])
def test_reading_takes_no_copy_of_a_volume(save, name, take):
    slices = RNG.integers(0, 9, (200, 200, 1, 1)).astype(np.float32)
    path = save(name, np.broadcast_to(slices, (200, 200, 200, 2)), dtype=np.float32)
    tracemalloc.start()
    volume = read_volume(path, take=take)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert volume.data.nbytes == 32e6
    # The sample that is sorted takes 8 MB, the sums of a mean that stay in memory 4.
    assert peak < 24e6


@pytest.mark.parametrize(
    "name", ["avg152/avg152T1.nii.gz", "avg152/grey.nii.gz", "tiny/tensor_fa.nii.gz",
             "odd/nibabel_tiny.mnc"],
)  # fmt: skip
def test_real_files_read_as_nibabel_reads_them(real_data, name):
    volume, expected = read_volume(real_data / name), nib.load(real_data / name)
    np.testing.assert_array_equal(volume.data, expected.get_fdata())
    np.testing.assert_array_equal(volume.affine, expected.affine)


def test_the_header_is_listed_as_the_notebook_prints_it(sample):
    path = sample / "T1.nii.gz"
    listed = dict(read_volume(path).header)
    header = nib.load(path).header
    assert [*listed][:-1] == [*header.keys()]
    assert listed["get_xyzt_units()"] == str(header.get_xyzt_units())
    assert [int(n) for n in listed["dim"].strip("[]").split()] == [3, 128, 128, 70, 1, 1, 1, 1]
    assert listed["magic"] == "n+1"


@pytest.mark.parametrize("shape", [(4, 5, 6, 1), (4, 5, 6, 1, 1), (4, 5)])
def test_axes_of_one_are_no_further_volumes(save, shape):
    voxels = RNG.uniform(0, 9, shape)
    volume = read_volume(save("image.nii", voxels))
    np.testing.assert_array_equal(volume.data, voxels.reshape((*shape, 1)[:3]))
    assert volume.notices == ()


def test_voxels_that_are_not_finite_are_counted_in_a_notice(save):
    voxels = VOXELS.astype(np.float32)
    voxels[0, 0, :3] = np.nan, np.inf, -np.inf
    volume = read_volume(save("holes.nii", voxels, dtype=np.float32))
    assert volume.data.dtype == np.float32
    np.testing.assert_array_equal(volume.data, voxels)
    facts = {"count": 3, "share": 3 / voxels.size}
    assert volume.notices == (Notice(FileCode.NONFINITE, facts),)
    finite = voxels[np.isfinite(voxels)]
    assert (volume.intensities.low, volume.intensities.high) == (finite.min(), finite.max())


def headed(path, voxels=VOXELS, affine=None, **fields):
    affine = np.eye(4) if affine is None else affine
    image = nib.Nifti1Image(voxels, affine, dtype=voxels.dtype)
    content = bytearray(image.to_bytes())
    header = nib.Nifti1Header(bytes(content[:348]), check=False)
    for key, value in fields.items():
        header[key] = value
    content[:348] = header.binaryblock
    path.write_bytes(content)
    return read_volume(path)


WHOLE = np.full(SHAPE, 2**60, dtype="i8")
UNUSUAL = {
    "bitpix": ({"bitpix": 8}, FileCode.DATA_TYPE, {"bits": 8, "type": "float64"}),
    "size inf": (
        {"pixdim": [1, np.inf, np.inf, np.inf, 0, 0, 0, 0]},
        FileCode.VOXEL_SIZE,
        {"sizes": [np.inf] * 3},
    ),
    "size 0": ({"pixdim": [1, 0, 2, 2, 0, 0, 0, 0]}, FileCode.VOXEL_SIZE, {"sizes": [0, 2, 2]}),
    "nowhere": ({"sform_code": 0, "qform_code": 0}, FileCode.NO_POSITION, {}),
    "slope": (
        {"scl_slope": 1e38, "scl_inter": 0},
        FileCode.BEYOND_SINGLE,
        {"largest": pytest.approx(VOXELS.max() * 1e38)},
    ),
    "whole": ({"voxels": WHOLE}, FileCode.ROUNDED, {}),
    "flat voxels": (
        {"affine": np.diag([0.001, 1, 1000, 1])},
        FileCode.ANISOTROPIC,
        {"sizes": pytest.approx([0.001, 1, 1000])},
    ),
    "huge affine": ({"affine": np.diag([1e30, 1e30, 1e30, 1])}, FileCode.BAD_AFFINE, {}),
    "nan qform": ({"sform_code": 0, "qform_code": 1, "quatern_b": np.nan}, FileCode.BAD_AFFINE, {}),
    "zero affine": ({"srow_x": [0, 0, 0, 0]}, FileCode.BAD_AFFINE, {}),
    "singular": ({"srow_x": [1, 1, 0, 0], "srow_y": [1, 1, 0, 0]}, FileCode.BAD_AFFINE, {}),
    "nan affine": ({"srow_x": [np.nan, 0, 0, 0]}, FileCode.BAD_AFFINE, {}),
    "far away": ({"affine": np.eye(4) + 1e30 * np.eye(4, k=3)}, FileCode.BAD_AFFINE, {}),
}


@pytest.mark.parametrize(("fields", "code", "facts"), UNUSUAL.values(), ids=UNUSUAL.keys())
def test_an_unusual_header_is_read_and_noticed(tmp_path, fields, code, facts):
    volume = headed(tmp_path / "image.nii", **fields)
    (notice,) = volume.notices
    assert (notice.code, notice.facts) == (code, facts)
    if code == FileCode.BAD_AFFINE:
        np.testing.assert_array_equal(volume.affine, np.eye(4))


@pytest.mark.parametrize("unit", ["mm", "meter", "micron"])
def test_sizes_are_in_millimetres_whatever_the_headers_unit(tmp_path, unit):
    scale = {"mm": 1, "meter": 1000, "micron": 0.001}[unit]
    image = nib.Nifti1Image(VOXELS, np.diag([3, 3, 4, 1]) / [[scale], [scale], [scale], [1]])
    image.header.set_xyzt_units(unit)
    volume = read_volume(write(image, tmp_path / "image.nii"))
    assert volume.voxel_size == pytest.approx((3, 3, 4), rel=1e-6)
    assert volume.voxel_ml == pytest.approx(0.036, rel=1e-6)


def test_the_sample_slices_lie_where_its_affine_says(sample):
    volume: Volume = read_volume(sample / "T1.nii.gz")
    centre = [*((np.array(volume.shape[:2]) - 1) / 2), 30, 1]
    assert volume.slice_positions("axial")[30] == pytest.approx((volume.affine @ centre)[2])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("T1.nii.gz", "T1"), ("a.b.NII", "a.b"), ("x.img.gz", "x"), (".nii", ".nii"),
     ("sub-01_T1w.mgz", "sub-01_T1w"), ("notes.txt", "notes.txt")],
)  # fmt: skip
def test_a_stem_is_the_name_without_image_extensions(tmp_path, name, expected):
    assert stem(tmp_path / name) == expected


def test_reading_a_mended_header_prints_nothing(tmp_path):
    content = bytearray(nib.Nifti1Image(VOXELS, np.eye(4)).to_bytes())
    # By the NIfTI-1 standard qform_code is at byte 252; nibabel sets one it does not know to 0.
    content[252:254] = (77).to_bytes(2, "little")
    (tmp_path / "mended.nii").write_bytes(content)
    code = (
        "import sys, pathlib, dashboard.core.volume as v; v.read_volume(pathlib.Path(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, tmp_path / "mended.nii"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
