"""How many classes a palette keeps apart over a T1, for common and for deuteranopic eyes."""

import re
from itertools import combinations

import numpy as np
import pytest

from dashboard.figures.palette import PALETTES, on_white
from dashboard.ui.controls import PALETTES as LISTED
from dashboard.view import View

# CIEDE2000. Two fields side by side differ visibly from about 2 on; classes are compared across a
# picture, and with a legend, in patches of a few voxels, so four times that is asked.
APART = 8
# What a T1 has within a brain, from a dark to the brightest voxel.
GREYS = np.linspace(0.1, 1, 10)
# Machado, Oliveira and Fernandes (2009), deuteranopia at severity 1, on linear RGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968],
     [0.280085, 0.672501, 0.047413],
     [-0.011820, 0.042940, 0.968881]]
)  # fmt: skip
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375],
     [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip


def rgb(colour):
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def linear(colours):
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def lab(light):
    """Return CIE Lab (D65) of linear RGB."""
    xyz = np.clip(light, 0, 1) @ TO_XYZ.T / [0.95047, 1, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(one, other):
    """Return CIEDE2000, by the steps and symbols of Sharma, Wu and Dalal (2005)."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = np.where(c1 * c2 == 0, 0, (h2 - h1 + 180) % 360 - 180)
    hue, chroma, light = (h1 + turn / 2) % 360, (c1 + c2) / 2, (l1 + l2) / 2
    cos = lambda times, offset: np.cos(np.radians(times * hue + offset))  # noqa: E731
    t = 1 - 0.17 * cos(1, -30) + 0.24 * cos(2, 0) + 0.32 * cos(3, 6) - 0.2 * cos(4, -63)
    far = (light - 50) ** 2
    d_l = (l2 - l1) / (1 + 0.015 * far / np.sqrt(20 + far))
    d_c = (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    mean7 = chroma**7
    twist = 2 * np.sqrt(mean7 / (mean7 + 25.0**7))
    twist *= -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    return np.sqrt(d_l**2 + d_c**2 + d_h**2 + twist * d_c * d_h)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
     ((50, 2.5, 0), (73, 25, -18), 27.1492),
     ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082)],
)  # fmt: skip
def test_the_difference_is_that_of_the_published_examples(one, other, expected):
    """Rows 1, 17 and 34 of the table of Sharma, Wu and Dalal."""
    assert difference(np.array(one), np.array(other)) == pytest.approx(expected, abs=1e-4)


def seen(colour, eyes):
    """Return a class over each grey of a T1, as it is shown and seen."""
    opacity = View.opacity / 100
    shown = opacity * rgb(colour) + (1 - opacity) * GREYS[:, None]
    light = linear(shown)
    return lab(light @ DEUTERANOPIA.T if eyes == "deuteranopia" else light)


def kept_apart(colours, eyes):
    """Return how many classes stay apart, whatever the greys below them."""
    for number in range(2, len(colours) + 1):
        for one, other in combinations(colours[:number], 2):
            differences = difference(seen(one, eyes)[:, None], seen(other, eyes)[None])
            if differences.min() < APART:
                return number - 1
    return len(colours)


@pytest.mark.parametrize("palette", PALETTES)
def test_the_list_says_how_many_classes_a_palette_keeps_apart(palette):
    commonly, in_deuteranopia = map(int, re.findall(r"\d+", LISTED[palette]))
    assert kept_apart(PALETTES[palette], "common") == commonly
    assert kept_apart(PALETTES[palette], "deuteranopia") == in_deuteranopia


def test_the_default_keeps_ten_classes_apart_for_everybody():
    colours = PALETTES[View.palette]
    assert kept_apart(colours, "common") == kept_apart(colours, "deuteranopia") == 10


@pytest.mark.parametrize("colour", sorted({c for own in PALETTES.values() for c in own}))
def test_a_line_has_a_contrast_of_3_with_a_white_card(colour):
    """As WCAG asks of graphics; a colour that has it stays."""
    drawn = on_white(colour)
    assert contrast_with_white(drawn) >= 3
    assert (drawn == colour) == (contrast_with_white(colour) >= 3)
    assert contrast_with_white(drawn) < 3.2 or drawn == colour


def contrast_with_white(colour):
    return 1.05 / (linear(rgb(colour)) @ TO_XYZ[1] + 0.05)
