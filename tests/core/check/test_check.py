"""What a check of a study finds and offers; and that it is silent where all is well."""

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.check.check import check_images
from dashboard.core.check.findings import Choices, Code
from dashboard.core.check.remedies import Clip, TakeVolumes, UseMask, UseRule
from dashboard.core.facts import FileCode, Notice
from dashboard.core.processing import Taken
from dashboard.core.volume import read_volume
from tests.core.boxes import BRAIN, RNG, SHAPE, brain, moved, only


def test_a_sound_study_is_passed_over_in_silence(check):
    assert check(T1=brain(), b0=brain()).findings == ()


def test_the_table_says_what_numpy_says(check):
    voxels = RNG.integers(-3, 9, SHAPE).astype(float)
    voxels[0, 0, :4] = np.nan, np.nan, np.inf, -np.inf
    affine = np.array([[0, 0, 3.0, 0], [-2.0, 0, 0, 0], [0, 1.5, 0, 0], [0, 0, 0, 1]])
    row = check(odd=(voxels, affine)).rows[0]
    finite = voxels[np.isfinite(voxels)]
    values, counts = np.unique(finite, return_counts=True)
    assert (row.name, row.kind, row.shape, row.volumes) == ("odd", "image", SHAPE, 1)
    assert row.voxel_size == pytest.approx((2, 1.5, 3))
    assert row.orientation == "".join(nib.aff2axcodes(affine))
    assert row.zeros == pytest.approx((finite == 0).mean())
    assert row.negatives == pytest.approx((finite < 0).mean())
    assert row.background == values[counts.argmax()]
    assert row.background_share == pytest.approx(counts.max() / finite.size)
    assert row.nonfinite == 4
    assert (row.low, row.high) == (finite.min(), finite.max())
    assert row.mean == pytest.approx(finite.mean())


def test_findings_come_with_the_most_severe_first(check):
    found = check(
        T1=brain(), b0=(brain(), np.diag([2, 2, 5, 1])), unread={"b1": "b1.nii: the file is empty."}
    )
    assert [f.severity for f in found.findings] == ["problem", "warning", "fact"]
    assert [found.count(s) for s in ("problem", "warning", "fact")] == [1, 1, 1]


@pytest.mark.parametrize(("rule", "kept"), [("positive", True), ("nonzero", True),
                                            ("background", False), ("mask", False)])  # fmt: skip
def test_a_bright_background_is_kept_by_rules_about_zero(check, rule, kept):
    found = check(CT=brain(background=7.0), chosen={"foreground": rule})
    if not kept:
        assert [f.severity for f in found.findings] in ([], ["fact"])
        return
    finding = only(found)
    assert (finding.code, finding.severity) == (Code.BACKGROUND_KEPT, "warning")
    assert finding.images == ("CT",)
    assert finding.facts["values"] == (7,)
    assert finding.facts["share"] == pytest.approx((~BRAIN).mean())
    assert finding.remedies == (UseRule("background"),)


def test_a_background_that_the_rule_removes_is_a_fact(check):
    finding = only(check(CT=brain(background=-1024.0), chosen={"foreground": "background"}))
    assert (finding.code, finding.severity) == (Code.BACKGROUND_REMOVED, "fact")
    assert finding.facts["values"] == (-1024,)
    assert finding.remedies == ()


def test_a_dark_background_goes_with_the_tissue_that_is_negative(check):
    voxels = brain(-2.0, 2.0, background=-5.0)
    finding = only(check(T1=voxels))
    assert (finding.code, finding.severity) == (Code.BACKGROUND_TAKES_OTHERS, "warning")
    assert finding.facts["values"] == (-5,)
    assert finding.facts["taken"] == pytest.approx((voxels[BRAIN] <= 0).mean())
    assert finding.remedies == (UseRule("background"),)


def test_a_dark_background_below_bright_tissue_is_a_mere_fact(check):
    finding = only(check(CT=brain(5.0, 80.0, background=-1024.0)))
    assert finding.severity == "fact"
    assert finding.remedies == ()


def test_images_that_need_the_same_remedy_share_a_finding(check):
    found = check(T1=brain(-2.0, 2.0, background=-5.0), T2=brain(-1.0, 3.0, background=-4.0))
    finding = only(found)
    assert (finding.images, finding.facts["values"]) == (("T1", "T2"), (-5, -4))


@pytest.mark.parametrize(("rule", "severity"), [("positive", "warning"), ("nonzero", "fact")])
def test_z_scores_are_half_negative(check, rule, severity):
    voxels = brain(-2.0, 2.0)
    finding = only(check(T1=voxels, chosen={"foreground": rule}))
    assert finding.severity == severity
    # Of all voxels: the box around is 0.
    assert finding.facts["negative"] == pytest.approx((voxels < 0).sum() / BRAIN.sum())
    assert finding.facts["low"] == pytest.approx(voxels.min())
    assert finding.remedies == ((UseRule("nonzero"),) if rule == "positive" else ())


def test_few_negative_voxels_are_one_fact_for_all_images(check):
    t1, t2 = brain(), brain()
    t1[5:-5, 5, 6] = -3.0
    t2[5, 6, 6] = -8.5
    finding = only(check(T1=t1, T2=t2, PD=brain()))
    assert (finding.code, finding.severity) == (Code.SOME_NEGATIVES, "fact")
    assert finding.images == ("T1", "T2")
    assert finding.facts["negative"] == pytest.approx(14 / BRAIN.sum())
    assert finding.facts["low"] == -8.5


def with_air(*, border=3.0):
    """Intensities of a box of tissue in dark noise, nowhere 0."""
    return np.where(BRAIN, RNG.uniform(50, 400, SHAPE), RNG.uniform(1, border, SHAPE))


def test_air_that_no_rule_removes_is_a_warning_with_the_mask_that_would(check):
    finding = only(check(T1=with_air(), others={"a_mask": BRAIN}, masks=["a_mask"]))
    assert (finding.code, finding.severity) == (Code.AIR, "warning")
    assert finding.facts == {"zeros": 0}
    assert finding.remedies == (UseMask("a_mask", preset=True),)
    masked = {"foreground": "mask", "mask": "a_mask"}
    assert check(T1=with_air(), others={"a_mask": BRAIN}, chosen=masked).findings == ()
    assert check(T1=with_air(), b0=brain()).findings == ()
    finding = only(check(T1=with_air()))
    assert (finding.code, finding.severity, finding.remedies) == (Code.AIR, "warning", ())


def test_masks_on_another_grid_or_of_a_lesion_are_not_offered_against_air(check):
    lesion = np.zeros(SHAPE)
    lesion[10:12, 10:12, 10:12] = 1
    others = {"lesion": lesion, "moved": (BRAIN, moved(1, 0, 0)), "brain": BRAIN}
    found = check(T1=with_air(), others=others, masks=list(others))
    assert found.findings[0].remedies == (UseMask("brain", preset=False),)
    found = check(T1=with_air(), others=others, masks=["lesion", "moved"])
    assert only(found, "warning").remedies == ()


def test_a_crop_within_the_brain_has_no_air_to_warn_of(check):
    finding = only(check(crop=RNG.uniform(50, 400, SHAPE)))
    assert (finding.code, finding.severity) == (Code.NO_BACKGROUND, "fact")


def test_an_image_with_hardly_any_content_is_found(check):
    dot = np.zeros(SHAPE)
    dot[3:6, 3:6, 3:6] = RNG.uniform(1, 9, (3, 3, 3))
    finding = only(check(dot=dot))
    assert finding.code == Code.NEARLY_EMPTY
    assert finding.facts["not_zero"] == pytest.approx(27 / np.prod(SHAPE))


def test_constants_and_masks_hold_nothing_to_fit(check):
    flat = only(check(flat=np.full(SHAPE, 3.0)), "warning")
    assert (flat.code, flat.facts) == (Code.CONSTANT, {"value": 3})
    mask = only(check(mask=BRAIN))
    assert (mask.code, mask.facts) == (Code.TWO_VALUES, {"values": (0, 1)})


def test_intensities_cut_off_at_the_top_are_found(check):
    voxels = np.minimum(brain(50, 300), 255)
    finding = only(check(T1=voxels))
    assert (finding.code, finding.severity) == (Code.SATURATED, "warning")
    assert finding.facts["voxels"] == (voxels == 255).sum()
    assert (finding.facts["highs"], finding.facts["bits"]) == ((255,), 8)


SOUND = {
    "two values": RNG.integers(1, 3, SHAPE),
    "as frequent as others": RNG.integers(1, 65, SHAPE),
    "few values, most at the top": np.where(RNG.random(SHAPE) < 0.9, 6, RNG.integers(1, 6, SHAPE)),
    "a few voxels at the top": np.where(RNG.random(SHAPE) < 0.001, 300, np.round(brain(50, 300))),
}


@pytest.mark.parametrize("inside", SOUND.values(), ids=SOUND)
def test_a_frequent_or_a_rare_maximum_is_not_saturated(check, inside):
    found = check(T1=np.where(BRAIN, inside, 0))
    assert Code.SATURATED not in [f.code for f in found.findings]


@pytest.mark.parametrize("value", [50_000, -50_000])
def test_an_extreme_voxel_is_found_and_can_be_clipped(check, value):
    voxels = brain()
    voxels[12, 12, 12] = value
    finding = only(check(T1=voxels), "warning")
    assert (finding.code, finding.images) == (Code.OUTLIERS, ("T1",))
    assert finding.facts["farthest"] == value
    assert finding.facts["most"] == pytest.approx(
        np.percentile(voxels[BRAIN], (0.1, 99.9)), rel=0.05
    )
    assert finding.remedies == (Clip("0.1"),)
    clipped = check(T1=voxels, chosen={"clip": "0.1"})
    (done,) = (f for f in clipped.findings if f.code == Code.CLIPPED)
    assert (done.severity, done.facts) == ("fact", {"percent": 0.1})
    assert done.remedies == (Clip("none"),)


def test_a_long_tail_is_not_extreme(check):
    voxels = brain()
    voxels[12, 12, 12] = 2000
    assert check(T1=voxels).findings == ()


@pytest.mark.parametrize("everywhere", [False, True])
def test_voxels_that_are_no_numbers_are_found_once(check, everywhere):
    voxels = brain(background=np.nan) if everywhere else brain()
    voxels[8, 8, 8] = np.inf
    finding = only(check(T1=voxels))
    assert (finding.code, finding.severity) == (Code.NONFINITE, "warning")
    assert finding.facts["voxels"] == (~np.isfinite(voxels)).sum()
    assert finding.facts["as_background"] == everywhere


ALL = tuple(range(65))
# By name: the number of b0 volumes of a run, the volumes taken, and what is offered instead.
SERIES = {
    "dwi": ({"dwi": 2}, (0, 9), [("mean", 65)]),
    "dwi:b0": ({"dwi": 2}, (0, 9), [("mean", 65)]),
    "dwi:mean": ({"dwi": 2}, ALL, [("b0", 2)]),
    "dwi:3": ({"dwi": 1}, (3,), [("b0", 1), ("mean", 65)]),
    "bold": ({}, (0,), [("mean", 65)]),
    "b:0:3": ({"b:0": 1}, (3,), [("b0", 1), ("mean", 65)]),
}


@pytest.mark.parametrize("name", SERIES)
def test_a_series_offers_what_is_not_used_of_it_already(volumes, name):
    b0, taken, offered = SERIES[name]
    images, step = volumes(T1=brain()), Taken(taken, 65)
    series = next((own for own in b0 if name.startswith(own)), name)
    images[name] = replace(volumes(dwi=brain())["dwi"], name=series, volumes=65, processing=(step,))
    finding = only(check_images(images, choices=Choices("T1", name), b0=b0))
    assert (finding.code, finding.severity, finding.images) == (Code.SERIES, "fact", (series,))
    is_b0 = len(taken) == 2
    assert finding.facts == {"volumes": 65, "b0": 2 if is_b0 else 0, "taken": step}
    assert finding.remedies == tuple(TakeVolumes(series, *what, ("y",)) for what in offered)


def test_a_real_series_is_found_once(check):
    found = check(run=np.stack([brain(), brain(), brain()], axis=-1))
    assert only(found).facts == {"volumes": 3, "b0": 0, "taken": Taken((0,), 3)}


def test_an_unreadable_image_is_a_problem_where_it_should_be_shown(check):
    unread = {"b0": "b0.nii: the file is empty."}
    left_out = only(check(T1=brain(), unread=unread))
    assert (left_out.code, left_out.severity) == (Code.LEFT_OUT, "warning")
    assert left_out.facts == {"reason": "b0.nii: the file is empty."}
    shown = only(check(T1=brain(), unread=unread, chosen={"y": "b0"}))
    assert (shown.code, shown.severity) == (Code.UNREADABLE, "problem")
    assert shown.facts["use"] == "shown"
    nothing = check_images({}, choices=Choices("b0", "b0"), unread=unread)
    assert only(nothing).severity == "problem"
    assert nothing.rows == ()


def test_of_many_unreadable_images_the_last_are_one_finding_with_their_reasons(check):
    unread = {f"e{n}": f"e{n}.nii: the file is empty." for n in range(9)}
    found = check(T1=brain(), unread=unread)
    assert [f.severity for f in found.findings] == ["warning"] * 4
    assert found.findings[-1].code == Code.MORE_LEFT_OUT
    assert found.findings[-1].images == tuple(f"e{n}" for n in range(3, 9))
    assert found.findings[-1].facts["reasons"] == tuple(unread.values())[3:]
    chosen = check(T1=brain(), unread=unread, chosen={"chosen": True, "fitted": ("T1",)})
    assert {f.severity for f in chosen.findings} == {"fact"}


def test_images_that_are_not_looked_at_are_counted(volumes):
    found = check_images(volumes(T1=brain()), choices=Choices("T1", "T1"), unchecked=7)
    assert only(found).facts == {"checked": 1, "all": 8}


def test_what_the_reader_noticed_is_passed_on_once_for_all_files(volumes):
    images = volumes(T1=brain(), b0=brain())
    notice = Notice(FileCode.DATA_TYPE, {"bits": 8, "type": "int16"})
    images = {name: replace(v, notices=(notice,)) for name, v in images.items()}
    finding = only(check_images(images, choices=Choices("T1", "b0")))
    assert (finding.code, finding.severity) == (Code.FILE, "warning")
    assert (finding.images, finding.facts) == (("T1", "b0"), {"notice": notice})


def test_intensities_worlds_apart_are_a_warning(check):
    finding = only(check(T1=brain(), ADC=brain() * 1e-12))
    assert (finding.code, finding.severity) == (Code.SCALES, "warning")
    assert finding.facts["notice"].facts["low"] == "ADC"


def test_thick_flat_and_tiny_images_are_found(check):
    thick = only(check(T1=(brain(), np.diag([1, 1, 5, 1]))))
    assert (thick.code, thick.facts) == (Code.THICK, {"mm": 5})
    assert check(T1=(brain(), np.diag([1, 1, 3, 1]))).findings == ()
    flat = only(check(T1=brain()[:, :, 10:11]))
    assert (flat.severity, flat.code) == ("fact", Code.FLAT)
    tiny = only(check(T1=brain()[2:16, 2:16, 2:16]))
    assert (tiny.severity, tiny.code) == ("fact", Code.TINY)


def test_impossible_voxels_are_found_once(check):
    finding = only(check(T1=(brain(), np.diag([0.001, 1, 1000, 1]))))
    notice = finding.facts["notice"]
    assert notice.code == FileCode.ANISOTROPIC
    assert notice.facts["sizes"] == pytest.approx([0.001, 1, 1000])


CALM = {"glioblastoma": 2, "ms_patient07": 1}
LABELS = ("mask", "lesion")


@pytest.mark.parametrize("study", CALM)
def test_real_studies_raise_no_alarm(real_data, study):
    paths = sorted((real_data / study).glob("*.nii.gz"))
    volumes = {path.name.removesuffix(".nii.gz"): read_volume(path) for path in paths}
    others = {n: v for n, v in volumes.items() if any(word in n for word in LABELS)}
    images = {n: v for n, v in volumes.items() if n not in others}
    found = check_images(images, others=others, choices=Choices(*list(images)[:2]))
    assert [f.severity for f in found.findings] == ["fact"] * CALM[study]


def test_the_sample_raises_no_word(sample):
    images = {name: read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")}
    others = {"dseg": read_volume(sample / "dseg.nii.gz")}
    assert check_images(images, others=others, choices=Choices("T1", "b0")).findings == ()
