"""The limits of the intensity windows."""

import numpy as np
import pytest

from dashboard.web.filling import filling

VALUES = np.random.default_rng(0).uniform(0.0004, 0.0035, (6, 6, 4))


@pytest.fixture
def filled(study, save):
    """Return a function that opens one image: what the page holds."""

    def filled(voxels):
        save("data/one/ADC.nii", voxels)
        return filling(study.open({"study": "one"}))

    return filled


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1e-6, 1e-3, 1.0, 1e3, 1e9])
@pytest.mark.parametrize("offset", [0.0, -0.001])
def test_a_window_has_round_steps_in_any_unit(filled, unit, offset):
    page = filled((VALUES + offset) * unit)
    limits = {
        name: page[f"control-window-x.{name}"] for name in ("min", "max", "step", "precision")
    }
    low, high = page["control-window-x.value"]
    shown = (limits["min"], low, high, limits["max"])
    assert list(shown) == sorted(shown)
    steps = (limits["max"] - limits["min"]) / limits["step"]
    assert 500 <= steps <= 1500
    assert steps == pytest.approx(round(steps))
    # What Mantine rounds to loses no step: toFixed of so many decimals.
    assert round(limits["step"], limits["precision"]) == pytest.approx(limits["step"], rel=1e-12)
    assert f"{limits['step']:.15g}".lstrip("0.")[0] in "125"
