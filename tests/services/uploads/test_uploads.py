import errno
import hashlib
import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.services.disk.locks import create_locked
from dashboard.services.uploads import names, receiving
from dashboard.services.uploads.limits import (
    MAX_NAMES,
    AbandonedError,
    Limits,
    NothingToOpenError,
    StoreFullError,
    TooLargeError,
    UnavailableError,
    amount,
)
from dashboard.services.uploads.uploads import Uploads

ANNA, BEN = "a" * 64, "b" * 64
MINUTE, DAY = 60, 24 * 3600
HEX, OTHER = "0f" * 16, "upload-" + "A" * 22


class Reader:
    """Stands for the volume store: takes what does not begin with "bad"."""

    def __init__(self):
        self.opened = []
        self.forgotten = []

    def open(self, path, name):
        self.opened.append((path, name))
        if path.read_bytes().startswith(b"bad"):
            raise NeuroMixError(f"{name}: this is no image.")
        if path.read_bytes().startswith(b"crash"):
            raise ZeroDivisionError(path)
        if path.name.endswith(".img"):
            assert path.with_suffix(".hdr").is_file()


class Clock:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
    set = 0.0

    def __call__(self):
        return self.now

    def passed(self):
        return self.now - self.set


@pytest.fixture
def reader():
    return Reader()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "uploads"


@pytest.fixture
def make(folder, reader, clock):
    """Return a function that makes another worker's door to the same folder."""

    def make(**limits):
        limits = {"drop": 1000, "store": 10_000, "days": 7, **limits}
        return Uploads(
            folder, Limits(**limits), open_volume=reader.open, forget=reader.forgotten.append,
            now=clock, passed=clock.passed,
        )  # fmt: skip

    return make


@pytest.fixture
def uploads(make):
    return make()


def put(drop, name, content):
    part = drop.part(name)
    for start in range(0, len(content), 100):
        part.write(content[start : start + 100])
    part.seek(0)


def upload(uploads, *files, owner=ANNA, **options):
    with uploads.receive() as drop:
        for name, content in files:
            put(drop, name, content)
        return uploads.keep(drop, owner, **options)


def need(uploads, count):
    """Ask about a drop of this many bytes, as the page does before it sends anything."""
    return uploads.plan([("a.nii", count)])


def on_disk(folder):
    return sorted(
        str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and p.name != "lock"
    )


def contents(uploads, key):
    return {f.file_name: f.path.read_bytes() for f in uploads.study(key).files.values()}


def sha(content):
    return hashlib.sha256(content).hexdigest()


# ---- what is kept


def test_a_drop_is_one_study_of_the_bytes_that_were_sent(uploads, folder):
    long = os.urandom(700)
    kept = upload(uploads, ("T1.nii.gz", long), ("b0.NII", b"b0"))
    assert contents(uploads, kept.key) == {"T1.nii.gz": long, "b0.NII": b"b0"}
    assert kept.refused == ()
    assert on_disk(folder) == [
        *sorted([f"blobs/{sha(long)}.nii.gz", f"blobs/{sha(b'b0')}.nii"]),
        f"studies/{kept.key}.json",
    ]


def test_another_worker_sees_the_study_and_its_end_at_once(uploads, make):
    other = make()
    kept = upload(uploads, ("T1.nii", b"t1"))
    assert other.title(kept.key) == kept.title == "T1"
    assert contents(other, kept.key) == {"T1.nii": b"t1"}
    assert other.study(kept.key) is other.study(kept.key)
    uploads.remove(ANNA, kept.key)
    assert other.study(kept.key) is None
    assert other.title(kept.key) is None


def test_everybody_with_the_key_sees_a_study_but_only_its_maker_finds_it(uploads, clock):
    first = upload(uploads, ("T1.nii", b"1")).key
    clock.now += 1
    second = upload(uploads, ("T2.nii", b"2"), ("T1.nii", b"1")).key
    foreign = upload(uploads, ("b0.nii", b"3"), owner=BEN).key
    assert list(uploads.listed(ANNA).items()) == [(second, "T1 + 1 more"), (first, "T1")]
    assert list(uploads.listed(BEN)) == [foreign]
    clock.now += 60
    again = upload(uploads, ("T1.nii", b"4")).key
    listed = uploads.listed(ANNA)
    assert listed[second] == "T1 + 1 more"
    assert re.fullmatch(r"T1 · \d+ \w{3} \d\d:\d\d:\d\d UTC", listed[again])
    assert listed[again] != listed[first]
    assert uploads.owns(BEN, foreign)
    assert not uploads.owns(ANNA, foreign)
    assert uploads.study(foreign)
    assert len({first, second, foreign}) == 3
    assert all(len(key) == len("upload-") + 22 for key in (first, second, foreign))


def test_an_upload_is_told_from_another_by_its_date_and_time():
    assert names.moment(1764215952) == "27 Nov 03:59:12 UTC"  # date -u -d @1764215952
    assert names.moment(0) == "1 Jan 00:00:00 UTC"


def test_the_same_bytes_are_kept_once_and_until_the_last_study_of_them(uploads, folder, reader):
    mine = upload(uploads, ("T1.nii", b"same")).key
    theirs = upload(uploads, ("other.nii", b"same"), ("b0.nii", b"b0"), owner=BEN).key
    assert len(list((folder / "blobs").iterdir())) == 2
    uploads.remove(ANNA, mine)
    assert contents(uploads, theirs) == {"other.nii": b"same", "b0.nii": b"b0"}
    assert reader.forgotten == []
    uploads.remove(BEN, theirs)
    assert on_disk(folder) == []
    assert sorted(reader.forgotten) == sorted([sha(b"same"), sha(b"b0")])


def test_only_its_maker_removes_a_study(uploads):
    key = upload(uploads, ("T1.nii", b"t1")).key
    for wrong in (key, "upload-" + "A" * 22, "", "..", "../studies/" + key):
        with pytest.raises(NeuroMixError, match="You have no such upload"):
            uploads.remove(BEN if wrong == key else ANNA, wrong)
    assert uploads.study(key)


@pytest.mark.parametrize(
    "key", ["", "sample", "upload-", "upload-" + "A" * 22, "upload-../../../../../x", "upload-\0"]
)
def test_a_key_that_nobody_gave_names_nothing(uploads, folder, key):
    upload(uploads, ("T1.nii", b"t1"))
    (folder / "x.json").write_text("{}")
    assert uploads.study(key) is None
    assert uploads.title(key) is None
    with pytest.raises(NeuroMixError):
        uploads.expiry(key)


def test_a_file_that_is_dropped_twice_is_one(uploads):
    key = upload(uploads, ("a.nii", b"1"), ("a.nii", b"1"), ("a.nii", b"2"), ("A.nii", b"3")).key
    assert contents(uploads, key) == {"a.nii": b"1", "a (2).nii": b"2", "A (3).nii": b"3"}


# ---- pairs


def test_the_halves_of_a_pair_are_one_image_side_by_side(uploads, reader):
    key = upload(uploads, ("a.hdr", b"h"), ("b.IMG", b"x"), ("A.img", b"i"), ("b.hdr", b"h")).key
    assert contents(uploads, key) == {"A.img": b"i", "b.IMG": b"x"}
    for file in uploads.study(key).files.values():
        assert file.path.with_suffix(".hdr").read_bytes() == b"h"
    assert {name for _, name in reader.opened} == {"A.img", "b.IMG"}


def test_two_pairs_of_one_name_stay_apart(uploads):
    halves = [("a.img", b"i1"), ("a.hdr", b"h1"), ("a.img", b"i2"), ("a.hdr", b"h2")]
    key = upload(uploads, *halves).key
    assert contents(uploads, key) == {"a.img": b"i1", "a (2).img": b"i2"}
    headers = [f.path.with_suffix(".hdr").read_bytes() for f in uploads.study(key).files.values()]
    assert sorted(headers) == [b"h1", b"h2"]


def test_one_image_under_two_headers_is_two(uploads, folder):
    for header in (b"h1", b"h2"):
        key = upload(uploads, ("a.img", b"i"), ("a.hdr", header)).key
        (file,) = uploads.study(key).files.values()
        assert file.path.with_suffix(".hdr").read_bytes() == header
    assert len(list((folder / "blobs").iterdir())) == 4


def test_a_compressed_pair_is_found_by_its_reader(uploads):
    key = upload(uploads, ("a.img.gz", b"i"), ("a.hdr.gz", b"h")).key
    (file,) = uploads.study(key).files.values()
    assert file.path.name.endswith(".img.gz")
    assert file.path.with_name(file.path.name.replace(".img.gz", ".hdr")).read_bytes() == b"h"


def test_b_values_and_names_of_labels_stay_with_their_image(uploads, folder):
    table = b"index\tname\n1\tlesion\n"
    kept = upload(
        uploads, ("dwi.BVAL", b"0 1000 5\n"), ("dwi.nii.gz", b"dwi"), ("dseg.nii", b"dseg"),
        ("dseg.tsv", table), ("participants.tsv", b"x"), ("notes.txt", b"x"),
    )  # fmt: skip
    study = uploads.study(kept.key)
    assert study.files["dwi"].b0_volumes == (0, 2)
    assert study.files["dseg"].label_names.read_bytes() == table
    assert list(study.files) == ["dwi", "dseg"]
    other, unknown = sorted(kept.refused, reverse=True)
    assert unknown.startswith("notes.txt: left out, not a supported image (.nii, ")
    assert ".bval" not in unknown
    assert other == "participants.tsv: left out, because no image has this name."
    assert f"blobs/{sha(table)}.tsv" in on_disk(folder)
    uploads.remove(ANNA, kept.key)
    assert on_disk(folder) == []


def test_what_converters_write_beside_an_image_is_left_out_without_a_word(uploads, folder):
    kept = upload(uploads, ("dwi.nii", b"d"), ("dwi.json", b"{}"), ("dwi.BVEC", b"0 0 1"))
    assert kept.refused == ()
    assert on_disk(folder) == [f"blobs/{sha(b'd')}.nii", f"studies/{kept.key}.json"]


def test_a_sidecar_goes_with_an_image_that_cannot_be_read(uploads, folder):
    kept = upload(uploads, ("dwi.nii", b"bad"), ("dwi.bval", b"0 0"), ("T1.nii", b"t1"))
    assert kept.refused == ("dwi.nii: this is no image.",)
    assert on_disk(folder) == [f"blobs/{sha(b't1')}.nii", f"studies/{kept.key}.json"]


def test_half_a_pair_is_left_out_with_a_sentence(uploads, folder):
    kept = upload(uploads, ("a.img", b"i"), ("b.hdr", b"h"), ("c.nii", b"c"))
    assert contents(uploads, kept.key) == {"c.nii": b"c"}
    assert [line.partition(":")[0] for line in kept.refused] == ["a.img", "b.hdr"]
    assert all("other half of this pair" in line for line in kept.refused)
    assert len(on_disk(folder)) == 2


# ---- what is refused


def test_what_cannot_be_read_is_left_out_with_a_sentence(uploads, folder, reader, caplog):
    kept = upload(
        uploads, ("T1.nii", b"t1"), ("x.nii", b"bad x"), ("y.nii", b"crash"), ("notes.txt", b"n")
    )
    assert contents(uploads, kept.key) == {"T1.nii": b"t1"}
    assert kept.refused[0].startswith("notes.txt: left out")
    assert kept.refused[1:] == (
        "x.nii: this is no image.",
        "y.nii: cannot be read because of an error in NeuroMix.",
    )
    assert on_disk(folder) == [f"blobs/{sha(b't1')}.nii", f"studies/{kept.key}.json"]
    assert sorted(reader.forgotten) == sorted([sha(b"bad x"), sha(b"crash")])
    assert "ZeroDivisionError" in caplog.text


def test_of_a_drop_that_cannot_be_read_nothing_is_kept(uploads, folder, reader):
    for files, sentence in (
        ([("x.nii", b"bad x")], "x.nii: this is no image."),
        ([("x.nii", b"bad x"), ("z.nii", b"bad z")], "None of these files can be opened."),
        ([], "These files include no image. Convert DICOM series with dcm2niix first."),
    ):
        with pytest.raises(NothingToOpenError) as caught:
            upload(uploads, *files)
        assert str(caught.value) == sentence
        assert len(caught.value.refused) == len(files)
    assert on_disk(folder) == []
    assert sha(b"bad z") in reader.forgotten


def test_a_drop_that_nobody_waits_for_is_not_kept(uploads, folder, reader):
    with pytest.raises(AbandonedError):
        upload(uploads, ("T1.nii", b"t1"), wanted=lambda: False)
    assert on_disk(folder) == []
    assert reader.forgotten == [sha(b"t1")]


def test_a_drop_has_a_limit_whatever_was_announced(uploads, folder):
    with uploads.receive() as drop:
        drop.expect(10)
        put(drop, "a.nii", b"x" * 600)
        with pytest.raises(TooLargeError, match="at most 1000 bytes"):
            put(drop, "notes.txt", b"x" * 600)
    with pytest.raises(TooLargeError), uploads.receive() as drop:
        drop.expect(1001)
    assert on_disk(folder) == []
    upload(uploads, ("a.nii", b"x" * 1000))


def test_a_drop_has_a_limit_of_files(make):
    uploads = make(files=2)
    with pytest.raises(TooLargeError, match="at most 2 files"):
        upload(uploads, ("a.nii", b"a"), ("b.nii", b"b"), ("c.nii", b"c"))


# ---- the plan


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        (["T1.nii.gz", "b0.MGZ", "x.mnc"], []),
        (["a.hdr", "B.IMG", "a.img.gz", "b.hdr.gz"], []),
        (["a.hdr", "b.img", "c.nii"], ["a.hdr", "b.img"]),
        (["dwi.BVAL", "dwi.nii", "dwi.tsv", "x.tsv"], ["x.tsv"]),
        (["dwi.json", "dwi.nii", "dwi.bvec"], ["dwi.json", "dwi.bvec"]),
        (["notes.txt", "", "T1.nii", "T1.nii.bz2"], ["notes.txt", "", "T1.nii.bz2"]),
        (["a.nii", "a.nii"], []),
        (["<b>.nii", ".nii", "мозг.nii", "\ud800.nii"], []),
    ],
    ids=["images", "pairs", "halves", "sidecars", "needless", "others", "the same", "names"],
)
def test_what_is_planned_is_what_is_then_taken(uploads, sent, left):
    """The page asks about names first; all of them at once have the same fate as those alone."""
    taken = [name for name in sent if name not in left]
    planned = uploads.plan([(name, 1) for name in sent])
    assert [sent[number] for number in planned.send] == taken
    contents = {name: name.encode("utf-8", "replace") for name in sent}
    whole = upload(uploads, *[(name, contents[name]) for name in sent])
    alone = upload(uploads, *[(name, contents[name]) for name in taken])
    assert whole.refused == planned.refused
    assert alone.refused == ()
    kept = [uploads.study(one.key) for one in (whole, alone)]
    assert list(kept[0].files) == list(kept[1].files)


@pytest.mark.parametrize(
    ("sent", "taken", "left"),
    [
        (["/head/T1.nii", "/head/notes.txt", "/head/raw/1.dcm"], [0], []),
        (["/head/x.bval", "/head/T1.nii", "/head/raw/T1.tsv"], [1, 2], []),
        (["/head/T1.nii", "notes.txt", "x.tsv"], [0], ["notes.txt", "x.tsv"]),
        (["/head/T1.nii", "/head/a.img"], [0], ["a.img"]),
        (["/head/a.img", "/other/a.hdr"], [0, 1], []),
    ],
)
def test_of_a_dropped_folder_only_images_matter(uploads, sent, taken, left):
    planned = uploads.plan([(name, 1) for name in sent])
    assert list(planned.send) == taken
    assert [line.partition(":")[0] for line in planned.refused] == left


@pytest.mark.parametrize("names", [["/head/notes.txt"], ["dwi.json"], []])
def test_a_drop_without_an_image_is_refused_in_a_sentence(uploads, names):
    with pytest.raises(NothingToOpenError, match="include no image"):
        uploads.plan([(name, 1) for name in names])


def test_only_what_is_taken_counts_against_the_limits(make, folder):
    uploads = make(files=2)
    small = [("T1.nii", 600), ("b0.nii", 400), ("/raw/a.dcm", 9**9), ("T1.json", 9**9)]
    assert uploads.plan(small).send == (0, 1)
    with pytest.raises(TooLargeError, match="at most 1000 bytes"):
        uploads.plan([("T1.nii", 600), ("b0.nii", 401)])
    with pytest.raises(TooLargeError, match="at most 2 files"):
        uploads.plan([("T1.nii", 1), ("b0.nii", 1), ("T2.nii", 1)])
    uploads.plan([("T1.nii", 1)] + [("/raw/a.dcm", 1)] * (MAX_NAMES - 1))
    with pytest.raises(TooLargeError):
        uploads.plan([("T1.nii", 1)] + [("/raw/a.dcm", 1)] * MAX_NAMES)
    assert on_disk(folder) == []


# ---- the quota


def test_the_store_has_a_limit(make, folder):
    uploads = make(store=1500)
    key = upload(uploads, ("a.nii", b"a" * 900)).key
    before = on_disk(folder)
    with pytest.raises(StoreFullError):
        upload(uploads, ("b.nii", b"b" * 700))
    with pytest.raises(StoreFullError):
        need(uploads, 700)
    need(uploads, 600)
    assert on_disk(folder) == before
    uploads.remove(ANNA, key)
    upload(uploads, ("b.nii", b"b" * 700))


def test_what_is_under_way_takes_room_too(make):
    uploads, elsewhere = make(store=1500), make(store=1500)
    with uploads.receive() as first:
        first.expect(900)
        with pytest.raises(StoreFullError):
            need(uploads, 700)
        put(first, "a.nii", b"a" * 900)
        need(uploads, 600)
    need(uploads, 1000)
    need(elsewhere, 1000)


def test_what_another_process_takes_in_takes_room_too(make, folder):
    uploads = make(store=1500)
    (folder / "incoming").mkdir(parents=True)
    path = folder / f"incoming/1-{HEX}.nii"
    with create_locked(path) as file:
        file.write(b"x" * 900)
        file.flush()
        with pytest.raises(StoreFullError):
            need(uploads, 700)
    need(uploads, 700)
    assert not path.exists()  # it was abandoned by then, so it made room


def test_two_workers_that_promised_the_same_room_do_not_both_take_it(make, folder):
    one, other = make(store=1500), make(store=1500)
    with one.receive() as first, other.receive() as second:
        first.expect(900)
        second.expect(900)
        put(first, "a.nii", b"a" * 900)
        put(second, "b.nii", b"b" * 900)
        one.keep(first, ANNA)
        before = on_disk(folder / "studies")
        with pytest.raises(StoreFullError):
            other.keep(second, BEN)
    assert on_disk(folder / "studies") == before
    assert sum(path.stat().st_size for path in (folder / "blobs").iterdir()) == 900


@pytest.mark.parametrize("way", ["", "incoming", "blobs", "lock"])
def test_a_folder_that_cannot_be_used_gives_a_sentence(uploads, folder, way, caplog):
    if way in ("", "incoming"):
        folder.parent.mkdir(exist_ok=True)
        (folder / way).parent.mkdir(exist_ok=True)
        (folder / way).write_text("a file in the way")
        with pytest.raises(UnavailableError, match="Uploads are unavailable"):
            need(uploads, 1)
    elif way == "blobs":
        folder.mkdir()
        (folder / way).write_text("a file in the way")
    else:
        (folder / way).mkdir(parents=True)
    uploads.sweep()
    with pytest.raises(UnavailableError, match="Uploads are unavailable") as caught:
        upload(uploads, ("T1.nii", b"t1"))
    assert str(folder) not in str(caught.value)
    assert str(folder) in caplog.text


def test_an_upload_that_cannot_be_removed_is_there_again(uploads, monkeypatch):
    key = upload(uploads, ("T1.nii", b"t1")).key

    def failing(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", failing)
    with pytest.raises(UnavailableError, match=r"\(Read-only"):
        uploads.remove(ANNA, key)
    monkeypatch.undo()
    assert contents(uploads, key) == {"T1.nii": b"t1"}


def test_studies_whose_time_is_over_make_room(make, clock):
    uploads = make(store=1500)
    upload(uploads, ("a.nii", b"a" * 900))
    clock.now += 7 * DAY
    upload(uploads, ("b.nii", b"b" * 900))


@pytest.mark.faults("disk full at upload")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk to fill")
def test_a_full_disk_while_a_file_arrives_is_the_same_sentence(uploads, folder, monkeypatch):
    with Path("/dev/full").open("wb", buffering=0) as disk:
        monkeypatch.setattr(receiving, "create_locked", lambda _: disk)
        with pytest.raises(StoreFullError):
            upload(uploads, ("a.nii", b"a"))
    assert on_disk(folder) == []


@pytest.mark.faults("disk full at upload")
def test_a_full_disk_while_a_study_is_kept_leaves_nothing(uploads, folder, reader, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFullError):
        upload(uploads, ("a.nii", b"a"))
    assert on_disk(folder) == []
    assert reader.forgotten == [sha(b"a")]


# ---- time, and what the dead leave behind


def test_a_study_is_gone_when_its_days_are_over(uploads, make, clock, folder, reader):
    key = upload(uploads, ("T1.nii", b"t1")).key
    assert uploads.expiry(key) == date(2026, 3, 8)
    clock.now += 7 * DAY - 1
    uploads.sweep()
    assert uploads.study(key)
    clock.now += 1
    assert uploads.study(key) is None
    assert uploads.listed(ANNA) == {}
    assert not uploads.owns(ANNA, key)
    make().sweep()
    assert on_disk(folder) == []
    assert reader.forgotten == [sha(b"t1")]


def test_uploads_sweep_now_and_then(uploads, clock, folder):
    upload(uploads, ("T1.nii", b"t1"))
    stray = folder / "blobs" / f"{HEX}{HEX}.nii"
    stray.write_bytes(b"x")
    upload(uploads, ("T2.nii", b"t2"))
    assert stray.exists()
    clock.now += 6 * MINUTE
    upload(uploads, ("T2.nii", b"t2"))
    assert not stray.exists()


def test_sweeps_go_on_where_the_clock_is_set_back(uploads, clock, folder):
    upload(uploads, ("T1.nii", b"t1"))
    stray = folder / "blobs" / f"{HEX}{HEX}.nii"
    stray.write_bytes(b"x")
    clock.now -= 30 * DAY
    clock.set -= 30 * DAY + 6 * MINUTE
    upload(uploads, ("T2.nii", b"t2"))
    assert not stray.exists()


def test_a_sweep_removes_what_no_study_names(uploads, folder):
    key = upload(uploads, ("T1.nii", b"t1")).key
    before = on_disk(folder)
    (folder / "blobs" / f"{HEX}{HEX}.nii").write_bytes(b"x")
    (folder / "studies" / f".new-{OTHER}").write_text("{}")
    (folder / "studies" / f"{OTHER}.json").write_text('{"title": 1')
    uploads.sweep()
    assert on_disk(folder) == before
    assert uploads.study(key)


def test_a_sweep_leaves_alone_what_is_not_the_uploads(uploads, folder):
    upload(uploads, ("T1.nii", b"t1"))
    own = [
        folder / path
        for path in ("studies/participants.tsv", "studies/T1.nii.gz", "studies/.new-plan",
                     "studies/dataset_description.json", "studies/sub-01/T1.nii",
                     "blobs/mine.bin", f"blobs/{HEX}.nii", "incoming/T1.nii", "T2.nii")
    ]  # fmt: skip
    for path in own:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"precious")
    uploads.sweep()
    assert all(path.read_bytes() == b"precious" for path in own)


def test_a_manifest_that_cannot_be_read_for_a_moment_keeps_its_study(make, folder, monkeypatch):
    key = upload(make(), ("T1.nii", b"t1")).key
    other = upload(make(), ("T2.nii", b"t2")).key
    before = on_disk(folder)
    read = Path.read_text

    def failing(path, *args):
        if path.name == f"{key}.json":
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(path, *args)

    monkeypatch.setattr(Path, "read_text", failing)
    uploads = make()
    uploads.sweep()
    assert on_disk(folder) == before
    assert uploads.study(key) is None
    assert list(uploads.listed(ANNA)) == [other]
    monkeypatch.undo()
    assert contents(uploads, key) == {"T1.nii": b"t1"}


def test_a_manifest_of_a_newer_version_is_read_and_kept(uploads, make, folder):
    key = upload(uploads, ("T1.nii", b"t1")).key
    path = folder / "studies" / f"{key}.json"
    facts = json.loads(path.read_text())
    facts["colour"] = facts["files"][0]["scanner"] = "new"
    path.write_text(json.dumps(facts))
    newer = make()
    newer.sweep()
    assert contents(newer, key) == {"T1.nii": b"t1"}


def test_a_sweep_forgets_what_a_dead_worker_had_unpacked(uploads, folder, reader):
    """Killed while its images were checked, or just before they became a study."""
    upload(uploads, ("T1.nii", b"t1"))
    halves = hashlib.sha256(hashlib.sha256(b"i").digest() + hashlib.sha256(b"h").digest())
    for name, content in (
        (f"incoming/7-{HEX}.nii.gz", b"in"), (f"incoming/8-{HEX}.img", b"i"),
        (f"incoming/8-{HEX}.hdr", b"h"), (f"blobs/{sha(b'b')}.nii", b"b"),
    ):  # fmt: skip
        (folder / name).write_bytes(content)
    uploads.sweep()
    assert len(on_disk(folder)) == 2
    assert {sha(b"in"), halves.hexdigest(), sha(b"b")} <= set(reader.forgotten)
    assert sha(b"t1") not in reader.forgotten


def test_a_sweep_of_nothing_makes_nothing(uploads, folder):
    uploads.sweep()
    assert not folder.exists()


HOLDS = """
import sys
from pathlib import Path
from dashboard.services.disk.locks import create_locked
file = create_locked(Path(sys.argv[1]))
file.write(b"half a file"), file.flush()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there is one worker")
def test_a_killed_workers_files_are_swept_and_a_living_ones_stay(uploads, folder):
    path = folder / f"incoming/1-{HEX}.nii"
    path.parent.mkdir(parents=True)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout.readline() == b"held\n"
        uploads.sweep()
        assert path.exists()
        worker.kill()
        worker.wait()
        uploads.sweep()
        assert not path.exists()


def test_sweeps_never_take_what_is_being_kept(make, folder):
    """Uploads of the same few blobs, their removal and sweeps in two workers, at once."""
    workers = [make(), make()]
    problems = []
    stop = threading.Event()

    def sweep(uploads):
        while not stop.is_set():
            uploads.sweep()

    def work(uploads, owner):
        try:
            for _ in range(15):
                kept = upload(uploads, ("a.nii", b"a"), ("b.nii", b"b"), owner=owner)
                assert contents(workers[0], kept.key) == {"a.nii": b"a", "b.nii": b"b"}
                uploads.remove(owner, kept.key)
        except BaseException as error:
            problems.append(error)
            raise

    sweepers = [threading.Thread(target=sweep, args=(w,)) for w in workers]
    threads = [
        threading.Thread(target=work, args=(w, o))
        for w, o in zip(workers * 2, (ANNA, BEN, "c" * 64, "d" * 64), strict=True)
    ]
    for thread in (*sweepers, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    for thread in sweepers:
        thread.join()
    assert problems == []
    assert on_disk(folder) == []


# ---- names


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("T1.nii.gz", "T1.nii.gz"),
        ("../../etc/T1.nii", "T1.nii"),
        (r"C:\fakepath\T1.nii", "T1.nii"),
        ("T1%0D%0ASet-Cookie: a.nii", "T1 Set-Cookie: a.nii"),
        ("T1\r\n\0x.nii", "T1 x.nii"),
        ("<b>T1</b>.nii", "b>.nii"),
        ("<img src=x onerror=alert(1)>.nii", "<img src=x onerror=alert(1)>.nii"),
        (".nii", "image.nii"),
        ("..nii.gz", "image.nii.gz"),
        ("", ""),
        ("мозг 🧠.nii", "мозг 🧠.nii"),
        ("e\u0301.nii", "é.nii"),
        ("\u202eiin.1T.nii", "iin.1T.nii"),
        ("T1.nii.bz2", "T1.nii.bz2"),
        ("a" * 300 + ".nii.gz", "a" * 113 + ".nii.gz"),
        ("a" * 3000 + ".nii.gz", "a" * 113 + ".nii.gz"),
        ("\u200b\u2060\ufeff.nii.gz", "image.nii.gz"),
        ("T\u00ad1\U000e0041.n\u200bii", "T1.nii"),
        (". ..nii", "image.nii"),
    ],
)
def test_names_are_one_line_to_read(sent, shown):
    assert names.clean(sent) == shown


def test_only_a_bounded_part_of_a_name_is_composed(monkeypatch):
    """Composing all of these marks would take minutes: it is quadratic in their number."""
    composed = []
    normalize = unicodedata.normalize

    def watched(form, text):
        composed.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", watched)
    marks = "".join(chr(0x300 + n % 0x50) for n in range(60_000))
    names.clean("a" + marks + ".nii")
    assert composed
    assert max(composed) <= names.RAW_NAME


@pytest.mark.parametrize(
    ("files", "title"),
    [
        (["T1.nii.gz"], "T1"),
        (["T1.nii.gz", "b0.nii"], "T1 + 1 more"),
        (["a" * 90 + ".nii"], "a" * 59 + "…"),
        (["a" * 90 + ".nii", "b.nii", "c.nii"], "a" * 50 + "… + 2 more"),
    ],
)
def test_a_study_is_called_after_its_first_image(files, title):
    assert names.title(files) == title
    assert len(title) <= 60


@pytest.mark.parametrize(
    "name", ["../../../x.nii", ".nii", "x\r\ny.nii", "мозг.nii", "/etc/passwd.nii", "a\0b.nii"]
)
def test_no_name_becomes_a_path(uploads, folder, tmp_path, name):
    kept = upload(uploads, (name, b"x"))
    assert on_disk(folder) == [f"blobs/{sha(b'x')}.nii", f"studies/{kept.key}.json"]
    assert on_disk(tmp_path) == [f"uploads/{path}" for path in on_disk(folder)]


@pytest.mark.parametrize(
    ("count", "text"),
    [(512 * 2**20, "512 MB"), (10 * 2**30, "10 GB"), (1536, "1.5 kB"), (7, "7 bytes")],
)
def test_amounts_read_as_in_file_managers(count, text):
    assert amount(count) == text


# ---- other formats


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["IM1.dcm"], ["IM1.dcm: this is a DICOM file."]),
        (["a.PAR", "a.REC"], ["a.PAR: this is half of a Philips", "a.REC: this is half of a Phil"]),
        (["T1.nrrd", "T2.nrrd"], ["T1.nrrd: this is an NRRD", "T2.nrrd: this is an NRRD"]),
        (["a+orig.HEAD"], ["a+orig.HEAD: this is half of an AFNI dataset"]),
        # Of a folder, one of each format is enough.
        ([f"head/IM{n}.dcm" for n in range(99)], ["IM0.dcm: this is a DICOM file."]),
        (["head/IM1.dcm", "head/T1.nrrd", "head/IM2.dcm", "head/._T1.nii.gz"],
         ["IM1.dcm: this is a DICOM file.", "T1.nrrd: this is an NRRD file",
          "._T1.nii.gz: this is a companion file of macOS"]),
    ],
)  # fmt: skip
def test_a_drop_of_other_formats_alone_says_what_they_are(uploads, names, said):
    with pytest.raises(NothingToOpenError) as caught:
        uploads.plan([(name, 100) for name in names])
    assert len(caught.value.refused) == len(said)
    for line, start in zip(caught.value.refused, said, strict=True):
        assert line.startswith(start)
        assert "first" in line or "Choose" in line


def test_a_folder_with_images_and_other_formats_opens_without_a_word(uploads):
    names = ["head/T1.nii.gz", "head/._T1.nii.gz", "head/IM1.dcm", "head/T2.nrrd"]
    planned = uploads.plan([(name, 100) for name in names])
    assert (planned.send, planned.refused) == ((0,), ())
