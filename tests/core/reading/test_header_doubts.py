"""Doubtful scalings, sizes and lengths of files are noticed, and sound ones are not."""

import gzip
import struct

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.facts import FileCode
from dashboard.core.volume import read_volume

SHAPE = (5, 6, 7)
VOXELS = np.arange(np.prod(SHAPE), dtype=np.int16).reshape(SHAPE)
# Where a NIfTI-1 or Analyze header keeps pixdim[1] and scl_slope (funused1), in bytes.
PIXDIM, SLOPE = 80, 112


def noticed(path, code):
    """Return the facts of a notice, or None."""
    found = [n.facts for n in read_volume(path).notices if n.code == code]
    assert len(found) <= 1
    return found[0] if found else None


def patched(path, changes, tail=b"", *, packed=False):
    """Write a NIfTI file with other numbers at some bytes of its header."""
    nib.Nifti1Image(VOXELS, np.diag([2.0, 2, 3, 1])).to_filename(path)
    content = bytearray(path.read_bytes())
    for place, value in changes.items():
        struct.pack_into("<f", content, place, value)
    whole = bytes(content) + tail
    path.write_bytes(gzip.compress(whole) if packed else whole)
    return path


def analyze(folder, slope):
    """Write an Analyze pair as SPM does, with a scale factor."""
    image = nib.Spm2AnalyzeImage(VOXELS, np.diag([2.0, 2, 3, 1]))
    image.to_filename(folder / "a.img")
    header = bytearray((folder / "a.hdr").read_bytes())
    struct.pack_into("<f", header, SLOPE, slope)
    (folder / "a.hdr").write_bytes(header)
    return folder / "a.img"


@given(st.floats(0.25, 8, width=32), st.booleans())
def test_a_negative_scale_factor_is_noticed_as_an_inversion(tmp_path, size, negative):
    slope = -size if negative else size
    for path, kind in ((patched(tmp_path / "a.nii", {SLOPE: slope}), False),
                       (analyze(tmp_path, slope), True)):  # fmt: skip
        expected = {"slope": pytest.approx(slope), "analyze": kind} if negative else None
        assert noticed(path, FileCode.INVERTED) == expected
        assert np.array_equal(read_volume(path).data, nib.load(path).get_fdata())


@pytest.mark.parametrize(("slope", "said"), [(np.nan, "nan"), (np.inf, "inf"), (-np.inf, "-inf"),
                                             (0.0, None), (1.0, None)])  # fmt: skip
def test_a_scale_factor_that_is_no_number_is_noticed(tmp_path, slope, said):
    for path in (patched(tmp_path / "a.nii", {SLOPE: slope}), analyze(tmp_path, slope)):
        assert noticed(path, FileCode.NO_SLOPE) == ({"slope": said} if said else None)
        assert np.array_equal(read_volume(path).data, VOXELS)


@given(st.lists(st.floats(0.5, 9, width=32), min_size=3, max_size=3), st.sets(st.integers(0, 2)))
def test_negative_voxel_sizes_are_noticed(tmp_path, sizes, negative):
    stored = [-size if axis in negative else size for axis, size in enumerate(sizes)]
    path = patched(tmp_path / "a.nii", {PIXDIM + 4 * axis: s for axis, s in enumerate(stored)})
    facts = noticed(path, FileCode.NEGATIVE_SIZE)
    assert facts == ({"sizes": pytest.approx(stored)} if negative else None)


@given(st.integers(0, 3 * VOXELS.nbytes), st.booleans())
def test_bytes_after_the_voxels_are_counted(tmp_path, count, packed):
    path = patched(tmp_path / "a.nii", {}, b"x" * count, packed=packed)
    facts = noticed(path, FileCode.EXTRA_BYTES)
    volumes = count // VOXELS.nbytes
    assert facts == ({"bytes": count, "volumes": volumes} if count else None)


def test_the_footer_of_an_mgh_file_is_not_extra(tmp_path):
    path = tmp_path / "a.mgz"
    nib.MGHImage(VOXELS, np.eye(4)).to_filename(path)
    assert noticed(path, FileCode.EXTRA_BYTES) is None
