"""What a study opens with: of several masks with names that say nothing, the one of the head."""

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

SHAPE = (32, 36, 30)
FROM_CENTRE = np.linalg.norm(
    (np.stack(np.indices(SHAPE), axis=-1) - (np.array(SHAPE) - 1) / 2) / np.array(SHAPE), axis=-1
)
HEAD, BRAIN = FROM_CENTRE < 0.45, FROM_CENTRE < 0.31
LESION = BRAIN & (np.indices(SHAPE)[0] > 19) & (np.indices(SHAPE)[1] > 20)
FACE = np.indices(SHAPE)[1] < 30
NOISE = np.random.default_rng(7).normal(0, 1e-14, SHAPE)
AFFINE, MNI = np.diag([2.0, 2.0, 2.0, 1.0]), np.diag([-3.0, 3.0, 3.0, 1.0])

# How programs write them; all are masks of one head.
MASKS = {
    "brain": (BRAIN, AFFINE),
    "lesion": (LESION, AFFINE),
    "defacing": (FACE, AFFINE),
    "template": (BRAIN, MNI),
    "everything": (np.ones(SHAPE), AFFINE),
}


@pytest.fixture
def opened(workspace, save):
    """Return a function that opens a head in noisy air with masks, and gives the one preset."""

    def opened(masks, *, stripped=False):
        rng = np.random.default_rng(1)
        voxels = rng.normal(20, 4, SHAPE) + HEAD * 200 + BRAIN * rng.choice([0, 100, 200], SHAPE)
        save("data/one/T1.nii", voxels * BRAIN if stripped else voxels, AFFINE)
        for name, (marks, affine) in masks.items():
            save(f"data/one/{name}.nii", marks, affine, dtype="f8")
        return workspace.open({}).scene

    return opened


@pytest.mark.parametrize("stripped", [False, True])
@pytest.mark.parametrize("order", list(permutations(MASKS))[::17])
def test_the_mask_of_the_brain_is_preset_whatever_its_name(opened, order, stripped):
    masks = {f"mask{place}": MASKS[kind] for place, kind in enumerate(order)}
    scene = opened(masks, stripped=stripped)
    assert scene.presets.mask == f"mask{order.index('brain')}"
    assert scene.view.foreground == ("positive" if stripped else "mask")


@pytest.mark.parametrize(
    "marks",
    [BRAIN + NOISE, (BRAIN + NOISE) * 255, np.where(BRAIN, 1, np.nan), BRAIN * 2 - 1, BRAIN + 1,
     BRAIN * 0.0039215689, BRAIN * (1 + np.indices(SHAPE)[0] % 3)],
    ids=["noise", "scaled noise", "NaN outside", "-1 outside", "1 outside", "scaled", "labels"],
)  # fmt: skip
def test_a_mask_of_the_brain_is_known_however_it_is_written(opened, marks):
    scene = opened({"mask0": MASKS["lesion"], "mask1": (marks, AFFINE)})
    assert scene.presets.mask == "mask1"
    assert scene.view.foreground == "mask"


@pytest.mark.parametrize("kind", ["defacing", "template", "everything"])
def test_where_no_mask_covers_the_head_alone_none_is_preset(opened, kind):
    scene = opened({"mask": MASKS[kind]})
    assert scene.presets.mask is None
    assert scene.view.foreground == "positive"


def test_a_brain_is_not_a_part_beside_the_whole_head(opened):
    assert opened({"mask0": (BRAIN, AFFINE), "mask1": (HEAD, AFFINE)}).presets.mask == "mask0"


TISSUES = BRAIN * (1 + np.indices(SHAPE)[0] // 11)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (TISSUES, "dseg"),
        (TISSUES * 1.00000006, "dseg"),
        (TISSUES * 0.988, "dseg"),
        (np.where(BRAIN, TISSUES, -1), "dseg"),
        (np.where(BRAIN, TISSUES, np.nan), "dseg"),
        (np.where(BRAIN, 1000 + TISSUES * 300 + np.indices(SHAPE)[2] // 2, 0), "dseg"),
        (BRAIN, None),
        (np.where(BRAIN, 1, -1), None),
        (np.where(BRAIN, 1, np.nan), None),
    ],
    ids=["whole", "float32", "scaled", "-1 outside", "NaN outside", "parcels", "one", "-1 and 1",
         "NaN and 1"],
)  # fmt: skip
def test_a_map_of_two_or_more_labels_is_the_reference(opened, labels, expected):
    assert opened({"dseg": (labels, AFFINE)}).presets.reference == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [('{"before": true}', True), ('{"before": 1}', False), ('{"before": false}', False),
     ("[true]", False), ("{", False), ("\xff", False), (" " * 20_000 + '{"before": true}', False),
     (None, False)],
)  # fmt: skip
def test_a_study_opens_with_all_voxels_if_its_presets_say_so(study, tmp_path, content, expected):
    presets = tmp_path / "data/pair/neuromix.json"
    if content is not None:
        presets.write_text(content, "latin-1")
    scene = study.open({"study": "pair"}).scene
    assert scene.before is expected
    assert scene.view.before is None
    assert study.open({"study": "pair", "before": "0"}).scene.before is False
    assert study.open({"study": "pair", "before": "1"}).scene.before is True


def test_the_sample_opens_with_the_lessons_four_histograms(desk, sample: Path, tmp_path):
    lesson = desk(sample.parent, tmp_path).open({"study": "sample"}).scene
    assert lesson.before
    assert "before" not in lesson.view.query()


def test_another_preset_is_another_address(study, tmp_path):
    before = study.open({"study": "pair"}).scene.identity
    (tmp_path / "data/pair/neuromix.json").write_text('{"before": true}')
    assert study.open({"study": "pair"}).scene.identity != before
