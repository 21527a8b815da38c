"""What a file is for and what it shows, by its name and the table of conventions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dashboard.services.studies import conventions
from dashboard.services.studies.conventions import (
    CONTRAST_LINES,
    PROCESSING_PARTS,
    PROCESSING_WORDS,
    ROLE_LINES,
    Processing,
    Role,
    whole_words,
)

# Subject and session do not say what an image shows.
_WHOSE = re.compile(r"(?:^|_)(?:sub|ses)-[^_]*")
_RESOLUTION = re.compile(r"[_\-. ]\d+(?:\.\d+)?mm$", re.IGNORECASE)
_SPM = re.compile(conventions.SPM_PREFIX)
_PROCESSING = [(done, whole_words(words)) for done, _, words in PROCESSING_WORDS]
_PROCESSING += [(done, re.compile(part)) for done, _, part in PROCESSING_PARTS]
_REGION = whole_words(conventions.REGION_WORDS)
_BRAIN_MASK = whole_words(conventions.BRAIN_MASK_WORDS)
_BRAIN = whole_words(conventions.BRAIN_WORDS)
_PART = whole_words(conventions.PART_WORDS)
_REFERENCES = [(rank, whole_words(words)) for rank, words in conventions.REFERENCE_WORDS]
# Entities of BIDS that say what was done to an image, or what it is a part of.
_TELLING = ("part", "ce", "desc", "space", "rec", "label")


@dataclass(frozen=True)
class Meaning:
    """What a name says.

    Attributes
    ----------
    role : Role
    contrast : str
        What an image shows. Images of one contrast are one image for a fit. A name that is not in
        the table is a contrast of its own, without words of processing: "named …".
    known : bool
        Whether the contrast is in the table.
    processing : frozenset of str
        What was done to the image.
    plain : bool
        Whether the name says nothing but contrast and processing.
    """

    role: Role
    contrast: str
    known: bool
    processing: frozenset[Processing]
    plain: bool


# Of a file without a name.
UNKNOWN = Meaning("image", "", known=False, processing=frozenset(), plain=False)


@lru_cache(maxsize=16384)  # a folder is listed anew whenever anything in it changes
def meaning(file_name: str, stem: str) -> Meaning:
    """Return what the name of a file says, if it is not a BIDS name.

    Parameters
    ----------
    file_name : str
        The whole name.
    stem : str
        The name without its extensions.
    """
    name = _WHOSE.sub("", stem)
    prefix = _SPM.match(name)
    done: set[Processing] = set()
    if prefix:
        letters = prefix[0]
        done |= {form for letter, form in conventions.SPM_LETTERS.items() if letter in letters}
        name = name[len(letters) :]
    name = _RESOLUTION.sub("", name)
    done |= {form for form, pattern in _PROCESSING if pattern.search(name)}
    contrast, matched = _contrast(name)
    rest = name.replace(matched, "", 1)
    for _, pattern in _PROCESSING:
        rest = pattern.sub("_", rest)
    return Meaning(
        role=role_of(file_name, stem),
        contrast=contrast or "named " + re.sub(r"[_\-+. ]+", "_", rest).strip("_").lower(),
        known=bool(contrast),
        processing=frozenset(done),
        plain=bool(contrast) and not re.search(r"[a-z]", rest, re.IGNORECASE),
    )


def bids_meaning(file_name: str, entities: Mapping[str, str]) -> Meaning:
    """Return what a BIDS name says; its suffix gives the role.

    Other words may name a tissue for other reasons.
    """
    suffix = entities.get("suffix", "")
    telling = [f"{key}-{entities[key]}" for key in _TELLING if key in entities]
    found = meaning(file_name, suffix)
    done = {form for form, pattern in _PROCESSING if pattern.search("_".join(telling))}
    if "desc" in entities:
        done |= {form for form, pattern in _PROCESSING if pattern.search(entities["desc"])}
    role: Role = "other" if entities.get("part", "mag") != "mag" else found.role
    contrast = suffix if suffix in conventions.LATE_CONTRASTS else found.contrast
    if suffix == "MP2RAGE" and "inv" in entities:
        contrast = conventions.INVERSIONS.get(entities["inv"].lstrip("0"), contrast)
    elif contrast == "T1" and conventions.AGENT in entities:
        contrast = "T1Gd"
    elif conventions.AGENT in entities:
        contrast += f" {entities[conventions.AGENT]}"
    for key in conventions.CONTRAST_ENTITIES.get(suffix, ()):
        contrast += f" {key}-{entities[key]}" if key in entities else ""
    return Meaning(
        role, contrast, found.known, frozenset(done) | found.processing, plain=found.known
    )


def role_of(file_name: str, stem: str) -> Role:
    """Return the role of a file by the words of its name.

    Parameters
    ----------
    file_name : str
        The whole name.
    stem : str
        The part whose words count: the name without extensions, or the suffix of a BIDS name.
    """
    return next((line.role for line in ROLE_LINES if line.matches(file_name, stem)), "image")


def contrast_rank(contrast: str) -> int:
    """Return the rank of a contrast for opening a study; unknown ones come together."""
    if contrast in conventions.FIRST_CONTRASTS:
        return conventions.FIRST_CONTRASTS.index(contrast)
    middle = len(conventions.FIRST_CONTRASTS)
    if contrast in conventions.LATE_CONTRASTS:
        return middle + 1 + conventions.LATE_CONTRASTS.index(contrast)
    return middle


def processing_rank(processing: frozenset[Processing], *, with_mask: bool) -> int:
    """Return the rank of an image among those of its contrast, the best for a fit first.

    A mask takes care of skull and scalp; without one, an image of the brain alone does. An image
    in the space of a template is on the grid of no other.
    """
    unwanted = ("stripped" in processing) == with_mask
    return 4 * ("normalised" in processing) + 2 * unwanted + ("corrected" in processing)


def marks_region(stem: str) -> bool:
    """Return whether a mask or label map is of a lesion or another region, not the whole head."""
    words = _WHOSE.sub("", stem)
    return bool(_REGION.search(words)) and not _BRAIN_MASK.search(words)


def mask_rank(role: Role, stem: str) -> int:
    """Return the rank of a mask or label map as the foreground, the best first."""
    if marks_region(stem):
        return 4
    if role != "mask":
        return 3
    words = _WHOSE.sub("", stem)
    if _BRAIN_MASK.search(words):
        return 0
    return 2 if _PART.search(words) else 0 if _BRAIN.search(words) else 1


def reference_rank(stem: str) -> int:
    """Return the rank of a label map as the reference: tissues first, then parcels and parts."""
    return next((rank for rank, pattern in _REFERENCES if pattern.search(stem)), 0)


def _contrast(name: str) -> tuple[str, str]:
    """Return the contrast that a name states first, and the words that state it."""
    found = [
        (line.weak, match.start(), number, line.contrast, match[0])
        for number, line in enumerate(CONTRAST_LINES)
        if (match := line.expression.search(name))
    ]
    if not found:
        return "", ""
    *_, contrast, words = min(found)
    return contrast, words
