"""The route of the cards: what it draws, what browsers may keep, and which addresses it refuses."""

import errno
import logging
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from dashboard.cards import joint
from dashboard.cards.table import CARDS
from dashboard.services.archive import Archive
from dashboard.services.render.addresses import key as key_of
from dashboard.services.scene import scene as scenes
from dashboard.services.studies.library import Library
from dashboard.view import View
from dashboard.web import cards
from dashboard.web.cards import UNEXPECTED, blueprint, draw
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)
FIGURE = "view-joint.figure"


@pytest.fixture
def ask(study):
    """Return a function that asks the route for cards of a View."""
    server = Flask(__name__)
    server.register_blueprint(blueprint(study.archive, study.analyses, study.ahead))

    def ask(view, *needed, key=None, **headers):
        key = key or key_of(study.scene(view).identity)
        address = f"/cards/{key}.json?{view.query()}&need={','.join(needed)}"
        return server.test_client().get(address, headers=headers)

    return ask


def test_the_route_draws_just_what_is_needed(ask):
    answer = ask(VIEW, "joint", "image-x")
    assert set(answer.json) == {FIGURE, "head-joint.html", "head-image-x.html",
                                "problem-image-x.html"}  # fmt: skip
    assert ">T1</h2>" in answer.json["head-image-x.html"]
    assert answer.cache_control.immutable


def test_the_check_is_asked_for_again_as_it_reads_images_beyond_its_address(ask, save, head):
    before = ask(VIEW, "check")
    assert before.cache_control.no_cache
    assert not before.cache_control.immutable
    save("data/pair/tumor_mask.nii.gz", head(0) > 0, AFFINE, dtype="u1")
    key = before.request.path.removeprefix("/cards/").removesuffix(".json")
    after = ask(VIEW, "check", key=key)
    assert after.status_code == 200
    assert "tumor_mask" in after.text
    assert "tumor_mask" not in before.text


def test_one_slice_step_resolves_the_view_once(ask, study, monkeypatch):
    views = [card.id for card in CARDS if card.group == "views"]
    key = key_of(study.scene(VIEW).identity)
    counted = Counter()

    def count(where, name):
        original = getattr(where, name)

        def counting(*args):
            counted[name] += 1
            return original(*args)

        monkeypatch.setattr(where, name, counting)

    count(scenes, "scene")
    count(Library, "study")
    count(Archive, "open")
    answer = ask(replace(VIEW, slice=6), *views, key=key)
    assert answer.json[FIGURE]["data"]
    # T1 and b0, each once.
    assert counted == {"scene": 1, "study": 1, "open": 2}


def test_what_an_image_left_that_cannot_be_read_now_is_not_kept(ask, save, head, monkeypatch):
    bad, look = save("data/pair/bad.nii", head(0)), Path.stat

    def stat(path, **kwargs):
        if path == bad:
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(path, **kwargs)

    monkeypatch.setattr(Path, "stat", stat)
    answer = ask(replace(VIEW, x="bad"), "image-y")
    assert "b0" in answer.json["head-image-y.html"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_broken_image_left_is_kept_until_it_changes(ask, save, head, tmp_path):
    (tmp_path / "data/pair/bad.nii").write_text("no image")
    view = replace(VIEW, x="bad")
    before = ask(view, "image-x", "image-y")
    assert before.cache_control.immutable
    assert "bad.nii cannot be read." in before.text
    save("data/pair/bad.nii", head(0))
    assert ask(view, "image-x").request.path != before.request.path


def test_an_unforeseen_error_is_a_sentence_and_the_log_has_the_rest(study, caplog):
    def fail(*_):
        raise ZeroDivisionError("secret detail in /srv/data")

    card = replace(joint.CARD, draw=fail)
    shown = draw(card, study.scene(VIEW), study.analyses)
    assert shown == card.failed(UNEXPECTED)
    assert "secret" not in str(shown)
    (record,) = caplog.records
    assert (record.name, record.levelno) == (cards.__name__, logging.ERROR)
    assert record.exc_info[0] is ZeroDivisionError


def test_what_an_unforeseen_error_left_is_not_kept(ask, monkeypatch):
    monkeypatch.setattr(joint.joint, "joint", lambda *_, **__: 1 / 0)
    answer = ask(VIEW, "joint", "histograms")
    (note,) = answer.json[FIGURE]["layout"]["annotations"]
    assert note["text"].replace("<br>", " ") == UNEXPECTED
    assert answer.json["view-histograms.figure"]["data"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_a_resting_page_asks_ahead_delays_nobody(ask, study):
    with study.ahead.request():
        passed_over = ask(VIEW, "joint", **{"X-Ahead": "1"})
        assert passed_over.status_code == 204
        assert passed_over.headers["Cache-Control"] == "no-store"
        assert ask(VIEW, "joint").status_code == 200
    assert ask(VIEW, "joint", **{"X-Ahead": "1"}).json[FIGURE]["data"]


def test_an_address_of_swapped_images_is_404(ask, study):
    swapped = replace(VIEW, x="b0", y="T1")
    answer = ask(VIEW, "joint", key=key_of(study.scene(swapped).identity))
    assert answer.status_code == 404
    assert "Reload the page" in answer.text


@pytest.mark.parametrize("key", ["0" * 16, "a", "../..", "0" * 64])
def test_an_address_of_other_volumes_is_404(ask, key):
    answer = ask(VIEW, "joint", key=key)
    assert answer.status_code == 404
    assert b"Traceback" not in answer.data


def test_a_replaced_image_of_the_mixture_makes_the_old_address_404(ask, study, save, head):
    affine = [[2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 1]]
    save("data/pair/adc.nii", head(2), affine)
    key = key_of(study.scene(VIEW).identity)
    assert ask(VIEW, "joint", key=key).status_code == 200
    save("data/pair/adc.nii", head(2) + 1, affine)
    assert ask(VIEW, "joint", key=key).status_code == 404


def test_what_is_asked_ahead_at_an_old_address_is_passed_over(ask, study, save, head):
    key = key_of(study.scene(VIEW).identity)
    save("data/pair/b0.nii.gz", head(2), AFFINE)
    answer = ask(VIEW, "joint", key=key, **{"X-Ahead": "1"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ask(VIEW, "joint", key=key).status_code == 404


def test_a_query_that_is_no_view_is_404_with_a_sentence(ask):
    answer = ask(replace(VIEW, components=99), "joint")
    assert answer.status_code == 404
    assert "components" in answer.text
