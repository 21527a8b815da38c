import errno
import io
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from flask import Flask
from matplotlib import colormaps
from PIL import Image
from scipy.ndimage import binary_erosion, generate_binary_structure
from scipy.stats import entropy
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from dashboard.core import maps
from dashboard.figures.palette import DIFFERENCES, NEUTRALS, PALETTES
from dashboard.view import View
from dashboard.web.maps import blueprint
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0")


@pytest.fixture
def ask(study):
    """Return a function that asks a server for a map of a View's cut."""

    def ask(view=VIEW, *, plane="axial", index=5, what="", key=None, ahead=False, desk=study):
        server = Flask(__name__)
        server.register_blueprint(blueprint(desk.archive, desk.analyses, desk.ahead))
        key = key or desk.scene(view).identity[:16]
        headers = {"X-Ahead": "1"} if ahead else {}
        address = f"/maps/{key}/{plane}/{index}{what}.png?{view.query()}"
        return server.test_client().get(address, headers=headers)

    return ask


def pixels(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    return np.asarray(Image.open(io.BytesIO(answer.data)).convert("RGBA"))


def partition(folder, take):
    """Return the classes of a slice by scikit-learn itself, 0 where an image is 0."""
    t1, b0 = (take(nib.load(folder / f"{name}.nii.gz").get_fdata()) for name in ("T1", "b0"))
    mask = (t1 > 0) & (b0 > 0)
    scaled = StandardScaler().fit_transform(np.column_stack([t1[mask], b0[mask]]))
    model = GaussianMixture(3, random_state=12345)
    labels = model.fit_predict(scaled)
    classes = np.zeros(mask.shape, int)
    classes[mask] = np.argsort(np.argsort(model.means_[:, 0]))[labels] + 1
    return classes


@pytest.mark.parametrize(
    ("plane", "take"),
    [("axial", lambda v: v[:, :, 5]), ("coronal", lambda v: v[:, 5]), ("sagittal", lambda v: v[5])],
    ids=["axial", "coronal", "sagittal"],
)
def test_each_voxel_has_the_colour_of_its_class(ask, tmp_path, plane, take):
    classes = partition(tmp_path / "data/pair", take).T[::-1]
    found = pixels(ask(plane=plane))
    # Which colour a class has is the matter of the whole head.
    colours = [np.unique(found[classes == number], axis=0) for number in (1, 2, 3)]
    assert all(len(colour) == 1 and colour[0, 3] == 255 for colour in colours)
    allowed = {bytes.fromhex(colour[1:]) for colour in (*PALETTES["okabe"], *NEUTRALS)}
    assert len({bytes(colour[0, :3]) for colour in colours} & allowed) == 3
    assert (classes == 0).any()
    assert (found[classes == 0][:, 3] == 0).all()


def test_certainty_is_the_probability_of_each_voxels_class_by_scikit_learn(ask, tmp_path):
    t1, b0 = (
        nib.load(tmp_path / f"data/pair/{n}.nii.gz").get_fdata()[..., 5] for n in ("T1", "b0")
    )
    mask = (t1 > 0) & (b0 > 0)
    scaled = StandardScaler().fit_transform(np.column_stack([t1[mask], b0[mask]]))
    expected = np.zeros(mask.shape)
    model = GaussianMixture(3, random_state=12345).fit(scaled)
    expected[mask] = (model.predict_proba(scaled).max(axis=1) - 1 / 3) / (1 - 1 / 3) * 255
    found = pixels(ask(what="/certainty"))[..., 0].astype(int)
    assert np.abs(found - expected.T[::-1]).max() <= 1


@pytest.mark.parametrize(("components", "expected"), [(1, 255), (2, None)])
def test_of_one_component_all_voxels_are_certain(ask, study, components, expected):
    view = replace(VIEW, components=components)
    found = pixels(ask(view, what="/certainty"))[..., 0]
    mask = study.analyse(replace(view, slice=5)).features.mask.T[::-1]
    assert (found[~mask] == 0).all()
    assert found[mask].max() == 255
    assert expected is None or (found[mask] == expected).all()


def test_the_look_is_the_views(ask):
    shown = pixels(ask())
    mirrored = pixels(ask(replace(VIEW, side="radiological")))
    np.testing.assert_array_equal(mirrored, shown[:, ::-1])
    hidden = pixels(ask(replace(VIEW, hidden=(2,))))
    second = (shown == (*bytes.fromhex(PALETTES["okabe"][1][1:]), 255)).all(axis=2)
    assert second.any()
    np.testing.assert_array_equal(hidden[..., 3] > 0, (shown[..., 3] > 0) & ~second)
    own = pixels(ask(replace(VIEW, colours=((2, "ff0080"),))))
    np.testing.assert_array_equal((own == (255, 0, 128, 255)).all(axis=2), second)
    np.testing.assert_array_equal(own[~second], shown[~second])


def test_the_path_and_not_the_query_says_which_slice(ask):
    assert ask(replace(VIEW, slice=9, plane="coronal")).data == ask().data


def test_a_browser_may_keep_a_map_for_good(ask):
    answer = ask()
    assert answer.cache_control.immutable
    assert answer.cache_control.public
    assert answer.headers["ETag"]


def test_a_map_with_an_image_that_cannot_be_read_now_is_not_kept(ask, tmp_path, monkeypatch):
    adc, look = tmp_path / "data/pair/adc.nii", Path.stat
    adc.touch()

    def stat(path, **kwargs):
        if path == adc:
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(path, **kwargs)

    monkeypatch.setattr(Path, "stat", stat)
    assert ask().headers["Cache-Control"] == "no-store"


def test_a_map_without_a_broken_image_is_kept_until_it_changes(ask, tmp_path):
    (tmp_path / "data/pair/adc.nii").write_text("no image")
    assert ask().cache_control.immutable


def test_a_slice_without_classes_is_transparent(ask, study):
    view = replace(VIEW, slice=0, plane="sagittal")
    assert study.analyse(view).model is None
    found = pixels(ask(plane="sagittal", index=0))
    assert found.shape == (12, 20, 4)
    assert not found[..., 3].any()


def test_ahead_only_what_is_known_is_served(ask, tmp_path, desk):
    unknown = ask(ahead=True)
    assert unknown.status_code == 204
    assert unknown.headers["Cache-Control"] == "no-store"
    shown = ask()
    assert ask(ahead=True).data == shown.data
    # Also by a worker that has nothing but the model.
    other = desk(tmp_path / "data", tmp_path / "cache")
    assert ask(ahead=True, desk=other).data == shown.data
    assert ask(ahead=True, index=6).status_code == 204


def test_ahead_a_known_map_is_served_beside_other_answers(ask, study):
    shown = ask()
    with study.ahead.request():
        assert ask(ahead=True).data == shown.data


def test_a_replaced_image_has_another_address(ask, study, save, head):
    key = study.scene(VIEW).identity[:16]
    assert ask(key=key).status_code == 200
    save("data/pair/T1.nii.gz", head(2), AFFINE)
    refused = ask(key=key)
    assert refused.status_code == 404
    assert "Reload" in refused.text


@pytest.mark.parametrize(
    ("place", "said"),
    [({"index": 12}, "no axial slice 12"), ({"plane": "oblique"}, "Unknown plane oblique"),
     ({"key": "0" * 16}, "Reload")],
)  # fmt: skip
def test_an_address_that_fits_nothing_is_404_with_a_sentence(ask, place, said):
    answer = ask(**place)
    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert said in answer.text


# More components than tissues: some of them overlap.
MANY = 7
# Ten of its colours, and mixtures of two, stand for all of viridis.
SHADE = 0.02


def fitted(folder, index=5):
    """Return the mask of an axial slice and scikit-learn's probabilities, class 1 first."""
    t1, b0 = (nib.load(folder / f"{n}.nii.gz").get_fdata()[..., index] for n in ("T1", "b0"))
    mask = (t1 > 0) & (b0 > 0)
    scaled = StandardScaler().fit_transform(np.column_stack([t1[mask], b0[mask]]))
    model = GaussianMixture(MANY, random_state=12345).fit(scaled)
    return mask, model.predict_proba(scaled)[:, np.argsort(model.means_[:, 0])]


def upright(mask, values, empty=np.nan):
    cut = np.full(mask.shape, empty)
    cut[mask] = values
    return cut.T[::-1]


def shares(picture):
    """Read a picture in matplotlib's viridis back as shares; NaN where it is transparent."""
    table = np.round(colormaps["viridis"](np.linspace(0, 1, 256))[:, :3] * 255)
    away = np.abs(picture[..., None, :3] - table).sum(axis=-1)
    return np.where(picture[..., 3] > 0, away.argmin(axis=-1) / 255, np.nan)


def test_uncertainty_is_the_entropy_of_scikit_learns_probabilities_in_shares_of_the_greatest(
    ask, tmp_path
):
    mask, probabilities = fitted(tmp_path / "data/pair")
    expected = upright(mask, entropy(probabilities, axis=1, base=MANY))
    found = shares(pixels(ask(replace(VIEW, components=MANY), what="/uncertainty")))
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    assert np.nanmax(np.abs(found - expected)) < SHADE
    assert np.nanmax(expected) > 0.5


@pytest.mark.parametrize("number", [1, 4, 5])
def test_the_probability_of_a_class_is_scikit_learns(ask, tmp_path, number):
    mask, probabilities = fitted(tmp_path / "data/pair")
    found = shares(pixels(ask(replace(VIEW, components=MANY), what=f"/probability-{number}")))
    expected = upright(mask, probabilities[:, number - 1])
    assert ((expected > 0.1) & (expected < 0.9)).any()
    assert np.nanmax(np.abs(found - expected)) < SHADE


@pytest.mark.parametrize(
    ("what", "components"), [("/probability-4", 3), ("/reference", 3), ("/outline-mask", 3)]
)
def test_what_a_study_lacks_is_clear(ask, what, components):
    assert (pixels(ask(replace(VIEW, components=components), what=what))[..., 3] == 0).all()


def test_of_one_component_nothing_is_uncertain(ask):
    found = shares(pixels(ask(replace(VIEW, components=1), what="/uncertainty")))
    assert np.nanmax(found) == 0


@pytest.fixture
def tissues(study, tmp_path, save, head):  # noqa: ARG001 - makes the study
    """Return the classes of a slice, and a reference of other numbers that is partly wrong."""
    chance = np.random.default_rng(3)
    kind = chance.choice(3, size=head(0).shape)
    for number, (name, means) in enumerate({"T1": (90, 200, 310), "b0": (400, 150, 260)}.items()):
        made = (np.array(means)[kind] + chance.normal(0, 9, kind.shape)) * (head(number) > 0)
        save(f"data/pair/{name}.nii.gz", made, AFFINE)
    classes = partition(tmp_path / "data/pair", lambda v: v[:, :, 5])
    reference = np.array([0, 30, 10, 20])[classes]
    reference[8:10, 8:14] = 30
    reference[12, 6:9] = 0
    reference[0, :4] = 10
    reference[20, 10] = 77
    whole = np.repeat(reference[..., None], 12, axis=2)
    save("data/pair/dseg.nii", whole, AFFINE, dtype=np.int16)
    return classes.T[::-1], reference.T[::-1]


def colour(text):
    return (*bytes.fromhex(text[1:]), 255)


def test_the_reference_has_the_colours_of_the_classes_that_match_its_labels(ask, tissues):
    _, reference = tissues
    found = pixels(ask(what="/reference"))
    assert (found[reference == 0][:, 3] == 0).all()
    for label, expected in zip((30, 10, 20), PALETTES["okabe"], strict=False):
        assert (found[reference == label] == colour(expected)).all()
    other = found[reference == 77]
    assert (other[:, 3] == 255).all()
    assert tuple(other[0]) not in {colour(one) for one in PALETTES["okabe"]}


def test_the_difference_marks_each_voxel_whose_label_is_not_that_of_its_class(ask, tissues):
    classes, reference = tissues
    found = pixels(ask(what="/difference"))
    both = (classes > 0) & (reference > 0)
    same = both & (np.array([0, 30, 10, 20])[classes] == reference)
    for where, expected in [
        (both & ~same, DIFFERENCES[1]),
        ((classes > 0) & (reference == 0), DIFFERENCES[2]),
        ((classes == 0) & (reference > 0), DIFFERENCES[3]),
    ]:
        assert where.any()
        assert (found[where] == colour(expected)).all()
    assert (found[same | ((classes == 0) & (reference == 0))][:, 3] == 0).all()


def test_classes_that_are_one_tissue_differ_from_its_label_together(ask, tissues):
    classes, reference = tissues
    found = pixels(ask(replace(VIEW, tissues=((1, 2),)), what="/difference"))[..., 3] > 0
    larger = max((30, 10), key=lambda label: (reference == label).sum())
    expected = np.array([0, larger, larger, 20])[classes] != reference
    np.testing.assert_array_equal(found, expected)


def test_an_outline_is_what_is_lost_by_erosion(ask, tissues, save):
    classes, reference = tissues
    cross = generate_binary_structure(2, 1)

    def inner(marked):
        return marked & ~binary_erosion(marked, cross, border_value=1)

    save("data/pair/brain_mask.nii", np.ones((24, 20, 12)) * (np.arange(24) > 4)[:, None, None],
         AFFINE, dtype=np.uint8)  # fmt: skip
    found = pixels(ask(replace(VIEW, mask="brain_mask"), what="/outline-mask"))[..., 3] > 0
    expected = np.zeros((24, 20), bool)
    expected[5] = True
    np.testing.assert_array_equal(found, expected.T[::-1])
    for what, labels in (("labels", classes), ("reference", reference)):
        found = pixels(ask(what=f"/outline-{what}"))[..., 3] > 0
        # Around each label and all that are higher: a line between two lies in one of them.
        expected = np.any([inner(labels >= n) for n in np.unique(labels)[1:]], axis=0)
        np.testing.assert_array_equal(found, expected)


def test_disagreement_is_half_of_the_differences_of_both_fits_probabilities(ask, study):
    view = replace(VIEW, components=MANY, slice=5)
    fits = [study.scene(replace(view, scope=scope)) for scope in ("slice", "volume")]
    found = [study.analyses.at_cut(scene) for scene in fits]
    own, head = (maps.posterior(one.model, one.features) for one in found)
    expected = upright(found[0].features.mask, np.maximum(own - head, 0).sum(axis=1))
    for scope in ("slice", "volume"):
        shown = shares(pixels(ask(replace(view, scope=scope), what="/disagreement")))
        np.testing.assert_array_equal(np.isnan(shown), np.isnan(expected))
        assert np.nanmax(np.abs(shown - expected)) < SHADE
    assert np.nanmax(expected) > 0.5
    # Ahead of a visitor it waits for both fits.
    answer = ask(replace(view, seed=1), what="/disagreement", ahead=True)
    assert answer.status_code == 204
