"""The roles of a study's files by what they hold, as far as its defaults depend on them.

Names decide between what the content allows. Contents are known once a file is read, so only the
files are looked at that a study opens with; those that fail are passed over and the next is read.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dashboard.core.content import allows_image, content, is_overlay
from dashboard.core.facts import Notice
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import Volume
from dashboard.services.scene.images import Images
from dashboard.services.scene.presets import likely_masks, likely_references
from dashboard.services.studies.conventions import Role
from dashboard.services.studies.files import ImageFile, StudyFiles, arranged
from dashboard.services.studies.naming import SERIES, find

# Files that are read to find the images of a fit: three of each contrast.
MAX_LOOKED_AT = 3 * MAX_MIXED

_ROLES: dict[str, Role] = {
    "labels": "labels", "mask": "mask", "fractions": "probability", "field": "other",
    "contrast": "other",  # of a statistic
}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A study with its roles by content, and what its names do not say."""

    files: StudyFiles
    notices: tuple[Notice, ...]


def judged(files: StudyFiles, images: Images, x: str = "") -> Judged:
    """Judge the files that a study opens with by their content.

    Parameters
    ----------
    files : StudyFiles
    images : Images
        On their own grids.
    x : str
        The chosen image X; of each contrast, the fit takes the first image on its grid.
    """
    looks = _Looks(files, images, x)
    fit = [
        name for names in _by_contrast(files.of("image").values()) if (name := looks.pick(names))
    ]
    if not looks.images:
        rest = [*files.of("mask").values(), *files.of("labels").values()]
        fit = [name for names in _by_contrast(rest) if (name := looks.rescue(names))]
    if not looks.images:
        # All that there is, is shown.
        return Judged(files, ())
    looks.overlays()
    used = [replace(file, role=looks.role(file)) for file in files.files.values()]
    return Judged(
        replace(arranged(files.name, used), fit=tuple(fit), before=files.before),
        tuple(looks.notices()),
    )


def doubts(names: Iterable[str], images: Images) -> Iterator[Notice]:
    """Yield a notice on each image that does not look like one."""
    for name in dict.fromkeys(names):
        volume = images.get(name)
        if volume and not allows_image(volume):
            yield Notice("no-contrast", {"image": volume.name, "holds": content(volume)})


class _Looks:
    """What the content of files has shown so far."""

    def __init__(self, files: StudyFiles, images: Images, x: str) -> None:
        self._files, self._volumes = files, images
        self._moved: dict[str, Role] = {}
        self._count = 0
        self._x = images.get(x) if x and find(files, x) else None
        self.images: set[str] = set()

    def pick(self, names: list[str]) -> str | None:
        """Return the best of some images of one contrast for a fit with X."""
        best, others = None, []
        for name in names:
            file = self._files.files[name]
            # After the best, only names that say more than contrast and processing.
            if (best and file.meaning.plain) or not self._may_look():
                continue
            volume = self._look(name)
            if volume is None:
                continue
            if not allows_image(volume) and not file.meaning.plain:
                self._moved[name] = _ROLES[content(volume)]
                continue
            self.images.add(name)
            self._x = self._x or volume
            if best is None and same_grid(self._x, volume):
                best = name
            others.append(name)
        # An image that cannot be read is missed in the fit, and the check says why.
        return best or next((name for name in [*others, *names] if name not in self._moved), None)

    def _may_look(self) -> bool:
        return self._count < MAX_LOOKED_AT

    def _look(self, name: str) -> Volume | None:
        self._count += 1
        return self._volumes.get(name)

    def rescue(self, names: list[str]) -> str | None:
        """Return the first of some masks and label maps that is an image."""
        for name in names:
            if not self._may_look():
                break
            volume = self._look(name)
            if volume and allows_image(volume) and not self._as_named(self._files.files[name]):
                self._moved[name] = "image"
                self.images.add(name)
                self._x = self._x or volume
                return name
        return None

    def overlays(self) -> None:
        """Look at masks and label maps until the first of each is what its name says."""
        for likely in (likely_masks(self._files), likely_references(self._files)):
            for name in likely:
                if self._as_named(self._files.files[name]):
                    break
                self._moved[name] = "image"

    def role(self, file: ImageFile) -> Role:
        """Return the role of a file by its content, or else by its name."""
        return self._moved.get(
            file.name, "image" if file.name in self.images else file.meaning.role
        )

    def notices(self) -> Iterator[Notice]:
        """Yield a notice for all files that are named as one thing and hold the same other one."""
        kinds: dict[tuple[Role, Role], list[str]] = {}
        for name, role in self._moved.items():
            kinds.setdefault((self._files.files[name].meaning.role, role), []).append(name)
        for (named, held), names in kinds.items():
            yield Notice("not-as-named", {"images": names, "named": named, "held": held})

    def _as_named(self, file: ImageFile) -> bool:
        """Return whether a mask or label map can be one; an unreadable one may be."""
        volume = self._volumes.get(file.name)
        if volume is None or not allows_image(volume):
            return True
        return is_overlay(volume, file.meaning.role)


def _by_contrast(files: Iterable[ImageFile]) -> list[list[str]]:
    """Return the names of the images of each contrast, in order."""
    groups: dict[str, list[str]] = {}
    for file in files:
        if file.contrast not in SERIES:
            groups.setdefault(file.contrast, []).append(file.name)
    return list(groups.values())
