"""Images that cannot be read, and those that are not read for the check."""

from collections.abc import Iterator, Mapping

from dashboard.core.check.findings import NAMED, Choices, Finding, Remedy, Severity, names
from dashboard.core.check.intensities import is_empty
from dashboard.core.volume import Volume


def _spoils(name: str, choices: Choices) -> bool:
    chosen = choices.fitted if choices.chosen else ()
    return name in (choices.x, choices.y, choices.mask, *chosen)


def unreadable(
    unread: Mapping[str, str], images: Mapping[str, Volume], choices: Choices
) -> Iterator[Finding]:
    """Yield what cannot be read and is needed for what is on screen."""
    for name, reason in unread.items():
        if not _spoils(name, choices):
            continue
        if name in (choices.x, choices.y):
            yield Finding("problem", f"{reason} It cannot be shown.")
        elif name == choices.mask:
            yield Finding("problem", f"{reason} It cannot be the mask.")
        else:
            rest = [n for n in choices.fitted if n in images and not is_empty(images[n])]
            remedies = (Remedy(f"Mix only {names(rest)}", {"mix": ",".join(rest)}),) if rest else ()
            yield Finding("problem", f"{reason} It cannot be mixed.", remedies)


def left_out(unread: Mapping[str, str], choices: Choices) -> Iterator[Finding]:
    """Yield what cannot be read and is not needed: the first in full, of many the others named."""
    severity: Severity = "fact" if choices.chosen else "warning"
    left = [name for name in unread if not _spoils(name, choices)]
    told = left if len(left) <= NAMED else left[: NAMED - 1]
    for name in told:
        yield Finding(severity, f"{unread[name]} It is left out.")
    if more := left[len(told) :]:
        yield Finding(severity, f"{names(more)} cannot be read either and are left out.")


def not_checked(checked: int, unchecked: int) -> Iterator[Finding]:
    """Yield how many images are not looked at."""
    if unchecked:
        yield Finding(
            "fact",
            f"{checked} of {checked + unchecked} images are checked; the others are checked when "
            "they are chosen.",
        )
