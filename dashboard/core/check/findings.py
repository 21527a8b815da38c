"""What a check of a study has to say, and the words and numbers it says it with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.core.mixture.foreground import Foreground

Severity = Literal["problem", "warning", "fact"]
# Most severe first, as findings are listed.
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "fact")

# More names than this make a list that nobody reads.
NAMED = 4
# Numbers of up to seven digits are easier to read in full than with an exponent.
PLAIN = 1e7


@dataclass(frozen=True)
class Remedy:
    """One click that mends or undoes something.

    Attributes
    ----------
    label : str
        What the button says.
    changes : dict of str to str
        Fields of the View with their new values, as in the URL.
    """

    label: str
    changes: dict[str, str]


@dataclass(frozen=True)
class Finding:
    """One thing to know about a study.

    Attributes
    ----------
    severity : {"problem", "warning", "fact"}
        Whether something cannot be shown, may mislead, or only has to be known.
    text : str
        One or two sentences: what was found, and what follows for the plots.
    remedies : tuple of Remedy
    """

    severity: Severity
    text: str
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What is chosen already, as in the View: a remedy that was taken is told as done.

    Attributes
    ----------
    x, y : str
        The images on the axes.
    fitted : tuple of str
        The images that are meant for the mixture; all where it is empty.
    chosen : bool
        Whether somebody chose them. Otherwise those on another grid than X are left out.
    foreground, clip, grid : str
    mask, reference : str
        The mask that is the foreground, and what classes are compared with; empty without one.
    """

    x: str = ""
    y: str = ""
    fitted: tuple[str, ...] = ()
    chosen: bool = False
    foreground: Foreground = "positive"
    clip: str = "none"
    grid: str = ""
    mask: str = ""
    reference: str = ""


def names(words: Sequence[str]) -> str:
    """Return names as a list in a sentence, the last of many as a number."""
    shown = list(words)
    if len(shown) > NAMED:
        shown = [*shown[: NAMED - 1], f"{len(shown) - NAMED + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def number(value: float) -> str:
    """Return an intensity or a length with four significant digits and a proper minus sign."""
    # Zero added turns a negative zero, which some converters write, into zero.
    plain = 9999.5 <= abs(value) < PLAIN
    return (f"{value:,.0f}" if plain else f"{value + 0.0:.4g}").replace("-", "−")


def percent(share: float) -> str:
    """Return a share as a percentage that is 0 or 100 only where it is exactly so."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if share < 1 and share > 0.995:
        return "> 99 %"
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"


def times(values: Sequence[float]) -> str:
    """Return edge lengths or counts of voxels as a product."""
    return " × ".join(_edge(value) if isinstance(value, float) else f"{value}" for value in values)


def be(several: Sequence[str]) -> str:
    """Return the verb for so many images."""
    return "is" if len(several) == 1 else "are"


def they(several: Sequence[str]) -> str:
    """Return the beginning of the next sentence on so many images."""
    return "It is" if len(several) == 1 else "They are"


def _edge(value: float) -> str:
    return f"{value:,.0f}" if 999.5 <= value < PLAIN else f"{value:.3g}"
