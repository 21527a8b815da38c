"""What opening a large image takes of a worker's memory."""

import gzip
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from tests.wide import cases

ROOT = Path(__file__).resolve().parents[3]
OPENED = """
import pathlib, sys
from tests.wide import cases
from dashboard.services.cache.volumes import VolumeStore
store, take = VolumeStore(pathlib.Path(sys.argv[1])), (0,) if sys.argv[3] == "first" else None
status = pathlib.Path("/proc/self/status")
def mb(field):
    return int(status.read_text().partition(field + ":")[2].split()[0]) / 1000
pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
before = mb("VmRSS")
store.open(pathlib.Path(sys.argv[2]), take=take)
print(mb("VmHWM") - before)
"""
FILES = {
    "float32.nii": ("f4", (430, 430, 160), "first"),
    "float32.nii.gz": ("f4", (430, 430, 160), "first"),
    "scaled.nii": ("i2", (430, 430, 160), "first"),
    "run.nii": ("i2", (300, 250, 200, 4), "mean"),
}


@pytest.mark.wide
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux knows peaks")
@pytest.mark.parametrize(
    "name", cases(FILES, wide=lambda name: name in ("float32.nii", "scaled.nii"))
)
def test_opening_120_mb_takes_less_than_35_of_memory(tmp_path, name):
    dtype, shape, take = FILES[name]
    header = nib.Nifti1Header()
    header.set_data_dtype(dtype)
    header.set_data_shape(shape)
    if dtype == "i2":
        header.set_slope_inter(0.37, -3)
    header["magic"], header["vox_offset"] = b"n+1", 352
    slices = np.random.default_rng(0).integers(-500, 4000, (*shape[:2], 10)).astype(dtype)
    # A gzip may have several members.
    pack = (lambda content: gzip.compress(content, 1)) if name.endswith(".gz") else bytes
    slab = pack(slices.tobytes(order="F"))
    with (tmp_path / name).open("wb") as file:
        file.write(pack(header.binaryblock + bytes(4)))
        for _ in range(int(np.prod(shape[2:])) // 10):
            file.write(slab)
    command = [sys.executable, "-c", OPENED, tmp_path / "cache", tmp_path / name, take]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert next((tmp_path / "cache").rglob("*.npy")).stat().st_size > 118e6
    assert float(done.stdout) < 35
