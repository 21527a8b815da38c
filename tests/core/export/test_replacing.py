"""Results beside anything that may be there already."""

import json
import os
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import NeuroMixError
from dashboard.core.export.replacing import write_together

NAMES = ("T1_dseg.nii.gz", "T1_dseg.tsv", "T1_components.json")
FACTS = {
    "inputs": [{"sha256": "a1", "processing": []}],
    "mask": None,
}
FOLDERS = count()


def write(out, content=b"labels", facts=FACTS, **options):
    writers = {
        NAMES[0]: lambda path: path.write_bytes(content),
        NAMES[1]: lambda path: path.write_bytes(b"table of " + content),
    }
    return write_together(out, writers, NAMES[2], facts, **options)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def out(tmp_path):
    """Return a function that makes an empty folder."""

    def out():
        folder = tmp_path / f"out-{next(FOLDERS)}"
        folder.mkdir()
        return folder

    return out


record = st.fixed_dictionaries(
    {},
    optional={
        "inputs": st.just(FACTS["inputs"]) | st.lists(st.integers(), max_size=2),
        "mask": st.none(),
        "outputs": st.dictionaries(
            st.sampled_from(NAMES), st.text("0123456789abcdef", max_size=64)
        ),
    },
)
anything = (
    st.binary(max_size=40)
    | record.map(lambda facts: json.dumps(facts).encode())
    | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=4).map(
        lambda value: json.dumps(value).encode()
    )
)


@given(there=st.dictionaries(st.sampled_from(NAMES), anything, min_size=1))
def test_whatever_somebody_else_wrote_is_kept_unless_overwriting_is_asked_for(out, there):
    folder = out()
    for name, found in there.items():
        (folder / name).write_bytes(found)
    with pytest.raises(NeuroMixError, match="T1_"):
        write(folder)
    assert content(folder) == there
    assert [path.name for path in write(folder, overwrite=True)] == list(NAMES)
    assert content(folder)[NAMES[0]] == b"labels"
    write(folder, b"other labels")
    assert content(folder)[NAMES[0]] == b"other labels"


@given(name=st.sampled_from(NAMES), data=st.data())
def test_any_edit_of_any_result_is_kept(out, name, data):
    folder = out()
    write(folder)
    whole = bytearray((folder / name).read_bytes())
    where = data.draw(st.integers(0, len(whole) - 1))
    edit = data.draw(st.sampled_from(["change", "cut", "add"]))
    if edit == "change":
        whole[where] ^= data.draw(st.integers(1, 255))
    elif edit == "cut":
        del whole[where:]
    else:
        whole[where:where] = b" "
    (folder / name).write_bytes(whole)
    before = content(folder)
    with pytest.raises(NeuroMixError, match="T1_"):
        write(folder, b"new labels")
    assert content(folder) == before


def inputs(*hashes, processing=()):
    return [{"sha256": value, "processing": list(processing)} for value in hashes]


sources = st.fixed_dictionaries(
    {
        "inputs": st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True),
        "taken": st.sampled_from(["volume 0 of 4", "volume 1 of 4"]),
        "mask": st.sampled_from([None, "d"]),
        "reference": st.sampled_from([None, "e", "f"]),
    }
)


def facts(made):
    one = {key: made[key] and inputs(made[key])[0] for key in ("mask", "reference")}
    return {"inputs": inputs(*made["inputs"], processing=[made["taken"]]), **one}


@given(first=sources, then=sources)
def test_only_the_same_inputs_replace_results_and_a_reference_may_be_added(out, first, then):
    folder = out()
    write(folder, b"first", facts(first))
    before = content(folder)
    added = first | {"reference": first["reference"] or then["reference"]}
    if then == added:
        write(folder, b"then", facts(then))
        assert content(folder)[NAMES[0]] == b"then"
    else:
        with pytest.raises(NeuroMixError, match="other inputs"):
            write(folder, b"then", facts(then))
        assert content(folder) == before


def test_what_is_no_file_is_neither_read_nor_replaced(out):
    folder = out()
    os.mkfifo(folder / NAMES[2])
    with pytest.raises(NeuroMixError, match=NAMES[2]):
        write(folder)
    assert [path.name for path in folder.iterdir()] == [NAMES[2]]


def test_a_record_is_text_even_if_a_name_is_not(out):
    folder = out()
    write(folder, facts=FACTS | {"name": "T1_\udcff"})
    assert json.loads((folder / NAMES[2]).read_bytes())["name"] == "T1_\udcff"
    write(folder, b"again", facts=FACTS)
