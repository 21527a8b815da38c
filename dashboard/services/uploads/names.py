"""Names of uploaded files: text to show; only the extension is used."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from dashboard.core.reading.names import EXTENSIONS, HEADERS

IMAGES = (*EXTENSIONS, *HEADERS)
# Files that belong to an image of the same name: b-values, and names of labels.
SIDECARS = (".bval", ".tsv")
UPLOADED = (*IMAGES, *SIDECARS)
# Files that converters write and nothing here needs; they are left out silently.
NEEDLESS = (".json", ".bvec")

MAX_NAME = 120  # longer ones would not fit any control; file systems allow 255
MAX_TITLE = 60  # fits the study control on a wide screen

NAMELESS = "image"
# Characters of a name that are used: composing them takes quadratic time.
RAW_NAME, RAW_END = 4 * MAX_NAME, 16
_ENCODED_BREAKS = re.compile("%0[AD]", re.IGNORECASE)


def extension(name: str) -> str | None:
    """Return the extension of a file in lower case; None if it is not accepted."""
    lower = name.lower()
    found = [e for e in UPLOADED if lower.endswith(e)]
    return max(found, key=len) if found else None


def stem(name: str) -> str:
    """Return the name of a file without such an extension."""
    return name[: len(name) - len(extension(name) or "")]


def plain(text: str) -> str:
    """Return the printable part of a text: one line, one direction."""
    text = unicodedata.normalize("NFC", text)
    visible = "".join(_UNPRINTED.get(unicodedata.category(c), c) for c in text)
    return " ".join(visible.split())


# Format characters (Cf) are invisible and can reverse the text that follows, on the whole page.
_UNPRINTED = {"Cc": " ", "Cs": " ", "Zl": " ", "Zp": " ", "Cf": ""}


def clean(name: str) -> str:
    """Return the readable last part of a file name from a browser.

    Browsers write line breaks in a name as %0D and %0A, and old ones send the whole path.
    """
    name = re.split(r"[/\\]", name)[-1]
    if len(name) > RAW_NAME:
        name = name[: RAW_NAME - RAW_END] + name[-RAW_END:]
    name = plain(_ENCODED_BREAKS.sub(" ", name))
    ending = name[len(stem(name)) :]
    base = stem(name).strip()
    if ending and not base.strip(". "):
        base = NAMELESS
    return base[: MAX_NAME - len(ending)] + ending


def unique(name: str, taken: Iterable[str]) -> str:
    """Return the name, numbered if another file has it already."""
    known = {other.casefold() for other in taken}
    ending = name[len(stem(name)) :]
    number, found = 1, name
    while found.casefold() in known:
        number += 1
        found = f"{stem(name)} ({number}){ending}"
    return found


def moment(created: float) -> str:
    """Return when an upload came, to the second: "27 Nov 03:59:12 UTC"."""
    return datetime.fromtimestamp(created, UTC).strftime("%d %b %H:%M:%S UTC").lstrip("0")


def title(names: list[str]) -> str:
    """Name a study after its images: "T1", or "T1 + 2 more"."""
    more = f" + {len(names) - 1} more" if len(names) > 1 else ""
    first = stem(names[0])
    most = MAX_TITLE - len(more)
    return (first if len(first) <= most else first[: most - 1].rstrip() + "…") + more
