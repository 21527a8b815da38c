"""What a remedy changes in the View."""

from dashboard.core.check.remedies import (
    Clip,
    KeepGrids,
    Remedy,
    ResampleTo,
    TakePosition,
    TakeVolumes,
    UseMask,
    UseOnly,
    UseRule,
)
from dashboard.services.studies.naming import SELECTOR, SEPARATOR


def changes(remedy: Remedy) -> dict[str, str]:
    """Return fields of the View with their new values, as in the URL."""
    match remedy:
        case UseRule(rule):
            return {"foreground": rule}
        case UseMask(mask, preset):
            return {"foreground": "mask", "mask": "" if preset else mask}
        case Clip(percent):
            return {"clip": percent}
        case ResampleTo(grid=grid, fitted=fitted, only=only):
            return {"grid": grid} | ({"mix": SEPARATOR.join(fitted)} if only else {})
        case TakePosition(of=of, mask=mask):
            return {"position": of} | ({"foreground": "mask", "mask": mask} if mask else {})
        case KeepGrids(refit):
            return {"grid": ""} | ({"mix": ""} if refit else {})
        case UseOnly(images, x, y):
            shown = {axis: name for axis, name in (("x", x), ("y", y)) if name is not None}
            return {"mix": SEPARATOR.join(images)} | shown
        case TakeVolumes(series=series, take=take, shown_on=shown_on):
            return dict.fromkeys(shown_on, f"{series}{SELECTOR}{take}")
