"""How numbers are written: one set of formats for sentences and tables."""

import math
from collections.abc import Sequence

# Numbers of up to seven digits are easier to read in full than with an exponent.
IN_FULL = 1e7
# A smaller share is hardly a voxel.
LEAST = 0.001


def number(value: float) -> str:
    """Return an intensity or a length with four significant digits and a proper minus sign."""
    # Zero added turns a negative zero, which some converters write, into zero.
    plain = 9999.5 <= abs(value) < IN_FULL
    return (f"{value:,.0f}" if plain else f"{value + 0.0:.4g}").replace("-", "−")


def measure(value: float) -> str:
    """Return a number for a column: three or more significant digits, with trailing zeros."""
    size = abs(value)
    if size == 0:
        return "0"
    digits = max(2 - math.floor(math.log10(size)), 0) if math.isfinite(size) else 0
    plain = 1e-3 <= size < 1e6
    return (f"{value:,.{digits}f}" if plain else f"{value:.3g}").replace("-", "−")


def whole(value: float) -> str:
    """Return a number without decimals: "12,258"."""
    return f"{value:,.0f}".replace("-", "−")


def criterion(value: float) -> str:
    """Return a BIC, ICL or AIC: whole, since differences below 1 say nothing beside a large one."""
    return whole(value) if abs(value) >= 10 else f"{round(value, 2) + 0.0:.3g}".replace("-", "−")


def coefficient(value: float) -> str:
    """Return a weight or a Dice coefficient."""
    return f"{value:.3f}"


def correlation(value: float) -> str:
    """Return a correlation with its sign: "+0.42"."""
    return f"{value:+.2f}".replace("-", "−")


def plain(value: float) -> str:
    """Return a number for other programs: seven significant digits, a hyphen for the minus."""
    return f"{value + 0.0:.7g}"


def percent(share: float) -> str:
    """Return a share as a percentage, 0 or 100 only if it is exactly that."""
    if 0 < share < LEAST:
        return f"< {percent(LEAST)}"
    if share < 1 and share > 0.995:
        return "> 99 %"
    return f"{share * 100:.1f} %" if 0 < share < 0.1 else f"{share * 100:.0f} %"


def qualified(share: float, prefix: str) -> str:
    """Return a share after a word such as "only", or "less than 0.1 %"."""
    small = 0 < share < LEAST
    return f"less than {percent(LEAST)}" if small else f"{prefix} {percent(share)}".lstrip()


def times(values: Sequence[float], digits: int = 3) -> str:
    """Return edge lengths or counts of voxels as a product."""
    return " × ".join(
        _edge(value, digits) if isinstance(value, float) else f"{value}" for value in values
    )


def ordinal(number: int) -> str:
    """Return a whole number as an ordinal: 1st, 2nd, 11th, 23rd."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"


def counted(count: int, noun: str) -> str:
    """Return a number of things: "1 voxel", "2,000 voxels"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(items: Sequence[str]) -> str:
    """Return items as a list in a sentence: "158, 271 and 366"."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _edge(value: float, digits: int) -> str:
    written = f"{value:,.0f}" if 10**digits - 0.5 <= value < IN_FULL else f"{value:.{digits}g}"
    return written.replace("-", "−")
