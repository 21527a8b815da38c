"""One link on two servers with caches of their own: the same numbers, to the last bit."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from dashboard.app import create_app
from dashboard.cards.table import CARDS
from dashboard.services.render.addresses import key
from dashboard.services.scene.opening import open_view
from dashboard.services.start import start
from dashboard.settings import Settings
from dashboard.web.filling import scene_facts
from tests.images import AFFINE, save_image

VIEWS = [
    {"slice": "6"},
    {"scope": "volume", "components": "4", "prior": "0.3"},
    {"start": "volume", "scaling": "robust", "components": "5"},
]


@pytest.fixture(scope="module")
def servers(head, tmp_path_factory):
    """Return clients of two servers on copies of one study, and the folder of the first."""
    clients, folders = [], []
    for name in ("here", "there"):
        folder = tmp_path_factory.mktemp(name)
        for number, image in enumerate(("T1", "b0")):
            save_image(folder / f"data/pair/{image}.nii", head(number), AFFINE)
        settings = Settings(data=folder / "data", cache=folder / "cache")
        clients.append(create_app(settings).server.test_client())
        folders.append(folder / "data")
    return clients, folders[0]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: "-".join(view.values()))
def test_a_link_gives_the_same_numbers_and_files_on_another_server(servers, tmp_path, view):
    clients, data = servers
    archive, *_ = start(Settings(data=data, cache=tmp_path))
    opened = open_view(archive, view)
    query, identity = opened.scene.view.query(), key(opened.scene.identity)
    needed = ",".join(card.id for card in CARDS if card.group in ("views", "files"))
    cards = f"/cards/{identity}.json?need={needed}&{query}"
    picture = f"/maps/{identity}/axial/{opened.scene.view.slice}.png?{query}"
    exported = [f"/exports/{what}?{query}" for what in ("bids.zip", "dseg.nii.gz")]
    for address in (cards, picture, *exported):
        here, there = (client.get(address) for client in clients)
        assert here.status_code == 200, here.text
        assert here.data == there.data, address.partition("?")[0]
    link = f"{query}&files={scene_facts(opened)['files']}"
    for client in clients:
        assert "another version" not in client.get(f"/open?{link}").text
    wrong = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert "another version of b0.nii" in clients[0].get(f"/open?{wrong}").text


@pytest.mark.wide
@pytest.mark.parametrize("where", [{"slice": "6"}, {"scope": "volume"}], ids=["slice", "head"])
def test_another_kind_of_processor_gives_the_same_labels(servers, tmp_path, where):
    clients, data = servers
    images = [data / "pair" / f"{name}.nii" for name in ("T1", "b0")]
    # OpenBLAS has other machine code for each kind, which adds up in another order.
    other = {**os.environ, "OPENBLAS_CORETYPE": "Prescott"}
    segment = [sys.executable, "-m", "dashboard", "segment", *images, "--out", tmp_path]
    ((name, value),) = where.items()
    subprocess.run([*segment, f"--{name}", value], env=other, check=True)
    query = f"study=pair&{name}={value}"
    labels, table = (
        clients[0].get(f"/exports/{what}?{query}") for what in ("dseg.nii.gz", "components.tsv")
    )
    assert labels.data == (tmp_path / "T1_dseg.nii.gz").read_bytes()
    there = json.loads((tmp_path / "T1_components.json").read_text())["components"]
    here = list(csv.DictReader(io.StringIO(table.text), delimiter="\t"))
    for one, same in zip(there, here, strict=True):
        assert one["weight"] == pytest.approx(float(same["weight"]), rel=1e-9)
