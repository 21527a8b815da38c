"""From a URL query to a scene of what exists."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.core.errors import NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.grid.nearest import nearest_slice
from dashboard.core.grid.places import on_slice, voxel_at
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.orientation import PLANE_AXES, Plane
from dashboard.core.volume import Volume
from dashboard.fields import Place
from dashboard.services.archive import Archive
from dashboard.services.scene.channels import holds_contrast
from dashboard.services.scene.contents import doubts, judged
from dashboard.services.scene.images import Images
from dashboard.services.scene.linked import since
from dashboard.services.scene.presets import Presets, brain_alone, masks, presets
from dashboard.services.scene.scene import NO_REFERENCE, Scene, scene
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import SEPARATOR, contrasts, find, split_names
from dashboard.view import View

# Characters of a name from a link that a notice repeats.
SHOWN = 60


@dataclass(frozen=True)
class Opened:
    """A scene that names only what exists, and what was changed for it.

    Attributes
    ----------
    scene : Scene
    studies : dict of str to str
        Studies to choose from, with titles; the uploads of this browser first.
    notices : tuple of Notice
        Changes to the View; `dashboard.words.opening` has the sentences.
    """

    scene: Scene
    studies: dict[str, str]
    notices: tuple[Notice, ...]


def open_view(
    archive: Archive,
    query: Mapping[str, str],
    owner: str = "",
    *,
    place: Place | None = None,
    seen_in: str = "",
) -> Opened:
    """Read a URL query and fit it to its study.

    Parameters
    ----------
    archive : Archive
    query : mapping
    owner : str
        The browser whose uploads are listed.
    place : (float, float, float), optional
        In mm; a query without a slice opens there.
    seen_in : str, optional
        The study in which somebody looked at this place; in another one it may lie beside the head,
        and does not count then.

    Raises
    ------
    NeuroMixError
        If there is no study.
    """
    view, notices = View.parse(query)
    studies = archive.studies(owner)
    view, files = _choose_study(archive, view, studies, notices)
    if view.study not in studies:
        studies = {view.study: archive.shared_title(view.study), **studies}
    view = _drop_unknown(view, files, notices)
    images = Images(archive, files)
    found = judged(files, images, view.x)
    files = found.files
    if not query.get("x"):  # a link to what was opened says it no more
        notices += found.notices
    images = images.on(files, grid=view.grid, position=view.position)
    view = _choose_images(view, files, images, notices)
    view = _choose_fitted(view, files, images, notices)
    notices += doubts((view.x, view.y, *split_names(view.mix, files)[0]), images.own)
    shown = images.get(view.x) or images.get(view.y)
    if shown:
        view = _choose_plane(view, shown, notices, asked="plane" in query)
        if place and seen_in != view.study:
            place = _within_head(shown, view.plane, place)
        view = _choose_slice(view, shown, place, notices)
        view = _choose_place(view, shown, notices)
    preset = presets(view, files, images)
    chosen = bool(query.get("foreground"))
    view = _choose_foreground(view, files, preset, shown, notices, chosen=chosen)
    if view.reference == NO_REFERENCE and preset.reference is None:
        view = replace(view, reference="")
    view = replace(view, hidden=tuple(k for k in view.hidden if k <= view.components))
    resolved = scene(replace(view, files=()), files, images)
    notices += since(view.files, resolved)
    return Opened(resolved, studies, tuple(notices))


def _choose_study(
    archive: Archive, view: View, studies: Mapping[str, str], notices: list[Notice]
) -> tuple[View, StudyFiles]:
    name = view.study or archive.first_study(studies)
    files = archive.study(name)
    if files is None and name not in studies:
        first = archive.first_study(studies)
        notices.append(Notice("no-study", {"study": name[:SHOWN], "shown": studies[first]}))
        name, files = first, archive.study(first)
    if files is None:
        raise NeuroMixError(f"The images of {name} can no longer be found. Choose another study.")
    return replace(view, study=name), files


def _drop_unknown(view: View, files: StudyFiles, notices: list[Notice]) -> View:
    """Drop a grid, a mask and a reference that are not in the study."""
    unset: dict[str, Any] = {}
    for field in ("grid", "position", "mask", "reference"):
        name = getattr(view, field)
        chose_none = field == "reference" and name == NO_REFERENCE
        if name and not chose_none and not find(files, name):
            notices.append(Notice(f"no-{field}", {"image": name[:SHOWN], "study": files.name}))
            unset[field] = ""
    return replace(view, **unset)


def _choose_images(view: View, files: StudyFiles, images: Images, notices: list[Notice]) -> View:
    for wanted in (view.x, view.y):
        if wanted and not find(files, wanted):
            notices.append(Notice("no-image", {"image": wanted[:SHOWN], "study": files.name}))
    x, y = (images.frames(name)[0] if find(files, name) else "" for name in (view.x, view.y))
    if not x:
        names = list(files.of("image") if files.fit is None else files.fit)
        every = [image for name in names for image in images.frames(name)]
        x = _first(every, y, images)
        # Without a mask, the brain alone is the better of two images of one head.
        if not presets(replace(view, x=x), files, images).mask:
            x = brain_alone(x, files, images) or x
    return replace(view, x=x, y=y or _partner(x, files, images))


def _first(names: list[str], y: str, images: Images) -> str:
    """Return the first image that can be read, other than Y if possible."""
    others = [name for name in names if name != y] or names
    return next(filter(images.get, others), others[0])


def _partner(x: str, files: StudyFiles, images: Images) -> str:
    """Return the first image of another contrast on the grid of X, or X itself."""
    own = find(files, x)
    others = (
        n for n in contrasts(files, [x], images.frames) if own is None or find(files, n) != own
    )
    first = images.get(x)
    if first is None:
        return next(others, x)
    for name in others:
        other = images.get(name)
        if other and same_grid(first, other) and holds_contrast(other):
            return name
    return x


def _choose_fitted(view: View, files: StudyFiles, images: Images, notices: list[Notice]) -> View:
    """Keep the chosen images of the fit that are in the study, up to a number."""
    known, unknown = split_names(view.mix, files) if view.mix else ([], [])
    if unknown:
        notices.append(Notice("not-mixed", {"image": unknown[0][:SHOWN], "study": files.name}))
    if len(known) > MAX_MIXED:
        notices.append(Notice("too-many-mixed", {"most": MAX_MIXED}))
    fitted = dict.fromkeys(images.frames(name)[0] for name in known[:MAX_MIXED])
    return replace(view, mix=SEPARATOR.join(fitted))


def _choose_plane(view: View, volume: Volume, notices: list[Notice], *, asked: bool) -> View:
    """Show a single slice in its own plane: in the others it is a line."""
    plane = volume.first_plane
    if plane == view.plane or min(volume.orientation.picture_shape(view.plane)) > 1:
        return view
    if asked:
        notices.append(Notice("single-slice", {"image": volume.name, "plane": plane}))
    return replace(view, plane=plane, slice=None)


def _choose_slice(view: View, volume: Volume, place: Place | None, notices: list[Notice]) -> View:
    """Choose the slice of the link, or else of the place, or else the usual one."""
    plane, last = view.plane, volume.orientation.count(view.plane) - 1
    if view.slice is None:
        there = nearest_slice(volume, plane, place[PLANE_AXES[plane][0]]) if place else None
        if view.at and (voxel := voxel_at(volume, view.at)):
            there = volume.orientation.slice_of(plane, voxel)
        usual = volume.first_slice(plane)
        return replace(view, slice=usual if there is None else there)
    if view.slice > last:
        facts = {"image": volume.name, "plane": plane, "slice": view.slice, "last": last}
        notices.append(Notice("no-slice", facts))
        return replace(view, slice=last)
    return view


def _within_head(volume: Volume, plane: Plane, place: Place) -> Place | None:
    """Return a place whose slice shows the head; None for another one."""
    index = nearest_slice(volume, plane, place[PLANE_AXES[plane][0]])
    first, last = volume.slices_of_head(plane)
    return place if index is not None and first <= index <= last else None


def _choose_place(view: View, volume: Volume, notices: list[Notice]) -> View:
    """Keep the crosshair, on the slice that is shown, if it lies in the image."""
    if view.at is None or view.slice is None:
        return view
    if (voxel := voxel_at(volume, view.at)) is None:
        notices.append(Notice("no-place", {"image": volume.name, "place": list(view.at)}))
        return replace(view, at=None)
    if volume.orientation.slice_of(view.plane, voxel) == view.slice:
        return view
    return replace(view, at=on_slice(volume, voxel, view.plane, view.slice))


def _choose_foreground(
    view: View,
    files: StudyFiles,
    preset: Presets,
    volume: Volume | None,
    notices: list[Notice],
    *,
    chosen: bool,
) -> View:
    """Keep the chosen rule if it has its mask, or else take that of the study."""
    mask = view.mask or preset.mask
    image = volume.name if volume else view.x
    if not chosen and preset.foreground == "mask":
        if preset.brain:
            about = {"image": image, "mask": mask, "brain": preset.brain}
            notices.append(Notice("brain-in-head", about))
        else:
            notices.append(Notice("air-not-zero", {"image": image, "mask": mask}))
        return replace(view, foreground="mask")
    if not chosen and preset.foreground == "background" and volume:
        facts = {"image": image, "background": volume.intensities.background}
        notices.append(Notice("air-below-0", facts))
        return replace(view, foreground="background")
    if view.foreground == "mask" and mask is None:
        # Masks of lesions and on other grids can still be chosen by name.
        facts = {"study": files.name, "image": image, "others": bool(masks(files))}
        notices.append(Notice("no-usable-mask", facts))
        return replace(view, foreground="positive")
    return view
