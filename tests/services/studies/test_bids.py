import os
from pathlib import Path

import pytest

from dashboard.services.studies.library import Library

LONG_AGO = 1_500_000_000


@pytest.fixture
def tree(tmp_path):
    """Return a function that makes files below a prefix, the names of which are all that counts."""
    root = tmp_path / "data"
    root.mkdir()

    def tree(text, prefix=""):
        for name in text.split():
            path = root / prefix / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"{}")
        return root

    return tree


def names(root, study):
    return list(Library(root).study(study).files)


SMALL = """
    dataset_description.json participants.tsv
    sub-01/anat/sub-01_T1w.nii.gz sub-01/anat/sub-01_T1w.json
    sub-02/ses-a/anat/sub-02_ses-a_T1w.nii.gz sub-02/ses-b/anat/sub-02_ses-b_T2w.nii.gz
    sub-03/ses-a/eeg/sub-03_ses-a_eeg.edf
    sub-04/ses-a/eeg/sub-04_ses-a_eeg.edf sub-04/ses-b/anat/sub-04_ses-b_T1w.nii.gz
    sub-05/eeg/sub-05_eeg.edf
    sourcedata/sub-09/anat/sub-09_T1w.nii.gz code/sub-08/anat/sub-08_T1w.nii.gz
"""
STUDIES = ["sub-01", "sub-02/ses-a", "sub-02/ses-b", "sub-04/ses-b"]


def test_each_subject_and_session_with_images_is_a_study(tree):
    assert Library(tree(SMALL)).names() == STUDIES


def test_numbers_in_names_are_in_their_order(tree):
    subjects = ["sub-2", "sub-02", "sub-9", "sub-010/ses-2", "sub-010/ses-10", "sub-A1", "sub-a2"]
    files = " ".join(f"{name}/anat/{name.replace('/', '_')}_T1w.nii" for name in subjects)
    assert Library(tree(files)).names() == [subjects[1], subjects[0], *subjects[2:]]


def test_a_data_set_in_a_sub_folder_gives_its_name_to_its_studies(tree):
    root = tree(SMALL, "ds1")
    tree("head/T1.nii.gz extra/sub-x/anat/sub-x_FLAIR.nii")
    expected = [*(f"ds1/{name}" for name in STUDIES), "extra/sub-x", "head"]
    assert Library(root).names() == expected
    study = Library(root).study("ds1/sub-02/ses-b")
    assert study.name == "ds1/sub-02/ses-b"
    assert [file.path.relative_to(root).as_posix() for file in study.files.values()] == [
        "ds1/sub-02/ses-b/anat/sub-02_ses-b_T2w.nii.gz"
    ]
    for name in ("ds1", "ds1/sub-02", "ds1/sub-03", "ds1/", "ds1/ds1", "sub-01", "extra/sub-01"):
        assert Library(root).study(name) is None


def test_plain_folders_beside_subjects_stay_studies(tree):
    root = tree("sub-01/anat/sub-01_T1w.nii phantom/T1.nii T2.nii stimuli/face.png")
    assert Library(root).names() == ["data", "phantom", "sub-01"]
    assert names(root, "data") == ["T2"]


def test_an_image_is_called_by_its_bids_name_and_shows_its_entities(tree):
    root = tree("""
        sub-01/ses-1/anat/sub-01_ses-1_acq-mprage_run-2_T1w.nii.gz
        sub-01/ses-1/anat/sub-01_ses-1_T2w.nii.gz
    """)
    files = Library(root).study("sub-01/ses-1").files
    assert list(files) == ["acq-mprage_run-2_T1w", "T2w"]
    image = files["acq-mprage_run-2_T1w"]
    assert image.entities == (
        ("sub", "01"), ("ses", "1"), ("acq", "mprage"), ("run", "2"), ("suffix", "T1w")
    )  # fmt: skip
    assert image.file_name == image.path.name == "sub-01_ses-1_acq-mprage_run-2_T1w.nii.gz"


def test_images_of_a_subject_come_likeliest_pair_first_and_runs_last(tree):
    root = tree("""
        sub-1/anat/sub-1_FLAIR.nii.gz sub-1/anat/sub-1_T2w.nii.gz sub-1/anat/sub-1_T1w.nii.gz
        sub-1/anat/sub-1_acq-fast_T1w.nii.gz sub-1/anat/sub-1_ce-gd_T1w.nii.gz
        sub-1/anat/sub-1_PDw.nii.gz sub-1/anat/sub-1_T2starw.nii.gz sub-1/anat/sub-1_T1map.nii.gz
        sub-1/anat/sub-1_UNIT1.nii.gz sub-1/anat/sub-1_inplaneT1.nii.gz
        sub-1/anat/sub-1_acq-wm_gt-x_PDT2.nii.gz sub-1/anat/sub-1_defacemask.nii.gz
        sub-1/dwi/sub-1_dwi.nii.gz sub-1/dwi/sub-1_sbref.nii.gz sub-1/dwi/sub-1_b0.nii.gz
        sub-1/func/sub-1_task-rest_bold.nii.gz sub-1/func/sub-1_task-rest_boldref.nii.gz
        sub-1/func/sub-1_task-rest_phase.nii.gz sub-1/func/sub-1_task-rest_events.tsv
        sub-1/perf/sub-1_m0scan.nii.gz sub-1/perf/sub-1_asl.nii.gz
        sub-1/fmap/sub-1_magnitude1.nii.gz sub-1/eeg/sub-1_x.nii.gz
    """)
    assert names(root, "sub-1") == [
        "T1w", "acq-fast_T1w", "UNIT1", "b0", "T2w", "FLAIR", "PDw", "acq-wm_gt-x_PDT2",
        "T2starw", "inplaneT1", "T1map", "ce-gd_T1w", "sbref", "task-rest_boldref", "m0scan",
        "dwi", "task-rest_bold", "defacemask",
    ]  # fmt: skip


PIPELINES = """
    sub-01/anat/sub-01_T1w.nii.gz sub-01/anat/sub-01_T2w.nii.gz
    derivatives/fmriprep/dataset_description.json
    derivatives/fmriprep/desc-aseg_dseg.tsv
    derivatives/fmriprep/sub-01/anat/sub-01_desc-preproc_T1w.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_desc-brain_mask.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_dseg.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_desc-aseg_dseg.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_label-GM_probseg.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_space-MNI152NLin6Asym_desc-preproc_T1w.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_from-T1w_to-MNI152NLin6Asym_xfm.nii.gz
    derivatives/fmriprep/sub-01/anat/sub-01_space-fsLR_den-91k_curv.dscalar.nii
    derivatives/fmriprep/sub-01/func/sub-01_task-rest_desc-brain_mask.nii.gz
    derivatives/fast/sub-01/anat/sub-01_dseg.nii.gz derivatives/fast/sub-01/anat/sub-01_dseg.tsv
    derivatives/fast/sub-01/anat/sub-01_T1w.nii.gz
    derivatives/fast/sub-07/anat/sub-07_dseg.nii.gz
"""


def test_derivatives_follow_the_data_sets_own_images_of_each_contrast(tree):
    root = tree(PIPELINES)
    study = Library(root).study("sub-01")
    assert list(study.of("image")) == [
        "T1w", "fast_T1w", "desc-preproc_T1w", "space-MNI152NLin6Asym_desc-preproc_T1w", "T2w",
    ]  # fmt: skip
    assert list(study.of("mask")) == ["desc-brain_mask", "task-rest_desc-brain_mask"]
    assert list(study.of("labels")) == ["fast_dseg", "fmriprep_dseg", "desc-aseg_dseg"]
    assert list(study.of("probability")) == ["label-GM_probseg"]
    assert [file.role for file in study.files.values()] == (
        ["image"] * 5 + ["mask"] * 2 + ["labels"] * 3 + ["probability"]
    )


def test_label_names_lie_beside_a_segmentation_or_at_the_top_of_its_data_set(tree):
    root = tree(PIPELINES)
    files = Library(root).study("sub-01").files
    top = root / "derivatives"
    assert files["fast_dseg"].label_names == top / "fast/sub-01/anat/sub-01_dseg.tsv"
    assert files["desc-aseg_dseg"].label_names == top / "fmriprep/desc-aseg_dseg.tsv"
    assert files["fmriprep_dseg"].label_names is None


def test_a_subject_with_derivatives_alone_is_a_study(tree):
    root = tree(PIPELINES)
    assert Library(root).names() == ["sub-01", "sub-07"]
    assert names(root, "sub-07") == ["dseg"]
    assert Library(root).study("sub-07").files["dseg"].role == "image"


def test_derivatives_may_be_the_data_folder(tree):
    root = tree(PIPELINES) / "derivatives"
    assert Library(root).names() == ["fast/sub-01", "fast/sub-07", "fmriprep/sub-01"]
    assert Library(root / "fmriprep").names() == ["sub-01"]
    assert names(root / "fmriprep", "sub-01")[:2] == [
        "desc-preproc_T1w", "space-MNI152NLin6Asym_desc-preproc_T1w"
    ]  # fmt: skip


def test_derivatives_without_a_pipelines_folder_belong_to_their_subjects_too(tree):
    root = tree("sub-01/anat/sub-01_T1w.nii derivatives/sub-01/anat/sub-01_dseg.nii")
    assert Library(root).names() == ["sub-01"]
    assert names(root, "sub-01") == ["T1w", "dseg"]


def test_a_subjects_own_files_belong_to_each_session(tree):
    root = tree("""
        sub-01/ses-1/anat/sub-01_ses-1_T1w.nii sub-01/ses-2/anat/sub-01_ses-2_T1w.nii
        derivatives/fmriprep/sub-01/anat/sub-01_desc-preproc_T1w.nii
        derivatives/fmriprep/sub-01/ses-1/anat/sub-01_ses-1_dseg.nii
        derivatives/fmriprep/sub-01/ses-3/anat/sub-01_ses-3_dseg.nii
    """)
    assert Library(root).names() == ["sub-01/ses-1", "sub-01/ses-2", "sub-01/ses-3"]
    assert names(root, "sub-01/ses-1") == ["T1w", "desc-preproc_T1w", "dseg"]
    assert names(root, "sub-01/ses-2") == ["T1w", "desc-preproc_T1w"]
    assert names(root, "sub-01/ses-3") == ["desc-preproc_T1w", "dseg"]


def test_freesurfers_folders_belong_to_the_subjects_and_sessions_in_their_names(tree):
    root = tree("""
        sub-01/ses-a/anat/sub-01_ses-a_T1w.nii sub-01/ses-b/anat/sub-01_ses-b_T1w.nii
        derivatives/freesurfer/sub-01/mri/wmparc.mgz
        derivatives/freesurfer/sub-01_ses-a/mri/brain.mgz
        derivatives/freesurfer/sub-01_ses-a/mri/aseg.mgz
        derivatives/freesurfer/sub-01_ses-a/surf/lh.white
        derivatives/freesurfer/sub-01_ses-a.long.sub-01/mri/norm.mgz
        derivatives/freesurfer/sub-02_ses-c/mri/T1.mgz
        derivatives/freesurfer/fsaverage/mri/T1.mgz
    """)
    assert Library(root).names() == ["sub-01/ses-a", "sub-01/ses-b", "sub-02/ses-c"]
    assert names(root, "sub-01/ses-a") == ["T1w", "brain", "aseg", "wmparc"]
    assert names(root, "sub-01/ses-b") == ["T1w", "wmparc"]
    assert names(root, "sub-02/ses-c") == ["T1"]
    assert Library(root).study("sub-01_ses-a") is None


def test_the_images_that_cat12_makes_below_a_folder_are_of_its_study(tree):
    root = tree("cat/T1.nii cat/mri/mwp1T1.nii cat/mri/p0T1.nii cat/mri/wmT1.nii cat/mri/y_T1.nii")
    assert Library(root).names() == ["cat"]
    assert names(root, "cat") == ["T1", "wmT1", "p0T1", "mwp1T1", "y_T1"]
    assert Library(root / "cat").names() == ["cat"]
    assert names(root / "cat", "cat") == ["T1", "wmT1", "p0T1", "mwp1T1", "y_T1"]


def test_a_folder_called_mri_beside_other_studies_is_one_itself(tree):
    root = tree("mri/T1.nii ct/CT.nii")
    assert Library(root).names() == ["ct", "mri"]


def test_names_stay_unique_whatever_is_there_twice(tree):
    text = """
        sub-1/anat/sub-1_T1w.nii sub-1/anat/sub-1_T1w.nii.gz
        derivatives/q/sub-1/anat/sub-1_desc-brain_mask.nii
        derivatives/q/sub-1/dwi/sub-1_desc-brain_mask.nii
        derivatives/q/sub-1/dwi/sub-1_desc-brain_mask.nii.gz
        derivatives/q/sub-1/anat/sub-1_T1w.nii
    """
    study = Library(tree(text)).study("sub-1")
    assert {file.path.name for file in study.of("image").values()} == {
        "sub-1_T1w.nii", "sub-1_T1w.nii.gz"
    }  # fmt: skip
    assert len(study.files) == 6
    assert "q_anat_desc-brain_mask" in study.files


def test_volumes_without_weighting_come_from_the_nearest_bval(tree):
    root = tree("""
        dwi.bval sub-01/dwi/sub-01_dwi.nii.gz sub-02/dwi/sub-02_dwi.nii.gz
        sub-02/dwi/sub-02_dwi.bval sub-02/dwi/sub-02_sbref.nii.gz
        sub-03/ses-1/dwi/sub-03_ses-1_dir-AP_dwi.nii.gz sub-03/sub-03_dir-AP_dwi.bval
        sub-03/sub-03_dir-PA_dwi.bval sub-03/sub-03_dwi.bval
    """)
    (root / "dwi.bval").write_text("0 1000 1000")
    (root / "sub-02/dwi/sub-02_dwi.bval").write_text("1000 5 45 50\n")
    (root / "sub-03/sub-03_dir-AP_dwi.bval").write_text("9 9 700 0")
    (root / "sub-03/sub-03_dir-PA_dwi.bval").write_text("700 0")
    (root / "sub-03/sub-03_dwi.bval").write_text("700 700 0")
    library = Library(root)
    assert library.study("sub-01").files["dwi"].b0_volumes == (0,)
    assert library.study("sub-02").files["dwi"].b0_volumes == (1, 2)
    assert library.study("sub-02").files["sbref"].b0_volumes == ()
    assert library.study("sub-03/ses-1").files["dir-AP_dwi"].b0_volumes == (0, 1, 3)


def test_plain_names_in_a_subjects_folder_are_taken_as_anywhere(tree):
    root = tree("sub-01/FLAIR.nii sub-01/T1.nii sub-01/lesion_gt.nii sub-01/ras.img sub-01/ras.hdr")
    study = Library(root).study("sub-01")
    assert list(study.files) == ["T1", "FLAIR", "ras", "lesion_gt"]
    assert study.files["lesion_gt"].role == "labels"
    assert study.files["T1"].entities == ()


def test_links_into_the_data_sets_own_annex_are_followed_and_others_not(tree, tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "key").write_bytes(b"x")
    root = tree(".git/annex/objects/k/k sub-01/anat/sub-01_T2w.nii.gz .git/sub-02/anat/T1.nii")
    anat = root / "sub-01" / "anat"
    (anat / "sub-01_T1w.nii.gz").symlink_to("../../.git/annex/objects/k/k")
    (anat / "sub-01_FLAIR.nii.gz").symlink_to("../../.git/annex/objects/gone/gone")
    (anat / "sub-01_PDw.nii.gz").symlink_to(tmp_path / "store" / "key")
    (root / "sub-03").symlink_to("sub-01")
    (root / "sub-04").symlink_to(".git/sub-02")
    assert Library(root).names() == ["sub-01", "sub-03"]
    # What is not fetched is listed, and says so when it is opened.
    assert names(root, "sub-01") == ["T1w", "T2w", "FLAIR"]
    assert Library(root).study("sub-01").files["T1w"].file_name == "sub-01_T1w.nii.gz"
    # Below sub-01 the annex is outside.
    assert Library(root / "sub-01").study("anat").files.keys() == {"sub-01_T2w"}


def test_a_subject_of_broken_links_has_no_study_to_show(tree):
    root = tree("sub-01/anat/sub-01_T1w.json")
    (root / "sub-01" / "anat" / "sub-01_T1w.nii.gz").symlink_to("../../store/k")
    assert Library(root).study("sub-01") is None
    tree("store/k")
    assert names(root, "sub-01") == ["T1w"]


def test_files_added_to_an_opened_subject_appear(tree):
    root = tree("sub-01/anat/sub-01_T1w.nii sub-02/anat/sub-02_T1w.nii")
    for parent, _, _ in os.walk(root):
        os.utime(parent, (LONG_AGO, LONG_AGO))
    library = Library(root)
    assert list(library.study("sub-01").files) == ["T1w"]
    tree("sub-01/anat/sub-01_T2w.nii derivatives/p/sub-01/anat/sub-01_dseg.nii")
    assert list(library.study("sub-01").files) == ["T1w", "T2w", "dseg"]
    tree("sub-01/dwi/sub-01_dwi.nii sub-03/anat/sub-03_T1w.nii")
    assert list(library.study("sub-01").files) == ["T1w", "T2w", "dwi", "dseg"]
    assert library.names() == ["sub-01", "sub-02", "sub-03"]


@pytest.fixture
def listed(monkeypatch):
    """Return the folders that are listed from now on."""
    found = []
    scandir = os.scandir

    def counting(path):
        found.append(Path(path))
        return scandir(path)

    monkeypatch.setattr("dashboard.services.studies.folders.os.scandir", counting)
    return found


@pytest.mark.slow
def test_a_thousand_subjects_are_named_without_a_look_at_their_files(tree, listed):
    root = tree("\n".join(
        f"sub-{n:04}/ses-{s}/anat/sub-{n:04}_ses-{s}_T1w.nii "
        f"derivatives/p/sub-{n:04}/ses-{s}/anat/sub-{n:04}_ses-{s}_dseg.nii"
        for n in range(1000) for s in "ab"
    ))  # fmt: skip
    for parent, _, _ in os.walk(root):
        os.utime(parent, (LONG_AGO, LONG_AGO))
    listed.clear()
    library = Library(root)
    assert len(library.names()) == 2000
    assert len(listed) == len(set(listed))  # each folder once
    assert [folder for folder in listed if folder.name == "anat"] == []
    listed.clear()
    assert len(library.names()) == 2000
    assert listed == []


@pytest.mark.slow
def test_a_study_that_was_looked_at_lists_nothing_again(tree, listed):
    root = tree(SMALL)
    for parent, _, _ in os.walk(root):
        os.utime(parent, (LONG_AGO, LONG_AGO))
    listed.clear()
    library = Library(root)
    study = library.study("sub-02/ses-b")
    assert listed
    listed.clear()
    assert library.study("sub-02/ses-b") is study
    assert listed == []
