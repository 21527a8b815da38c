"""What remedies change: fields of the View, with values that it takes."""

from typing import get_args

import pytest

from dashboard.core.check.remedies import (
    Clip,
    KeepGrids,
    Remedy,
    ResampleTo,
    TakePosition,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.services.scene.remedies import changes
from dashboard.view import View

EDGES = (1.0, 1.0, 1.0)
CHANGES = [
    (UseRule("background"), {"foreground": "background"}),
    (UseMask("brain", preset=True), {"foreground": "mask", "mask": ""}),
    (UseMask("other", preset=False), {"foreground": "mask", "mask": "other"}),
    (Clip("0.1"), {"clip": "0.1"}),
    (ResampleTo("T1", ("EPI",), "linear", EDGES, ("T1", "EPI")), {"grid": "T1"}),
    (ResampleTo("T1", ("EPI",), "linear", EDGES, ("T1", "EPI"), only=True),
     {"grid": "T1", "mix": "T1,EPI"}),
    (TakePosition("T1", ("mask",)), {"position": "T1"}),
    (TakePosition("T1", ("brain",), mask="brain"),
     {"position": "T1", "foreground": "mask", "mask": "brain"}),
    (KeepGrids(), {"grid": ""}),
    (KeepGrids(refit=True), {"grid": "", "mix": ""}),
    (UseOnly(("T1", "b0")), {"mix": "T1,b0"}),
    (UseOnly(("T1", "b0"), x="T1", y="b0"), {"mix": "T1,b0", "x": "T1", "y": "b0"}),
    (TakeVolumes("dwi", "b0", 2, ("x", "y")), {"x": "dwi:b0", "y": "dwi:b0"}),
]  # fmt: skip


@pytest.mark.parametrize(("remedy", "expected"), CHANGES)
def test_a_remedy_changes_fields_of_the_view(remedy, expected):
    found = changes(remedy)
    assert found == expected
    view, notices = View.parse(found)
    assert notices == []
    assert all(getattr(view, name) == value for name, value in found.items())


def test_every_remedy_is_in_the_table():
    assert {type(remedy) for remedy, _ in CHANGES} == set(get_args(Remedy))
