import os

import numpy as np
import pytest

from dashboard.core.reference.agreement import MAX_LABELS
from dashboard.core.reference.labels import MAX_BYTES, distinct_labels, read_label_names


@pytest.fixture
def table(tmp_path):
    """Return a function that reads the names from a table of the given content."""

    def table(content):
        path = tmp_path / "sub-01_dseg.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_label_names(path)

    return table


def test_columns_stand_in_any_order_beside_others(table):
    content = (
        "\ufeffIndex\tcolor\tNAME \tabbreviation\r\n 2 \t#ff0000\tRinde \u2013 gro\u00df\tGM\r\n"
    )
    assert table(content) == {2: "Rinde \u2013 gro\u00df"}


def test_a_quotation_mark_swallows_no_row(table):
    assert table('index\tname\n1\t"CSF"\n2\t"open\n3\tWM\n') == {1: "CSF", 2: "open", 3: "WM"}


def test_rows_without_index_or_name_are_left_out(table):
    rows = "1\n\tnone\nx\ty\n-3\tz\n2.5\tz\n4\t\n5\tthalamus\n\u00b2\tz\n" + "9" * 5000 + "\tz\n\n"
    assert table("index\tname\n" + rows) == {5: "thalamus"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"1\tCSF\n", b"index\tlabel\n1\tCSF\n", b"index,name\n1,CSF\n",
     b"index\tname\n1\t\xff\xfe\n", b"\x1f\x8b\x08 no text", b"index\tname\n1\t" + b"a" * 2**18],
    ids=["empty", "line", "no head", "no name", "commas", "not UTF-8", "binary", "long field"],
)  # fmt: skip
def test_what_is_no_table_gives_no_names(table, content):
    assert table(content) == {}


def test_a_table_beyond_the_limit_gives_no_names(table):
    row = b"7\tx\n"
    rows = b"index\tname\n" + row * (MAX_BYTES // len(row))
    assert table(rows) == {}
    assert table(rows[: MAX_BYTES // 2]) == {7: "x"}


def test_a_missing_table_a_folder_and_a_pipe_give_no_names(tmp_path):
    os.mkfifo(tmp_path / "pipe.tsv")
    for path in (tmp_path / "none.tsv", tmp_path, tmp_path / "pipe.tsv"):
        assert read_label_names(path) == {}


def test_the_labels_of_a_volume_are_its_whole_numbers_besides_0(monkeypatch):
    monkeypatch.setattr("dashboard.core.reference.labels.CHUNK", 7)
    voxels = np.random.default_rng(2).choice([0, 3, 4, 41, 14175], (9, 8, 7))
    assert distinct_labels(voxels) == tuple(np.unique(voxels)[1:])
    assert distinct_labels(np.array([0.5, 2.0, np.nan, 1.0, 0.0])) == (1, 2)
    assert len(distinct_labels(np.arange(500))) > MAX_LABELS
