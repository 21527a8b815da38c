"""A sentence is a sequence of texts and of lists of images, which the page shows as chips."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter

# Of more images than these, the first are named and the others counted.
NAMED = 4


@dataclass(frozen=True)
class Images:
    """Images in a sentence.

    Attributes
    ----------
    names : tuple of str
    """

    names: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """Those that are named."""
        return self.names if len(self.names) <= NAMED else self.names[: NAMED - 1]

    @property
    def rest(self) -> tuple[str, ...]:
        """Those that are only counted."""
        return self.names[len(self.shown) :]

    @property
    def several(self) -> bool:
        """Whether a verb has to be in the plural."""
        return len(self.names) > 1

    def __str__(self) -> str:
        more = f" and {len(self.rest)} more" if self.rest else ""
        return ", ".join(self.shown) + more


Part = str | Images
Sentence = tuple[Part, ...]


def say(pattern: str, **values: Part | Sentence | int) -> Sentence:
    """Fill texts, images and other sentences into a pattern.

    Parameters
    ----------
    pattern : str
        As for `str.format`; ``{is}``, ``{has}``, ``{was}``, ``{does}`` and ``{it}`` agree with
        ``images``.
    **values
        What stands for the names in braces.
    """
    images = values.get("images")
    if isinstance(images, Images):
        values = _AGREE[images.several] | values
    found: list[Part] = []
    for text, name, _, _ in Formatter().parse(pattern):
        value = values[name] if name else ""
        found += [text, *(value if isinstance(value, tuple) else [value])]
    return _joined(found)


def plain(sentence: Sequence[Part]) -> str:
    """Return a sentence as one text, for the command line and for tooltips."""
    return "".join(map(str, sentence))


def join(sentences: Sequence[Sentence], between: str = " ") -> Sentence:
    """Return sentences one after the other."""
    found: list[Part] = []
    for sentence in sentences:
        found += [between if found else "", *sentence]
    return _joined(found)


def _joined(parts: Sequence[Part | int]) -> Sentence:
    """Return parts without empty texts, and without two texts in a row."""
    found: list[Part] = []
    for part in parts:
        text = part if isinstance(part, Images) else str(part)
        if isinstance(text, str) and found and isinstance(found[-1], str):
            found[-1] += text
        elif text:
            found.append(text)
    return tuple(found)


_AGREE: dict[bool, dict[str, Part | Sentence | int]] = {
    False: {"is": "is", "has": "has", "was": "was", "does": "does", "it": "it", "It": "It"},
    True: {"is": "are", "has": "have", "was": "were", "does": "do", "it": "they", "It": "They"},
}
