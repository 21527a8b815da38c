"""What was done to an image, as data."""

import json

import pytest

from dashboard.core.processing import Clipped, Resampled, Taken, from_record, to_record

# The short forms stand in `_components.json`, where other programs read them.
STEPS = {
    "volume 1,003 of 1,200": Taken((1003,), 1200),
    "mean of 2 of 65 volumes": Taken((0, 9), 65),
    "mean of 65 volumes": Taken(tuple(range(65)), 65),
    "linear onto the grid of T1": Resampled("T1", "linear"),
    "nearest onto the grid of T1": Resampled("T1", "nearest"),
    "voxel by voxel onto the grid of T1": Resampled("T1", "voxels"),
    "clipped to 0.1–99.9 %": Clipped("0.1"),
}


@pytest.mark.parametrize(("text", "step"), STEPS.items())
def test_a_step_has_a_short_form_and_outlives_json(text, step):
    assert str(step) == text
    assert from_record(json.loads(json.dumps(to_record(step)))) == step
