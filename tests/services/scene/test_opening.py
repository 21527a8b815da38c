import shutil
from urllib.parse import parse_qsl

import numpy as np
import pytest

from dashboard.core.check.remedies import UseMask
from dashboard.core.errors import NeuroMixError
from dashboard.core.facts import Notice
from dashboard.services.checking import check
from dashboard.services.scene.opening import open_view
from dashboard.view import View
from dashboard.words.opening import sentence
from tests.images import AFFINE


@pytest.fixture(scope="session")
def shipped(sample, tmp_path_factory, desk):
    return desk(sample.parent, tmp_path_factory.mktemp("cache"))


def test_an_empty_query_opens_the_lesson(shipped):
    opened = shipped.open({})
    assert opened.scene.view == View(study="sample", x="T1", y="b0", slice=30)
    assert opened.notices == ()
    assert opened.scene.mixed == opened.scene.unchosen == ("T1", "b0")
    assert opened.studies == {"sample": "sample"}


def test_a_view_that_fits_is_opened_as_it_is(shipped):
    view = View("sample", "b0", "T1", "coronal", 64, components=5, hidden=(2, 5), bins=80)
    opened = shipped.open(dict(pair.split("=") for pair in view.query().split("&"))
                       | {"hidden": "2,5"})  # fmt: skip
    assert opened.scene.view == view
    assert opened.notices == ()


@pytest.mark.parametrize(
    ("query", "named", "expected"),
    [
        ({"study": "nobody"}, "nobody", {"study": "sample"}),
        ({"study": "../sample"}, "../sample", {"study": "sample"}),
        ({"x": "T9"}, "T9", {"x": "T1", "y": "b0"}),
        ({"x": "b0", "y": "T9"}, "T9", {"x": "b0", "y": "T1"}),
        ({"slice": "70"}, "70", {"slice": 69}),
        ({"plane": "sagittal", "slice": "500"}, "500", {"slice": 127}),
        ({"components": "12"}, "12", {"components": 3}),
    ],
)
def test_what_does_not_exist_falls_back_with_a_notice(shipped, query, named, expected):
    opened = shipped.open(query)
    assert {key: getattr(opened.scene.view, key) for key in expected} == expected
    (notice,) = opened.notices
    assert named in map(str, notice.facts.values())
    assert named in sentence(notice)


# Middles of the slices of T1 and b0 lie 3 mm apart, those of epi at 1, 9, 17, 25 and 33 mm.
EPI = np.array([[4.0, 0, 0, 1], [0, 4, 0, 1], [0, 0, 8, 1], [0, 0, 0, 1]])


@pytest.fixture
def thick(study, save, head):
    """Return services on the study `pair` with an image of thick slices."""
    save("data/pair/epi.nii", head(2, (12, 10, 5)), EPI)
    return study


@pytest.mark.parametrize(
    ("place", "asked", "expected"),
    [
        # 20 mm lies nearer to 17 than to 25 mm, and 24 mm nearer to 25.
        ((0, 0, 20), {"x": "epi"}, 2),
        ((0, 0, 24), {"x": "epi"}, 3),
        ((0, 0, 20), {"x": "T1", "grid": "epi"}, 2),
        ((0, 0, 17), {"x": "T1"}, 6),
        ((0, 0, 25), {"x": "epi", "grid": "T1"}, 8),
        ((5, 9, 21), {"x": "b0"}, 7),
        # The slices of every plane lie there: 2 mm apart in the others.
        ((5, 9, 21), {"x": "T1", "plane": "sagittal"}, 2),
        ((5, 9, 21), {"x": "T1", "plane": "coronal"}, 4),
        # Beyond the last slice, T1 opens as ever.
        ((0, 0, 35), {"x": "T1"}, 12 // 2),
        # A slice that is asked for is never another one.
        ((0, 0, 21), {"x": "epi", "slice": "4"}, 4),
        (None, {"x": "epi"}, 2),
    ],
)
def test_a_query_without_a_slice_opens_at_the_place(thick, place, asked, expected):
    opened = thick.open({"study": "pair", **asked}, place=place)
    assert opened.scene.view.slice == expected
    assert opened.notices == ()


@pytest.mark.parametrize(("mm", "expected"), [(6, 8), (9, 3), (27, 9), (39, 13), (42, 8)])
def test_a_place_of_another_study_beside_the_head_opens_its_middle(study, save, head, mm, expected):
    # The head is in slices 3 to 13 of 20, which lie 3 mm apart.
    voxels = np.zeros((12, 10, 20))
    voxels[..., 3:14] = np.abs(head(2, (12, 10, 11))) + 1
    save("data/padded/T1.nii", voxels, AFFINE)
    opened = open_view(study.archive, {"study": "padded"}, place=(0, 0, mm), seen_in="pair")
    assert opened.scene.view.slice == expected
    # Within the study a place stays, also beside the head.
    opened = open_view(study.archive, {"study": "padded"}, place=(0, 0, mm), seen_in="padded")
    assert opened.scene.view.slice == mm // 3


def test_hidden_classes_beyond_the_components_are_forgotten(shipped):
    assert shipped.open({"components": "2", "hidden": "1,3"}).scene.view.hidden == (1,)


@pytest.mark.parametrize(("broken", "whole"), [("x", "y"), ("y", "x")])
def test_one_unreadable_image_leaves_the_other_open(study, tmp_path, broken, whole):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    opened = study.open({broken: "bad", whole: "b0"})
    assert getattr(opened.scene, broken) is None
    assert getattr(opened.scene, whole).name == "b0"
    assert opened.scene.images.problem("bad").startswith("bad.nii: ")
    assert opened.scene.view.slice == 12 // 2


@pytest.mark.parametrize(
    ("shape", "plane"),
    [((24, 1, 12), "coronal"), ((1, 20, 12), "sagittal"), ((24, 20, 1), "axial")],
)
def test_a_single_slice_opens_in_its_own_plane(study, save, head, shape, plane):
    save("data/flat/T1.nii.gz", head(0)[tuple(slice(n) for n in shape)] + 50)
    opened = study.open({"study": "flat"})
    assert (opened.scene.view.plane, opened.scene.view.slice) == (plane, 0)
    assert opened.notices == ()
    for asked in {"axial", "coronal", "sagittal"} - {plane}:
        opened = study.open({"study": "flat", "plane": asked, "slice": "7"})
        assert (opened.scene.view.plane, opened.scene.view.slice) == (plane, 0)
        assert opened.notices == (Notice("single-slice", {"image": "T1", "plane": plane}),)


def test_the_first_image_that_can_be_read_is_shown(study, tmp_path, save, head):
    path = tmp_path / "data/pair/T1.nii.gz"
    path.write_bytes(path.read_bytes()[:-20])
    save("data/pair/adc.nii", head(2), AFFINE)
    scene = study.open({"study": "pair"}).scene
    assert (scene.view.x, scene.view.y) == ("b0", "adc")
    assert scene.problem is None
    asked = study.open({"study": "pair", "x": "T1"}).scene
    assert (asked.view.x, asked.x) == ("T1", None)


def test_a_grid_mismatch_leaves_both_open_and_is_left_to_the_check(study, save, head):
    save("data/pair/epi.nii", head(2, (8, 8, 8)))
    opened = study.open({"x": "T1", "y": "epi"})
    assert None not in (opened.scene.x, opened.scene.y)
    assert opened.notices == ()
    found = check(opened.scene)
    problems = [f.images for f in found.findings if f.severity == "problem"]
    assert problems == [("epi",)]


def test_the_partner_is_on_the_first_images_grid(study, save, head):
    save("data/pair/b0.nii.gz", head(1, (8, 8, 8)))
    save("data/pair/zeta.nii.gz", head(1), AFFINE)
    assert study.open({}).scene.view.y == "zeta"


def test_an_image_without_partner_is_shown_alone(study, tmp_path):
    (tmp_path / "data/pair/b0.nii.gz").unlink()
    opened = study.open({})
    assert (opened.scene.view.x, opened.scene.view.y) == ("T1", "T1")


def test_no_study_at_all_is_an_error(study, tmp_path):
    shutil.rmtree(tmp_path / "data/pair")
    with pytest.raises(NeuroMixError, match="contains no study"):
        study.open({})


@pytest.fixture
def helped(helped, save, head):
    """Return the same with more air around the head in T1."""
    save("data/pair/T1.nii.gz", np.where(np.arange(24)[:, None, None] < 6, 0, head(0)), AFFINE)
    return helped


@pytest.fixture
def airy(helped, save, head):
    """Return the same where the air of X is not 0."""
    save("data/pair/T1.nii.gz", head(0) + 12, AFFINE)
    return helped


def test_the_images_in_the_fit_and_those_unless_chosen_are_known(helped):
    assert helped.open({}).scene.mixed == ("T1", "b0", "adc")
    opened = helped.open({"mix": "adc,T1"})
    assert (opened.scene.mixed, opened.scene.unchosen) == (("T1", "adc"), ("T1", "b0", "adc"))
    assert list(opened.scene.files.files)[-2:] == ["brain_mask", "dseg"]
    assert opened.notices == ()


@pytest.mark.parametrize(
    ("query", "named", "expected"),
    [
        ({"mix": "T1,T9"}, "T9", {"mix": "T1"}),
        ({"mix": "T9"}, "T9", {"mix": ""}),
        ({"mask": "T9"}, "T9", {"mask": ""}),
        ({"reference": "T9"}, "T9", {"reference": ""}),
        ({"grid": "T9"}, "T9", {"grid": ""}),
        ({"x": "T1:median"}, "T1:median", {"x": "T1"}),
        ({"clip": "2"}, "2", {"clip": "none"}),
    ],
)
def test_a_helper_that_does_not_exist_falls_back_with_a_notice(helped, query, named, expected):
    opened = helped.open(query)
    assert {key: getattr(opened.scene.view, key) for key in expected} == expected
    (notice,) = opened.notices
    assert f"“{named}”" in sentence(notice)


@pytest.mark.parametrize(
    "query", [{"mix": "b0,adc"}, {"mask": "dseg", "foreground": "mask"}, {"reference": "none"},
              {"reference": "dseg"}, {"grid": "epi"}, {"clip": "0.5"}, {"y": "T1:0"}]
)  # fmt: skip
def test_a_helper_that_exists_is_kept(helped, query):
    opened = helped.open(query)
    assert {key: getattr(opened.scene.view, key) for key in query} == query
    assert opened.notices == ()


def test_more_than_eight_images_are_cut_with_a_notice(study, save, head):
    names = [f"echo{n}" for n in range(9)]
    for name in names:
        save(f"data/pair/{name}.nii", head(2), AFFINE)
    opened = study.open({"mix": ",".join(names)})
    assert opened.scene.view.mix == ",".join(names[:8])
    assert opened.scene.mixed == tuple(names[:8])
    assert opened.notices == (Notice("too-many-mixed", {"most": 8}),)


def test_where_air_is_not_0_the_mask_is_the_foreground(airy):
    opened = airy.open({})
    assert (opened.scene.view.foreground, opened.scene.view.mask) == ("mask", "")
    assert opened.notices == (Notice("air-not-zero", {"image": "T1", "mask": "brain_mask"}),)
    # As a URL that says so, it opens without a word.
    again = airy.open(dict(parse_qsl(opened.scene.view.query())))
    assert (again.scene.view.foreground, again.notices) == ("mask", ())


def test_where_the_mask_lies_elsewhere_the_label_map_is(airy, save):
    save("data/pair/brain_mask.nii", np.ones((8, 8, 8)), AFFINE, dtype=np.uint8)
    scene = airy.open({}).scene
    assert (scene.view.foreground, scene.view.mask) == ("mask", "")
    assert scene.mask.name == scene.channels.mask.name == "dseg"


def test_where_no_mask_fits_zero_removal_stays(airy, tmp_path):
    for name in ("brain_mask", "dseg"):
        (tmp_path / f"data/pair/{name}.nii").unlink()
    opened = airy.open({})
    assert (opened.scene.view.foreground, opened.notices) == ("positive", ())


@pytest.mark.parametrize("air", [-3.0, -1000.0, -1e-4])
def test_air_that_is_a_negative_constant_is_removed_by_its_value(study, save, head, air):
    voxels = head(2)
    known = np.indices(voxels.shape)[0] < 4
    for name in ("T1", "b0"):
        save(f"data/pair/{name}.nii", np.where(known, voxels * abs(air) / 99, air), AFFINE)
    opened = study.open({})
    assert opened.scene.view.foreground == "background"
    [notice] = opened.notices
    assert (notice.code, notice.facts["background"]) == ("air-below-0", pytest.approx(air))
    assert study.open({"foreground": "positive"}).scene.view.foreground == "positive"


@pytest.mark.parametrize("name", ["lesion_mask", "roi", "lesions", "tumour_seg"])
def test_where_air_is_not_0_a_lesion_is_not_taken_for_the_head(airy, tmp_path, save, head, name):
    for other in ("brain_mask", "dseg"):
        (tmp_path / f"data/pair/{other}.nii").unlink()
    save(f"data/pair/{name}.nii", head(0) > 150, AFFINE, dtype=np.uint8)
    opened = airy.open({})
    assert (opened.scene.view.foreground, opened.scene.presets.mask) == ("positive", None)
    assert opened.notices == ()
    offered = [r for f in check(opened.scene).findings for r in f.remedies]
    assert not any(isinstance(remedy, UseMask) for remedy in offered)
    # It can be chosen, and only by its name.
    chosen = {"foreground": "mask", "mask": name}
    opened = airy.open(chosen)
    assert (opened.scene.view.foreground, opened.scene.mask.name) == ("mask", name)
    assert opened.notices == ()
    opened = airy.open({"foreground": "mask"})
    assert opened.scene.view.foreground == "positive"
    facts = {"study": "pair", "image": "T1", "others": True}
    assert opened.notices == (Notice("no-usable-mask", facts),)


@pytest.mark.parametrize(("voxels", "expected"), [(130, None), (140, "mask")])
def test_a_mask_of_hardly_any_voxel_is_not_taken_for_the_head(study, save, voxels, expected):
    # The head of T1 has 21 x 18 x 12 voxels, so these are 2.9 and 3.1 % of it.
    mask = np.zeros((24, 20, 12))
    mask.flat[:voxels] = 1
    save("data/pair/mask.nii", mask, AFFINE, dtype=np.uint8)
    assert study.open({}).scene.presets.mask == expected


def test_the_mask_that_is_preset_is_the_same_whatever_the_rule_is(airy, save, head):
    save("data/pair/a_lesion_mask.nii", head(0) > 150, AFFINE, dtype=np.uint8)
    for query in ({}, {"foreground": "positive"}, {"mask": "dseg"}, {"grid": "epi"}):
        assert airy.open(query).scene.presets.mask == "brain_mask"


@pytest.mark.parametrize(
    ("name", "levels", "expected"),
    [("lesion_gt", 2, None), ("roi", 1, None), ("seg", 1, None), ("seg", 2, "seg"),
     ("bet_mask", 1, None), ("aseg", 3, "aseg")],
)  # fmt: skip
def test_only_a_map_of_several_tissues_is_the_reference_unless_chosen(
    study, save, head, name, levels, expected
):
    labels = np.digitize(head(0), [150, 250, 350][:levels])
    save(f"data/pair/{name}.nii", labels, AFFINE, dtype=np.uint8)
    opened = study.open({})
    assert opened.scene.presets.reference == expected
    assert getattr(opened.scene.reference, "name", None) == expected
    assert study.open({"reference": name}).scene.reference.name == name


@pytest.mark.parametrize("rule", ["positive", "nonzero", "background"])
def test_a_foreground_in_the_url_is_kept(airy, rule):
    opened = airy.open({"foreground": rule})
    assert (opened.scene.view.foreground, opened.notices) == (rule, ())


def test_images_with_an_empty_background_keep_zero_removal(helped):
    assert helped.open({}).scene.view.foreground == "positive"


def test_the_rule_mask_without_any_mask_falls_back_with_a_notice(study):
    opened = study.open({"foreground": "mask"})
    assert opened.scene.view.foreground == "positive"
    facts = {"study": "pair", "image": "T1", "others": False}
    assert opened.notices == (Notice("no-usable-mask", facts),)
    assert sentence(*opened.notices) == "pair has no mask. The page keeps the voxels above 0."


# ---- uploads


@pytest.fixture
def upload(study, save, head):
    """Return the key of a study that one browser uploaded."""
    with study.uploads.receive() as drop:
        for number, name in enumerate(("T1", "b0")):
            part = drop.part(f"{name}.nii.gz")
            path = save(f"mine/{name}.nii.gz", head(number) + number, AFFINE)
            part.write(path.read_bytes())
            part.close()
        return study.uploads.keep(drop, "a" * 64).key


def test_an_upload_is_in_its_owners_list(study, upload):
    opened = study.open({"study": upload}, "a" * 64)
    assert opened.studies == {upload: study.uploads.title(upload), "pair": "pair"}
    assert next(iter(opened.studies)) == upload
    assert (opened.scene.view.study, opened.scene.view.x, opened.scene.view.y) == (
        upload,
        "T1",
        "b0",
    )
    assert opened.notices == ()


@pytest.mark.parametrize("owner", ["", "b" * 64])
def test_others_open_an_upload_by_its_key_as_shared_and_see_it_nowhere_else(study, upload, owner):
    opened = study.open({"study": upload}, owner)
    assert opened.studies == {upload: f"{study.uploads.title(upload)} (shared)", "pair": "pair"}
    assert opened.scene.view.study == upload
    assert None not in (opened.scene.x, opened.scene.y)
    assert study.open({}, owner).studies == {"pair": "pair"}


def test_an_upload_that_is_gone_falls_back_with_a_notice(study, upload):
    study.uploads.remove("a" * 64, upload)
    opened = study.open({"study": upload}, "a" * 64)
    assert opened.scene.view.study == "pair"
    assert [notice.code for notice in opened.notices] == ["no-study"]


def test_a_link_to_a_place_opens_its_slice_in_every_plane(study):
    place = (6.0, 4.0, 9.0)  # voxels of 2 x 2 x 3 mm from 0 on
    for plane, index in (("sagittal", 3), ("coronal", 2), ("axial", 3)):
        view = study.open({"study": "pair", "plane": plane, "at": "6:4:9"}).scene.view
        assert (view.slice, view.at) == (index, place)


def test_the_place_of_a_link_lies_on_the_slice_of_the_link(study):
    view = study.open({"study": "pair", "slice": "1", "at": "6:4:9"}).scene.view
    assert (view.slice, view.at) == (1, (6.0, 4.0, 3.0))


def test_a_place_beside_the_image_is_dropped_with_a_notice(study):
    opened = study.open({"study": "pair", "at": "600:4:9"})
    assert opened.scene.view.at is None
    assert [notice.code for notice in opened.notices] == ["no-place"]
