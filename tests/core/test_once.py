from types import SimpleNamespace

import pytest

from dashboard.core import once as kept
from dashboard.core.errors import LabelError
from dashboard.core.once import once


def volume(number, name="T1"):
    return SimpleNamespace(id=f"id {number}", name=name)


def test_each_volume_is_looked_at_once():
    calls = []

    @once
    def look(volume):
        calls.append(volume.id)
        return len(calls)

    assert [look(volume(n)) for n in (1, 2, 1, 1, 2)] == [1, 2, 1, 1, 2]
    assert calls == ["id 1", "id 2"]
    assert look(volume(1, "copy")) == 3  # messages name the file


def test_what_is_wrong_with_a_volume_is_kept_too():
    calls = []

    @once
    def refuse(volume):
        calls.append(volume.id)
        raise LabelError(f"{volume.name} has no labels.")

    for _ in range(3):
        with pytest.raises(LabelError, match="T1 has no labels"):
            refuse(volume(1))
    assert calls == ["id 1"]


def test_an_error_of_the_program_is_not_kept():
    calls = []

    @once
    def fail(volume):
        calls.append(volume.id)
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail(volume(1))
    assert len(calls) == 2


def test_only_the_last_volumes_are_kept(monkeypatch):
    monkeypatch.setattr(kept, "KEPT", 3)
    calls = []
    look = once(lambda volume: calls.append(volume.id) or len(calls))
    for number in (1, 2, 3, 4, 4, 3, 2, 1):
        look(volume(number))
    assert calls == ["id 1", "id 2", "id 3", "id 4", "id 1"]
