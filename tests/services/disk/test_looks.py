"""Looks at disks that are slow, or hang."""

import threading

import pytest

from dashboard.services.disk import looks
from dashboard.services.disk.looks import Looks
from tests.holding import PATIENCE, Gate, end_of


def test_what_was_slow_once_is_looked_at_beside_those_who_ask(monkeypatch):
    monkeypatch.setattr(looks, "SLOW_SECONDS", -1)
    monkeypatch.setattr(looks, "PATIENCE", -1)
    monkeypatch.setattr(looks, "HANGING_SECONDS", 0)
    disk, gate, looked = Looks(), Gate(), []

    def slow():
        looked.append(threading.get_ident())
        gate.hold()
        return "new"

    assert disk.at("share", lambda: "old", None) == "old"
    for _ in range(3):
        assert disk.at("share", slow, "old") == "old"
        assert not disk.hang  # nobody waits for it
        assert disk.at("disk", threading.get_ident, None) == threading.get_ident()
    gate.open()
    end_of("look")
    assert len(looked) == 1  # they share one look

    monkeypatch.setattr(looks, "SLOW_SECONDS", PATIENCE)
    monkeypatch.setattr(looks, "PATIENCE", PATIENCE)
    assert disk.at("share", lambda: "new", "old") == "new"  # it answers while one waits
    end_of("look")
    assert disk.at("share", threading.get_ident, 1) == threading.get_ident()  # and is quick again


def test_a_look_beside_that_fails_says_so(monkeypatch):
    disk = Looks()
    monkeypatch.setattr(looks, "SLOW_SECONDS", -1)
    monkeypatch.setattr(looks, "PATIENCE", -1)
    disk.at("share", lambda: "old", None)
    monkeypatch.setattr(looks, "SLOW_SECONDS", PATIENCE)
    monkeypatch.setattr(looks, "PATIENCE", PATIENCE)
    with pytest.raises(ZeroDivisionError):
        disk.at("share", lambda: str(1 / 0), "old")
    end_of("look")
    assert disk.at("share", lambda: "new", "old") == "new"


def test_of_what_nobody_knows_a_look_beside_gives_nothing_until_it_is_done(monkeypatch):
    disk, gate = Looks(), Gate()
    monkeypatch.setattr(looks, "FIRST_SECONDS", -1)
    assert disk.at("share", lambda: gate.hold() or True, None, beside=True) is None
    gate.open()
    monkeypatch.setattr(looks, "FIRST_SECONDS", PATIENCE)
    assert disk.at("share", lambda: True, None, beside=True)
