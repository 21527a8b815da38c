"""The check of a study before anything of it is plotted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from dashboard.core.check.check import Preflight, preflight
from dashboard.core.check.findings import Choices
from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import MAX_MIXED
from dashboard.core.volume import Volume
from dashboard.services.scene.channels import Open, intended, mask_name, reference_name
from dashboard.services.scene.naming import SERIES, contrasts, find, in_order
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.workspace import Workspace
from dashboard.view import View

# Images beside those in use, which are read whole for the check alone. Each is a line of a table.
MAX_OTHERS = 24
# Of their files together: unpacking takes about a second for each 32 MB.
MAX_BYTES = 128 * 2**20


def check(workspace: Workspace, view: View) -> Preflight:
    """Check the images of a View's study as they are going to be used.

    Raises
    ------
    NeuroMixError
        If there is no such study.
    """
    files = workspace.study(view.study)
    if files is None:
        raise NeuroMixError(f"There is no study “{view.study[:60]}” any more. Choose another.")
    fitted = intended(view, files)
    shown = _images(view, files, fitted)
    overlays = _others(view, files)
    images, unread = _opened(workspace, view, shown)
    others, unread_overlays = _opened(workspace, view, overlays)
    own = images
    if view.grid:
        own, _ = _opened(workspace, View(view.study), list(images))
    taken = {found[0].name for name in [*shown, *overlays] if (found := find(files, name))}
    open_ = partial(workspace.volume, view.study, grid=view.grid)
    preset = mask_name(replace(view, mask=""), files, open_)
    return preflight(
        images,
        choices=_choices(view, files, fitted, open_),
        others=others,
        own=own,
        unread={**unread, **unread_overlays},
        b0={name: len(file.b0_volumes) for name, file in files.files.items() if file.b0_volumes},
        masks=[preset] if preset else [],
        unchecked=len(files.of("image", "mask", "labels").keys() - taken),
    )


def images_to_read(workspace: Workspace, study: str) -> list[str]:
    """Return the images that a study is opened with, in the order in which they are needed."""
    files = workspace.study(study)
    if files is None:
        return []
    view = View(study=study)
    return [*_images(view, files, contrasts(files, ())[:MAX_MIXED]), *_others(view, files)]


def _opened(
    workspace: Workspace, view: View, names: list[str]
) -> tuple[dict[str, Volume], dict[str, str]]:
    """Open images; return them, and why the others cannot be opened."""
    images: dict[str, Volume] = {}
    unread: dict[str, str] = {}
    for name in names:
        try:
            images[name] = workspace.volume(view.study, name, view.grid)
        except NeuroMixError as error:
            unread[name] = str(error)
    return images, unread


def _choices(view: View, files: StudyFiles, fitted: list[str], open_: Open) -> Choices:
    return Choices(
        x=view.x,
        y=view.y,
        fitted=tuple(fitted),
        chosen=bool(view.mix),
        foreground=view.foreground,
        clip=view.clip,
        grid=view.grid,
        mask=(mask_name(view, files, open_) or "") if view.foreground == "mask" else "",
        reference=reference_name(view, files, open_) or "",
    )


def _images(view: View, files: StudyFiles, fitted: list[str]) -> list[str]:
    """Return the images to check: those in use, and as many others as are read quickly."""
    used = [name for name in dict.fromkeys([view.x, view.y, *fitted, view.grid]) if name]
    taken = [found[0] for name in used if (found := find(files, name))]
    rest = {
        name: file
        for name, file in files.of("image").items()
        if file not in taken and dict(file.entities).get("suffix") not in SERIES
    }
    return list(in_order([*used, *_quickly_read(rest)], (view.x, view.y)))


def _others(view: View, files: StudyFiles) -> list[str]:
    used = [mask_name(view, files), reference_name(view, files)]
    rest = _quickly_read(files.of("mask", "labels"))
    return list(dict.fromkeys([*(name for name in used if name), *rest]))


def _quickly_read(files: Mapping[str, ImageFile]) -> Iterator[str]:
    """Yield the first of some images, until they are many or large."""
    size = 0
    for name, file in list(files.items())[:MAX_OTHERS]:
        try:
            size += file.path.stat().st_size
        except OSError:
            size += 0  # opening it says what is wrong
        if size > MAX_BYTES:
            return
        yield name
