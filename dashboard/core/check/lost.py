"""Images that lost their position, and those that took that of another image."""

from collections.abc import Iterator, Mapping

from dashboard.core.check.findings import Choices, Code, Finding, Severity
from dashboard.core.check.grids import used_names
from dashboard.core.check.remedies import TakePosition
from dashboard.core.check.steps import by_step
from dashboard.core.grid.position import is_placed, lost_beside
from dashboard.core.grid.same import same_grid
from dashboard.core.processing import Placed
from dashboard.core.volume import Volume

Images = Mapping[str, Volume]


def lost_names(images: Images, others: Images, choices: Choices) -> dict[str, str]:
    """Return the images that have the shape of another one but no position, and that one."""
    if not images:
        return {}
    target = choices.x if choices.x in images else next(iter(images))
    found: dict[str, str] = {}
    for name, volume in {**images, **others}.items():
        if same_grid(images[target], volume) or not (pair := lost_beside(images[target], volume)):
            continue
        if pair[0] is volume:
            found[name] = target
        else:
            found.setdefault(target, name)
    return found


def lost_findings(
    images: Images, others: Images, lost: Mapping[str, str], choices: Choices
) -> Iterator[Finding]:
    """Yield the images that lost their position; `lost` as from `lost_names`."""
    needed = {*used_names(images, choices), choices.mask}
    groups: dict[tuple[Severity, str, bool], list[str]] = {}
    for name, of in lost.items():
        severity: Severity = "problem" if name in needed else "warning"
        identity = is_placed(images[name] if name in images else others[name])
        groups.setdefault((severity, of, identity), []).append(name)
    for (severity, of, identity), names in groups.items():
        facts = {"of": of, "identity": identity}
        remedy = TakePosition(of, tuple(names))
        yield Finding(Code.LOST_POSITION, severity, tuple(names), facts, (remedy,))


def placed_facts(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield the images that took the position of another one."""
    for step, names in by_step(images, Placed).items():
        undo = (TakePosition("", tuple(names)),) if choices.position else ()
        yield Finding(Code.PLACED, "fact", tuple(names), {"of": step.onto}, undo)
