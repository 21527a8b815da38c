"""Files of other formats in a data folder: listed, named, and in nobody's way."""

import os

import numpy as np
import pytest

from dashboard.services.checking import check
from dashboard.services.studies.library import Library
from dashboard.words.findings import sentence

DICOM = bytes(128) + b"DICM" + bytes(300)
NRRD = b"NRRD0004\ntype: short\n" + bytes(300)
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
ANNEX = b"/annex/objects/MD5E-s7--d41d8cd98f00b204e9800998ecf8427e.nii.gz\n"
APPLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        " + bytes(300)
RAW = np.random.default_rng(0).integers(0, 256, 900, dtype=np.uint8).tobytes()

# The files of a folder without images, those listed, and what is said of the first.
ONLY = {
    "DICOM": ({f"IM{n:04}.dcm": DICOM for n in range(30)}, ["IM0000.dcm"], "dcm2niix"),
    "DICOM without extensions": ({f"IM_{n:04}": DICOM for n in range(30)}, ["IM_0000"], "dcm2niix"),
    "DICOM by its identity": (
        {f"MR.1.2.840.{n}": DICOM for n in range(30)}, ["MR.1.2.840.0"], "dcm2niix"),
    "PAR/REC": ({"a.PAR": b"# === DATA DESCRIPTION FILE ==\n", "a.REC": RAW, "b.PAR": b"# === "
                 b"DATA DESCRIPTION FILE ==\n", "b.REC": RAW}, ["a.PAR", "b.PAR"], "dcm2niix"),
    "AFNI": ({"T1+orig.BRIK.gz": RAW, "T1+orig.HEAD": b"\ntype  = string-attribute\n"},
             ["T1+orig.BRIK.gz"], "3dAFNItoNIFTI"),
    "NRRD": ({"T1.nrrd": NRRD, "T2.nhdr": NRRD}, ["T1.nrrd", "T2.nhdr"], "NRRD"),
    "MINC 2": ({"T1.mnc": b"\x89HDF\r\n\x1a\n" + RAW}, ["T1"], "mnc2nii"),
    "macOS": ({"._T1.nii.gz": APPLE, "._T2.nii.gz": APPLE}, ["._T1.nii.gz"], "macOS"),
    "Git LFS": ({"T1.nii.gz": LFS, "T2.nii.gz": LFS}, ["T1", "T2"], "git lfs pull"),
    "git-annex": ({"T1.nii.gz": ANNEX}, ["T1"], "datalad get"),
    "half a pair": ({"T1.hdr": bytes(348)}, ["T1.hdr"], ".img"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Return a function that writes files below ``tmp_path / "data"``."""

    def folder(files, name="a"):
        (tmp_path / "data" / name).mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (tmp_path / "data" / name / file).write_bytes(content)

    return folder


def told(opened):
    """Return the sentences of the check, as text."""
    found = check(opened.scene).findings
    return ["".join(getattr(p, "text", str(p)) for p in sentence(f)) for f in found]


@pytest.mark.parametrize("kind", ONLY)
def test_a_folder_without_images_opens_and_says_what_its_files_are(folder, tmp_path, desk, kind):
    files, listed, to_do = ONLY[kind]
    folder(files)
    services = desk(tmp_path / "data", tmp_path / "cache")
    assert list(services.archive.studies()) == ["a"]
    assert list(services.archive.require("a").files) == listed
    opened = services.open({})
    assert opened.scene.view.x == listed[0]
    assert opened.scene.problem is not None
    said = [line for line in told(opened) if next(iter(sorted(files))) in line]
    assert any(to_do in line for line in said), told(opened)
    assert len(said) == 1


@pytest.mark.parametrize("kind", ["DICOM", "NRRD", "PAR/REC", "AFNI", "DICOM without extensions"])
def test_beside_images_they_come_last_and_are_left_out(folder, tmp_path, desk, save, head, kind):
    files, listed, to_do = ONLY[kind]
    folder(files)
    for number, name in enumerate(("T1", "scan")):
        save(f"data/a/{name}.nii.gz", head(number))
    opened = desk(tmp_path / "data", tmp_path / "cache").open({})
    names = list(opened.scene.files.files)
    assert (set(names[:2]), set(names[2:])) == ({"T1", "scan"}, set(listed))
    assert {opened.scene.view.x, opened.scene.view.y} == {"T1", "scan"}
    assert set(opened.scene.mixed) == {"T1", "scan"}
    assert opened.scene.problem is None
    assert any(to_do in line for line in told(opened)), told(opened)


def test_companions_of_macos_beside_images_are_passed_over(folder, tmp_path, save, head):
    save("data/a/T1.nii.gz", head(0))
    folder({"._T1.nii.gz": APPLE, ".DS_Store": APPLE})
    assert list(Library(tmp_path / "data").study("a").files) == ["T1"]


def test_a_folder_without_images_never_opens_first(folder, tmp_path, save, head):
    folder({"IM1.dcm": DICOM}, "a")
    save("data/b/T1.nii.gz", head(0))
    folder({"notes": b"Dear colleague", "LICENSE": b"MIT", "x.json": b"{}"}, "c")
    assert Library(tmp_path / "data").names() == ["b", "a"]


def test_foreign_files_in_the_folder_itself_are_a_study(folder, tmp_path):
    folder({"IM1.dcm": DICOM}, ".")
    assert Library(tmp_path / "data").names() == ["data"]


# ---- links into an annex


@pytest.fixture
def annexed(tmp_path):
    """Return a function that makes links to contents that are not fetched."""

    def annexed(*names):
        for name in names:
            path = tmp_path / "data" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            key = f"MD5E-s7--{abs(hash(name)):032x}.nii.gz"
            target = tmp_path / "data/.git/annex/objects/aa/bb" / key / key
            path.symlink_to(os.path.relpath(target, path.parent))

    return annexed


def test_a_data_set_whose_contents_are_not_fetched_is_listed_and_says_so(annexed, tmp_path, desk):
    annexed(*(f"sub-{n:02}/anat/sub-{n:02}_{s}.nii.gz" for n in (1, 2) for s in ("T1w", "T2w")))
    (tmp_path / "data/dataset_description.json").write_text("{}")
    services = desk(tmp_path / "data", tmp_path / "cache")
    assert list(services.archive.studies()) == ["sub-01", "sub-02"]
    opened = services.open({"study": "sub-02"})
    assert opened.scene.view.x == "T1w"
    assert sum("“datalad get”" in line for line in told(opened)) == 2


def test_contents_that_are_fetched_later_open(annexed, tmp_path, desk, save, head):
    annexed("a/T1.nii.gz", "a/T2.nii.gz")
    services = desk(tmp_path / "data", tmp_path / "cache")
    assert services.open({}).scene.x is None
    for number, name in enumerate(("T1", "T2")):
        content = (tmp_path / f"data/a/{name}.nii.gz").resolve()
        content.parent.mkdir(parents=True)
        save(f"{name}.nii.gz", head(number)).rename(content)
    scene = services.open({}).scene
    assert (scene.view.x, scene.view.y, scene.problem) == ("T1", "T2", None)


def test_a_link_out_of_the_folder_is_not_followed_fetched_or_not(tmp_path):
    (tmp_path / "data/a").mkdir(parents=True)
    (tmp_path / "data/a/T1.nii.gz").symlink_to("../../.git/annex/objects/x/x.nii.gz")
    with pytest.raises(Exception, match="dcm2niix"):
        Library(tmp_path / "data").names()
