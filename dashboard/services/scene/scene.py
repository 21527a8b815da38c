"""A View resolved in its study, once per request."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from dashboard.core.domain import WHOLE, Cut, Domain
from dashboard.core.errors import NeuroMixError, NotNowError
from dashboard.core.grid.nearest import nearest_slice, thickness
from dashboard.core.grid.same import require_same_grid, same_grid
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.orientation import Plane
from dashboard.core.reference.labels import read_label_names
from dashboard.core.volume import Volume
from dashboard.services.archive import Archive
from dashboard.services.scene.channels import Channels, Why, line_up, open_channels
from dashboard.services.scene.contents import judged
from dashboard.services.scene.images import Images, Named
from dashboard.services.scene.presets import Presets, likely_masks, likely_references, presets
from dashboard.services.studies.conventions import label_names
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import file_of
from dashboard.view import View, fields_of

# The reference of a View that chose none.
NO_REFERENCE = "none"


@dataclass(frozen=True, eq=False)
class Scene:
    """What a View means in its study.

    Attributes
    ----------
    view : View
    files : StudyFiles
    images : Images
        The images of the study on the View's grid.
    x, y : Volume or None
        None if the image cannot be read.
    presets : Presets
    mask, reference : Named or None
        The mask and the label map that classes are compared with: chosen or preset.
    meant, mixed : tuple of str
        The images meant for the fit, and those in it, in the order of the features.
    left_out : mapping of str to Why
        The images that the fit leaves out.
    channels : Channels or None
        The images in the fit and those only shown; None if one of them cannot be opened.
    problem : NeuroMixError or None
        Why nothing can be fitted: an image cannot be opened, or two are on different grids.
    """

    view: View
    files: StudyFiles
    images: Images
    x: Volume | None
    y: Volume | None
    presets: Presets
    mask: Named | None
    reference: Named | None
    meant: tuple[str, ...]
    mixed: tuple[str, ...]
    left_out: Mapping[str, Why]
    channels: Channels | None
    problem: NeuroMixError | None

    @property
    def cut(self) -> Cut:
        """The slice of X on screen."""
        return self.view.cut()

    @property
    def domain(self) -> Domain:
        """The voxels of the fit: the slice on screen, or the whole head."""
        return WHOLE if self.view.scope == "volume" else self.cut

    @property
    def recipe(self) -> Recipe:
        """Everything but the voxels that decides the numbers."""
        return self.view.recipe()

    @property
    def grid(self) -> Volume | None:
        """The volume whose grid counts the slices."""
        return self.x or self.y

    @property
    def before(self) -> bool:
        """Whether the histograms of all voxels stand beside those of the foreground."""
        chosen = self.view.before
        return self.presets.before if chosen is None else chosen

    @property
    def on_one_grid(self) -> bool:
        """Whether X and Y share a grid, if both can be read."""
        return self.x is None or self.y is None or same_grid(self.x, self.y)

    @property
    def cut_of_y(self) -> Cut | None:
        """The slice of Y at the place of the slice of X; None if Y has nothing there."""
        if self.x is None or self.y is None or self.on_one_grid:
            return self.cut
        found = self.slices_of_y
        index = found[min(self.cut.index, len(found) - 1)]
        return None if index is None else Cut(self.view.plane, index)

    @cached_property
    def slices_of_y(self) -> tuple[int | None, ...]:
        """For each slice of X the one of Y at its place; empty unless they are on two grids."""
        return self.slices_of_y_in(self.view.plane)

    def slices_of_y_in(self, plane: Plane) -> tuple[int | None, ...]:
        """Return the same for any plane."""
        if self.x is None or self.y is None or self.on_one_grid:
            return ()
        reach, positions = thickness(self.x, plane), self.x.slice_positions(plane)
        return tuple(nearest_slice(self.y, plane, mm, of=reach) for mm in positions)

    @cached_property
    def unchosen(self) -> tuple[str, ...]:
        """The images in the fit if none were chosen."""
        if not self.view.mix:
            return self.mixed
        return line_up(replace(self.view, mix=""), self.files, self.images).mixed

    def require_channels(self) -> Channels:
        """Return the channels of a fit.

        Raises
        ------
        NeuroMixError
            Why nothing can be fitted.
        """
        if self.problem or self.channels is None:
            raise self.problem or NeuroMixError("No image can be fitted.")
        return self.channels

    def companions(self) -> tuple[Volume, ...]:
        """Open the images whose intensities appear under the cursor: X and Y first.

        Raises
        ------
        NeuroMixError
            As `require_channels`.
        """
        channels = self.require_channels()
        opened = [channels.volumes[i] for i in dict.fromkeys(channels.xy)]
        opened += [v for i, v in enumerate(channels.volumes) if i not in channels.xy]
        known = {volume.id for volume in opened}
        opened += [v for v in map(self.images.open, self.unchosen) if v.id not in known]
        return tuple(opened)

    def entities(self, image: str) -> dict[str, str]:
        """Return the BIDS entities of an image's file; empty without a BIDS name."""
        file = file_of(self.files, image)
        return dict(file.entities) if file else {}

    @cached_property
    def label_names(self) -> dict[int, str]:
        """The names of the reference's labels, from the table beside it or from its own name."""
        file = file_of(self.files, self.reference.name) if self.reference else None
        if file is None:
            return {}
        table = read_label_names(file.label_names) if file.label_names else {}
        return table or label_names(file.name)

    @cached_property
    def identity(self) -> str:
        """Hash of all files that the View depends on; place, model and look do not count."""
        # The names of labels are in a file of their own.
        # Cards say why an image cannot be read.
        found = [(n.name, n.volume.id if n.volume else str(n.problem)) for n in self.dependencies]
        whole = repr((found, self.label_names, self.files.before))
        return hashlib.sha256(whole.encode()).hexdigest()

    @property
    def complete(self) -> bool:
        """Whether every one of these can be read, or never can until it changes."""
        return not any(isinstance(one.problem, NotNowError) for one in self.dependencies)

    @cached_property
    def dependencies(self) -> list[Named]:
        """The images that the View depends on.

        Cards show their names, also of those that nobody chose.
        """
        view, helpers = self.view, [one.name for one in (self.mask, self.reference) if one]
        # The likeliest preset by name counts, too: it may be unreadable only now.
        if not view.mask:
            helpers += likely_masks(self.files)[:1]
        if not view.reference:
            helpers += likely_references(self.files)[:1]
        names = [view.x, view.y, *self.meant, view.grid, view.position, *helpers]
        return [self.images.named(name) for name in names if name]

    def at(self, cut: Cut) -> "Scene":
        """Return the same scene at another slice; nothing else depends on it."""
        return self.having(plane=cut.plane, slice=cut.index)

    def having(self, **settings: Any) -> "Scene":
        """Return the same scene with another place, or other settings of the model."""
        return replace(self, view=replace(self.view, **settings))

    def of_head(self) -> "Scene":
        """Return the same scene with the whole head in the fit."""
        return self.having(scope="volume")

    def usual(self, components: int) -> "Scene":
        """Return the scene of the head's fit whose classes those of others are matched with.

        All but the voxels and the number of components is at its default, such as the seed, so that
        it is one for all of them.
        """
        default = View()
        deciding = fields_of("model") - {"foreground", "clip"}
        plain = {name: getattr(default, name) for name in deciding}
        return self.having(**plain | {"scope": "volume", "components": components})

    def neighbours(self) -> Iterator["Scene"]:
        """Yield the scenes of the slices on both sides, within the volume."""
        if self.grid is None or self.view.slice is None:
            return
        count = self.grid.orientation.count(self.view.plane)
        for index in (self.view.slice - 1, self.view.slice + 1):
            if 0 <= index < count:
                yield self.at(Cut(self.view.plane, index))


def resolve(archive: Archive, view: View) -> Scene:
    """Resolve a View in its study.

    Raises
    ------
    NeuroMixError
        If there is no such study.
    """
    files = archive.require(view.study)
    images = Images(archive, files)
    files = judged(files, images, view.x).files
    return scene(view, files, images.on(files, grid=view.grid, position=view.position))


def scene(view: View, files: StudyFiles, images: Images) -> Scene:
    """Resolve a View among images that may be open already."""

    def helper(name: str | None) -> Named | None:
        return images.named(name) if name else None

    preset = presets(view, files, images)
    mask = helper(view.mask or preset.mask)
    chose_none = view.reference == NO_REFERENCE
    reference = None if chose_none else helper(view.reference or preset.reference)
    lineup = line_up(view, files, images)
    channels, problem = None, None
    try:
        fitted_in = mask if view.foreground == "mask" else None
        channels = open_channels(view, lineup.mixed, images, fitted_in)
        require_same_grid(channels.every)
    except NeuroMixError as error:
        problem = error
    return Scene(
        view=view,
        files=files,
        images=images,
        x=images.get(view.x),
        y=images.get(view.y),
        presets=preset,
        mask=mask,
        reference=reference,
        meant=lineup.meant,
        mixed=lineup.mixed,
        left_out=lineup.left_out,
        channels=channels,
        problem=problem,
    )
