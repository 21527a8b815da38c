"""The volumes of a 4-D file of contrasts are images of their own."""

import nibabel as nib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.check.findings import Code
from dashboard.services.checking import check
from dashboard.web.filling import filling
from dashboard.words.findings import sentence
from dashboard.words.parts import plain
from tests.images import AFFINE


@pytest.fixture
def series(save):
    """Return a function that saves a study of one 4-D file, and other images beside it."""

    def series(name, volumes, *beside, study="made"):
        random = np.random.default_rng(volumes)
        kinds = random.integers(1, 4, (8, 7, 6))
        contrasts = [random.permutation([100, 220, 340])[kinds - 1] for _ in range(volumes + 2)]
        made = np.stack([c + random.normal(0, 9, kinds.shape) for c in contrasts], axis=-1)
        save(f"data/{study}/{name}.nii.gz", made[..., :volumes], AFFINE)
        for number, other in enumerate(beside):
            save(f"data/{study}/{other}.nii.gz", made[..., volumes + number], AFFINE)
        return study

    return series


def offered(opened, control):
    options = filling(opened)[f"control-{control}.data"]
    return [option["value"] if isinstance(option, dict) else option for option in options]


@given(
    volumes=st.integers(2, 12),
    name=st.sampled_from(["BRATS_001", "img", "case 7", "T1T2", "scan.v2"]),
)
def test_each_of_a_few_volumes_is_an_image_and_none_of_many(workspace, series, volumes, name):
    study = series(name, volumes, study=f"{name}-{volumes}".replace(" ", ""))
    opened = workspace.open({"study": study})
    frames = [f"{name}:{number}" for number in range(volumes)]
    view = opened.scene.view
    if volumes <= 8:
        assert (view.x, view.y) == (frames[0], frames[1])
        for control in ("x", "y", "mix"):
            assert offered(opened, control) == frames
        assert list(opened.scene.mixed) == frames
        analysis = workspace.analyses.analyse(opened.scene)
        assert analysis.model.means.shape == (3, volumes)
    else:
        assert (view.x, view.y) == (name, name)
        for control in ("x", "y", "mix"):
            assert offered(opened, control) == [name]
    # Either way the volumes can be chosen by their number.
    assert len(filling(opened)["control-volume-x.data"]) == volumes + 1


@given(name=st.sampled_from(["dwi", "sub-01_dwi", "bold", "rest_fmri", "dti_b1000", "task-tap_bold",
                             "func", "asl", "perfusion", "DWI.2"]))  # fmt: skip
def test_samples_in_time_or_of_diffusion_stay_one_image_even_if_few(workspace, series, name):
    study = series(name, 3, "T1", study=f"of-{name}")
    opened = workspace.open({"study": study, "x": "T1", "y": name})
    assert (opened.scene.view.x, opened.scene.view.y) == ("T1", name)
    for control in ("x", "y", "mix"):
        assert sorted(offered(opened, control)) == sorted(["T1", name])


@pytest.mark.parametrize("intent", ["vector", "displacement vector", "time series", "z score"])
def test_vectors_statistics_and_time_series_by_their_intent_are_no_contrasts(
    workspace, head, tmp_path, intent
):
    (tmp_path / "data" / "made").mkdir()
    image = nib.Nifti1Image(np.stack([head(n) for n in range(3)], axis=-1)[:, :, :, None], AFFINE)
    image.header.set_intent(intent)
    image.to_filename(tmp_path / "data" / "made" / "colours.nii")
    opened = workspace.open({"study": "made"})
    assert offered(opened, "mix") == list(opened.scene.mixed) == ["colours"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"x": "four:2"}, {"x": "four:2", "y": "four:0", "mixed": "2013"}),
        ({"y": "four:0"}, {"x": "four:1", "y": "four:0", "mixed": "1023"}),
        # A link from before: the name of the file stands for its first volume.
        ({"x": "four", "y": "four:3"}, {"x": "four:0", "y": "four:3", "mixed": "0312"}),
        ({"mix": "four,four:2"}, {"x": "four:0", "y": "four:1", "mixed": "02"}),
        ({"mix": "four:3,four:1,four:0,four:2"}, {"x": "four:0", "mixed": "0132"}),
        ({"x": "four:1", "y": "four:1"}, {"x": "four:1", "y": "four:1", "mixed": "1023"}),
    ],
)
def test_any_two_can_be_x_and_y_and_any_of_them_mixed(workspace, series, query, expected):
    scene = workspace.open({"study": series("four", 4), **query}).scene
    mixed = [f"four:{number}" for number in expected.pop("mixed")]
    assert list(scene.mixed) == mixed
    assert {key: getattr(scene.view, key) for key in expected} == expected
    workspace.analyses.analyse(scene)
    assert scene.problem is None


def test_a_mean_is_not_mixed_with_what_it_is_the_mean_of(workspace, series):
    opened = workspace.open({"study": series("four", 4, "T1"), "x": "four:mean", "y": "T1"})
    assert opened.scene.mixed == ("four:mean", "T1")
    assert offered(opened, "x")[1:] == ["four:mean", *(f"four:{n}" for n in range(4))]


def test_other_files_are_mixed_beside_the_volumes_up_to_eight(workspace, series):
    opened = workspace.open({"study": series("seven", 7, "T1", "T2")})
    assert (opened.scene.view.x, opened.scene.view.y) == ("T1", "T2")
    assert len(opened.scene.mixed) == 8
    assert offered(opened, "mix")[-7:] == [f"seven:{number}" for number in range(7)]


def test_the_check_says_how_many_volumes_there_are_and_are_used(workspace, series):
    scene = workspace.open({"study": series("four", 4)}).scene
    (found,) = (f for f in check(scene).findings if f.code == Code.SERIES)
    assert plain(sentence(found)) == "Used as 4 images: four holds 4 volumes."


def test_a_volume_of_contrasts_has_the_intensities_of_that_volume(workspace, series, tmp_path):
    study = series("four", 4)
    stored = nib.load(tmp_path / "data" / study / "four.nii.gz").get_fdata()
    for number in range(4):
        volume = workspace.volume(study, f"four:{number}")
        np.testing.assert_allclose(volume.data, stored[..., number], rtol=1e-6)


def test_the_decathlons_four_contrasts_open_as_four_images(real_data, desk, tmp_path):
    here = desk(real_data / "reports" / "19_modalities_in_one_file", tmp_path)
    opened = here.open({})
    frames = [f"BRATS_001:{number}" for number in range(4)]
    assert [opened.scene.view.x, opened.scene.view.y] == frames[:2]
    assert list(opened.scene.mixed) == offered(opened, "mix") == frames
    assert here.analyses.analyse(opened.scene).model.means.shape == (3, 4)
