import os

import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.services.library import Library


@pytest.fixture
def folder(tmp_path):
    """Return a function that makes files, which the library lists without opening them."""
    root = tmp_path / "data"
    root.mkdir()

    def folder(*names):
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(b"x")
        return root

    return folder


def listed(root):
    return {name: list(study.images) for name, study in Library(root).studies().items()}


def test_each_sub_folder_with_images_is_a_study(folder):
    root = folder("b/t1.nii", "a/t1.nii.gz", "a/t2.mgz", "notes/readme.txt")
    assert listed(root) == {"a": ["t1", "t2"], "b": ["t1"]}


def test_images_in_the_folder_itself_are_a_study(folder, monkeypatch):
    root = folder("t1.nii")
    assert listed(root) == {"data": ["t1"]}
    monkeypatch.chdir(root)
    assert listed(root.relative_to(root)) == {"data": ["t1"]}


@pytest.mark.parametrize(
    ("files", "order"),
    [
        (["b0.nii.gz", "T1.nii.gz", "adc.nii"], ["T1", "b0", "adc"]),
        (["flair.nii", "t1.nii", "t1_contrast.nii", "adc.nii"],
         ["t1", "flair", "t1_contrast", "adc"]),
        (["sub-1_T2w.nii", "sub-1_T1w.nii"], ["sub-1_T1w", "sub-1_T2w"]),
        (["MNI152_T2_2mm.nii", "MNI152_T1_2mm.nii"], ["MNI152_T1_2mm", "MNI152_T2_2mm"]),
        (["b.nii", "a.nii"], ["a", "b"]),
    ],
)  # fmt: skip
def test_a_study_opens_with_an_anatomical_image_and_the_next_contrast(folder, files, order):
    assert listed(folder(*(f"head/{name}" for name in files)))["head"] == order


def test_the_sample_opens_with_the_lessons_pair(sample):
    images = Library(sample.parent).studies()["sample"].images
    assert list(images) == ["T1", "b0"]
    assert images["T1"] == sample / "T1.nii.gz"


@pytest.mark.parametrize(
    "label", ["dseg.nii", "T1_dseg.nii.gz", "lesion_gt.nii", "brain-mask.nii", "aseg.mgz",
              "T1_brain_mask_dil.nii", "labels_csf1.nii"]
)  # fmt: skip
def test_label_maps_and_masks_are_no_intensities(folder, label):
    assert listed(folder("head/T1.nii.gz", f"head/{label}")) == {"head": ["T1"]}


@pytest.mark.parametrize(
    "name", ["segment_T1.nii", "unmask.nii", "T1_masked.nii", "groin.nii", "gtx.nii"]
)
def test_names_that_only_contain_a_label_word_stay(folder, name):
    listing = listed(folder("head/adc.nii", f"head/{name}"))
    assert set(listing["head"]) == {"adc", name.removesuffix(".nii")}


def test_a_folder_of_masks_alone_is_still_a_study(folder):
    assert listed(folder("truth/mask.nii")) == {"truth": ["mask"]}


def test_images_of_one_stem_keep_their_extensions(folder):
    assert listed(folder("a/T1.nii", "a/T1.nii.gz", "a/b0.nii"))["a"] == [
        "T1.nii", "T1.nii.gz", "b0"
    ]  # fmt: skip


def test_links_are_not_followed(folder, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "scan.nii").write_bytes(b"x")
    root = folder("a/T1.nii")
    (root / "study").symlink_to(tmp_path / "secret")
    (root / "a" / "b0.nii").symlink_to(tmp_path / "secret" / "scan.nii")
    assert listed(root) == {"a": ["T1"]}


def test_hidden_files_folders_and_other_kinds_are_left_out(folder):
    root = folder("a/T1.nii", "a/._T1.nii", "a/T1.nii.bz2", "a/T1.json")
    (root / "a" / "folder.nii").mkdir()
    os.mkfifo(root / "a" / "pipe.nii")
    assert listed(root) == {"a": ["T1"]}


@pytest.mark.parametrize(
    ("study", "image"),
    [("..", "outside"), ("../", "outside"), ("a", "../outside"), ("a", "../../outside.nii"),
     ("/", "outside"), ("a", ""), ("", "T1"), ("a", "T1.nii"), ("a/../..", "outside"),
     ("a", "T1\0")],
)  # fmt: skip
def test_names_lead_nowhere_but_to_what_is_listed(folder, tmp_path, study, image):
    (tmp_path / "outside.nii").write_bytes(b"x")
    library = Library(folder("a/T1.nii"))
    with pytest.raises(NeuroMixError, match="There is no image"):
        library.file(study, image)


def test_a_new_file_appears_without_a_restart(folder):
    library = Library(folder("a/T1.nii"))
    library.studies()
    root = folder("a/b0.nii")
    assert library.file("a", "b0") == root / "a" / "b0.nii"


def test_an_empty_or_missing_folder_is_told_with_what_to_do(folder, tmp_path):
    for root in (folder(), tmp_path / "missing"):
        with pytest.raises(NeuroMixError, match="--data or DASHBOARD_DATA") as caught:
            Library(root).studies()
        assert str(tmp_path) not in str(caught.value)
