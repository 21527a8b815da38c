"""Remedies are tried before they are offered: what a button says, it does."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.check.effects import FEWEST, foreground_voxels
from dashboard.core.check.findings import Code
from dashboard.core.check.remedies import (
    ResampleTo,
    TakePosition,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.core.processing import Placed
from dashboard.services.checking import changed, check, found_in
from dashboard.services.scene.remedies import changes
from dashboard.view import View
from dashboard.words.remedies import effect

AFFINE = np.array([[-2.0, 0, 0, 40], [0, 2, 0, -60], [0, 0, 3, 20], [0, 0, 0, 1]])
VIEW = View("pair", "T1", "b0", slice=5)
SHAPE = (24, 20, 12)
INSIDE = np.zeros(SHAPE, dtype=bool)
INSIDE[4:-4, 4:-4, 2:-2] = True
EVERY = st.integers(0, 2**16)


def offered(desk, view):
    """Return the remedies of a View's check, with their effects."""
    checked = check(desk.scene(view))
    return {r: checked.effects.get(r) for f in checked.findings for r in f.remedies}


def most_frequent(voxels):
    values, counts = np.unique(voxels, return_counts=True)
    return values[counts.argmax()]


def of(desk, view, kind):
    return [remedy for remedy in offered(desk, view) if isinstance(remedy, kind)]


@pytest.fixture
def write(save):
    """Return a function that saves the images of the study `pair`."""

    def write(**images):
        for name, voxels in images.items():
            save(f"data/pair/{name}.nii.gz", voxels, AFFINE)

    return write


def contrasts(seed, air=(1.0, 9.0)):
    """Return two contrasts of one head in dark air."""
    random = np.random.default_rng(seed)
    return [
        np.where(INSIDE, random.uniform(low, high, SHAPE), random.uniform(*air, SHAPE))
        for low, high in ((100, 400), (200, 600))
    ]


def test_a_brain_beside_its_head_is_never_shown_instead_of_itself(workspace, write):
    head, _ = contrasts(1)
    write(T1=head, T1_brain=np.where(INSIDE, head, 0), T1_brain_mask=INSIDE)
    view = View("pair", "T1", "T1_brain", slice=5, mix="T1,T1_brain", foreground="mask",
                mask="T1_brain_mask")  # fmt: skip
    ((remedy, tried),) = offered(workspace, view).items()
    assert isinstance(remedy, UseOnly)
    assert remedy.images == ("T1",)
    assert (tried.before.voxels, tried.after.voxels) == (0, INSIDE.sum())
    after = changed(workspace.scene(view), changes(remedy))
    assert after.mixed == ("T1",)
    assert workspace.analyses.analyse(after).model is not None
    assert "T1_brain instead of T1_brain" not in effect(tried)


def test_negative_air_is_not_brought_into_the_fit(workspace, write):
    t1, b0 = contrasts(2, air=(1, 60))
    scored = [(v - v.mean()) / v.std() for v in (t1, b0)]
    write(T1=scored[0], b0=scored[1])
    found = found_in(workspace.scene(VIEW))
    assert UseRule("nonzero") in [r for f in found.findings for r in f.remedies]
    assert UseRule("nonzero") not in offered(workspace, VIEW)


@settings(max_examples=10)
@given(EVERY, st.sampled_from(["positive", "nonzero", "background"]),
       st.sampled_from(["dark", "constant", "negative", "zero", "minus thousand"]),
       st.booleans())  # fmt: skip
def test_what_a_button_promises_is_what_follows(workspace, write, seed, rule, air, masked):
    random = np.random.default_rng(seed)
    t1, b0 = contrasts(seed)
    for voxels in (t1, b0):
        if air == "minus thousand":
            voxels[~INSIDE] = random.normal(-1000, 5, (~INSIDE).sum())
        elif air != "dark":
            voxels[~INSIDE] = {"constant": 7, "negative": -3, "zero": 0}[air]
    t1[INSIDE] -= random.choice([0, 0, 250])
    write(T1=t1, b0=b0, epi=b0[::2], **({"brain_mask": INSIDE} if masked else {}))
    view = replace(VIEW, foreground=rule)
    before = found_in(workspace.scene(view))
    for remedy, tried in offered(workspace, view).items():
        if tried is None or isinstance(remedy, ResampleTo):
            continue
        after = changed(workspace.scene(view), changes(remedy))
        assert after.view != view
        checked = found_in(after)
        was = (before.count("problem"), before.count("warning"))
        now = (checked.count("problem"), checked.count("warning"))
        assert now < was
        assert (tried.after.problems, tried.after.warnings) == now
        kept = INSIDE
        if after.view.foreground != "mask":
            rules = {
                "positive": lambda v: v > 0,
                "nonzero": lambda v: v != 0,
                "background": lambda v: (
                    v != np.unique(v)[np.unique(v, return_counts=True)[1].argmax()]
                ),
            }
            kept = np.logical_and.reduce([rules[after.view.foreground](v) for v in (t1, b0)])
        assert tried.after.voxels == kept.sum() >= FEWEST
        assert tried.after.exact


def test_a_resampling_promises_about_what_it_fits(workspace, write, save):
    t1, b0 = (np.where(INSIDE, v, 0) for v in contrasts(3))
    write(T1=t1)
    save("data/pair/b0.nii.gz", b0[:, ::2], AFFINE @ np.diag([1.0, 2, 1, 1]))
    promised = {r.grid: e for r, e in offered(workspace, VIEW).items() if isinstance(r, ResampleTo)}
    assert set(promised) == {"T1", "b0"}
    for grid, tried in promised.items():
        scene = workspace.scene(replace(VIEW, grid=grid))
        real, _ = foreground_voxels(scene.channels.volumes, "positive", None)
        assert (tried.before.voxels, tried.after.images) == (0, 2)
        assert tried.after.voxels == pytest.approx(real, rel=0.1)
        assert not tried.after.exact


def test_a_mask_elsewhere_is_not_offered_for_resampling(workspace, write, save):
    t1, b0 = contrasts(4)
    write(T1=t1, b0=b0)
    far = AFFINE.copy()
    far[2, 3] += 21  # the mask's only slices then lie beside the head
    mask = np.zeros(SHAPE)
    mask[4:-4, 4:-4, -1] = 1
    save("data/pair/brain_mask.nii.gz", mask, far)
    assert of(workspace, replace(VIEW, foreground="mask", mask="brain_mask"), ResampleTo) == []
    save("data/pair/brain_mask.nii.gz", np.ones(SHAPE), far)
    assert of(workspace, replace(VIEW, foreground="mask", mask="brain_mask"), ResampleTo)


def test_a_choice_of_volumes_is_not_computed_to_be_offered(workspace, save):
    run = np.stack([*contrasts(5)] * 5, axis=-1)  # too many to be contrasts
    save("data/pair/T1.nii.gz", run, AFFINE)
    view = View("pair", "T1", "T1", slice=5)
    assert [offered(workspace, view)[r] for r in of(workspace, view, TakeVolumes)] == [None]


# ---- lost headers


@pytest.fixture
def lost(workspace, write, save):
    """Return services on a study with air in its images, and a mask whose header was lost."""
    t1, b0 = contrasts(6)
    write(T1=t1, b0=b0)
    save("data/pair/brain_mask.nii.gz", INSIDE, np.eye(4), dtype=np.uint8)
    return workspace


def test_a_lost_header_is_given_the_position_of_the_image(lost):
    remedies = of(lost, VIEW, TakePosition)
    assert remedies == [
        TakePosition("T1", ("brain_mask",), mask="brain_mask"),
        TakePosition("T1", ("brain_mask",)),
    ]
    tried = offered(lost, VIEW)[remedies[0]]
    assert tried.after.voxels == INSIDE.sum()
    assert effect(tried) == (
        f"fits {INSIDE.sum():,} voxels of the volume instead of {INSIDE.size:,}"
    )
    after = changed(lost.scene(VIEW), changes(remedies[0]))
    assert after.channels.mask.processing == (Placed("T1"),)
    mask = lost.analyses.analyse(after).features.mask
    assert np.array_equal(mask, INSIDE[:, :, 5])
    (placed,) = (f for f in check(after).findings if f.code == Code.PLACED)
    assert placed.remedies == (TakePosition("", ("brain_mask",)),)
    assert changed(after, changes(*placed.remedies)).view.position == ""


def test_a_lost_header_is_never_resampled(lost):
    view = replace(VIEW, foreground="mask", mask="brain_mask")
    for grid in ("", "T1", "b0"):
        scene = lost.scene(replace(view, grid=grid))
        assert "has the shape of T1 but the identity for its position" in str(scene.problem)
        assert of(lost, scene.view, ResampleTo) == []
        assert of(lost, scene.view, UseMask) == []
        assert TakePosition("T1", ("brain_mask",)) in offered(lost, scene.view)


def test_a_position_that_was_not_lost_stays(lost, save):
    save("data/pair/moved.nii.gz", INSIDE, AFFINE + np.eye(4, k=3))
    moved = lost.volume("pair", "moved").affine
    kept = lost.scene(replace(VIEW, position="T1")).images.open("moved")
    assert np.array_equal(kept.affine, moved)
    assert kept.processing == ()


def test_an_unknown_image_gives_no_position(lost):
    opened = lost.open({"study": "pair", "position": "T9"})
    assert opened.scene.view.position == ""
    assert [notice.code for notice in opened.notices][:1] == ["no-position"]
