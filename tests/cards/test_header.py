"""The headers of the files, side by side."""

from html.parser import HTMLParser

import nibabel as nib
import numpy as np
import pytest

from dashboard.cards.header import File, header_table
from dashboard.core.volume import read_volume


class Rows(HTMLParser):
    """The cells of all tables, line by line, which lines are marked, and all other text."""

    def __init__(self, html):
        super().__init__()
        self.lines, self.marked, self.rest, self.inside = [], [], "", ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.lines.append([])
            self.marked.append(dict(attributes).get("class") == "differs")
        if tag in ("th", "td"):
            self.lines[-1].append("")
            self.inside = tag

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self.inside = ""

    def handle_data(self, data):
        if self.inside:
            self.lines[-1][-1] += data
        else:
            self.rest += data


@pytest.fixture
def table(tmp_path):
    """Return a function that gives the table of NIfTI files with these headers."""

    def made(**images):
        files = []
        for name, options in images.items():
            shape = options.pop("shape", (4, 5, 6))
            affine = options.pop("affine", np.diag([-2.0, 2.0, 3.0, 1.0]))
            image = nib.Nifti1Image(np.ones(shape, "f4"), affine)
            for field, value in options.items():
                image.header[field] = value
            path = tmp_path / f"{name}.nii.gz"
            image.to_filename(path)
            files.append(File(path.name, read_volume(path), {}))
        parsed = Rows(header_table(files))
        return {line[0]: line[1:] for line in parsed.lines}, parsed

    return made


def test_the_file_comes_first_then_what_matters_of_every_image(table):
    rows, parsed = table(T1={}, T2={"sform_code": 1}, PD={"qform_code": 4, "sform_code": 0})
    assert [line[0] for line in parsed.lines[:5]] == [
        "", "file", "shape", "voxel size (mm)", "coordinates",
    ]  # fmt: skip
    assert rows["file"] == ["T1.nii.gz", "T2.nii.gz", "PD.nii.gz"]
    assert rows["shape"] == ["4 × 5 × 6"] * 3
    assert rows["coordinates"] == ["aligned", "scanner", "MNI152"]
    assert rows["qform, sform"] == ["unknown, aligned", "unknown, scanner", "MNI152, unknown"]
    assert rows["data type"] == ["float32"] * 3


def test_lines_that_differ_are_marked(table):
    _, parsed = table(T1={}, T2={"shape": (4, 5, 7), "descrip": b"other"})
    marked = {line[0] for line, mark in zip(parsed.lines, parsed.marked, strict=True) if mark}
    assert marked == {"shape", "dim", "descrip"}


def test_a_series_has_its_repetition_time_in_seconds(table):
    series = {"shape": (4, 5, 6, 3), "xyzt_units": 2 + 16, "pixdim": [1, 2, 2, 3, 2200, 0, 0, 0]}
    rows, _ = table(bold=series)
    assert rows["TR"] == ["2.2 s"]
    assert rows["volumes"] == ["3"]
    assert "TR" not in table(T1={})[0]


def test_fields_that_nobody_filled_in_are_only_named(table):
    rows, parsed = table(T1={"descrip": b"made here"})
    assert rows["descrip"] == ["made here"]
    assert rows["sizeof_hdr"] == ["348"]
    assert "db_name" not in rows
    assert "Not set: data_type, db_name, extents" in parsed.rest


def test_numbers_have_a_minus_sign_and_words_keep_their_hyphens(table):
    rows, _ = table(T1={"descrip": b"sub-01 2024-05-06", "toffset": -1.5e-7})
    assert rows["affine, row 1"] == ["−2  0  0  0"]
    assert rows["srow_x"] == ["[−2. 0. 0. 0.]"]
    assert rows["toffset"] == ["−1.5e−07"]
    assert rows["descrip"] == ["sub-01 2024-05-06"]
