"""What `segment` says of inputs and options at the edge of what can be fitted."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest


def test_numbers_of_components_without_a_fit_are_named_with_the_reason(run, tmp_path, save):
    voxels = np.zeros((6, 6, 2), np.float32)
    voxels[:5, 0, 0] = [1, 2, 4, 8, 16]
    save("few.nii.gz", voxels)
    fit = ("segment", "few.nii.gz", "--scope", "volume", "--components", "2", "--criteria", "4-7")
    code, _, err = run(*fit, "--out", "out")
    assert code == 0
    facts = json.loads((tmp_path / "out" / "few_components.json").read_text())
    assert list(facts["by_components"]) == ["4", "5"]
    for number in (6, 7):
        said = f"No criteria for {number} components: Only 5 foreground voxels"
        assert any(said in line for line in err)
        assert any(said in notice for notice in facts["notices"])


@pytest.mark.parametrize("option", ["--prior", "--tolerance"])
def test_nan_is_no_amount(run, save, option):
    save("T1.nii.gz", np.arange(64, dtype=np.float32).reshape(4, 4, 4))
    code, out, err = run("segment", "T1.nii.gz", "--scope", "volume", option, "nan", "--out", "out")
    assert (code, out) == (1, [])
    assert "nan is not a number from" in err[-1]


def test_a_name_that_is_too_long_for_the_results_asks_for_a_shorter_one(run, save):
    name = f"{'T' * 244}.nii.gz"
    save(name, np.arange(64, dtype=np.float32).reshape(4, 4, 4))
    code, _, err = run("segment", name, "--out", "out")
    assert code == 1
    assert "Give the image a shorter name." in err[-1]


def test_a_mask_of_huge_values_marks_them(run, tmp_path, save):
    chance = np.random.default_rng(0)
    save("T1.nii.gz", chance.normal(100, 10, (6, 6, 6)).astype(np.float32))
    mask = np.zeros((6, 6, 6))
    mask[1:5, 1:5, 1:5] = 1e308
    save("mask.nii.gz", mask)
    code, _, _ = run(
        "segment", "T1.nii.gz", "--scope", "volume", "--mask", "mask.nii.gz", "--out", "out"
    )
    assert code == 0
    facts = json.loads((tmp_path / "out" / "T1_components.json").read_text())
    assert facts["foreground_voxels"] == 64
    assert facts["mask"]["mean"] == pytest.approx(1e308 / 216 * 64)


# Diffusivities in m2/s are 1e-9; float32 holds no square of the largest and the smallest.
@pytest.mark.parametrize("unit", [1e-20, 1e-12, 1e-9, 1e9, 1e18, 1e30])
@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax", "none"])
def test_the_unit_of_the_intensities_decides_nothing(run, tmp_path, save, head, unit, scaling):
    fit = ("--scope", "volume", "--scaling", scaling)
    found = {}
    for name, factor in (("own", 1.0), ("other", unit)):
        save(f"{name}.nii.gz", (head(0) * factor).astype(np.float32))
        code, _, err = run("segment", f"{name}.nii.gz", *fit, "--out", name)
        assert (code, err) == (0, [])
        found[name] = np.asarray(nib.load(tmp_path / name / f"{name}_dseg.nii.gz").dataobj)
    assert len(np.unique(found["own"])) == 4
    assert (found["own"] == found["other"]).mean() > 0.999


def test_a_terminated_command_leaves_nothing_half_written(tmp_path, head, save):
    save("T1.nii.gz", np.tile(head(0), (6, 6, 6)))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "dashboard", "segment", str(tmp_path / "T1.nii.gz")]
    options = ["--scope", "volume", "--probabilities", "--out", str(out)]
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen([*command, *options], cwd=root, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            if list(out.glob(".neuromix-*/*")):
                process.send_signal(signal.SIGTERM)
                break
        process.wait()
    assert process.returncode == 128 + signal.SIGTERM
    assert list(out.iterdir()) == []
