"""A sentence is a sequence of texts and of lists of images, which the page shows as chips."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from string import Formatter
from typing import Any

from dashboard.core.check.findings import Finding
from dashboard.words.numbers import counted, listed, number, percent, times

# Of more images, the first are named and the others counted.
NAMED = 4


@dataclass(frozen=True)
class Images:
    """The names of images in a sentence."""

    names: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The images that are named."""
        return self.names if len(self.names) <= NAMED else self.names[: NAMED - 1]

    @property
    def rest(self) -> tuple[str, ...]:
        """The images that are only counted."""
        return self.names[len(self.shown) :]

    @property
    def several(self) -> bool:
        """Whether their verb is in the plural."""
        return len(self.names) > 1

    def __str__(self) -> str:
        return listed([*self.shown, *([f"{len(self.rest)} more"] if self.rest else [])])


Part = str | Images
Sentence = tuple[Part, ...]
Facts = Mapping[str, Any]
# A pattern of `say`, or what makes one of the facts.
Pattern = str | Callable[[Facts], str]

# What a pattern may ask for besides the formats of Python.
FORMATS: dict[str, Callable[[Any], Part]] = {
    "image": lambda name: Images((name,)),
    "images": lambda names: Images(tuple(names)),
    "number": number,
    "numbers": lambda values: ", ".join(map(number, values)),
    "percent": percent,
    "sizes": partial(times, digits=6),
    "volumes": partial(counted, noun="volume"),
    "voxels": partial(counted, noun="voxel"),
}


def say(pattern: str, **values: Any) -> Sentence:
    """Fill facts, images and other sentences into a pattern.

    Parameters
    ----------
    pattern : str
        As for `str.format`, with `FORMATS`: ``{share:percent}``. ``{is}``, ``{has}``, ``{was}``,
        ``{takes}``, ``{it}``, ``{It}``, ``{its}`` and ``{them}`` agree with the number of
        ``images``.
    **values
        What replaces the names in braces.
    """
    images = values.get("images")
    if isinstance(images, Images):
        values = _AGREE[images.several] | values
    found: list[Part] = []
    formatter = Formatter()
    for text, name, form, _ in formatter.parse(pattern):
        value = formatter.get_field(name, (), values)[0] if name else ""
        if form:
            value = FORMATS[form](value) if form in FORMATS else format(value, form)
        for part in (text, *(value if isinstance(value, tuple) else [value])):
            # No empty texts, and no two texts in a row.
            if isinstance(part, Images):
                found.append(part)
            elif found and isinstance(found[-1], str):
                found[-1] += str(part)
            elif str(part):
                found.append(str(part))
    return tuple(found)


def say_of(pattern: str, finding: Finding, **more: Any) -> Sentence:
    """Fill a finding's images and facts, and what is made of them, into a pattern."""
    return say(pattern, **{"images": Images(finding.images), **finding.facts, **more})


def text(pattern: Pattern, facts: Facts) -> str:
    """Return a sentence about facts without images."""
    return plain(say(pattern if isinstance(pattern, str) else pattern(facts), **facts))


def plain(sentence: Sequence[Part]) -> str:
    """Return a sentence as one text, for the command line and for tooltips."""
    return "".join(map(str, sentence))


_AGREE = {
    False: {"is": "is", "has": "has", "was": "was", "it": "it", "It": "It"}
    | {"its": "its", "them": "it", "takes": "takes"},
    True: {"is": "are", "has": "have", "was": "were", "it": "they", "It": "They"}
    | {"its": "their", "them": "them", "takes": "take"},
}
