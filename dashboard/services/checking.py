"""The check of a study before anything of it is plotted."""

from functools import partial

from dashboard.core.errors import NeuroMixError
from dashboard.core.preflight import Choices, Preflight, preflight
from dashboard.core.volume import Volume
from dashboard.services.channels import intended, mask_name, reference_name
from dashboard.services.files import StudyFiles
from dashboard.services.selection import SERIES, contrasts, find, in_order
from dashboard.services.workspace import Workspace
from dashboard.view import View

# Every image is read whole for the check; a study of more is one of many derivatives.
MAX_CHECKED = 12


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
    images: dict[str, Volume] = {}
    others: dict[str, Volume] = {}
    unread: dict[str, str] = {}
    for names, opened in ((_images(view, files, fitted), images), (_others(view, files), others)):
        for name in names:
            try:
                opened[name] = workspace.volume(view.study, name, view.grid)
            except NeuroMixError as error:
                unread[name] = str(error)
    choices = Choices(
        x=view.x,
        y=view.y,
        fitted=tuple(name for name in fitted if name in images),
        foreground=view.foreground,
        clip=view.clip,
        grid=view.grid,
    )
    return preflight(
        images,
        choices=choices,
        others=others,
        unread=unread,
        b0=[name for name, file in files.files.items() if file.b0_volumes],
        masks=mask_name(view, files, partial(workspace.volume, view.study, grid=view.grid))
        is not None,
    )


def images_to_read(workspace: Workspace, study: str) -> list[str]:
    """Return the images that a study is opened with, in the order in which they are needed."""
    files = workspace.study(study)
    if files is None:
        return []
    view = View(study=study)
    return [*_images(view, files, contrasts(files, ())), *_others(view, files)]


def _images(view: View, files: StudyFiles, fitted: list[str]) -> list[str]:
    """Return the images to check: those in use, and the first of the others."""
    used = [name for name in dict.fromkeys([view.x, view.y, *fitted, view.grid]) if name]
    taken = [found[0] for name in used if (found := find(files, name))]
    rest = [
        name
        for name, file in files.of("image").items()
        if file not in taken and dict(file.entities).get("suffix") not in SERIES
    ]
    return list(in_order(used + rest[: max(MAX_CHECKED - len(used), 0)], (view.x, view.y)))


def _others(view: View, files: StudyFiles) -> list[str]:
    used = [mask_name(view, files), reference_name(view, files)]
    rest = list(files.of("mask", "labels"))
    return list(dict.fromkeys([name for name in used if name] + rest))[:MAX_CHECKED]
