"""What is exported: a scene with its analysis, its names and its colours."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboard.core.analysis import Analysis
from dashboard.core.domain import WHOLE
from dashboard.core.reading.voxels import Take
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.files import ImageFile
from dashboard.services.studies.naming import find

# Characters that no file system and no shell trips over, as the page names pictures.
UNUSUAL = re.compile(r"[^\w.-]+")
# Bytes of a study's title in a name, of which file systems take 255.
LONGEST = 120

# The colour of each class, from a scene and its analysis.
Colours = Callable[[Scene, Analysis], Sequence[str]]


@dataclass(frozen=True, eq=False)
class Subject:
    """A scene whose results are exported.

    Attributes
    ----------
    title : str
        What the page calls the study.
    """

    scene: Scene
    analyses: Analyses
    title: str
    colours_of: Colours

    @cached_property
    def analysis(self) -> Analysis:
        """The analysis of the scene's fit.

        Raises
        ------
        NeuroMixError
            If nothing can be fitted.
        """
        found = self.analyses.analyse(self.scene)
        found.fitted  # noqa: B018 - without a model it says why
        return found

    @property
    def colours(self) -> Sequence[str]:
        """The colour of each class."""
        return self.colours_of(self.scene, self.analysis)

    @property
    def names(self) -> Sequence[str]:
        """The names of classes 1, 2, ..., empty where nobody gave one."""
        return self.scene.view.names

    @property
    def image(self) -> Path:
        """The file whose grid the results have."""
        file, _ = self.found(self.scene.view.grid or self.scene.mixed[0])
        return file.path

    def found(self, name: str) -> tuple[ImageFile, Take]:
        """Return the file and the volumes of an image of the scene."""
        found = find(self.scene.files, name)
        assert found, "a scene names only images of its study"
        return found

    @property
    def inputs(self) -> list[Path]:
        """The files of the images in the fit, and of the mask if it is the foreground."""
        scene = self.scene
        mask = scene.mask if scene.require_channels().mask else None
        names = (*scene.mixed, *([mask.name] if mask else []))
        return list(dict.fromkeys(self.found(name)[0].path for name in names))

    @property
    def voxels(self) -> int:
        """The number of voxels in the domain of the fit, inside and outside the foreground."""
        first = self.scene.require_channels().volumes[0]
        if self.scene.domain is WHOLE:
            return math.prod(first.shape)
        return math.prod(first.orientation.picture_shape(self.scene.cut.plane))

    @property
    def what(self) -> str:
        """The voxels and classes of the fit, as a word: ``axial30_K3``, ``head_K3``."""
        scene = self.scene
        where = "head" if scene.domain is WHOLE else f"{scene.cut.plane}{scene.cut.index}"
        return f"{where}_K{scene.view.components}"

    @property
    def base(self) -> str:
        """What the name of a file begins with."""
        study = UNUSUAL.sub("-", self.title).encode()[:LONGEST].decode(errors="ignore")
        return f"{study.strip('.-') or 'study'}_{self.what}"
