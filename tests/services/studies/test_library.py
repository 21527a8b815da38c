import os
import shutil
import socket
import threading
import time
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.core.facts import FileCode
from dashboard.services.checking import check
from dashboard.services.disk import looks
from dashboard.services.disk.looks import Looks
from dashboard.services.studies import folders
from dashboard.services.studies.files import study_files
from dashboard.services.studies.library import Library
from tests.holding import Gate, end_of

LONG_AGO = 1_500_000_000


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
    library = Library(root)
    return {name: list(library.study(name).of("image")) for name in library.names()}


def roles(study):
    """Return names by role, in the study's order."""
    return {role: list(study.of(role)) for role in ("image", "mask", "labels", "probability")}


def age(root):
    """Make a tree as old as data that nobody is just writing."""
    for path in [root, *root.rglob("*")]:
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)


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
    study = Library(sample.parent).study("sample")
    assert list(study.files) == ["T1", "b0", "dseg"]
    assert study.files["T1"].path == sample / "T1.nii.gz"
    assert study.files["T1"].file_name == "T1.nii.gz"
    assert study.files["dseg"].role == "labels"


REAL = {
    "mni152_2mm": (["MNI152_T1_2mm", "MNI152_T2_2mm"], ["MNI152_T1_2mm_brain_mask_dil"], [], []),
    "glioblastoma": (["t1", "flair", "t1_contrast", "adc"], [], [], []),
    "ms_patient07": (["T1", "T2", "FLAIR", "T1POST"], [], ["lesion_gt"], []),
    "avg152": (["avg152T1", "avg152T2", "avg152PD"], [], [], ["csf", "grey", "white"]),
    "brainweb_t1": (["t1"], [], ["labels_csf1_gm2_wm3"], ["csf", "gm", "wm"]),
    "tiny": (["tensor_t1", "tensor_fa", "tensor_rgb", "tensor_tr"], [], [], []),
    "orientations": (["ASL", "IAL", "LAS", "LPS", "PIR", "RAS", "RIP", "SRP"], [], [], []),
    "grid_mismatch": (
        ["RNiftyReg_flash_t1", "nimare_MNI152NLin6Asym_res-02_T1w", "RNiftyReg_epi_t2"],
        [], ["niworkflows_FAST_class_map"], [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_roles_and_order_of_real_studies(real_data, name):
    assert tuple(roles(Library(real_data).study(name)).values()) == REAL[name]


def test_every_odd_file_is_listed_once_as_an_image(real_data):
    study = Library(real_data).study("odd")
    files = {file.name for file in (real_data / "odd").iterdir()}
    assert {file.file_name for file in study.files.values()} == files - {"ras.hdr"}
    assert set(study.of("image")) == set(study.files)


def test_masks_labels_and_probabilities_follow_the_images_and_are_none(folder):
    root = folder(*(f"a/{n}.nii" for n in ("csf", "dseg", "bet_mask", "T2", "T1")))
    study = Library(root).study("a")
    assert list(study.files) == ["T1", "T2", "bet_mask", "dseg", "csf"]
    assert listed(root) == {"a": ["T1", "T2"]}
    assert list(study.of("mask", "labels")) == ["bet_mask", "dseg"]


def test_a_folder_without_any_intensity_offers_what_it_has(folder):
    study = Library(folder("truth/mask.nii", "truth/csf.nii", "truth/gt.nii")).study("truth")
    assert roles(study)["image"] == ["csf", "gt", "mask"]


def test_images_of_one_stem_keep_their_extensions(folder):
    assert listed(folder("a/T1.nii", "a/T1.nii.gz", "a/b0.nii"))["a"] == [
        "T1.nii", "T1.nii.gz", "b0"
    ]  # fmt: skip


def test_no_two_files_get_one_name(folder):
    files = Library(folder("a/T1.nii", "a/T1.nii.gz", "a/T1.nii.nii")).study("a").files
    assert {name: file.file_name for name, file in files.items()} == {
        name: name for name in ("T1.nii", "T1.nii.gz", "T1.nii.nii")
    }


def test_a_pair_is_one_image_and_each_half_alone_is_listed(folder):
    root = folder("a/x.img", "a/x.hdr", "a/y.img", "a/z.hdr", "a/v.img.gz", "a/v.hdr.gz")
    files = Library(root).study("a").files
    assert [file.file_name for file in files.values()] == ["v.img.gz", "x.img", "y.img", "z.hdr"]


def test_files_kept_under_other_names_are_called_as_their_user_called_them(tmp_path):
    names = {"T1.nii.gz": tmp_path / "0", "brain_mask.nii": tmp_path / "1", "x.txt": tmp_path}
    study = study_files("upload", names)
    assert study.name == "upload"
    assert {n: (f.path.name, f.file_name, f.role) for n, f in study.files.items()} == {
        "T1": ("0", "T1.nii.gz", "image"), "brain_mask": ("1", "brain_mask.nii", "mask")
    }  # fmt: skip


def test_what_lies_beside_an_image_belongs_to_it(folder):
    root = folder("a/dwi.nii", "a/dwi.bval", "a/seg.nii", "a/seg.tsv", "a/T1.nii", "a/T1.tsv")
    (root / "a" / "dwi.bval").write_text("0 1000 49.9\n5 50 1000")
    files = Library(root).study("a").files
    assert files["dwi"].b0_volumes == (0, 2, 3)
    assert files["seg"].label_names == root / "a" / "seg.tsv"
    assert (files["T1"].b0_volumes, files["T1"].label_names) == ((), None)


@pytest.mark.parametrize("text", ["0 x 0", "0 nan", "\0\xff", "0 " * 40_000, ""])
def test_a_bval_that_makes_no_sense_names_no_volumes(folder, text):
    root = folder("a/dwi.nii")
    (root / "a" / "dwi.bval").write_text(text)
    assert Library(root).study("a").files["dwi"].b0_volumes == ()


@pytest.mark.parametrize("values", [1, 64, 66, 130])
def test_a_bval_of_another_run_is_named_and_not_used(tmp_path, save, desk, values):
    run = save("data/a/dwi.nii.gz", np.random.default_rng(0).uniform(1, 9, (4, 5, 6, 65)))
    (run.parent / "dwi.bval").write_text("0 " * values)
    services = desk(tmp_path / "data", tmp_path / "cache")
    file = services.archive.require("a").files["dwi"]
    assert (file.b0_volumes, file.other_bval) == ((), values)
    volume = services.volume("a", "dwi")
    (notice,) = (n for n in volume.notices if n.code == FileCode.B_VALUES)
    assert notice.facts == {"values": values, "volumes": 65}
    np.testing.assert_array_equal(volume.data, nib.load(run).get_fdata()[..., 0])
    checked = check(services.open({"study": "a"}).scene)
    told = [f for f in checked.findings if f.facts.get("notice") == notice]
    assert [finding.images for finding in told] == [("dwi",)]


def test_a_bval_is_used_once_its_image_has_as_many_volumes(tmp_path, save, desk):
    voxels = np.random.default_rng(0).uniform(1, 9, (4, 5, 6, 3))
    save("data/a/dwi.nii.gz", voxels[..., :2])
    (tmp_path / "data/a/dwi.bval").write_text("0 1000 5")
    services = desk(tmp_path / "data", tmp_path / "cache")
    age(tmp_path / "data")
    assert services.archive.require("a").files["dwi"].b0_volumes == ()
    save("data/a/dwi.nii.gz", voxels)
    assert services.archive.require("a").files["dwi"].b0_volumes == (0, 2)
    assert services.volume("a", "dwi").notices == ()


def test_a_changed_bval_is_read_again(folder):
    library = Library(folder("a/dwi.nii"))
    bval = folder() / "a" / "dwi.bval"
    bval.write_text("0 1000")
    age(bval.parent.parent)
    assert library.study("a").files["dwi"].b0_volumes == (0,)
    bval.write_text("0 0")
    assert library.study("a").files["dwi"].b0_volumes == (0, 1)


def test_a_link_is_followed_only_inside_the_folder(folder, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "scan.nii").write_bytes(b"x")
    (tmp_path / "data2").mkdir()
    (tmp_path / "data2" / "scan.nii").write_bytes(b"x")
    root = folder("a/T1.nii", "c/.store/key", "c/T1.nii", "e/b0.nii", "e/deep/T2.nii")
    links = {
        "study": tmp_path / "secret", "study2": "../data2", "up": "..", "self": ".",
        "a/b0.nii": tmp_path / "secret" / "scan.nii", "a/b1.nii": "../../secret/scan.nii",
        "a/b2.nii": "../study/scan.nii", "a/b3.nii": "/etc/passwd", "a/gone.nii": "missing",
        "a/loop.nii": "loop.nii", "a/l1.nii": "l2.nii", "a/l2.nii": "l1.nii",
        "c/T2.nii": ".store/key", "c/chain.nii": "T2.nii", "c/abs.nii": root / "a" / "T1.nii",
        "d": "e/deep", "h": "c/.store",
    }  # fmt: skip
    for name, target in links.items():
        (root / name).symlink_to(target)
    assert listed(root) == {
        "a": ["T1"], "c": ["T1", "T2", "abs", "chain"], "d": ["T2"], "e": ["b0"]
    }  # fmt: skip
    for name in ("study", "study2", "up", "self", "h", "up/data", "d/.."):
        assert Library(root).study(name) is None


def test_a_pair_whose_header_lies_outside_the_folder_is_passed_over(folder, tmp_path):
    """Its header would be read, and shown, from wherever the link leads."""
    root = folder("a/T1.img", "a/T2.img.gz", "a/b0.img", "a/real.hdr", "a/lone.img", "a/t3.img")
    (tmp_path / "x.hdr").write_bytes(b"x")
    (root / "a" / "T1.hdr").symlink_to(tmp_path / "x.hdr")
    (root / "a" / "T2.hdr.gz").symlink_to(tmp_path / "x.hdr")
    (root / "a" / "T3.Hdr").symlink_to(tmp_path / "x.hdr")
    (root / "a" / "b0.hdr").symlink_to("real.hdr")
    assert listed(root) == {"a": ["b0", "lone", "real.hdr"]}


@pytest.mark.faults("endless link among the studies")
def test_a_folder_that_holds_a_link_to_itself_is_listed_once(folder):
    root = folder("T1.nii", "sub-1/anat/T1.nii")
    (root / "again").symlink_to(".")
    (root / "sub-1" / "ses-1").symlink_to("../sub-1")
    (root / "sub-2").symlink_to(root)
    assert Library(root).names() == ["data", "sub-1"]


def test_the_folder_itself_may_be_a_link(folder, tmp_path):
    root = folder("a/T1.nii", "a/key")
    (root / "a" / "T2.nii").symlink_to("key")
    (tmp_path / "link").symlink_to(root)
    assert listed(tmp_path / "link") == {"a": ["T1", "T2"]}


def test_a_file_that_is_fetched_later_appears_where_its_link_waits(folder):
    root = folder("a/T1.nii", ".git/annex/kept")
    (root / "a" / "T2.nii").symlink_to("../.git/annex/key/key")
    age(root)
    library = Library(root)
    assert list(library.study("a").files) == ["T1"]
    folder(".git/annex/key/key")
    assert list(library.study("a").files) == ["T1", "T2"]
    shutil.rmtree(root / ".git" / "annex" / "key")
    assert list(library.study("a").files) == ["T1"]


def test_hidden_files_folders_and_other_kinds_are_left_out(folder):
    root = folder("a/T1.nii", "a/._T1.nii", "a/T1.nii.txt", "a/T1.json", ".git/T1.nii",
                  ".heudiconv/T1.nii", "code/T1.nii", "sourcedata/T1.nii")  # fmt: skip
    (root / "a" / "folder.nii").mkdir()
    os.mkfifo(root / "a" / "pipe.nii")
    assert listed(root) == {"a": ["T1"]}
    assert listed(root / "sourcedata") == {"sourcedata": ["T1"]}


def test_a_name_in_another_encoding_does_not_spoil_the_list(folder):
    root = folder("a/T1.nii")
    try:
        (root / "a" / os.fsdecode(b"caf\xe9.nii")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert listed(root) == {"a": ["T1"]}


@pytest.mark.bad_input("name that is to lead out of the data folder")
@pytest.mark.parametrize(
    "study",
    ["..", "../", "/", "", "a/../..", "a/", "a/..", "/a", "./a", ".", "../data", "../data/a",
     "a\0", "A", "a" * 10_000, "a/" * 5_000, "sub-..", "sub-01/..", "derivatives", "data/a",
     "sub-02/ses-../..", "sub-01/", "sub-01/anat", "sub-", "sub-01/ses-01"],
)  # fmt: skip
def test_names_lead_nowhere_but_to_what_is_listed(folder, tmp_path, study):
    (tmp_path / "outside.nii").write_bytes(b"x")
    root = folder("a/T1.nii", "sub-01/anat/sub-01_T1w.nii", "sub-02/ses-1/anat/sub-02_T1w.nii",
                  "derivatives/x/sub-01/anat/sub-01_dseg.nii")  # fmt: skip
    library = Library(root)
    assert library.study(study) is None
    assert library.names() == ["a", "sub-01", "sub-02/ses-1"]
    assert all(library.study(name) for name in library.names())


def test_an_absolute_name_is_no_way_out(folder, tmp_path):
    root = folder("a/T1.nii")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "T1.nii").write_bytes(b"x")
    assert Library(root).study(str(tmp_path / "out")) is None
    assert Library(root).study(str(root / "a")) is None


@pytest.mark.faults("FIFO, socket, device or endless link among the studies")
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has none of these")
def test_what_would_never_end_is_no_image(folder):
    root = folder("a/T1.nii")
    os.mkfifo(root / "a" / "fifo.nii")
    os.mkfifo(root / "a" / "neuromix.json")
    (root / "a" / "zero.nii").symlink_to("/dev/zero")
    (root / "a" / "loop.nii").symlink_to("loop.nii")
    (root / "a" / "deep.nii").symlink_to(root / "a" / "loop.nii")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(root / "a" / "s.nii"))
        assert listed(root) == {"a": ["T1"]}


def test_new_files_and_folders_appear_without_a_restart(folder):
    root = folder("a/T1.nii")
    age(root)
    library = Library(root)
    assert library.names() == ["a"]
    assert list(library.study("a").files) == ["T1"]
    folder("a/b0.nii", "c/T1.nii")
    assert library.names() == ["a", "c"]
    assert list(library.study("a").files) == ["T1", "b0"]
    shutil.rmtree(root / "a")
    assert library.study("a") is None
    assert library.names() == ["c"]


def test_two_changes_within_one_tick_of_the_clock_are_both_seen(folder):
    root = folder("a/T1.nii")
    library = Library(root)
    assert list(library.study("a").files) == ["T1"]
    before = (root / "a").stat()
    folder("a/b0.nii")
    os.utime(root / "a", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert list(library.study("a").files) == ["T1", "b0"]


def test_what_has_not_changed_is_not_listed_again(folder, monkeypatch):
    root = folder("a/T1.nii", "b/T1.nii", "sub-01/ses-1/anat/sub-01_ses-1_T1w.nii")
    age(root)
    library = Library(root)
    before = library.names(), library.study("a"), library.study("sub-01/ses-1")
    monkeypatch.setattr(folders.os, "scandir", None)
    assert (library.names(), library.study("a"), library.study("sub-01/ses-1")) == before


@pytest.mark.faults("files with times in the future")
def test_files_of_the_future_are_not_listed_again_and_again(folder, monkeypatch):
    root = folder("a/T1.nii", "a/b0.nii")
    for path in (root, root / "a", *(root / "a").iterdir()):
        os.utime(path, (time.time() + 86400,) * 2)
    library = Library(root)
    before = library.names(), library.study("a")
    with monkeypatch.context() as listing:
        listing.setattr(folders.os, "scandir", None)
        assert (library.names(), library.study("a")) == before
    folder("a/FLAIR.nii")
    assert len(library.study("a").files) == 3


def test_a_folder_that_cannot_be_read_is_left_out(folder, monkeypatch):
    root = folder("a/T1.nii", "b/T1.nii", "sub-01/anat/T1.nii", "sub-02/anat/T1.nii",
                  "sub-03/ses-1/anat/T1.nii")  # fmt: skip
    age(root)
    shut = {root / name for name in ("b", "sub-01", "sub-03/ses-1")}

    def scandir(path, scandir=os.scandir):
        if path in shut:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(folders.os, "scandir", scandir)
        library = Library(root)
        assert library.names() == ["a", "sub-02"]
        assert library.study("b") is None
        assert library.study("sub-01") is None
    assert library.names() == ["a", "b", "sub-01", "sub-02", "sub-03/ses-1"]


def test_an_empty_or_missing_folder_is_an_error_that_says_what_to_do(folder, tmp_path):
    for root in (folder(), tmp_path / "missing"):
        with pytest.raises(NeuroMixError, match="--data or DASHBOARD_DATA") as caught:
            Library(root).names()
        assert str(tmp_path) not in str(caught.value)
    with pytest.raises(NeuroMixError, match="cannot be read"):
        Library(tmp_path / "missing").study("a")


def test_a_slow_folder_holds_nobody_up_and_its_changes_appear(save, tmp_path, monkeypatch):
    for study in ("pair", "share"):
        save(f"data/{study}/T1.nii.gz", np.ones((4, 4, 4)))
    age(tmp_path / "data")
    library, stat, gate = Library(tmp_path / "data"), Path.stat, Gate()
    # The first look was slow.
    monkeypatch.setattr(looks, "SLOW_SECONDS", -1)
    monkeypatch.setattr(looks, "PATIENCE", -1)
    assert library.names() == ["pair", "share"]
    assert library.study("pair").files

    def slow(path, **options):
        if path.is_relative_to(tmp_path / "data" / "share"):
            assert threading.current_thread().name == "look"
            gate.hold()
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", slow)
    save("data/new/T1.nii.gz", np.ones((4, 4, 4)))
    assert library.names() == ["pair", "share"]
    assert library.study("pair").files
    gate.open()
    end_of("look")
    assert library.names() == ["new", "pair", "share"]


def test_a_folder_that_hangs_from_the_start_is_listed_once_it_answers(save, tmp_path, monkeypatch):
    for study in ("pair", "share"):
        save(f"data/{study}/T1.nii.gz", np.ones((4, 4, 4)))
    age(tmp_path / "data")
    stat, at, gate = Path.stat, Looks.at, Gate()

    def hanging(path, **options):
        if path.is_relative_to(tmp_path / "data" / "share"):
            assert threading.current_thread().name == "look"
            gate.hold()
        return stat(path, **options)

    def without_waiting(disk, key, *given, **named):
        share = isinstance(key, Path) and key.name == "share"
        monkeypatch.setattr(looks, "FIRST_SECONDS", -1 if share else 30)
        return at(disk, key, *given, **named)

    monkeypatch.setattr(Path, "stat", hanging)
    monkeypatch.setattr(Looks, "at", without_waiting)
    monkeypatch.setattr(looks, "PATIENCE", 30)
    library = Library(tmp_path / "data")
    for _ in range(2):
        assert library.names() == ["pair"]
    assert library.study("pair").files
    gate.open()
    end_of("look")
    assert library.names() == ["pair", "share"]
