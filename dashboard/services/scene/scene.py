"""A View resolved in its study, once per request."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.nearest import nearest_slice, thickness
from dashboard.core.grid.same import require_same_grid, same_grid
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.reference.labels import read_label_names
from dashboard.core.volume import Volume
from dashboard.services.archive import Archive
from dashboard.services.scene.channels import Channels, intended, open_channels
from dashboard.services.scene.images import Images
from dashboard.services.scene.presets import Presets, likely_masks, likely_references, presets
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import find
from dashboard.view import View

# The reference of a View that chose none.
NO_REFERENCE = "none"
# In place of an image that cannot be read.
MISSING = "none"


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
    mask, reference : str or None
        Names of the mask and of the label map that classes are compared with: chosen or preset.
    channels : Channels or None
        The images in the fit and those only shown; None if one of them cannot be opened.
    problem : NeuroMixError or None
        Why nothing can be fitted: an image cannot be opened, or two are on different grids.
    identity : str
        Hash of all files that the View depends on; place, model and look do not count.
    complete : bool
        Whether all of them could be read.
    """

    view: View
    files: StudyFiles
    images: Images
    x: Volume | None
    y: Volume | None
    presets: Presets
    mask: str | None
    reference: str | None
    channels: Channels | None
    problem: NeuroMixError | None
    identity: str
    complete: bool

    @property
    def cut(self) -> Cut:
        """The slice of X on screen."""
        return self.view.cut()

    @property
    def recipe(self) -> Recipe:
        """Everything but the voxels that decides the numbers."""
        return self.view.recipe()

    @property
    def grid(self) -> Volume | None:
        """The volume whose grid counts the slices."""
        return self.x or self.y

    @property
    def on_one_grid(self) -> bool:
        """Whether X and Y share a grid, if both can be read."""
        return self.x is None or self.y is None or same_grid(self.x, self.y)

    @cached_property
    def cut_of_y(self) -> Cut | None:
        """The slice of Y at the place of the slice of X; None if Y has nothing there."""
        cut = self.cut
        if self.x is None or self.y is None or self.on_one_grid:
            return cut
        positions = self.x.slice_positions(cut.plane)
        position = positions[min(cut.index, len(positions) - 1)]
        index = nearest_slice(self.y, cut.plane, position, of=thickness(self.x, cut.plane))
        return None if index is None else Cut(cut.plane, index)

    @property
    def mixed(self) -> tuple[str, ...]:
        """Names of the images in the fit; those meant if one of them cannot be opened."""
        if self.channels:
            return self.channels.names[: self.channels.mixed]
        return tuple(intended(self.view, self.files, self.images.frames))

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
        opened = [channels.volumes[i] for i in dict.fromkeys(channels.axes)]
        opened += [v for i, v in enumerate(channels.volumes) if i not in channels.axes]
        if self.view.mix:
            known = {volume.id for volume in opened}
            every = open_channels(replace(self.view, mix=""), self.files, self.images, None)
            opened += [v for v in every.volumes if v.id not in known]
        return tuple(opened)

    def entities(self, image: str) -> dict[str, str]:
        """Return the BIDS entities of an image's file; empty without a BIDS name."""
        found = find(self.files, image)
        return dict(found[0].entities) if found else {}

    @cached_property
    def label_names(self) -> dict[int, str]:
        """The names of the reference's labels, from the table beside it."""
        return _label_names(self.files, self.reference)

    def at(self, cut: Cut) -> "Scene":
        """Return the same scene at another slice; nothing else depends on it."""
        return replace(self, view=replace(self.view, plane=cut.plane, slice=cut.index))

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
    return scene(view, files, Images(archive, files, view.grid))


def scene(view: View, files: StudyFiles, images: Images) -> Scene:
    """Resolve a View among images that may be open already."""
    preset = presets(view, files, images)
    mask = view.mask or preset.mask
    reference = view.reference or preset.reference
    if view.reference == NO_REFERENCE:
        reference = None
    channels, problem = None, None
    try:
        fitted_in = mask if view.foreground == "mask" else None
        channels = open_channels(view, files, images, fitted_in)
        require_same_grid([*channels.volumes, *([channels.mask] if channels.mask else [])])
    except NeuroMixError as error:
        problem = error
    identity, complete = _identity(view, files, images, (mask, reference))
    return Scene(
        view=view,
        files=files,
        images=images,
        x=images.get(view.x),
        y=images.get(view.y),
        presets=preset,
        mask=mask,
        reference=reference,
        channels=channels,
        problem=problem,
        identity=identity,
        complete=complete,
    )


def _identity(
    view: View, files: StudyFiles, images: Images, helpers: tuple[str | None, str | None]
) -> tuple[str, bool]:
    """Return a hash of all files that a View depends on, and whether all can be read."""
    mask, reference = helpers
    # The likeliest preset by name counts, too: it may be unreadable only now.
    likely_mask = view.mask or next(iter(likely_masks(files)), None)
    likely_reference = reference if view.reference else next(iter(likely_references(files)), None)
    names = [
        view.x, view.y, *intended(view, files, images.frames), view.grid,
        mask, likely_mask, reference, likely_reference,
    ]  # fmt: skip
    volumes = [images.get(name) if name else None for name in names]
    # Cards show the names of images, also of those that nobody chose.
    identities = [
        (name, volume.id if volume else MISSING)
        for name, volume in zip(names, volumes, strict=True)
        if name
    ]
    # The names of labels are in a file of their own.
    whole = repr((identities, _label_names(files, reference)))
    complete = all(identity != MISSING for _, identity in identities)
    return hashlib.sha256(whole.encode()).hexdigest(), complete


def _label_names(files: StudyFiles, reference: str | None) -> dict[int, str]:
    found = find(files, reference) if reference else None
    table = found[0].label_names if found else None
    return read_label_names(table) if table else {}
