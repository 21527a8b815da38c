"""Notices as data: a code and its numbers. `dashboard.words` writes the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class FileCode(StrEnum):
    """What can be unusual about a file, about its use, or about files fitted together."""

    DATA_TYPE = "data-type"
    VOXEL_SIZE = "voxel-size"
    NEGATIVE_SIZE = "negative-size"
    NO_SLOPE = "no-slope"
    INVERTED = "inverted"
    EXTRA_BYTES = "extra-bytes"
    NO_POSITION = "no-position"
    MIRRORED = "mirrored"
    TWO_POSITIONS = "two-positions"
    BAD_AFFINE = "bad-affine"
    ANISOTROPIC = "anisotropic"
    SERIES = "series"
    ROUNDED = "rounded"
    NONFINITE = "nonfinite"
    BEYOND_SINGLE = "beyond-single"
    SCALES = "scales"
    B_VALUES = "b-values"
    # As the mask
    MASK_CONSTANT = "mask-constant"
    MASK_VALUES = "mask-values"
    MASK_NOISE = "mask-noise"
    MASK_FRACTIONS = "mask-fractions"
    MASK_LABELS = "mask-labels"
    MASK_INTENSITIES = "mask-intensities"
    MASK_NAN = "mask-nan"
    # As the reference
    LABELS_SCALED = "labels-scaled"
    LABELS_ROUNDED = "labels-rounded"
    LABELS_OUTSIDE = "labels-outside"
    LABELS_NAN = "labels-nan"
    LABELS_ARE_MASK = "labels-are-mask"


@dataclass(frozen=True)
class Notice:
    """One unusual thing about a file, a study, or a link.

    `facts` holds the numbers and names that the sentence needs, as JSON values.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
