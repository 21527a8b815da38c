"""Files of a study that change or vanish while a page shows them."""

import json
from pathlib import Path

import pytest

from dashboard.app import create_app
from dashboard.settings import Settings

QUERY = "study=pair&x=T1&y=b0&slice=5"


@pytest.fixture
def client(pair, tmp_path):
    return create_app(Settings(data=pair, cache=tmp_path / "cache")).server.test_client()


def opened(client):
    *_, line = client.get(f"/open?{QUERY}").text.splitlines()
    return json.loads(line)["opened"]


def replace(path: Path, whole: bytes) -> None:
    other = path.with_name("b0.nii.gz").read_bytes()
    assert other != whole
    path.write_bytes(other)


# What is done to an image, and what then stands in its place.
HARMS = {
    "deleted": (lambda path, _: path.unlink(), "pair has no image “T1”"),
    "emptied": (lambda path, _: path.write_bytes(b""), "T1.nii.gz cannot be read."),
    "truncated": (
        lambda path, whole: path.write_bytes(whole[: len(whole) // 2]),
        "T1.nii.gz cannot be read.",
    ),
    "replaced": (replace, "raw intensities, image X"),
}


@pytest.mark.faults("study file deleted, emptied, truncated, replaced with a page open")
@pytest.mark.parametrize("harm", HARMS)
def test_a_page_whose_file_changed_gets_a_sentence_and_goes_on_once_it_is_back(
    client, tmp_path, harm
):
    file = tmp_path / "data" / "pair" / "T1.nii.gz"
    whole = file.read_bytes()
    do, said = HARMS[harm]
    key = opened(client)["scene.data"]["key"]
    address = f"/cards/{key}.json?need=joint,components,image-x,image-y&{QUERY}"
    before = client.get(address)
    assert before.status_code == 200
    do(file, whole)
    for shown in (address, address.replace("slice=5", "slice=6")):
        answer = client.get(shown)
        assert answer.status_code == 404
        assert answer.text == "An image has changed since you opened this page. Reload the page."
    again = opened(client)
    assert again["scene.data"]["key"] != key
    drawn = client.get(address.replace(key, again["scene.data"]["key"]))
    assert said in again["notices.html"] + drawn.text
    file.write_bytes(whole)
    assert opened(client)["scene.data"]["key"] == key
    assert client.get(address).data == before.data
