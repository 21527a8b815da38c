"""What opening a link or a study changed, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.core.facts import Notice

Facts = Mapping[str, Any]


def sentence(notice: Notice) -> str:
    """Return a notice of `services.scene.opening` or of `View.parse` as a sentence."""
    return SENTENCES[notice.code](notice.facts)


def allowed(what: Mapping[str, Any]) -> str:
    """Return what a field of a link takes."""
    if "one of" in what:
        return f"one of {', '.join(what['one of'])}"
    if "from" in what:
        return f"a whole number from {what['from']} to {what['to']}"
    return f"written like {what['like']}"


def _invalid_value(facts: Facts) -> str:
    return (
        f"The link's {facts['field']} “{facts['value']}” is not valid: it must be "
        f"{allowed(facts['allowed'])}. The page uses the default."
    )


def _no_grid(facts: Facts) -> str:
    return (
        f"{facts['study']} has no image “{facts['image']}” to resample to. Every image keeps its "
        "own grid."
    )


def _too_many_mixed(facts: Facts) -> str:
    return f"A fit takes at most {facts['most']} images. The page uses the first {facts['most']}."


def _air_not_zero(facts: Facts) -> str:
    return (
        f"Air is not 0 in {facts['image']}, so zero removal would keep it. The page keeps the "
        f"voxels inside {facts['mask']} instead."
    )


def _no_usable_mask(facts: Facts) -> str:
    on_grid = f" that covers the head on the grid of {facts['image']}" if facts["others"] else ""
    return f"{facts['study']} has no mask{on_grid}. The page keeps the voxels above 0."


def _no_slice(facts: Facts) -> str:
    return (
        f"{facts['image']} has no {facts['plane']} slice {facts['slice']}. The page shows its last "
        f"one, {facts['last']}."
    )


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "unknown-field": lambda facts: f"The page ignored “{facts['field']}” in the link.",
    "invalid-value": _invalid_value,
    "no-study": lambda f: f"There is no study “{f['study']}”. The page shows {f['shown']}.",
    "no-whole-head": lambda _: (
        "Fits of the whole head are not available yet. The page fits this slice."
    ),
    "no-image": lambda f: f"{f['study']} has no image “{f['image']}”. The page shows another one.",
    "no-grid": _no_grid,
    "not-mixed": lambda f: (
        f"{f['study']} has no image “{f['image']}” to fit. The page leaves it out."
    ),
    "too-many-mixed": _too_many_mixed,
    "no-mask": lambda f: f"{f['study']} has no mask “{f['mask']}”.",
    "no-reference": lambda f: f"{f['study']} has no reference “{f['reference']}”.",
    "air-not-zero": _air_not_zero,
    "no-usable-mask": _no_usable_mask,
    "no-slice": _no_slice,
}
