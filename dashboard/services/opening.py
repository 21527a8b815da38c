"""Fit a View to what there is: the study's images, the number of slices."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboard.core.errors import GridError, NeuroMixError
from dashboard.core.study import require_same_grid, same_grid, study_notices
from dashboard.core.volume import Volume
from dashboard.services.library import StudyFiles
from dashboard.services.workspace import Workspace
from dashboard.view import View

# A study opens with the lesson's where there is one.
FIRST_STUDY = "sample"


@dataclass(frozen=True)
class Opened:
    """A View that names only what exists, and what was found on the way.

    Attributes
    ----------
    view : View
    studies, images : list of str
        What can be chosen.
    volumes : tuple of (Volume or None)
        X and Y; None where the image cannot be read.
    notices : list of str
        What was changed in the View, and what is unusual about the images.
    problems : list of str
        What cannot be shown, and why.
    """

    view: View
    studies: list[str]
    images: list[str]
    volumes: tuple[Volume | None, Volume | None]
    notices: list[str]
    problems: list[str]


def open_view(workspace: Workspace, query: Mapping[str, str]) -> Opened:
    """Read a URL query and fit it to the study it names.

    Raises
    ------
    NeuroMixError
        If there is no study at all.
    """
    wanted, notices = View.parse(query)
    studies = workspace.library.names()
    view, files = _choose_study(workspace, wanted, studies, notices)
    if view.scope == "volume":
        notices.append("Fits of the whole volume are not available yet; this slice is fitted.")
        view = replace(view, scope="slice")
    view = _choose_images(workspace, view, files, notices)
    problems: list[str] = []
    x, y = (_open(workspace, view.study, name, problems) for name in (view.x, view.y))
    reference = x or y
    if reference:
        view = _choose_slice(view, reference, notices)
    if x and y:
        notices.extend(study_notices((x, y)))
        try:
            require_same_grid((x, y))
        except GridError as error:
            problems.append(str(error))
    for volume in {v.id: v for v in (x, y) if v}.values():
        notices.extend(f"{volume.name}: {notice}" for notice in volume.notices)
    view = replace(view, hidden=tuple(k for k in view.hidden if k <= view.components))
    return Opened(view, studies, list(files.of("image")), (x, y), notices, problems)


def _choose_study(
    workspace: Workspace, view: View, studies: list[str], notices: list[str]
) -> tuple[View, StudyFiles]:
    first = FIRST_STUDY if FIRST_STUDY in studies else studies[0]
    if view.study and view.study not in studies:
        notices.append(f"There is no study “{view.study[:60]}”; {first} is shown.")
    name = view.study if view.study in studies else first
    files = workspace.library.study(name)
    if files is None:
        raise NeuroMixError(f"None of the images of {name} is there. Choose another study.")
    return replace(view, study=name), files


def _choose_images(workspace: Workspace, view: View, files: StudyFiles, notices: list[str]) -> View:
    names = list(files.of("image"))
    for wanted in (view.x, view.y):
        if wanted and wanted not in names:
            notices.append(f"There is no image “{wanted[:60]}” in {files.name}; another is shown.")
    x = view.x if view.x in names else next((n for n in names if n != view.y), names[0])
    y = view.y if view.y in names else _partner(workspace, view.study, x, names, notices)
    return replace(view, x=x, y=y)


def _partner(workspace: Workspace, study: str, x: str, names: list[str], notices: list[str]) -> str:
    """Return the first other image on X's grid; X itself where there is none."""
    try:
        first = workspace.volume(study, x)
    except NeuroMixError:
        return next((name for name in names if name != x), x)
    for name in names:
        try:
            if name != x and same_grid(first, workspace.volume(study, name)):
                return name
        except NeuroMixError as error:
            notices.append(str(error))
    if len(names) > 1:
        notices.append(f"No other image of {study} shares the grid of {x}, so {x} is shown alone.")
    return x


def _open(workspace: Workspace, study: str, name: str, problems: list[str]) -> Volume | None:
    try:
        return workspace.volume(study, name)
    except NeuroMixError as error:
        if str(error) not in problems:
            problems.append(str(error))
        return None


def _choose_slice(view: View, volume: Volume, notices: list[str]) -> View:
    count = volume.orientation.count(view.plane)
    if view.slice is None:
        return replace(view, slice=volume.orientation.first_slice(view.plane))
    if view.slice >= count:
        notices.append(
            f"{volume.name} has no {view.plane} slice {view.slice}; the last one, {count - 1}, "
            "is shown."
        )
        return replace(view, slice=count - 1)
    return view
