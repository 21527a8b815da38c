"""Images that cannot be read, and images that are not checked."""

from collections.abc import Iterator, Mapping

from dashboard.core.check.findings import Choices, Code, Finding, Severity
from dashboard.core.check.intensities import is_empty
from dashboard.core.check.remedies import UseOnly
from dashboard.core.volume import Volume

# Each of these is a finding of its own; one more finding has all the others.
IN_FULL = 4


def _spoils(name: str, choices: Choices) -> bool:
    chosen = choices.fitted if choices.chosen else ()
    return name in (choices.x, choices.y, choices.mask, *chosen)


def unreadable(
    unread: Mapping[str, str], images: Mapping[str, Volume], choices: Choices
) -> Iterator[Finding]:
    """Yield unreadable images that are needed on screen."""
    for name, reason in unread.items():
        if not _spoils(name, choices):
            continue
        use = "fitted"
        remedies: tuple[UseOnly, ...] = ()
        if name in (choices.x, choices.y):
            use = "shown"
        elif name == choices.mask:
            use = "mask"
        elif rest := [n for n in choices.fitted if n in images and not is_empty(images[n])]:
            remedies = (UseOnly(tuple(rest)),)
        facts = {"reason": reason, "use": use}
        yield Finding(Code.UNREADABLE, "problem", (name,), facts, remedies)


def left_out(unread: Mapping[str, str], choices: Choices) -> Iterator[Finding]:
    """Yield unreadable images that are not needed: some on their own, the rest together."""
    severity: Severity = "fact" if choices.chosen else "warning"
    left = [name for name in unread if not _spoils(name, choices)]
    first = left if len(left) <= IN_FULL else left[: IN_FULL - 1]
    for name in first:
        yield Finding(Code.LEFT_OUT, severity, (name,), {"reason": unread[name]})
    if more := left[len(first) :]:
        facts = {"reasons": tuple(unread[name] for name in more)}
        yield Finding(Code.MORE_LEFT_OUT, severity, tuple(more), facts)


def not_checked(checked: int, unchecked: int) -> Iterator[Finding]:
    """Yield the number of images that are not checked."""
    if unchecked:
        facts = {"checked": checked, "all": checked + unchecked}
        yield Finding(Code.NOT_CHECKED, "fact", facts=facts)
