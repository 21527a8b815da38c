"""Requests that take too much, and what others see of them."""

import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dashboard.app import create_app
from dashboard.core.domain import WHOLE
from dashboard.core.reading.container import Container
from dashboard.services import archive, fits, limits, mixtures
from dashboard.services.disk import looks
from dashboard.settings import Settings
from tests.holding import PATIENCE, Gate
from tests.images import AFFINE


@pytest.fixture
def server(save, head, tmp_path):
    """Return a function that makes the application with the studies `pair` and `share`."""
    for study in ("pair", "share"):
        for number, name in enumerate(("T1", "b0")):
            save(f"data/{study}/{name}.nii.gz", head(number + 3 * (study == "share")), AFFINE)

    # What has just changed may change again within a tick of the clock, and is not remembered.
    for folder in (tmp_path / "data", *(tmp_path / "data").iterdir()):
        os.utime(folder, (0, 0))

    def server(**settings):
        found = Settings(data=tmp_path / "data", cache=tmp_path / "cache", **settings)
        return create_app(found).server

    return server


def opened(client, query):
    return json.loads(client.get(f"/open?{query}").text.splitlines()[-1])["opened"]


def addresses(client, query):
    """Return what a page asks for a View: cards, the map, and a slice."""
    scene = opened(client, query)["scene.data"]
    view = scene["view"]
    # As the page writes it: what the View leaves open, the server has chosen.
    asked = f"{query}&x={view['x']}&y={view['y']}&plane={view['plane']}&slice={view['slice']}"
    return [
        f"/cards/{scene['key']}.json?need=components,histograms,labels&{asked}",
        f"/maps/{scene['key']}/{view['plane']}/{view['slice']}.png?{asked}",
        f"/slices/{scene['x']['id']}/{view['plane']}/{view['slice']}.png?{asked}",
    ]


def is_clear(answer):
    """Return whether a map shows nothing, and browsers do not keep it."""
    pixels = np.asarray(Image.open(io.BytesIO(answer.data)).convert("RGBA"))
    return answer.headers["Cache-Control"] == "no-store" and not pixels[..., 3].any()


def models(tmp_path):
    return list((tmp_path / "cache" / "models").glob("*.json"))


@pytest.mark.parametrize("scope", ["slice", "volume"])
def test_a_fit_beyond_its_time_ends_with_a_sentence(server, tmp_path, monkeypatch, scope):
    client = server().test_client()
    cards, picture, slice_ = addresses(client, f"study=pair&scope={scope}")
    spent = iter(range(0, 10**9, limits.FIT_SECONDS + 1))
    monkeypatch.setattr(limits.time, "thread_time", lambda: next(spent))
    answer = client.get(cards)
    assert "takes longer than 60 seconds, so it was stopped. Choose fewer starts" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_clear(client.get(picture))
    assert models(tmp_path) == []
    monkeypatch.undo()
    # It is not tried again, and the others are as before.
    assert "takes longer" in client.get(cards).text
    assert client.get(slice_).status_code == 200
    other = client.get(cards.replace("study=pair", "study=pair&components=2"))
    assert "takes longer" not in other.text
    assert models(tmp_path)


def test_a_head_without_room_is_refused_before_its_voxels_are_gathered(server, monkeypatch):
    client = server(max_fit_bytes=10_000).test_client()
    cards, picture, _ = addresses(client, "study=pair&scope=volume")
    gather = mixtures.features

    def gathered(*given, domain, **others):
        assert domain is not WHOLE
        return gather(*given, domain=domain, **others)

    monkeypatch.setattr(mixtures, "features", gathered)
    answer = client.get(cards)
    assert "of memory, and this server has 0.0 GB for it. Choose fewer images" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert is_clear(client.get(picture))
    monkeypatch.undo()
    assert "of memory" not in client.get(cards.replace("scope=volume", "scope=slice")).text


def test_a_slice_without_room_is_refused_before_its_voxels_are_gathered(server, monkeypatch):
    monkeypatch.setattr(fits, "SMALL_SLICE", 0)
    client = server(max_fit_bytes=10_000).test_client()
    cards, _, _ = addresses(client, "study=pair")
    monkeypatch.setattr(mixtures, "features", None)
    answer = client.get(cards)
    assert "in 2 images takes 0.0 GB of memory" in answer.text
    assert "Choose fewer images, or a smaller slice." in answer.text
    monkeypatch.undo()
    assert "of memory" not in client.get(cards).text  # small ones need no room


@pytest.mark.faults("slow disks")
def test_a_file_that_is_slow_for_one_holds_up_nobody_else(server, monkeypatch):
    monkeypatch.setattr(archive, "FIRST_SECONDS", 0.1)
    app = server()
    gate, read = Gate(), Container.read

    def slow_read(container, count):
        if "share" in str(container._file.name):
            gate.hold()
        return read(container, count)

    monkeypatch.setattr(Container, "read", slow_read)
    with ThreadPoolExecutor(2) as visitors:
        slow = [visitors.submit(opened, app.test_client(), "study=share") for _ in range(2)]
        assert gate.reached()
        try:
            client = app.test_client()
            assert client.get("/healthz").status_code == 200
            studies = opened(client, "study=pair")["control-study.data"]
            assert set(studies) == {"pair", "share"}
            for query in ("study=pair", "study=pair&scope=volume&components=2"):
                for address in addresses(client, query):
                    assert client.get(address).status_code == 200
            client.get("/?study=pair")
            laid_out = client.get("/_dash-layout", headers={"Referer": "http://a/?study=pair"})
            assert '"drawn"' in laid_out.text
            assert client.get("/exports/dseg.nii.gz?study=pair").status_code == 200
            # Nor does the first page, for which the library is looked through.
            assert opened(client, "")["control-study.value"] == "pair"
            assert not any(one.done() for one in slow)
        finally:
            gate.open()
        assert all(one.result(PATIENCE)["control-study.value"] == "share" for one in slow)


@pytest.mark.faults("slow disks")
def test_a_share_that_hangs_holds_up_nobody_whose_study_was_open(server, monkeypatch, tmp_path):
    app = server()
    client = app.test_client()
    asked = [*addresses(client, "study=pair"), *addresses(client, "study=share")]
    assert all(client.get(address).status_code == 200 for address in asked)
    gate, stat = Gate(), Path.stat

    def hanging(path, **options):
        if path.is_relative_to(tmp_path / "data"):
            gate.hold()
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", hanging)
    monkeypatch.setattr(looks, "HANGING_SECONDS", 0)
    with ThreadPoolExecutor(1) as visitors:
        slow = visitors.submit(app.test_client().get, asked[-1])
        assert gate.reached()
        try:
            for address in asked:
                assert client.get(address).status_code == 200
            assert client.get("/healthz").status_code == 200
            assert set(opened(client, "study=pair")["control-study.data"]) == {"pair", "share"}
            assert not slow.done()
        finally:
            gate.open()
        assert slow.result(PATIENCE).status_code == 200
