"""The check of a study before it is plotted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qsl

from dashboard.core.check.check import Checked, check_images
from dashboard.core.check.effects import Effect, Outcome, foreground_voxels, undoes
from dashboard.core.check.findings import Choices
from dashboard.core.check.remedies import KeepGrids, Remedy, ResampleTo, TakeVolumes
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import Volume
from dashboard.services.scene.channels import Why
from dashboard.services.scene.images import Images
from dashboard.services.scene.presets import likely_masks, likely_references
from dashboard.services.scene.remedies import changes
from dashboard.services.scene.scene import Scene
from dashboard.services.scene.scene import scene as resolved
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.naming import SERIES, Frames, contrasts, file_of, in_order, itself
from dashboard.view import View

# Images that are not in use and read only for the check. Each is a line of a table.
MAX_OTHERS = 24
# Of their files together: unpacking takes about one second per 32 MB.
MAX_BYTES = 128 * 2**20


def check(scene: Scene) -> Checked:
    """Check the images of a scene's study as they will be used, and try the remedies.

    Only remedies that lead to a better state are left (`Effect.helps`).
    """
    checked = found_in(scene)
    if not any(finding.remedies for finding in checked.findings):
        return checked
    before = _outcome(scene, checked)
    effects: dict[Remedy, Effect] = {}
    found = []
    for finding in checked.findings:
        offers = []
        for remedy in finding.remedies:
            effect = effects.get(remedy) or _effect(scene, before, remedy)
            if effect:
                effects[remedy] = effect
            if undoes(remedy) or effect is None or effect.helps(finding.severity):
                offers.append(remedy)
        found.append(replace(finding, remedies=tuple(offers)))
    return replace(checked, findings=tuple(found), effects=effects)


def _effect(scene: Scene, before: Outcome, remedy: Remedy) -> Effect | None:
    """Try a remedy; return None where there is nothing to try.

    `core.check.joining` has tried a resampling at some points. A mean of volumes is a choice.
    """
    if isinstance(remedy, ResampleTo) and remedy.voxels:
        after = Outcome(len(remedy.fitted), remedy.voxels, False, 0, 0)
        return Effect(before, after)
    if isinstance(remedy, ResampleTo | TakeVolumes | KeepGrids):
        return None
    tried = changed(scene, changes(remedy))
    return Effect(before, _outcome(tried, found_in(tried)))


def changed(scene: Scene, fields: Mapping[str, str]) -> Scene:
    """Return a scene with other values of the View's fields, as texts."""
    query = dict(parse_qsl(scene.view.query(), keep_blank_values=True))
    view, _ = View.parse({**query, **fields})
    return resolved(view, scene.files, scene.images.under(view))


def _outcome(scene: Scene, checked: Checked) -> Outcome:
    """Return what a scene leads to."""
    problems, warnings = checked.count("problem"), checked.count("warning")
    voxels, exact = 0, True
    if not problems and not scene.problem and (channels := scene.channels):
        mixed = channels.volumes[: channels.mixed]
        voxels, exact = foreground_voxels(mixed, scene.view.foreground, channels.mask)
    return Outcome(len(scene.mixed), voxels, exact, problems, warnings)


def found_in(scene: Scene) -> Checked:
    """Check the images of a scene's study, and try nothing."""
    view, files = scene.view, scene.files
    shown = _images(view, files, scene.meant)
    overlays = _overlays((one.name for one in (scene.mask, scene.reference) if one), files)
    images, unread = _opened(scene.images, shown)
    others, unread_overlays = _opened(scene.images, overlays)
    own, _ = _opened(scene.images.own, list(images))
    taken = {file.name for name in [*shown, *overlays] if (file := file_of(files, name))}
    return check_images(
        images,
        choices=_choices(scene),
        others=others,
        own=own,
        unread={**unread, **unread_overlays},
        b0={name: len(file.b0_volumes) for name, file in files.files.items() if file.b0_volumes},
        masks=[scene.presets.mask] if scene.presets.mask else [],
        unchecked=len(files.of("image", "mask", "labels").keys() - taken),
    )


def images_to_read(files: StudyFiles, frames: Frames = itself) -> list[str]:
    """Return the images needed to open a study, in the order of their use."""
    images = _images(View(), files, contrasts(files, (), frames)[:MAX_MIXED])
    likely = [*likely_masks(files)[:1], *likely_references(files)[:1]]
    return [*images, *_overlays(likely, files)]


def _opened(images: Images, names: list[str]) -> tuple[dict[str, Volume], dict[str, str]]:
    """Open images; return them, and the reasons why the others cannot be opened."""
    opened = {name: volume for name in names if (volume := images.get(name))}
    return opened, {name: problem for name in names if (problem := images.problem(name))}


def _choices(scene: Scene) -> Choices:
    view = scene.view
    mask = scene.mask if view.foreground == "mask" else None
    return Choices(
        x=view.x,
        y=view.y,
        fitted=scene.meant,
        chosen=bool(view.mix),
        off_grid=tuple(n for n, why in scene.left_out.items() if why == Why.OTHER_GRID),
        foreground=view.foreground,
        clip=view.clip,
        grid=view.grid,
        position=view.position,
        mask=mask.name if mask else "",
        reference=scene.reference.name if scene.reference else "",
    )


def _images(view: View, files: StudyFiles, fitted: Sequence[str]) -> list[str]:
    """Return the images to check: those in use, and others that are read quickly."""
    used = [name for name in dict.fromkeys([view.x, view.y, *fitted, view.grid]) if name]
    taken = [file_of(files, name) for name in used]
    rest = {
        name: file
        for name, file in files.of("image").items()
        if file not in taken and file.contrast not in SERIES
    }
    return list(in_order([*used, *_quickly_read(rest)], (view.x, view.y)))


def _overlays(used: Iterable[str], files: StudyFiles) -> list[str]:
    """Return the masks and label maps to check, likewise."""
    rest = _quickly_read(files.of("mask", "labels"))
    return list(dict.fromkeys([*used, *rest]))


def _quickly_read(files: Mapping[str, ImageFile]) -> Iterator[str]:
    """Yield the first images, until they are many or large."""
    size = 0
    for name, file in list(files.items())[:MAX_OTHERS]:
        with suppress(OSError):  # opening it reports the error
            size += file.path.stat().st_size
        if size > MAX_BYTES:
            return
        yield name
