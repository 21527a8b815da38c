"""The check on small copies of what people reported of other tools."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dashboard.core.check.findings import Code
from dashboard.core.check.remedies import TakePosition
from dashboard.services.checking import changed, check
from dashboard.services.scene.remedies import changes


@pytest.fixture
def case(real_data, tmp_path, desk):
    """Return a function that opens a case in slice 14, with its scene and what is right."""

    def case(name):
        services = desk(real_data / "reports", tmp_path)
        opened = services.open({"study": name, "slice": "14"})
        right = json.loads((real_data / "reports" / name / "expected.json").read_text())
        return services, opened.scene, right

    return case


def finding(scene, code):
    (found,) = (f for f in check(scene).findings if f.code == code)
    return found


def test_a_mask_with_the_identity_takes_the_position_of_its_image(case):
    services, scene, right = case("05_mask_with_identity_affine")
    assert finding(scene, Code.LOST_POSITION).severity == "warning"
    (remedy,) = finding(scene, Code.AIR).remedies
    assert isinstance(remedy, TakePosition)
    after = changed(scene, changes(remedy))
    features = services.analyses.analyse(after).features
    assert len(features.values) == right["foreground_voxels"]
    assert Code.LOST_POSITION not in [f.code for f in check(after).findings]


def test_the_air_of_an_mp2rage_needs_a_mask(case):
    _, scene, _ = case("09_mp2rage_uni")
    found = finding(scene, Code.AIR_NOISE)
    assert found.severity == "warning"
    assert found.facts["share"] == pytest.approx(0.67, abs=0.05)
    assert Code.NO_BACKGROUND not in [f.code for f in check(scene).findings]


def test_an_overflow_in_the_air_is_a_group_with_its_share(case):
    _, scene, right = case("25_int16_overflow_in_air")
    for shown in (scene, changed(scene, {"y": "T1", "mix": "T1"})):
        found = finding(shown, Code.FAR_GROUP)
        assert found.facts["share"] == pytest.approx(right["share_of_voxels"], abs=0.005)
        assert found.remedies == ()
        voxels = shown.x.data
        above = (voxels >= 32300) & (shown.y.data > 0)
        fitted = above.sum() / ((voxels > 0) & (shown.y.data > 0)).sum()
        assert found.facts["fitted"] == pytest.approx(fitted, abs=0.01)


def test_a_brain_beside_its_head_opens_with_a_fit_and_no_button_shows_the_same(case):
    services, scene, right = case("29_brain_beside_head")
    analysis = services.analyses.analyse(scene)
    assert analysis.model is not None
    assert len(analysis.features.values) == right["foreground_voxels"]
    both = replace(scene.view, x="T1", y="T1_brain", mix="T1,T1_brain")
    shown = changed(scene, {"x": "T1", "y": "T1_brain", "mix": "T1,T1_brain"})
    assert shown.view == both
    for found in check(shown).findings:
        for remedy in found.remedies:
            after = changed(shown, changes(remedy))
            assert after.view != both
            assert services.analyses.analyse(after).model is not None
    assert np.isfinite(analysis.features.values).all()
