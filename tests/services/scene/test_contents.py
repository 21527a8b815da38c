"""What a study opens with, where names and contents disagree, or programs left their results."""

import shutil
from urllib.parse import parse_qsl

import nibabel as nib
import numpy as np
import pytest
from scipy import ndimage

from dashboard.core.facts import Notice
from dashboard.services.checking import check
from dashboard.words.opening import sentence
from tests.images import AFFINE

SHAPE = (24, 20, 12)


def brain():
    middle = (np.array(SHAPE) - 1) / 2
    places = np.indices(SHAPE).reshape(3, -1).T
    return (((places - middle) / np.array(SHAPE)) ** 2).sum(1).reshape(SHAPE) < 0.42**2


def parcels(count, seed=0):
    places = np.indices(SHAPE).reshape(3, -1).T
    seeds = places[np.random.default_rng(seed).choice(len(places), count, replace=False)]
    nearest = np.argmin(((places[:, None] - seeds) ** 2).sum(2), 1).reshape(SHAPE)
    return np.where(brain(), nearest + 1, 0)


def probability():
    depth = ndimage.distance_transform_edt(brain())
    return np.clip(depth - 1.5, 0, 1)


def bias():
    return 1 + 0.2 * np.sin(np.indices(SHAPE)[0] / 12)


@pytest.fixture
def made(workspace, save, head):
    """Return a function that makes the study `s` of files by name and content."""
    contents = {
        "T1": lambda: head(0), "T2": lambda: head(1), "PD": lambda: head(2),
        "brain": lambda: head(0) * brain(), "T2 brain": lambda: head(1) * brain(),
        "air": lambda: head(0) + 12, "mask": brain, "labels": lambda: parcels(5),
        "parcels": lambda: parcels(60), "probability": probability, "bias": bias,
        "tumour": lambda: brain() & (np.indices(SHAPE)[0] < 9),
    }  # fmt: skip

    def made(**files):
        for name, content in files.items():
            save(f"data/s/{name}.nii.gz", contents[content](), AFFINE, dtype=np.float32)
        return workspace

    return made


def opened(desk, **query):
    return desk.open({"study": "s", **query})


UNFORESEEN = ("Avgwmparc", "OTMultiClass", "AICHAmc", "result2", "T1_final", "bert_x", "b0_x")


@pytest.mark.parametrize("content", ["labels", "parcels"])
@pytest.mark.parametrize("name", UNFORESEEN)
def test_a_label_map_under_any_name_is_never_mixed_but_a_reference(made, name, content):
    found = opened(made(T1="T1", T2="T2", **{name: content}))
    assert (found.scene.view.x, found.scene.view.y) == ("T1", "T2")
    assert found.scene.mixed == ("T1", "T2")
    assert found.scene.presets.reference == name
    assert found.scene.files.files[name].role == "labels"
    facts = {"images": [name], "named": "image", "held": "labels"}
    assert found.notices == (Notice("not-as-named", facts),)


@pytest.mark.parametrize(
    ("content", "role"),
    [("labels", "labels"), ("mask", "mask"), ("probability", "probability"), ("bias", "other")],
)
def test_what_is_no_image_is_neither_x_nor_y_nor_mixed(made, content, role):
    found = opened(made(aaa=content, bbb="T1", ccc="T2"))
    assert found.scene.files.files["aaa"].role == role
    assert (found.scene.view.x, found.scene.view.y, found.scene.mixed) == (
        "bbb", "ccc", ("bbb", "ccc")
    )  # fmt: skip
    assert [notice.code for notice in found.notices] == ["not-as-named"]
    assert "aaa" in sentence(found.notices[0])
    # The link that it opened as says it no more, and means the same.
    again = made().open(dict(parse_qsl(found.scene.view.query())))
    assert (again.notices, again.scene.mixed) == ((), ("bbb", "ccc"))


def test_a_region_that_only_its_content_shows_is_not_the_foreground(made):
    found = opened(made(T1="air", T2="T2", area="tumour"))
    assert found.scene.files.files["area"].role == "mask"
    assert (found.scene.presets.mask, found.scene.view.foreground) == (None, "positive")
    assert opened(made(), mask="area", foreground="mask").scene.mask.name == "area"


def test_intensities_under_the_name_of_a_mask_are_no_mask(made):
    found = opened(made(T1="air", T2="T2", T1_mask="brain", brain_mask="mask"))
    assert found.scene.presets.mask == "brain_mask"
    assert found.scene.mixed == ("T1", "T2")
    facts = {"images": ["T1_mask"], "named": "mask", "held": "image"}
    # It comes after the mask that says more, and is not looked at.
    assert Notice("not-as-named", facts) not in found.notices
    found = opened(made(brain_mask="brain"))
    assert found.scene.presets.mask is None
    assert {n.code for n in found.notices} == {"not-as-named"}


def test_the_lessons_masked_images_open_as_images(made):
    found = opened(made(T1_mask="brain", b0_mask="T2 brain"))
    assert (found.scene.view.x, found.scene.view.y) == ("T1_mask", "b0_mask")
    assert found.scene.mixed == ("T1_mask", "b0_mask")
    assert found.scene.problem is None


def test_the_lessons_masks_are_masks_beside_their_images(made):
    found = opened(made(T1="T1", b0="T2", T1_mask="mask", b0_mask="mask"))
    assert (found.scene.view.x, found.scene.view.y) == ("T1", "b0")
    assert found.scene.mixed == ("T1", "b0")
    assert list(found.scene.files.of("mask")) == ["T1_mask", "b0_mask"]
    assert found.notices == ()


@pytest.mark.parametrize("files", [{"dseg": "labels"}, {"AICHAmc": "parcels", "x": "labels"},
                                   {"brain_mask": "mask"}, {"gm": "probability"}])  # fmt: skip
def test_a_study_of_overlays_alone_shows_them_and_says_so(made, files):
    found = opened(made(**files))
    assert found.scene.x is not None
    assert {notice.code for notice in found.notices} == {"no-contrast"}
    assert found.scene.view.x in files


def test_a_label_map_that_is_chosen_is_honoured_with_a_notice(made):
    desk = made(T1="T1", T2="T2", AICHAmc="parcels")
    for query in ({"x": "AICHAmc"}, {"y": "AICHAmc"}, {"mix": "T1,AICHAmc"}):
        found = opened(desk, **query)
        assert Notice("no-contrast", {"image": "AICHAmc", "holds": "labels"}) in found.notices
    assert found.scene.mixed == ("T1", "AICHAmc")


def test_a_label_map_that_its_name_hides_is_resampled_to_nearest_voxels(made, save, head):
    desk = made(T1="T1", AICHAmc="parcels")
    save("data/s/fine.nii", head(0, (30, 25, 15)), np.diag([1.6, 1.6, 2.4, 1.0]))
    labels = desk.volume("s", "AICHAmc").data
    on_fine = opened(desk, grid="fine").scene.images.open("AICHAmc").data
    assert set(np.unique(on_fine)) <= set(np.unique(labels))
    # As X too, where the picture asks for it by the names alone.
    assert desk.volume("s", "AICHAmc", "fine").id == (
        opened(desk, x="AICHAmc", grid="fine").scene.x.id
    )
    assert not set(np.unique(desk.volume("s", "T1", "fine").data)) <= set(np.unique(head(0)))


def test_a_phantom_called_t1_stays_an_image_with_a_notice(made):
    found = opened(made(T1="labels", T2="T2"))
    assert (found.scene.view.x, found.scene.mixed) == ("T1", ("T1", "T2"))
    assert found.notices == (Notice("no-contrast", {"image": "T1", "holds": "labels"}),)


# ---- one contrast, several images


def test_t1_with_its_brain_and_mask_opens_with_a_fit_of_the_brain(made):
    desk = made(T1="air", T1_brain="brain", T1_brain_mask="mask")
    found = opened(desk)
    assert (found.scene.view.x, found.scene.mixed) == ("T1", ("T1",))
    assert (found.scene.view.foreground, found.scene.mask.name) == ("mask", "T1_brain_mask")
    assert found.notices[0].code == "brain-in-head"
    fitted = desk.analyse(found.scene.view)
    assert fitted.model.voxels == brain()[:, :, found.scene.view.slice].sum()


def test_where_the_mask_lies_elsewhere_the_brain_alone_is_x(made, save):
    desk = made(T1="air", T1_brain="brain")
    assert opened(desk).scene.mixed == ("T1_brain",)
    save("data/s/T1_brain_mask.nii", np.ones((8, 8, 8)), AFFINE, dtype=np.uint8)
    found = opened(desk)
    assert (found.scene.view.x, found.scene.mixed) == ("T1_brain", ("T1_brain",))
    assert (found.scene.view.foreground, found.scene.problem) == ("positive", None)


def test_of_each_contrast_the_image_on_the_grid_of_x_is_mixed(made, save, head):
    desk = made(T1="T1", T2_to_T1="T2", FLAIR="PD")
    save("data/s/T2.nii", head(1, (12, 10, 5)), AFFINE * 2)
    found = opened(desk)
    assert (found.scene.view.x, found.scene.view.y) == ("T1", "T2_to_T1")
    assert found.scene.mixed == ("T1", "T2_to_T1", "FLAIR")


def test_the_reference_lies_on_the_grid_of_x_if_one_does(made, save):
    desk = made(T1="T1", z_parc="parcels")
    save("data/s/dseg.nii", parcels(5)[::2, ::2], AFFINE * 2)
    assert opened(desk).scene.presets.reference == "z_parc"
    made(z_seg="labels")
    assert opened(desk).scene.presets.reference == "z_seg"


SPM = {"T1": "T1", "mT1": "T1", "c1T1": "probability", "c2T1": "probability", "wc1T1": "labels",
       "c3T1": "probability", "p0T1": "labels", "BiasField_T1": "bias", "rT2": "T2"}  # fmt: skip
FAST = {"T1_brain": "brain", "T1_brain_restore": "brain", "T1_brain_bias": "bias",
        "T1_brain_pve_0": "probability", "T1_brain_pveseg": "labels", "T1_brain_seg": "labels",
        "T1_brain_mixeltype": "parcels", "T1_brain_seg_0": "mask"}  # fmt: skip
ANTS = {"T1": "T1", "T1_N4": "T1", "T1BrainExtractionBrain": "brain",
        "T1CorticalThickness": "brain", "T1BrainExtractionMask": "mask",
        "T1BrainSegmentation": "labels", "T1_Warped": "T1",
        "T1BrainSegmentationPosteriors1": "probability"}  # fmt: skip
PREFIXED = {"sub1_T1": "T1", "sub1_BrainExtractionBrain": "brain", "sub1_T2": "T2",
            "sub1_BrainExtractionMask": "mask", "sub1_BrainSegmentation": "labels",
            "sub1_BrainSegmentation0N4": "brain"}  # fmt: skip
FSL_ANAT = {"T1": "T1", "T1_biascorr": "T1", "T1_biascorr_brain": "brain", "T1_fast_bias": "bias",
            "T1_biascorr_brain_mask": "mask", "T1_fast_pve_1": "probability",
            "T1_fast_seg": "labels", "T1_subcort_seg": "parcels", "T1_fullfov": "T1"}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "mixed", "mask", "reference"),
    [
        (SPM, ("T1", "rT2"), None, "p0T1"),
        (FAST, ("T1_brain",), None, "T1_brain_pveseg"),
        (ANTS, ("T1",), "T1BrainExtractionMask", "T1BrainSegmentation"),
        (PREFIXED, ("sub1_T1", "sub1_T2"), "sub1_BrainExtractionMask", "sub1_BrainSegmentation"),
        (FSL_ANAT, ("T1",), "T1_biascorr_brain_mask", "T1_fast_seg"),
    ],
    ids=["spm", "fast", "ants", "prefixed", "fsl_anat"],
)
def test_the_results_of_a_program_are_not_mixed_with_their_image(
    made, files, mixed, mask, reference
):
    found = opened(made(**files))
    assert found.scene.mixed == mixed
    assert found.scene.view.x == mixed[0]
    assert found.scene.presets.reference == reference
    if mask:
        assert (found.scene.view.foreground, found.scene.presets.mask) == ("mask", mask)
    assert found.scene.problem is None


def mgz(path, voxels):
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.MGHImage(np.asarray(voxels, dtype=np.float32), AFFINE).to_filename(path)


@pytest.fixture
def bert(tmp_path, head, workspace):
    """Return services on a folder of FreeSurfer's subjects, of which bert is one."""
    for name in ("T1", "orig", "nu"):
        mgz(tmp_path / f"data/bert/mri/{name}.mgz", head(0))
    for name in ("brain", "norm", "brainmask"):
        mgz(tmp_path / f"data/bert/mri/{name}.mgz", head(0) * brain())
    for name in ("aparc+aseg", "wmparc"):
        mgz(tmp_path / f"data/bert/mri/{name}.mgz", parcels(40))
    mgz(tmp_path / "data/bert/mri/aseg.mgz", parcels(9))
    mgz(tmp_path / "data/bert/mri/filled.mgz", brain() * (127 + 128 * (np.indices(SHAPE)[0] > 9)))
    mgz(tmp_path / "data/bert/mri/wm.mgz", brain() * 110)
    return workspace


def test_a_freesurfer_subject_is_a_study_of_one_t1(bert, tmp_path, desk):
    for services in (bert, desk(tmp_path / "data/bert", tmp_path / "cache")):
        assert list(services.archive.studies()) == ["bert"]
        found = services.open({})
        assert (found.scene.view.x, found.scene.mixed) == ("brain", ("brain",))
        assert found.scene.presets.reference == "aseg"
        assert set(found.scene.files.of("image")) == {
            "T1", "orig", "nu", "brain", "norm", "brainmask"
        }  # fmt: skip
        assert (found.notices, found.scene.problem) == ((), None)


def test_freesurfers_derivatives_belong_to_their_subject(bert, tmp_path, save, head):
    data = tmp_path / "data"
    (data / "derivatives/freesurfer").mkdir(parents=True)
    shutil.copytree(data / "bert", data / "derivatives/freesurfer/sub-01")
    shutil.rmtree(data / "bert")
    save("data/sub-01/anat/sub-01_T1w.nii.gz", head(0), AFFINE)
    save("data/sub-01/anat/sub-01_T2w.nii.gz", head(1), AFFINE)
    assert list(bert.archive.studies()) == ["sub-01"]
    found = bert.open({})
    assert found.scene.mixed == ("T1w", "T2w")
    assert {"brain", "aseg", "T1"} <= set(found.scene.files.files)
    assert found.scene.presets.reference == "aseg"


# ---- the cases of public reports


def test_every_reported_layout_opens_as_a_researcher_would(real_data, tmp_path, desk):
    for folder, study, x, mixed, mask in (
        ("06_spm_and_cat_names", "spm", "T1", {"T1"}, None),
        ("07_ants_and_fast_names", "fast", "T1_brain", {"T1_brain"}, None),
        ("08_freesurfer_subjects/subjects", "bert", "brain", {"brain"}, None),
        ("21_bids_of_mixed_layout/dataset", "sub-01/ses-pre", "T1w", {"T1w", "T2w"},
         "desc-brain_mask"),
        ("21_bids_of_mixed_layout/dataset", "sub-02", "run-1_T1w",
         {"run-1_T1w", "echo-1_part-mag_MEGRE", "inv-2_part-mag_MP2RAGE"}, None),
        ("29_brain_beside_head", "29_brain_beside_head", "T1", {"T1"}, "T1_brain_mask"),
    ):  # fmt: skip
        services = desk(real_data / "reports" / folder, tmp_path / "cache")
        scene = services.open({"study": study}).scene
        assert (scene.view.x, set(scene.mixed)) == (x, mixed)
        assert mask in (None, scene.presets.mask)
        assert scene.problem is None
        services.analyse(scene.view)
        assert not any(f.severity == "problem" for f in check(scene).findings), folder


def test_real_label_maps_under_unforeseen_names_are_not_mixed(real_data, tmp_path, desk):
    maps = ("brainweb_t1/labels_csf1_gm2_wm3", "grid_mismatch/niworkflows_FAST_class_map")
    for number, name in enumerate(maps):
        folder = tmp_path / "data" / f"s{number}"
        folder.mkdir(parents=True)
        shutil.copy(real_data / f"{name}.nii.gz", folder / "Avg_x.nii.gz")
        shutil.copy(real_data / "brainweb_t1/t1.nii.gz", folder / "scan.nii.gz")
    services = desk(tmp_path / "data", tmp_path / "cache")
    for study in services.archive.studies():
        scene = services.open({"study": study}).scene
        assert (scene.view.x, scene.mixed, scene.presets.reference) == ("scan", ("scan",), "Avg_x")
