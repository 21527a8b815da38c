"""The check of the images that a command is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dashboard.commands.inputs import Input
from dashboard.core.check.check import check_images
from dashboard.core.check.findings import Choices
from dashboard.core.check.uses import use_notices
from dashboard.core.facts import FileCode, Notice
from dashboard.core.grid.same import study_notices
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.volume import Volume
from dashboard.words import findings, notices
from dashboard.words.parts import plain

Read = tuple[Input, Volume]


@dataclass(frozen=True, eq=False)
class Checking:
    """What is said of the images of a fit.

    Attributes
    ----------
    images, overlays : sequence of (Input, Volume)
        The images in the fit; the mask and the reference.
    own : sequence of Volume
        The images on the grids of their files.
    recipe : Recipe
    grid, mask, reference : str
        The image to whose grid all are resampled, and the labels of the overlays; empty without.
    """

    images: Sequence[Read]
    overlays: Sequence[Read]
    own: Sequence[Volume]
    recipe: Recipe
    grid: str = ""
    mask: str = ""
    reference: str = ""

    def notices(self) -> list[str]:
        """Return what is unusual about each file, and about all of them."""
        said = list(self._of_files())
        overlays = {given.label: volume for given, volume in self.overlays}
        used = (overlays.get(name) for name in (self.mask, self.reference))
        said += [f"{name}: {notices.sentence(notice)}" for name, notice in use_notices(*used)]
        return said + [notices.sentence(n) for n in study_notices([v for _, v in self.images])]

    def warnings(self) -> list[str]:
        """Return what the check warns of, and which volume was taken where nobody chose one."""
        names = [given.label for given, _ in self.images]
        checked = check_images(
            {given.label: volume for given, volume in self.images},
            choices=Choices(
                x=names[0],
                y=names[min(1, len(names) - 1)],
                fitted=tuple(names),
                chosen=True,
                foreground=self.recipe.foreground,
                clip=self.recipe.clip,
                grid=self.grid,
                mask=self.mask,
                reference=self.reference,
            ),
            others={given.label: volume for given, volume in self.overlays},
            own=dict(zip(names, self.own, strict=True)),
        )
        # The page has a control for it, so there it is no warning.
        said = list(self._of_files(lambda notice: notice.code == FileCode.SERIES))
        said += [plain(findings.sentence(f)) for f in checked.findings if f.severity != "fact"]
        return list(dict.fromkeys(said))

    def _of_files(self, wanted: Callable[[Notice], bool] = lambda _: True) -> Iterator[str]:
        """Yield the notices of the files; that of a series only if nobody chose its volume."""
        for given, volume in (*self.images, *self.overlays):
            for notice in filter(wanted, volume.notices):
                if notice.code != FileCode.SERIES or not given.chosen:
                    yield f"{given.label}: {notices.sentence(notice)}"
