"""Every scaling has its words."""

from typing import get_args

from dashboard.core.mixture.scaling import Scaling
from dashboard.words.scalings import LABELS, UNITS


def test_every_scaling_has_a_label_and_a_unit():
    assert list(LABELS) == list(UNITS) == list(get_args(Scaling))
