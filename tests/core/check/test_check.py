"""What a check of a study finds, says and offers; and that it is silent where all is well."""

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.check.check import Choices, preflight
from dashboard.core.check.findings import number, times
from dashboard.core.volume import read_volume
from tests.core.boxes import BRAIN, RNG, SHAPE, brain, changes, moved, only


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


# ---- background, zeros and negative intensities


@pytest.mark.parametrize(("rule", "kept"), [("positive", True), ("nonzero", True),
                                            ("background", False), ("mask", False)])  # fmt: skip
def test_a_bright_background_is_kept_by_rules_about_zero(check, rule, kept):
    found = check(CT=brain(background=7.0), chosen={"foreground": rule})
    if not kept:
        assert [f.severity for f in found.findings] in ([], ["fact"])
        return
    finding = only(found)
    assert finding.severity == "warning"
    share = f"{(~BRAIN).mean():.0%}".replace("%", " %")
    assert f"The most frequent value of CT is 7 ({share} of the voxels), not 0" in finding.text
    assert "keeps this background" in finding.text
    assert changes(finding) == [{"foreground": "background"}]


def test_a_background_that_the_rule_removes_is_told_as_done(check):
    finding = only(check(CT=brain(background=-1024.0), chosen={"foreground": "background"}))
    assert finding.severity == "fact"
    assert "−1024 " in finding.text
    assert "left out" in finding.text
    assert finding.remedies == ()


def test_a_dark_background_goes_with_the_tissue_that_is_negative(check):
    voxels = brain(-2.0, 2.0, background=-5.0)
    finding = only(check(T1=voxels))
    assert finding.severity == "warning"
    assert "The most frequent value of T1 is −5 " in finding.text
    lost = f"{(voxels[BRAIN] <= 0).mean() * 100:.0f} %"
    assert f"leaves this background out, and with it {lost} of the other voxels" in finding.text
    assert changes(finding) == [{"foreground": "background"}]


def test_a_dark_background_below_bright_tissue_is_a_mere_fact(check):
    finding = only(check(CT=brain(5.0, 80.0, background=-1024.0)))
    assert finding.severity == "fact"
    assert finding.remedies == ()


def test_images_that_need_the_same_remedy_share_a_finding(check):
    found = check(T1=brain(-2.0, 2.0, background=-5.0), T2=brain(-1.0, 3.0, background=-4.0))
    assert "T1 and T2 are −5 and −4" in only(found).text


@pytest.mark.parametrize(("rule", "severity"), [("positive", "warning"), ("nonzero", "fact")])
def test_z_scores_are_half_negative(check, rule, severity):
    finding = only(check(T1=brain(-2.0, 2.0), chosen={"foreground": rule}))
    assert finding.severity == severity
    assert "negative" in finding.text
    assert changes(finding) == ([{"foreground": "nonzero"}] if rule == "positive" else [])


def test_few_negative_voxels_are_one_fact_for_all_images(check):
    t1, t2 = brain(), brain()
    t1[5:-5, 5, 6] = -3.0
    t2[5, 6, 6] = -8.5
    finding = only(check(T1=t1, T2=t2, PD=brain()))
    assert finding.severity == "fact"
    assert "T1 and T2 hold some negative voxels" in finding.text
    assert "0.4 %" in finding.text  # 14 of the box's 14 × 16 × 14
    assert "down to −8.5" in finding.text


def with_air(*, border=3.0):
    """Intensities of a box of tissue in dark noise, nowhere 0."""
    return np.where(BRAIN, RNG.uniform(50, 400, SHAPE), RNG.uniform(1, border, SHAPE))


def test_air_that_no_rule_removes_is_a_warning_with_the_mask_that_would(check):
    finding = only(check(T1=with_air(), others={"a_mask": BRAIN}, masks=["a_mask"]))
    assert finding.severity == "warning"
    assert "hardly a voxel of T1 is 0" in finding.text
    assert "takes a class of its own" in finding.text
    assert changes(finding) == [{"foreground": "mask", "mask": ""}]
    assert finding.remedies[0].label == "Keep voxels in a_mask"
    masked = {"foreground": "mask", "mask": "a_mask"}
    assert check(T1=with_air(), others={"a_mask": BRAIN}, chosen=masked).findings == ()
    assert check(T1=with_air(), b0=brain()).findings == ()


def test_air_that_no_rule_removes_is_a_warning_where_there_is_no_mask(check):
    finding = only(check(T1=with_air()))
    assert (finding.severity, finding.remedies) == ("warning", ())
    assert "A brain mask in the study would help" in finding.text


def test_masks_on_another_grid_or_of_a_lesion_are_not_offered_against_air(check):
    lesion = np.zeros(SHAPE)
    lesion[10:12, 10:12, 10:12] = 1
    others = {"lesion": lesion, "moved": (BRAIN, moved(1, 0, 0)), "brain": BRAIN}
    found = check(T1=with_air(), others=others, masks=list(others))
    assert changes(found.findings[0])[0] == {"foreground": "mask", "mask": "brain"}
    found = check(T1=with_air(), others=others, masks=["lesion", "moved"])
    assert changes(only(found, "warning")) == []


def test_a_crop_within_the_brain_has_no_air_to_warn_of(check):
    finding = only(check(crop=RNG.uniform(50, 400, SHAPE)))
    assert finding.severity == "fact"
    assert "nothing but tissue" in finding.text


def test_an_image_with_hardly_any_content_is_told(check):
    dot = np.zeros(SHAPE)
    dot[3:6, 3:6, 3:6] = RNG.uniform(1, 9, (3, 3, 3))
    finding = only(check(dot=dot))
    assert "Only 0.2 % of dot is not 0" in finding.text


def test_constants_and_masks_hold_nothing_to_fit(check):
    assert "Every voxel of flat is 3" in only(check(flat=np.full(SHAPE, 3.0)), "warning").text
    assert "like a mask" in only(check(mask=BRAIN)).text


# ---- extremes


def test_intensities_cut_off_at_the_top_are_told(check):
    voxels = np.minimum(brain(50, 300), 255)
    finding = only(check(T1=voxels))
    assert finding.severity == "warning"
    assert f"{(voxels == 255).sum():,} voxels of T1" in finding.text
    assert "255, the largest number of 8 bits" in finding.text


@pytest.mark.parametrize("values", [2, 64])
def test_a_maximum_as_frequent_as_other_values_is_not_cut_off(check, values):
    found = check(T1=np.where(BRAIN, RNG.integers(1, values + 1, SHAPE), 0))
    assert "cut off" not in "".join(f.text for f in found.findings)


def test_the_largest_of_few_values_is_not_cut_off(check):
    most = np.where(RNG.random(SHAPE) < 0.9, 6, RNG.integers(1, 6, SHAPE))
    found = check(T1=np.where(BRAIN, most, 0))
    assert "cut off" not in "".join(f.text for f in found.findings)


def test_a_few_voxels_at_the_maximum_are_not_saturated(check):
    voxels = np.round(brain(50, 300))
    voxels[10, 10, :5] = 300
    assert check(T1=voxels).findings == ()


@pytest.mark.parametrize(("value", "end"), [(50_000, "up to 50,000"), (-50_000, "down to −50,000")])
def test_an_extreme_voxel_is_told_and_can_be_clipped(check, value, end):
    voxels = brain()
    voxels[12, 12, 12] = value
    finding = only(check(T1=voxels), "warning")
    assert f"A few voxels of T1 lie far outside the rest ({end}" in finding.text
    assert changes(finding) == [{"clip": "0.1"}]
    clipped = check(T1=voxels, chosen={"clip": "0.1"})
    told = [f for f in clipped.findings if "clipped" in f.text]
    assert [f.severity for f in told] == ["fact"]
    assert "0.1 and 99.9 percentiles" in told[0].text
    assert changes(told[0]) == [{"clip": "none"}]


def test_a_long_tail_is_not_extreme(check):
    voxels = brain()
    voxels[12, 12, 12] = 2000
    assert check(T1=voxels).findings == ()


@pytest.mark.parametrize("everywhere", [False, True])
def test_voxels_that_are_no_numbers_are_told_once(check, everywhere):
    voxels = brain(background=np.nan) if everywhere else brain()
    voxels[8, 8, 8] = np.inf
    finding = only(check(T1=voxels))
    assert finding.severity == "warning"
    assert f"{(~np.isfinite(voxels)).sum():,} voxels of T1" in finding.text
    assert "never foreground" in finding.text


# ---- series, files


SERIES = {
    "dwi": ({"dwi": 2}, "the mean of its 2 b0 volumes", [{"y": "dwi:mean"}]),
    "dwi:b0": ({"dwi": 2}, "the mean of its 2 b0 volumes", [{"y": "dwi:mean"}]),
    "dwi:mean": ({"dwi": 2}, "their mean", [{"y": "dwi:b0"}]),
    "dwi:3": ({"dwi": 1}, "volume 3 of 65", [{"y": "dwi:b0"}, {"y": "dwi:mean"}]),
    "bold": ({}, "volume 0 of 65", [{"y": "bold:mean"}]),
}


@pytest.mark.parametrize("name", SERIES)
def test_a_series_offers_what_is_not_used_of_it_already(volumes, name):
    b0, used, offered = SERIES[name]
    done = (used,) if used.startswith("volume") else ("mean of some",)
    images = volumes(T1=brain())
    images[name] = replace(volumes(dwi=brain())["dwi"], volumes=65, processing=done)
    finding = only(preflight(images, choices=Choices("T1", name), b0=b0))
    assert finding.severity == "fact"
    assert finding.text == f"{name.partition(':')[0]} holds 65 volumes; {used} is used."
    assert changes(finding) == offered


def test_a_single_b0_volume_is_no_mean(volumes):
    images = {"dwi": replace(volumes(dwi=brain())["dwi"], volumes=65)}
    found = preflight(images, choices=Choices("dwi", "dwi"), b0={"dwi": 1})
    assert "its b0 volume is used" in only(found).text


def test_a_real_series_is_told_once(check):
    found = check(run=np.stack([brain(), brain(), brain()], axis=-1))
    assert "3 volumes" in only(found).text


def test_an_unreadable_image_is_a_problem_where_it_should_be_shown(check):
    told = {"b0": "b0.nii: the file is empty."}
    left_out = only(check(T1=brain(), unread=told))
    assert (left_out.severity, left_out.text) == (
        "warning", "b0.nii: the file is empty. It is left out."
    )  # fmt: skip
    shown = only(check(T1=brain(), unread=told, chosen={"y": "b0"}))
    assert shown.severity == "problem"
    nothing = preflight({}, choices=Choices("b0", "b0"), unread=told)
    assert only(nothing).severity == "problem"
    assert nothing.rows == ()


def test_of_many_unreadable_images_the_first_are_told_in_full(check):
    unread = {f"e{n}": f"e{n}.nii: the file is empty." for n in range(9)}
    found = check(T1=brain(), unread=unread)
    assert [f.severity for f in found.findings] == ["warning"] * 4
    assert (
        found.findings[-1].text == "e3, e4, e5 and 3 more cannot be read either and are left out."
    )
    chosen = check(T1=brain(), unread=unread, chosen={"chosen": True, "fitted": ("T1",)})
    assert {f.severity for f in chosen.findings} == {"fact"}


def test_images_that_are_not_looked_at_are_counted(volumes):
    found = preflight(volumes(T1=brain()), choices=Choices("T1", "T1"), unchecked=7)
    assert only(found).text.startswith("1 of 8 images are checked;")


def test_what_the_reader_noticed_is_passed_on_once_for_all_files(volumes):
    images = volumes(T1=brain(), b0=brain())
    images = {name: replace(v, notices=("It is odd.",)) for name, v in images.items()}
    finding = only(preflight(images, choices=Choices("T1", "b0")))
    assert (finding.severity, finding.text) == ("warning", "T1 and b0: It is odd.")


def test_intensities_worlds_apart_are_a_warning(check):
    finding = only(check(T1=brain(), ADC=brain() * 1e-12))
    assert finding.severity == "warning"
    assert "times those of ADC" in finding.text


def test_thick_flat_and_tiny_images_are_told(check):
    assert (
        "T1 was measured with voxels up to 5 mm long"
        in only(check(T1=(brain(), np.diag([1, 1, 5, 1])))).text
    )
    assert check(T1=(brain(), np.diag([1, 1, 3, 1]))).findings == ()
    flat = only(check(T1=brain()[:, :, 10:11]))
    assert (flat.severity, "one voxel thick" in flat.text) == ("fact", True)
    tiny = only(check(T1=brain()[2:16, 2:16, 2:16]))
    assert (tiny.severity, "tiny" in tiny.text) == ("fact", True)


def test_impossible_voxels_are_told_once(check):
    finding = only(check(T1=(brain(), np.diag([0.001, 1, 1000, 1]))))
    assert "no scanner gives" in finding.text


# ---- real studies

CALM = {"glioblastoma": 2, "ms_patient07": 1}
LABELS = ("mask", "lesion")


@pytest.mark.parametrize("study", CALM)
def test_real_studies_raise_no_alarm(real_data, study):
    paths = sorted((real_data / study).glob("*.nii.gz"))
    volumes = {path.name.removesuffix(".nii.gz"): read_volume(path) for path in paths}
    others = {n: v for n, v in volumes.items() if any(word in n for word in LABELS)}
    images = {n: v for n, v in volumes.items() if n not in others}
    found = preflight(images, others=others, choices=Choices(*list(images)[:2]))
    assert [f.severity for f in found.findings] == ["fact"] * CALM[study]


def test_the_sample_raises_no_word(sample):
    images = {name: read_volume(sample / f"{name}.nii.gz") for name in ("T1", "b0")}
    others = {"dseg": read_volume(sample / "dseg.nii.gz")}
    assert preflight(images, others=others, choices=Choices("T1", "b0")).findings == ()


@pytest.mark.parametrize(("value", "told"), [
    (1e6, "1,000,000"), (9999.7, "10,000"), (-12345.6, "−12,346"), (0.00012, "0.00012"),
    (1e9, "1e+09"), (-0.0, "0"),
])  # fmt: skip
def test_numbers_are_told_in_plain_digits_while_they_are_short(value, told):
    assert number(value) == told


def test_lengths_are_told_in_plain_digits():
    assert times((0.001, 1.0, 1000.0)) == "0.001 × 1 × 1,000"
    assert times((999.7, 2.25)) == "1,000 × 2.25"


def test_whole_numbers_that_are_rounded_are_told(tmp_path):
    large = np.resize(np.array([0, 2**53 + 1, 2**53 + 3, 7], dtype=np.int64), (8, 8, 8))
    nib.Nifti1Image(large, np.eye(4), dtype="int64").to_filename(tmp_path / "large.nii")
    volume = read_volume(tmp_path / "large.nii")
    found = preflight({"large": volume}, choices=Choices(x="large", y="large")).findings
    assert [f.severity for f in found if "2^53" in f.text] == ["warning"]
