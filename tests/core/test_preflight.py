"""What a check of a study finds, says and offers; and that it is silent where all is well."""

from dataclasses import replace

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.preflight import Choices, preflight
from dashboard.core.volume import read_volume

RNG = np.random.default_rng(4)
SHAPE = (24, 26, 22)
AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
BRAIN = np.zeros(SHAPE, dtype=bool)
BRAIN[5:-5, 5:-5, 4:-4] = True


def brain(low=50.0, high=400.0, *, background=0.0):
    """Intensities in a box of constant background."""
    return np.where(BRAIN, RNG.uniform(low, high, SHAPE), background)


@pytest.fixture
def volumes(save):
    """Return a function that reads voxels, or (voxels, affine), as volumes by name."""

    def volumes(**images):
        read = {}
        for name, image in images.items():
            voxels, affine = image if isinstance(image, tuple) else (image, AFFINE)
            read[name] = read_volume(save(f"{name}.nii", voxels, affine))
        return read

    return volumes


@pytest.fixture
def check(volumes):
    """Return a function that checks a study of some voxels."""

    def check(*, others=None, unread=None, masks=False, chosen=None, **images):
        names = [*images, *images]
        choices = Choices(**{"x": names[0], "y": names[1], **(chosen or {})})
        return preflight(
            volumes(**images),
            choices=choices,
            others=volumes(**(others or {})),
            unread=unread,
            masks=masks,
        )

    return check


def only(found, severity=None):
    """Return the one finding (of a severity)."""
    chosen = [f for f in found.findings if severity in (None, f.severity)]
    assert len(chosen) == 1, [f.text for f in found.findings]
    return chosen[0]


def changes(finding):
    return [remedy.changes for remedy in finding.remedies]


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


# ---- grids


def turned(degrees):
    angle = np.radians(degrees)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return AFFINE @ matrix


def moved(*shift):
    affine = AFFINE.copy()
    affine[:3, 3] = shift
    return affine


GRIDS = {
    "coarser": (brain()[:, :, 1:], np.diag([2.5, 2.5, 3, 1]),
                "24 × 26 × 21 instead of 24 × 26 × 22 voxels, 2.5 × 2.5 × 3 instead of 2 × 2 × 2 "
                "mm"),
    "turned": (brain(), turned(7), "axes turned by 7.0°"),
    "left": (brain(), moved(-2, 0, 0), "shifted by 1 voxel (2 mm to the left)"),
    "back and up": (brain(), moved(0, -3, 4), "2.5 voxels (3 mm to the back, 4 mm to the head)"),
    "cropped": (brain()[2:], moved(4, 0, 0), "22 × 26 × 22 instead of 24 × 26 × 22 of them, so "
                "that resampling only cuts or pads"),
    "between": (brain()[2:], moved(3, 0, 0), "22 × 26 × 22 instead of 24 × 26 × 22 of them."),
}  # fmt: skip


@pytest.mark.parametrize(("voxels", "affine", "how"), GRIDS.values(), ids=GRIDS.keys())
def test_another_grid_is_a_problem_that_is_named_and_can_be_mended(check, voxels, affine, how):
    finding = only(check(T1=brain(), EPI=(voxels, affine)))
    assert finding.severity == "problem"
    assert finding.text.startswith("EPI is not on the grid of T1: it has ")
    assert how in finding.text
    assert "not fitted together" in finding.text
    assert changes(finding) == [{"grid": "T1"}, {"grid": "EPI"}]
    assert finding.remedies[0].label == "Resample EPI to the grid of T1 (2 × 2 × 2 mm, linear)"


@pytest.mark.parametrize("axes", ["PIR", "LAS", "SRP", "ASL"])
def test_another_storage_order_is_told_to_be_a_mere_reordering(check, axes):
    voxels = brain()
    image = nib.Nifti1Image(voxels, AFFINE)
    turn = nib.orientations.ornt_transform(
        nib.io_orientation(AFFINE), nib.orientations.axcodes2ornt(axes)
    )
    other = image.as_reoriented(turn)
    finding = only(check(T1=brain(), b0=(np.asarray(other.dataobj), other.affine)))
    assert finding.severity == "problem"
    assert f"({axes} instead of RAS)" in finding.text
    assert "only reorders" in finding.text


def test_images_that_do_not_overlap_are_not_offered_for_resampling(check):
    finding = only(check(T1=brain(), b0=(brain(), moved(100, 0, 0))))
    assert "do not overlap in space (middles 100 mm apart)" in finding.text
    assert finding.remedies == ()


def test_a_small_overlap_is_told_with_its_share(check):
    finding = only(check(T1=brain(), b0=(brain(), moved(0, 0, 33))))
    # 22 slices of 2 mm, moved by 16.5 of them, with half a voxel of margin.
    assert "b0 covers only 27 % of T1" in finding.text


def test_the_images_that_share_a_grid_can_be_used_alone(check):
    found = check(T1=brain(), EPI=(brain(), moved(1, 0, 0)), T2=brain(), FLAIR=brain())
    finding = only(found)
    assert changes(finding)[-1] == {"mix": "T1,T2,FLAIR", "y": "T2"}
    assert changes(finding)[:2] == [{"grid": "T1"}, {"grid": "EPI"}]
    assert "Resample the others" in finding.remedies[0].label


def test_an_image_that_is_not_fitted_may_lie_on_another_grid(check):
    chosen = {"fitted": ("T1", "b0")}
    found = check(T1=brain(), b0=brain(), EPI=(brain(), moved(1, 0, 0)), chosen=chosen)
    finding = only(found)
    assert finding.severity == "fact"
    assert "left out of the fit" in finding.text


def test_many_grids_are_summed_up(check):
    names = ("T1", "a", "b", "c", "d", "e")
    images = {name: (brain(), moved(n, 0, 0)) for n, name in enumerate(names)}
    finding = only(check(**images))
    assert finding.text.startswith("a, b, c and 2 more are not on the grid of T1")
    assert "3 more lie on 3 other grids" in finding.text
    assert [c["grid"] for c in changes(finding)] == ["T1", "a", "b"]


def test_images_on_one_grid_have_one_number(check):
    found = check(
        T1=brain(),
        EPI=(brain(), moved(1, 0, 0)),
        T2=brain(),
        others={"dseg": (BRAIN, moved(1, 0, 0))},
    )
    assert [row.grid for row in found.rows] == [1, 2, 1, 2]


def test_rounded_affines_are_one_grid(check):
    affine = np.diag([0.9765625, 0.9765625, 1.2, 1])
    assert check(T1=(brain(), affine), b0=(brain(), np.round(affine, 4))).findings == ()


def test_a_label_map_one_voxel_off_is_not_used(check):
    labels = (BRAIN.astype(float), moved(0, 0, 2))
    finding = only(check(T1=brain(), others={"dseg": labels}))
    assert finding.severity == "warning"
    assert "dseg has the same shape and voxel size, but shifted by 1 voxel" in finding.text
    assert "not used" in finding.text
    assert changes(finding) == [{"grid": "T1"}]
    assert "nearest" in finding.remedies[0].label
    assert check(T1=brain(), others={"dseg": BRAIN}).findings == ()


def test_resampling_that_was_chosen_is_told_and_can_be_undone(volumes):
    images = volumes(T1=brain(), EPI=brain())
    images["EPI"] = replace(images["EPI"], processing=("linear onto the grid of T1",))
    finding = only(preflight(images, choices=Choices("T1", "EPI", grid="T1")))
    assert finding.severity == "fact"
    assert "EPI was resampled (linear onto the grid of T1)" in finding.text
    assert changes(finding) == [{"grid": ""}]


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


def test_air_that_is_not_empty_is_told_where_no_image_has_a_background(check):
    noise = RNG.uniform(1, 9, SHAPE)
    finding = only(check(T1=noise, masks=True))
    assert finding.severity == "fact"
    assert "air" in finding.text
    assert changes(finding) == [{"foreground": "mask"}]
    assert check(T1=noise, masks=True, chosen={"foreground": "mask"}).findings == ()
    assert check(T1=noise, b0=brain()).findings == ()


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


# ---- copies, series, files


def test_a_copy_is_a_problem_and_another_image_is_offered(check):
    voxels = brain()
    finding = only(check(T1=voxels, again=voxels, b0=brain(), chosen={"fitted": ("T1", "again")}))
    assert finding.severity == "problem"
    assert "T1 and again hold the same voxels" in finding.text
    assert changes(finding) == [{"y": "b0"}]


def test_a_copy_among_all_images_is_left_out_of_the_mixture(check):
    voxels = brain()
    finding = only(check(T1=voxels, again=voxels, b0=brain()))
    assert changes(finding) == [{"mix": "T1,b0", "y": "b0"}]
    assert changes(only(check(T1=voxels, again=voxels))) == [{"mix": "T1", "y": "T1"}]


def test_a_copy_that_is_not_fitted_is_a_fact(check):
    voxels = brain()
    found = check(T1=voxels, b0=brain(), again=voxels, chosen={"fitted": ("T1", "b0")})
    assert only(found).severity == "fact"


def test_a_series_offers_its_means_for_the_axis_it_is_on(volumes):
    series = replace(volumes(dwi=brain())["dwi"], volumes=65)
    for name, offered in {
        "dwi": [{"y": "dwi:b0"}, {"y": "dwi:mean"}],
        "dwi:b0": [{"y": "dwi:mean"}],
        "dwi:mean": [{"y": "dwi:b0"}],
    }.items():
        images = {**volumes(T1=brain()), name: series}
        finding = only(preflight(images, choices=Choices("T1", name), b0=("dwi",)))
        assert finding.severity == "fact"
        assert "dwi holds 65 volumes" in finding.text
        assert changes(finding) == offered
    images["dwi:mean"] = replace(series, processing=("mean of 65 volumes",))
    finding = only(preflight(images, choices=Choices("T1", "dwi:mean")))
    assert "mean of 65 volumes is used" in finding.text
    assert finding.remedies == ()


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
    assert "5 mm long" in only(check(T1=(brain(), np.diag([1, 1, 5, 1])))).text
    assert check(T1=(brain(), np.diag([1, 1, 3, 1]))).findings == ()
    flat = only(check(T1=brain()[:, :, 10:11]))
    assert (flat.severity, "one voxel thick" in flat.text) == ("fact", True)
    tiny = only(check(T1=brain()[2:16, 2:16, 2:16]))
    assert (tiny.severity, "tiny" in tiny.text) == ("fact", True)


def test_impossible_voxels_are_told_once(check):
    finding = only(check(T1=(brain(), np.diag([0.001, 1, 1000, 1]))))
    assert "no scanner gives" in finding.text


# ---- real studies

CALM = {"mni152_2mm": 1, "glioblastoma": 2, "ms_patient07": 1}
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
