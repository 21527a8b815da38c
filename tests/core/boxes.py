"""Small images for tests of the check: a brain in a box, and what was found in it."""

import numpy as np

RNG = np.random.default_rng(4)
SHAPE = (24, 26, 22)
AFFINE = np.diag([2.0, 2.0, 2.0, 1.0])
BRAIN = np.zeros(SHAPE, dtype=bool)
BRAIN[5:-5, 5:-5, 4:-4] = True


def brain(low=50.0, high=400.0, *, background=0.0):
    """Intensities in a box of constant background."""
    return np.where(BRAIN, RNG.uniform(low, high, SHAPE), background)


def only(found, severity=None):
    """Return the one finding (of a severity)."""
    chosen = [f for f in found.findings if severity in (None, f.severity)]
    assert len(chosen) == 1, found.findings
    return chosen[0]


def turned(degrees):
    angle = np.radians(degrees)
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return AFFINE @ matrix


def moved(*shift):
    affine = AFFINE.copy()
    affine[:3, 3] = shift
    return affine
