"""How a field of the View is read from the text of a URL, and written."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from dashboard.core.mixture.recipe import COMPONENTS, MAX_PRIOR

# Nothing in a scanner's room is as far away as 1 km.
FARTHEST_MM = 1e6
# Characters of a class's name: "Cerebral-White-Matter" has 21, and ten names still fit into the
# 4,094 characters of an address.
MAX_NAME = 24
# Files of a link: those of eight images in the fit, X, Y, mask, reference, grid and position.
MAX_FILES = 14
# Characters that would break a line of a table, by their Unicode category.
BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})

Window = tuple[float, float]
# Right, anterior, superior, in mm.
Place = tuple[float, float, float]


@dataclass(frozen=True)
class Kind:
    """How the text of a field is read.

    Attributes
    ----------
    parse : callable
        Reads the text of a URL; raises ValueError.
    allowed : mapping
        What it accepts, for the notice about other texts.
    write : callable
        Writes a value as the text of a URL.
    """

    parse: Callable[[str], Any]
    allowed: Mapping[str, Any]
    write: Callable[[Any], str] = lambda value: _as_text(value)


def one_of(literal: Any) -> Kind:
    """Return the kind of a field that takes the values of a `Literal`."""
    values = get_args(literal)

    def parse(text: str) -> str:
        if text not in values:
            raise ValueError
        return text

    return Kind(parse, {"one of": list(values)})


def integer_in(numbers: range) -> Kind:
    """Return the kind of a whole number."""

    def parse(text: str) -> int:
        # int() also accepts digits of other scripts, underscores and blanks.
        if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) in numbers):
            raise ValueError
        return int(text)

    return Kind(parse, {"from": numbers.start, "to": numbers.stop - 1})


def one_of_numbers(numbers: Sequence[float]) -> Kind:
    """Return the kind of powers of ten, which stay texts: "1e-3"."""
    texts = {number: f"{number:.0e}".replace("e-0", "e-") for number in numbers}

    def parse(text: str) -> str:
        return texts[float(text)]

    return Kind(parse, {"one of": list(texts.values())})


def _parse_window(text: str) -> Window:
    # As many digits as a URL has, so that a link gives exactly what was on screen.
    low, high = (float(f"{float(part):.12g}") for part in text.split(":"))
    if not (low < high and abs(low) < float("inf") and abs(high) < float("inf")):
        raise ValueError
    return low, high


def _parse_place(text: str) -> Place:
    parts = (float(f"{float(part):.12g}") + 0.0 for part in text.split(":"))  # no -0
    right, anterior, superior = parts
    if not all(abs(mm) < FARTHEST_MM for mm in (right, anterior, superior)):
        raise ValueError
    return right, anterior, superior


def _parse_prior(text: str) -> float:
    value = float(f"{float(text):.12g}")
    if not 0 <= value <= MAX_PRIOR:
        raise ValueError
    return value + 0.0  # no -0


def _parse_class(text: str) -> int:
    number: int = integer_in(COMPONENTS).parse(text)
    return number


def _parse_classes(text: str) -> tuple[int, ...]:
    return tuple(sorted(set(map(_parse_class, text.split(",")))))


def _parse_names(text: str) -> tuple[str, ...]:
    names = [part.replace("%2C", ",").replace("%25", "%").strip() for part in text.split(",")]
    while names and not names[-1]:
        names.pop()
    if len(names) >= COMPONENTS.stop or any(map(_is_no_name, names)):
        raise ValueError
    return tuple(names)


def _is_no_name(name: str) -> bool:
    return len(name) > MAX_NAME or any(unicodedata.category(c) in BREAKING for c in name)


def _write_names(names: tuple[str, ...]) -> str:
    # A comma in a name does not end it.
    return ",".join(name.replace("%", "%25").replace(",", "%2C") for name in names)


def _parse_colours(text: str) -> tuple[tuple[int, str], ...]:
    colours = {}
    for part in text.split(","):
        number, colour = part.split(":")
        if not re.fullmatch("[0-9a-fA-F]{6}", colour):
            raise ValueError
        colours[_parse_class(number)] = colour.lower()
    return tuple(sorted(colours.items()))


def _parse_tissues(text: str) -> tuple[tuple[int, ...], ...]:
    groups = [sorted({_parse_class(n) for n in part.split("+")}) for part in text.split(",")]
    numbers = [number for group in groups for number in group]
    if len(set(numbers)) < len(numbers):
        raise ValueError
    return tuple(sorted(tuple(group) for group in groups if len(group) > 1))


def _parse_files(text: str) -> tuple[str, ...]:
    files = text.split(",")
    if len(files) > MAX_FILES or not all(re.fullmatch("[0-9a-f]{12}", one) for one in files):
        raise ValueError
    return tuple(files)


TEXT = Kind(str, {})
FLAG = Kind(lambda text: {"0": False, "1": True}[text], {"one of": ["0", "1"]})
WINDOW = Kind(_parse_window, {"like": "0:480"})
PLACE = Kind(_parse_place, {"like": "-12:30.5:8"})
CLASSES = Kind(_parse_classes, {"like": "1,3"})
NAMES = Kind(
    _parse_names,
    {"like": f"CSF,GM,WM, with up to {MAX_NAME} characters each"},
    _write_names,
)
COLOURS = Kind(
    _parse_colours,
    {"like": "1:ff8800,3:00aaff"},
    lambda colours: ",".join(f"{number}:{colour}" for number, colour in colours),
)
TISSUES = Kind(
    _parse_tissues,
    {"like": "1+2,3+4"},
    lambda groups: ",".join("+".join(map(str, group)) for group in groups),
)
FILES = Kind(_parse_files, {"like": "5f0d9f86d081"}, ",".join)
PRIOR = Kind(_parse_prior, {"least": 0, "most": MAX_PRIOR})


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, (tuple, list)):
        separator = ":" if any(isinstance(v, float) for v in value) else ","
        return separator.join(_as_text(v) for v in value)
    return str(value)
