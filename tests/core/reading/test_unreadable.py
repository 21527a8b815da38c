"""Unreadable files are refused with a sentence that names the file, but not its folder."""

import gzip
import io
import tarfile
import tracemalloc
import zlib

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import VolumeError
from dashboard.core.reading.container import MAX_TAIL_BYTES
from dashboard.core.volume import read_volume

VOXELS = np.random.default_rng(0).uniform(1, 99, (8, 8, 8))


def nifti(voxels, dtype=None):
    return nib.Nifti1Image(voxels if dtype is None else voxels.astype(dtype), np.eye(4)).to_bytes()


def altered(offset, content, kind=nib.Nifti1Image):
    whole = bytearray(kind(VOXELS, np.eye(4)).to_bytes())
    whole[offset : offset + len(content)] = content
    return bytes(whole)


def extended(code, size=32, kind=nib.Nifti1Image):
    image = kind(VOXELS, np.eye(4))
    image.header.extensions.append(nib.nifti1.Nifti1Extension(code, b"x" * 24))
    whole = bytearray(image.to_bytes())
    place = 544 if kind is nib.Nifti2Image else 352
    whole[place : place + 4] = size.to_bytes(4, "little", signed=True)
    return bytes(whole)


def cifti(intent, code=None):
    image = nib.Nifti2Image(np.ones((1, 1, 1, 1, 4, 6)), None)
    image.header["intent_code"] = intent
    if code:
        image.header.extensions.append(nib.nifti1.Nifti1Extension(code, b"x" * 24))
    return image.to_bytes()


def tar():
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("T1.nii"))
    return whole.getvalue()


def short(*values):
    return np.array(values, "<i2").tobytes()


def wrong_checksum():
    whole = bytearray(gzip.compress(nifti(VOXELS)))
    whole[-8] ^= 1
    return bytes(whole)


PACKED = gzip.compress(nifti(VOXELS))
RGB = np.zeros((4, 4, 4), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
# By the NIfTI-1 standard: sizeof_hdr is at byte 0, dim at 40, intent_code at 68, datatype at 70,
# vox_offset at 108, scl_slope at 112, magic at 344. In NIfTI-2, intent_code is at 504.
FILES = {
    "empty.nii": (b"", "the file is empty"),
    "words.nii": (b"Dear colleague, the scan follows by post.\n" * 40, "a text file"),
    "header_cut.nii": (nifti(VOXELS)[:200], "header"),
    "cut.nii": (nifti(VOXELS)[:-1], "cut short"),
    "complex.nii": (nifti(VOXELS, np.complex64), "complex"),
    "colours.nii": (nifti(RGB), "colours"),
    "binary.nii": (altered(70, short(1)), "single bits"),
    "quad.nii": (altered(70, short(1536)), "128-bit"),
    "unknown_type.nii": (altered(70, short(777)), "code 777"),
    "no_offset.nii": (altered(108, np.float32(0).tobytes()), "byte 0, which is impossible"),
    "low_offset.nii": (altered(108, np.float32(351).tobytes()), "byte 351, which is impossible"),
    "broken_offset.nii": (altered(108, np.float32(352.5).tobytes()), "byte 352.5"),
    "nan_offset.nii": (altered(108, np.float32(np.nan).tobytes()), "byte nan"),
    "far_offset.nii": (altered(108, np.float32(1e30).tobytes()), "byte 1.0"),
    "late_offset.nii": (altered(108, np.float32(353).tobytes()), "cut short"),
    "size.nii": (altered(0, (349).to_bytes(4, "little")), "header"),
    "magic.nii": (altered(344, b"n+3"), "header"),
    "half.nii": (altered(344, b"ni1"), "one half"),
    "half.hdr": (nifti(VOXELS)[:348], "one half"),
    "no_axis.nii": (altered(40, short(0)), "no image grid"),
    "minus_axes.nii": (altered(40, short(-3)), "-3 dimensions"),
    "eight_axes.nii": (altered(40, short(8)), "8 dimensions"),
    "flat.nii": (altered(44, short(0)), "shape (8, 0, 8)"),
    "scaling.nii": (altered(112, np.array([1, np.nan], "<f4").tobytes()), "scl_inter nan"),
    "vectors.nii": (altered(40, short(5, 8, 8, 4, 1, 2)), "vector of 2 values"),
    "tensors.nii": (altered(40, short(4, 8, 8, 4, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1005)), "vector"),
    "series.nii": (altered(40, short(6, 512, 512, 64, 32000, 1, 32000)), "volumes are larger than"),
    "matrix.dconn.nii": (cifti(3001), "CIFTI"),
    "parcels.nii": (cifti(0, code=32), "CIFTI"),
    "scalars.dscalar.nii.gz": (gzip.compress(cifti(3006, code=32)), "CIFTI"),
    "matrix.nii": (cifti(0), "a vector of 24 values"),
    "no_extension.nii": (extended(6, size=8), "extension"),
    "back_extension.nii": (extended(6, size=-16), "extension"),
    "long_extension.nii": (extended(6, size=2**31 - 16), "extension"),
    "dicom.nii": (bytes(128) + b"DICM" + bytes(400), "dcm2niix"),
    "tar.nii": (tar(), "tar archive"),
    "pickle.nii": (b"\x80\x04" + bytes(400), "never opened"),
    "old_pickle.nii": (b"cposix\nsystem\n(S'true'\ntR." + bytes(400), "never opened"),
    "twice.nii.gz": (gzip.compress(PACKED), "gzipped twice"),
    "checksum.nii.gz": (wrong_checksum(), "damaged"),
    "checksum_only.nii.gz": (PACKED[:-4], "cut short"),
    "tail.nii.gz": (PACKED + gzip.compress(bytes(MAX_TAIL_BYTES + 100)), "far more"),
    "words.mgz": (b"Dear colleague", "text"),
    "zeros.mgh": (bytes(400), "header"),
    "words.mnc": (b"Dear colleague", "text"),
    "hdf5.mnc": (b"\x89HDF\r\n\x1a\n" + bytes(400), "HDF5"),
    "cut.mnc": (b"CDF\x01" + bytes(4), "header"),
    "negative.nii": (altered(42, (-8).to_bytes(2, "little", signed=True)), "shape"),
    "vast.nii": (altered(40, np.array([3, 32767, 32767, 32767], "<i2").tobytes()), "voxels"),
    "blank.nii": (nifti(np.full((3, 3, 3), np.nan)), "finite"),
    "report.pdf": (b"%PDF-1.7", "a PDF document"),
    "T1.xyz": (bytes(400), "not a supported image"),
}


@pytest.mark.bad_input("file that is no image, or a damaged one")
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_image_is_refused_by_name(tmp_path, name):
    content, reason = FILES[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VolumeError) as caught:
        read_volume(tmp_path / name)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.endswith(".")
    assert reason in message
    assert str(tmp_path) not in message
    assert "Error" not in message


def test_a_series_cut_short_behind_its_first_volume_is_refused(save):
    for name in ("run.nii", "run.nii.gz"):
        path = save(name, np.random.default_rng(1).uniform(1, 9, (6, 6, 6, 4)))
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(VolumeError, match="cut short"):
            read_volume(path)


def test_a_missing_file_is_named_without_its_folder(tmp_path):
    with pytest.raises(VolumeError, match=r"^lost\.nii: there is no such file") as caught:
        read_volume(tmp_path / "lost.nii")
    assert str(tmp_path) not in str(caught.value)


def test_a_small_file_that_claims_a_gigabyte_is_refused_without_allocating(tmp_path):
    header = nib.Nifti1Header()
    header.set_data_dtype(np.float64)
    header.set_data_shape((512, 512, 512))
    header["magic"], header["vox_offset"] = b"n+1", 352
    path = tmp_path / "claim.nii.gz"
    path.write_bytes(gzip.compress(header.binaryblock + bytes(1000)))
    tracemalloc.start()
    with pytest.raises(VolumeError, match="cut short"):
        read_volume(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2e6


def test_a_gzip_that_packs_as_well_as_can_be_is_read(save):
    path = save("zeros.nii", np.zeros((160, 160, 160)), dtype=np.float32)
    packed = zlib.compressobj(9, wbits=31)
    content = packed.compress(path.read_bytes()) + packed.flush()
    assert path.stat().st_size > 1020 * len(content)
    (path.parent / "zeros.nii.gz").write_bytes(content)
    assert not read_volume(path.parent / "zeros.nii.gz").data.any()


def test_a_folder_named_like_an_image_is_refused(tmp_path):
    (tmp_path / "folder.nii").mkdir()
    with pytest.raises(VolumeError, match=r"^folder\.nii: this is a folder\. .* dcm2niix"):
        read_volume(tmp_path / "folder.nii")


def test_a_pair_without_its_header_is_refused(tmp_path):
    nib.Nifti1Pair(VOXELS, np.eye(4)).to_filename(tmp_path / "pair.img")
    (tmp_path / "pair.hdr").unlink()
    with pytest.raises(VolumeError, match=r"^pair\.img: "):
        read_volume(tmp_path / "pair.img")
