"""What spoils a fit without a word: overflow, noisy air, and little of a head."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.check.findings import Code
from dashboard.core.check.remedies import Clip, TakePosition, UseMask, UseOnly, UseRule
from tests.core.boxes import AFFINE, BRAIN, SHAPE, brain, only

AIR = ~BRAIN
SEEDS = st.integers(0, 2**16)
FEWER = settings(max_examples=20)


def codes(found):
    return {finding.code for finding in found.findings}


def the(found, code):
    (finding,) = (f for f in found.findings if f.code == code)
    return finding


# ---- overflow


@FEWER
@given(SEEDS, st.sampled_from([(32300, 32767), (-32768, -32500), (65000, 65535), (4090, 4095)]),
       st.floats(0.002, 0.45))  # fmt: skip
def test_an_overflow_is_a_group_far_outside_with_its_share(check, seed, ends, share):
    random = np.random.default_rng(seed)
    voxels = np.where(BRAIN, random.integers(300, 900, SHAPE), 0)
    spoilt = AIR & (random.random(SHAPE) < share)
    voxels[spoilt] = random.integers(*ends, spoilt.sum(), endpoint=True)
    found = check(T1=voxels, chosen={"foreground": "nonzero"})
    finding = the(found, Code.FAR_GROUP)
    assert (finding.severity, finding.images) == ("warning", ("T1",))
    facts = finding.facts
    assert facts["share"] == pytest.approx(spoilt.mean())
    assert facts["fitted"] == pytest.approx(spoilt.sum() / (voxels != 0).sum())
    assert facts["rest"] == pytest.approx((300, 899), abs=3)
    group = voxels[spoilt]
    assert facts["group"] == (group.min(), group.max())
    # The mildest clipping after which nothing is left of the group, of all without background.
    inside = voxels[voxels != 0]
    helping = [
        level
        for level in ("0.1", "0.5", "1")
        if not set(np.percentile(inside, (float(level), 100 - float(level)))) & set(group)
    ]
    if spoilt.sum() > 20:
        assert [r.percent for r in finding.remedies] in ([], *([level] for level in helping))
    if spoilt.sum() / inside.size > 0.02:
        assert finding.remedies == ()


def test_an_overflow_where_another_image_is_0_takes_no_component(check):
    voxels = np.where(BRAIN, brain(), 0)
    voxels[:3] = 32700 + np.arange(SHAPE[1] * SHAPE[2]).reshape(SHAPE[1:]) % 60
    finding = the(check(T1=voxels, T2=brain()), Code.FAR_GROUP)
    assert finding.facts["fitted"] == 0
    assert the(check(T1=voxels), Code.FAR_GROUP).facts["fitted"] > 0.1


def test_a_group_that_is_clipped_is_none(check):
    voxels = brain()
    voxels[6, 6:18, 6] = 30_000
    finding = the(check(T1=voxels), Code.FAR_GROUP)
    assert finding.remedies == (Clip("0.5"),)
    assert Code.FAR_GROUP not in codes(check(T1=voxels, chosen={"clip": "0.5"}))


@FEWER
@given(SEEDS, st.floats(1, 60), st.floats(200, 900), st.floats(1.5, 3.5), st.booleans())
def test_tissue_and_dark_air_are_no_groups_apart(check, seed, air, dark, contrast, smooth):
    random = np.random.default_rng(seed)
    tissue = random.uniform(dark, dark * contrast, SHAPE)
    if not smooth:
        tissue = random.choice([dark, dark * contrast], SHAPE) + random.normal(0, 10, SHAPE)
    voxels = np.where(BRAIN, tissue, random.uniform(0, air, SHAPE))
    assert Code.FAR_GROUP not in codes(check(T1=voxels))


# ---- air that is noise


def noisy(seed, low, high, *, edge=4):
    """Return a smooth head in noise over the whole range of intensities, and the head."""
    random = np.random.default_rng(seed)
    head = np.zeros(SHAPE, dtype=bool)
    head[edge:-edge, edge:-edge, edge:-edge] = True
    levels = low + (high - low) * np.array([0.2, 0.5, 0.8])
    thirds = levels[np.arange(SHAPE[0]) * 3 // SHAPE[0]][:, None, None]
    tissue = thirds + random.normal(0, 0.01 * (high - low), SHAPE)
    return np.where(head, tissue, random.uniform(low, high, SHAPE)), head


@FEWER
@given(SEEDS, st.sampled_from([(1, 4095), (0.001, 1), (-0.5, 0.5), (-4096, 4096)]),
       st.sampled_from(["positive", "nonzero", "background"]), st.integers(3, 6))  # fmt: skip
def test_air_that_is_noise_needs_a_mask(check, seed, ends, rule, edge):
    voxels, head = noisy(seed, *ends, edge=edge)
    found = check(UNI=voxels, others={"brain": head}, masks=["brain"], chosen={"foreground": rule})
    finding = the(found, Code.AIR_NOISE)
    assert (finding.severity, finding.images) == ("warning", ("UNI",))
    assert finding.facts["share"] == pytest.approx((~head).mean(), abs=0.1)
    assert finding.remedies == (UseMask("brain", preset=True),)
    assert not codes(found) & {Code.NO_BACKGROUND, Code.AIR}
    masked = check(UNI=voxels, others={"brain": head},
                   chosen={"foreground": "mask", "mask": "brain"})  # fmt: skip
    assert Code.AIR_NOISE not in codes(masked)


@FEWER
@given(SEEDS, st.floats(0.01, 0.08))
def test_dark_air_is_no_noise_and_a_crop_is_neither(check, seed, dark):
    random = np.random.default_rng(seed)
    tissue = random.uniform(400, 900, SHAPE)
    voxels = np.where(BRAIN, tissue, random.uniform(1, dark * 900, SHAPE))
    assert codes(check(T1=voxels)) == {Code.AIR}
    assert codes(check(T1=tissue)) == {Code.NO_BACKGROUND}


def test_noise_below_blank_outermost_slices_is_noise(check):
    voxels, _ = noisy(2, 1, 4095)
    for axis in range(3):
        np.moveaxis(voxels, axis, 0)[[0, -1]] = 7
    assert Code.AIR_NOISE in codes(check(UNI=voxels))


def test_infinite_voxels_beside_each_other_leave_noise_what_it_is(check):
    voxels, _ = noisy(2, 1, 4095)
    voxels[:2, :2] = np.inf
    voxels[:, :3] = np.where(voxels[:, :3] > 3900, np.inf, voxels[:, :3])
    assert Code.AIR_NOISE in codes(check(UNI=voxels))


def test_noise_that_another_image_removes_is_not_in_the_fit(check):
    voxels, head = noisy(1, 1, 4095)
    assert Code.AIR_NOISE not in codes(check(UNI=voxels, T1=np.where(head, brain(9, 99), 0)))


@pytest.mark.parametrize(("rule", "kept"), [("positive", False), ("nonzero", True)])
def test_air_of_a_ct_is_kept_only_by_rules_that_keep_it(check, rule, kept):
    random = np.random.default_rng(3)
    voxels = np.where(BRAIN, random.uniform(5, 80, SHAPE), random.normal(-1000, 8, SHAPE))
    assert (Code.AIR in codes(check(CT=voxels, chosen={"foreground": rule}))) == kept


# ---- how much of a head is fitted


@FEWER
@given(st.integers(1, 12))
def test_an_image_of_a_small_part_leaves_little_of_the_head_to_fit(check, slices):
    first, second = brain(), brain()
    second[:, :, 4 + slices :] = 0
    found = check(T1=first, slab=second)
    share = ((first > 0) & (second > 0)).sum() / (first > 0).sum()
    assert (Code.FEW_FITTED in codes(found)) == (share < 0.1)
    if share < 0.1:
        finding = the(found, Code.FEW_FITTED)
        assert finding.severity == "warning"
        assert finding.facts["share"] == pytest.approx(share)
        assert (finding.facts["of"], finding.facts["least"]) == ("T1", "slab")
        assert finding.remedies == (UseOnly(("T1",), y="T1"), UseRule("nonzero"),
                                    UseRule("background"))  # fmt: skip


@FEWER
@given(st.integers(1, 9))
def test_a_small_mask_leaves_little_of_the_head_to_fit(check, edge):
    mask = np.zeros(SHAPE)
    mask[6 : 6 + edge, 6 : 6 + edge, 6 : 6 + edge] = 1
    voxels = brain()
    chosen = {"foreground": "mask", "mask": "m"}
    found = check(T1=voxels, others={"m": mask}, chosen=chosen)
    share = edge**3 / BRAIN.sum()
    assert (Code.FEW_FITTED in codes(found)) == (share < 0.1)
    if share < 0.1:
        facts = the(found, Code.FEW_FITTED).facts
        assert (facts["share"], facts["mask"]) == (pytest.approx(share), "m")


# ---- axes


@FEWER
@given(st.floats(-40, 40), st.sampled_from([(0, 1), (0, 2), (1, 2)]), SEEDS)
def test_axes_that_are_not_at_right_angles_are_told_with_their_angle(check, degrees, pair, seed):
    sheared = AFFINE.copy()
    first, second = pair
    sheared[first, second] = 2 * np.tan(np.radians(degrees))
    # Turned in space, which changes no angle between axes.
    turn, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    sheared[:3, :3] = turn @ sheared[:3, :3]
    found = check(T1=(brain(), sheared))
    shift = abs(np.sin(np.radians(degrees))) * 21  # voxels at the far end, at least
    if shift > 1.5:
        finding = the(found, Code.SHEARED)
        assert (finding.severity, finding.images) == ("warning", ("T1",))
        assert finding.facts["degrees"] == pytest.approx(abs(degrees), abs=1e-3)
    elif abs(degrees) < 1:
        assert Code.SHEARED not in codes(found)


# ---- positions

PLACED = np.array([[-4.0, 0, 0, 70], [0, 4, 0, -90], [0, 0, 4.5, -50], [0, 0, 0, 1]])


@FEWER
@given(st.sampled_from([(1, 1, 1), (-1, -1, 1), (-1, 1, 1)]), SEEDS)
def test_a_mask_of_the_images_shape_with_the_identity_lost_its_header(check, signs, seed):
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    placed = np.eye(4)
    placed[:3, :3] = turn * random.uniform(0.5, 4, 3)
    placed[:3, 3] = random.uniform(-90, 90, 3)
    lost = np.diag([*map(float, signs), 1.0])
    chosen = {"foreground": "mask", "mask": "m"}
    for choice, severity in (({}, "warning"), (chosen, "problem")):
        found = check(T1=(brain(), placed), others={"m": (BRAIN, lost)}, chosen=choice)
        finding = the(found, Code.LOST_POSITION)
        assert (finding.images, finding.severity) == (("m",), severity)
        assert finding.facts == {"of": "T1", "identity": True}
        # It is never offered to be moved.
        assert finding.remedies == (TakePosition("T1", ("m",)),)
        assert Code.OVERLAY_OFF_GRID not in codes(found)


def test_air_is_removed_by_a_mask_that_lost_its_header(check):
    voxels = np.where(BRAIN, brain(), 2.0 + np.arange(SHAPE[2]) / 9)
    found = check(T1=(voxels, PLACED), others={"m": (BRAIN, np.eye(4))})
    assert the(found, Code.AIR).remedies == (TakePosition("T1", ("m",), mask="m"),)


def test_an_image_that_lost_its_header_is_a_problem_where_it_is_fitted(check):
    found = check(T1=(brain(), PLACED), T2=(brain(), np.eye(4)))
    finding = only(found, "problem")
    assert (finding.code, finding.images, finding.facts["of"]) == (
        Code.LOST_POSITION, ("T2",), "T1",
    )  # fmt: skip
    found = check(T1=(brain(), np.eye(4)), T2=(brain(), PLACED))
    finding = only(found, "problem")
    assert (finding.images, finding.remedies) == (("T1",), (TakePosition("T2", ("T1",)),))


def test_a_position_is_not_lost_for_another_shape_or_beside_another_identity(check):
    found = check(T1=(brain(), PLACED), others={"m": (BRAIN[1:], np.eye(4))})
    assert codes(found) & {Code.LOST_POSITION, Code.OVERLAY_OFF_GRID} == {Code.OVERLAY_OFF_GRID}
    found = check(T1=(brain(), np.eye(4)), others={"m": (BRAIN, np.diag([-1.0, -1, 1, 1]))})
    assert Code.LOST_POSITION not in codes(found)


def test_a_saturated_overflow_is_told_once(check):
    voxels = np.where(
        BRAIN, brain(), np.where(np.random.default_rng(5).random(SHAPE) < 0.3, 32767, 0)
    )
    found = check(T1=voxels)
    assert Code.FAR_GROUP in codes(found)
    assert Code.SATURATED not in codes(found)


# ---- constant air in a narrow box


@FEWER
@given(SEEDS, st.floats(-2, -0.3))
def test_negative_constant_air_is_told_in_a_narrow_box_too(check, seed, air):
    random = np.random.default_rng(seed)
    box = np.zeros((20, 20, 20), dtype=bool)
    box[1:-1, 1:-1, 1:-1] = True
    voxels = np.where(box, random.normal(0, 1, box.shape), air)
    assert (~box).mean() > 0.25
    wider = np.pad(voxels, 3, constant_values=air)
    tight = voxels[1:, 1:, 1:]
    assert (tight == air).mean() < 0.25
    for shown, code in ((wider, Code.BACKGROUND_TAKES_OTHERS), (tight, Code.NEGATIVES_REMOVED)):
        found = check(T1=shown)
        assert the(found, code).remedies == (UseRule("background"),)


def test_bright_constant_air_of_a_narrow_box_is_removed_by_its_value(check):
    voxels = np.full((20, 20, 20), 3.0)
    voxels[1:-1, 1:-1, 1:-1] = np.random.default_rng(6).uniform(50, 90, (18, 18, 18))
    narrow = voxels[:, :, :]
    narrow[:, :, [0, -1]] = np.where(np.arange(20)[:, None, None] % 3 == 0, 3.5, 3.0)
    assert (narrow == 3).mean() < 0.25
    found = check(T1=narrow)
    assert UseRule("background") in the(found, Code.AIR).remedies
