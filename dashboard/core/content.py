"""What a volume holds, by its voxels: contrast, labels, a mask, fractions, or a smooth field.

In a label map, equal numbers form connected regions, and the numbers of two regions that touch are
arbitrary. In an image, noise and partial volume make neighbours differ, by small steps. Images with
few grey values are told from label maps by both.
"""

from typing import Literal

from dashboard.core.reading.summary import Intensities
from dashboard.core.volume import Volume

Content = Literal["contrast", "labels", "mask", "fractions", "field"]

# NIfTI's intent codes of label maps, of maps of statistics, and of FSL's warps.
LABEL_INTENT, STATISTIC_INTENTS, WARP_INTENTS = 1002, range(2, 25), range(2006, 2020)
# The numbers of labels lie this near to whole ones, after a header's scaling of 8-bit storage.
NEAR_WHOLE = 0.05
# Up to this many labels, neighbouring tissues have neighbouring numbers, as grey values have.
FEW_LABELS, SOME_LABELS = 4, 8
# Least shares of equal neighbours. In real images that are rounded to 6 to 8 grey values up to 0.86
# are equal, rounded to 9 to 12 up to 0.76; in maps of tissues 0.75 or more.
FLAT_FEW, FLAT_SOME, FLAT_SURELY, FLAT_MANY = 0.6, 0.75, 0.9, 0.5
# Least steps between unequal neighbours, in labels and as a share of all: in images as above that
# are as flat as this 1.0 to 1.2, rounded to 9 to 12 values at most 1.8, and to more 0.11 of all.
STEP_SOME, STEP_MANY, STEP_SHARE = 1.3, 2.0, 0.15
# A tissue probability is nearly 0 or 1 in most of its voxels; the middle holds partial volume.
TOP_SHARE, MIDDLE_SHARE = 0.2, 0.5
# Noise beyond 0 and 1, of resampling in single precision.
ROUNDED = 0.001
# Fields that multiply: factors within this range, whose neighbours hardly differ.
FIELD_RANGE, FIELD_ROUGH = (0.2, 5.0), 0.2
# Warps are smoother than images of any contrast.
WARP_ROUGH = 0.1
# Labels that are counted if they lie scattered, as in a map of the kinds of partial volume.
SCATTERED_LABELS = 64


def content(volume: Volume) -> Content:
    """Return what a volume holds; "contrast" is also what cannot be told.

    The decision needs no voxels, only the summary made when the file was read.
    """
    facts = volume.intensities
    if _is_mask(facts):
        return "mask"
    if _is_label_map(facts, intent=_intent(volume)):
        return "labels"
    if _is_field(facts) or _is_warp(volume):
        return "field"
    return "fractions" if _is_fraction(facts) else "contrast"


def allows_image(volume: Volume) -> bool:
    """Return whether a volume can be a contrast: its header does not say statistics either."""
    return content(volume) == "contrast" and _intent(volume) not in STATISTIC_INTENTS


def allows_mask(volume: Volume) -> bool:
    """Return whether a volume can be a mask, be it of fractions."""
    facts = volume.intensities
    return (
        content(volume) in ("mask", "labels", "fractions")
        or _is_nearly_two(facts)
        or (facts.low >= -ROUNDED and facts.high <= 1 + ROUNDED)
    )


def allows_labels(volume: Volume) -> bool:
    """Return whether a volume can be a label map: also one of scattered or of ordered labels."""
    facts = volume.intensities
    if content(volume) in ("mask", "labels"):
        return True
    if facts.distinct is None or not _is_whole(facts):
        return False
    return len(facts.distinct) <= SCATTERED_LABELS or facts.texture.flat >= FLAT_MANY


def is_overlay(volume: Volume, named: str) -> bool:
    """Return whether a volume is a mask or label map, `named` as a role by its file."""
    if content(volume) in ("mask", "labels"):
        return True
    if named == "mask":
        return allows_mask(volume)
    return named == "labels" and (allows_labels(volume) or not allows_image(volume))


def _intent(volume: Volume) -> int:
    """Return the header's intent code; 0 if it has none."""
    text = dict(volume.header).get("intent_code", "0")
    return int(text) if text.isdecimal() else 0


def _is_mask(facts: Intensities) -> bool:
    """Return whether there are two values, or noise around 0 and 1."""
    if facts.distinct is not None and len(facts.distinct) == 2:
        return True
    return facts.whole > 0.999 and round(facts.low) == 0 and round(facts.high) == 1


def _is_label_map(facts: Intensities, *, intent: int) -> bool:
    flat, step, distinct = facts.texture.flat, facts.texture.step, facts.distinct
    if not _is_whole(facts):
        return False
    if distinct is None or step is None:
        return facts.high > 0 and flat >= FLAT_SOME  # the numbers of thousands of parcels
    labels = len(distinct) - 1
    if labels < 2:
        return False
    if intent == LABEL_INTENT and flat >= FLAT_MANY / 2:
        return True
    if labels <= FEW_LABELS:
        return flat >= FLAT_FEW
    if labels <= SOME_LABELS:
        return flat >= FLAT_SURELY or (flat >= FLAT_SOME and step >= STEP_SOME)
    arbitrary = flat >= FLAT_SOME or step >= STEP_SHARE * labels
    return flat >= FLAT_MANY and step >= STEP_MANY and arbitrary


def _is_whole(facts: Intensities) -> bool:
    if facts.whole > 0.999:
        return True
    distinct = facts.distinct
    return (
        distinct is not None
        and facts.high >= 1 - NEAR_WHOLE
        and all(abs(value - round(value)) <= NEAR_WHOLE for value in distinct)
    )


def _is_field(facts: Intensities) -> bool:
    """Return whether a volume is smooth and around 1 wherever it is not exactly 0."""
    low, high = facts.limits["0.1"]
    least, most = FIELD_RANGE
    return (
        (facts.low == 0 or facts.low >= least)
        and least < low < 1.1
        and 0.9 < high < most
        and facts.texture.rough < FIELD_ROUGH
    )


def _is_warp(volume: Volume) -> bool:
    """Return whether the volumes are displacements along three axes."""
    facts = volume.intensities
    if _intent(volume) in WARP_INTENTS:
        return True
    return volume.volumes == 3 and facts.negatives > 0 and facts.texture.rough < WARP_ROUGH


def _is_fraction(facts: Intensities) -> bool:
    return facts.high <= 1 + ROUNDED and _is_nearly_two(facts)


def _is_nearly_two(facts: Intensities) -> bool:
    """Return whether most voxels are 0 or nearly the largest, and few between."""
    texture = facts.texture
    return facts.negatives == 0 and texture.top >= TOP_SHARE and texture.middle < MIDDLE_SHARE
