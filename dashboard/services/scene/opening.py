"""From a URL query to a View of what exists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.nearest import slice_at
from dashboard.core.grid.same import MAX_MIXED, same_grid
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.volume import Volume
from dashboard.services.scene.channels import (
    NO_REFERENCE,
    holds_contrast,
    intended,
    mask_name,
    masks,
    reference_name,
)
from dashboard.services.scene.naming import SEPARATOR, find, split_names
from dashboard.services.studies.files import StudyFiles
from dashboard.services.workspace import FIRST_STUDY, Workspace
from dashboard.view import View

# Share of voxels above 0 beyond which zero removal removes nothing, and a mask is needed instead.
NOTHING_REMOVED = 0.99


@dataclass(frozen=True)
class Presets:
    """What a study has where nothing is chosen: mask and reference, if any, and foreground."""

    mask: str | None
    reference: str | None
    foreground: Foreground


@dataclass(frozen=True)
class Opened:
    """A View that names only what exists, and what was found on the way.

    Attributes
    ----------
    view : View
    studies : dict of str to str
        What can be chosen, with what it is called; this browser's uploads first.
    files : StudyFiles
        Of the chosen study.
    mixed, unchosen : list of str
        The images of the mixture, and those it would have if none were chosen.
    presets : Presets
    volumes : tuple of (Volume or None)
        X and Y; None where the image cannot be read.
    notices : list of str
        What was changed in the View.
    problems : list of str
        What cannot be shown, and why.
    """

    view: View
    studies: dict[str, str]
    files: StudyFiles
    mixed: list[str]
    unchosen: list[str]
    presets: Presets
    volumes: tuple[Volume | None, Volume | None]
    notices: list[str]
    problems: list[str]


def open_view(
    workspace: Workspace,
    query: Mapping[str, str],
    owner: str = "",
    *,
    place: Sequence[float] | None = None,
) -> Opened:
    """Read a URL query and fit it to the study it names.

    Parameters
    ----------
    workspace : Workspace
    query : mapping
    owner : str
        The browser whose uploads are listed.
    place : (float, float, float), optional
        The point in mm that was seen before: a query without a slice opens there.

    Raises
    ------
    NeuroMixError
        If there is no study at all.
    """
    view, notices = View.parse(query)
    studies = _studies(workspace, owner)
    view, files = _choose_study(workspace, view, studies, notices)
    if view.study not in studies:
        studies = {view.study: f"{workspace.uploads.title(view.study)} (shared)", **studies}
    if view.scope == "volume":
        notices.append("Fits of the whole volume are not available yet; this slice is fitted.")
        view = replace(view, scope="slice")
    view = _choose_images(workspace, view, files, notices)
    view = _choose_helpers(view, files, notices)
    problems: list[str] = []
    x, y = (_open(workspace, view, name, problems) for name in (view.x, view.y))
    reference = x or y
    if reference and view.slice is None and place:
        view = replace(view, slice=slice_at(reference, view.plane, place))
    if reference:
        view = _choose_slice(view, reference, notices)
    presets = _presets(workspace, view, files, reference)
    chosen = bool(query.get("foreground"))
    view = _choose_foreground(view, files, presets, reference, notices, chosen=chosen)
    if view.reference == NO_REFERENCE and presets.reference is None:
        view = replace(view, reference="")
    view = replace(view, hidden=tuple(k for k in view.hidden if k <= view.components))
    unchosen = _mixed(workspace, replace(view, mix=""), files)
    mixed = _mixed(workspace, view, files) if view.mix else unchosen
    return Opened(view, studies, files, mixed, unchosen, presets, (x, y), notices, problems)


def _studies(workspace: Workspace, owner: str) -> dict[str, str]:
    own = workspace.uploads.listed(owner) if owner else {}
    try:
        return own | {name: name for name in workspace.library.names()}
    except NeuroMixError:
        if own:
            return own
        raise


def _choose_study(
    workspace: Workspace, view: View, studies: Mapping[str, str], notices: list[str]
) -> tuple[View, StudyFiles]:
    first = FIRST_STUDY if FIRST_STUDY in studies else next(iter(studies))
    name = view.study or first
    files = workspace.study(name)
    if files is None and name in studies:
        raise NeuroMixError(f"None of the images of {name} is there. Choose another study.")
    if files is None:
        notices.append(f"There is no study “{name[:60]}”; {studies[first]} is shown.")
        name, files = first, workspace.study(first)
    if files is None:
        raise NeuroMixError(f"None of the images of {name} is there. Choose another study.")
    return replace(view, study=name), files


def _choose_images(workspace: Workspace, view: View, files: StudyFiles, notices: list[str]) -> View:
    names = list(files.of("image"))
    for wanted in (view.x, view.y):
        if wanted and not find(files, wanted):
            notices.append(f"There is no image “{wanted[:60]}” in {files.name}; another is shown.")
    x = view.x if find(files, view.x) else next((n for n in names if n != view.y), names[0])
    if view.grid and not find(files, view.grid):
        notices.append(
            f"There is no image “{view.grid[:60]}” in {files.name} to take the grid of; "
            "every image keeps its own."
        )
        view = replace(view, grid="")
    view = replace(view, x=x)
    y = view.y if find(files, view.y) else _partner(workspace, view, files, names)
    return replace(view, y=y)


def _partner(workspace: Workspace, view: View, files: StudyFiles, names: list[str]) -> str:
    """Return the first other image on X's grid with anything in it; X itself where none is."""
    x = view.x
    try:
        first = workspace.volume(view.study, x, view.grid)
    except NeuroMixError:
        return next((name for name in names if name != x), x)
    own = find(files, x)
    for name in names:
        if own and own[0].name == name:
            continue
        try:
            other = workspace.volume(view.study, name, view.grid)
            if same_grid(first, other) and holds_contrast(other):
                return name
        except NeuroMixError:
            continue
    return x


def _choose_helpers(view: View, files: StudyFiles, notices: list[str]) -> View:
    """Drop what the study has not: images of the mixture, mask, reference."""
    known, unknown = split_names(view.mix, files) if view.mix else ([], [])
    if unknown:
        notices.append(
            f"There is no image “{unknown[0][:60]}” in {files.name} to be mixed; it is left out."
        )
    if len(known) > MAX_MIXED:
        notices.append(f"A mixture takes {MAX_MIXED} images at the most; the first are mixed.")
    view = replace(view, mix=SEPARATOR.join(known[:MAX_MIXED]))
    if view.mask and not find(files, view.mask):
        notices.append(f"There is no mask “{view.mask[:60]}” in {files.name}.")
        view = replace(view, mask="")
    if view.reference not in ("", NO_REFERENCE) and not find(files, view.reference):
        notices.append(f"There is no reference “{view.reference[:60]}” in {files.name}.")
        view = replace(view, reference="")
    return view


def _presets(workspace: Workspace, view: View, files: StudyFiles, volume: Volume | None) -> Presets:
    open_ = partial(workspace.volume, view.study, grid=view.grid)
    unchosen = replace(view, mask="", reference="")
    mask = mask_name(unchosen, files, open_)
    reference = reference_name(unchosen, files, open_)
    to_mask = (view.mask or mask) and volume and _has_bright_air(volume)
    return Presets(mask, reference, "mask" if to_mask else "positive")


def _has_bright_air(volume: Volume) -> bool:
    """Return whether zero removal would remove nothing of the air around the head."""
    facts = volume.intensities
    return facts.voxels - facts.zeros - facts.negatives >= NOTHING_REMOVED * facts.voxels


def _choose_foreground(
    view: View,
    files: StudyFiles,
    presets: Presets,
    volume: Volume | None,
    notices: list[str],
    *,
    chosen: bool,
) -> View:
    """Keep to the chosen rule where there is a mask for it, and else to the study's own."""
    mask = view.mask or presets.mask
    shown = volume.name if volume else view.x
    if not chosen and presets.foreground == "mask":
        notices.append(
            f"Air is not 0 in {shown}, so zero removal would keep all of it; the voxels in "
            f"{mask} are kept instead."
        )
        return replace(view, foreground="mask")
    if view.foreground == "mask" and mask is None:
        # Those of lesions, and on other grids, are there to be chosen by name.
        what = f"mask that covers the head on the grid of {shown}" if masks(files) else "mask"
        notices.append(f"{files.name} has no {what}; voxels above 0 are kept.")
        return replace(view, foreground="positive")
    return view


def _mixed(workspace: Workspace, view: View, files: StudyFiles) -> list[str]:
    """Return the images of the mixture, or those meant where one of them cannot be opened."""
    try:
        channels = workspace.channels(view)
    except NeuroMixError:
        return intended(view, files)
    return list(channels.names[: channels.mixed])


def _open(workspace: Workspace, view: View, name: str, problems: list[str]) -> Volume | None:
    try:
        return workspace.volume(view.study, name, view.grid)
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
