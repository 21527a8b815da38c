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
    facts = page["scene.data"]["x"]
    assert page["control-window-x.value"] == list(facts["window"])
    least, most = facts["range"]
    shown = (least, *facts["window"], most)
    assert list(shown) == sorted(shown)
    steps = (most - least) / facts["step"]
    assert 500 <= steps <= 1500
    assert steps == pytest.approx(round(steps))
    assert f"{facts['step']:.15g}".lstrip("0.")[0] in "125"


def test_windows_are_ready_by_percentiles_of_what_is_no_background(filled):
    voxels = np.where(np.indices(VALUES.shape)[0] < 2, 0, VALUES)
    ready = filled(voxels)["scene.data"]["x"]
    assert ready["full"] == pytest.approx((0, voxels.max()))
    for level in ("0.5", "1"):
        ends = np.percentile(voxels[voxels > 0], [float(level), 100 - float(level)])
        assert ready["percentiles"][level] == pytest.approx(ends, rel=1e-6)
