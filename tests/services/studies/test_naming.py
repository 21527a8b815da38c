from pathlib import Path

import pytest

from dashboard.core.reading.voxels import FIRST
from dashboard.services.scene.channels import intended
from dashboard.services.studies import naming
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.naming import contrasts, find, split_names
from dashboard.services.studies.roles import bids_meaning
from dashboard.view import View


def image(name, role="image", **facts):
    facts = {key: value if key == "meaning" else tuple(value) for key, value in facts.items()}
    return ImageFile(name, Path(f"{name}.nii"), f"{name}.nii", role, **facts)


def study(*files):
    files = [file if isinstance(file, ImageFile) else image(file) for file in files]
    return StudyFiles("made", {file.name: file for file in files})


def bids(name, suffix):
    entities = {"sub": "01", "suffix": suffix}
    return image(name, entities=entities.items(), meaning=bids_meaning(f"{name}.nii", entities))


DIFFUSION = image("dwi", b0_volumes=(0, 7))
FILES = study("T1", DIFFUSION, "a,b", "a", "c:3", "c", "run:mean")


@pytest.mark.parametrize(
    ("name", "file", "take"),
    [
        ("T1", "T1", FIRST),
        ("T1:0", "T1", (0,)),
        ("T1:12", "T1", (12,)),
        ("T1:mean", "T1", None),
        # A diffusion run stands for its b0 volumes unless others are chosen.
        ("dwi", "dwi", (0, 7)),
        ("dwi:b0", "dwi", (0, 7)),
        ("dwi:7", "dwi", (7,)),
        # Files may be called like a selection: whole names win.
        ("c:3", "c:3", FIRST),
        ("c:4", "c", (4,)),
        ("c:3:4", "c:3", (4,)),
        ("run:mean", "run:mean", FIRST),
        ("run:mean:mean", "run:mean", None),
    ],
)
def test_a_name_stands_for_a_file_and_its_volumes(name, file, take):
    assert find(FILES, name) == (FILES.files[file], take)


@pytest.mark.parametrize(
    "name",
    ["", ":", "T9", "T1:", ":3", "T1:b0", "T1:-1", "T1:1.5", "T1:median", "T1:²", "T1:1234567890",
     "run:3", "t1", "T1 "],
)  # fmt: skip
def test_other_names_stand_for_nothing(name):
    assert find(FILES, name) is None


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("T1,dwi:mean", ["T1", "dwi:mean"], []),
        ("a,b", ["a,b"], []),
        ("a,T1", ["a", "T1"], []),
        ("T1,a,b,c", ["T1", "a,b", "c"], []),
        ("a,b:3,c:3", ["a,b:3", "c:3"], []),
        ("T1,T9,c,x,y", ["T1", "c"], ["T9", "x", "y"]),
        ("b,a", ["a"], ["b"]),
        ("T1,T1,c,T1", ["T1", "c"], []),
        (",T1,,", ["T1"], []),
        ("", [], []),
    ],
)
def test_lists_of_names_are_split_where_names_end(text, known, unknown):
    assert split_names(text, FILES) == (known, unknown)


def test_all_images_but_no_masks_labels_or_probabilities_are_contrasts():
    files = study("b0", "T1", "T2", image("brain", "mask"), image("seg", "labels"),
                  image("gm", "probability"))  # fmt: skip
    assert contrasts(files, ("T1", "b0")) == ["T1", "b0", "T2"]


def test_of_a_bids_study_one_image_of_each_suffix_is_mixed_and_no_series():
    files = study(
        bids("mprage", "T1w"), bids("run-2", "T1w"), bids("flair", "FLAIR"), bids("f2", "FLAIR"),
        bids("rest", "bold"), bids("label", "asl"), bids("flow", "cbf"), "plain",
    )  # fmt: skip
    assert contrasts(files, ("mprage", "flair")) == ["mprage", "flair", "plain"]
    # What is shown is mixed, be it a series or a second image of its suffix.
    assert contrasts(files, ("run-2", "rest")) == ["run-2", "rest", "flair", "plain"]
    assert contrasts(files, ("mprage", "run-2")) == ["mprage", "run-2", "flair", "plain"]


def test_a_chosen_volume_stands_in_the_place_of_its_image():
    assert contrasts(FILES, ("dwi:7", "T1"))[:2] == ["dwi:7", "T1"]
    assert "dwi" not in contrasts(FILES, ("dwi:7", "T1"))


@pytest.mark.parametrize(
    ("x", "y", "mix", "expected"),
    [
        ("c", "a", "", ["c", "a", "T1", "b"]),
        ("c", "c", "", ["c", "T1", "a", "b"]),
        ("c", "a", "T1,a,c", ["c", "a", "T1"]),
        ("c", "a", "b,T1", ["b", "T1"]),
        ("c", "a", "b,T1,a", ["a", "b", "T1"]),
    ],
)
def test_the_mixtures_features_begin_with_x_and_y(x, y, mix, expected):
    view = View("made", x, y, mix=mix)
    assert intended(view, study("T1", "a", "b", "c")) == (tuple(expected), ())


def test_no_more_than_eight_images_are_mixed_x_and_y_among_them():
    names = [f"echo-{n}" for n in range(12)]
    mixed, too_many = intended(View("made", names[11], names[10]), study(*names))
    assert mixed == (names[11], names[10], *names[:6])
    assert too_many == tuple(names[6:10])


@pytest.mark.parametrize("text", ["," * 4000, "x," * 2000, ",".join(["a"] * 2000)])
def test_each_part_of_a_long_list_of_names_is_looked_up_a_few_times(monkeypatch, text):
    asked = []
    monkeypatch.setattr(naming, "find", lambda files, name: asked.append(find(files, name)))
    names = [",".join(["a"] * (n + 1)) for n in range(32)]
    split_names(text, study(*names))
    assert len(asked) <= len(names) * (text.count(",") + 1)
