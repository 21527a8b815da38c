"""Names and colours of a fit's classes: as somebody chose, or as the reference calls them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dashboard.core.analysis import Analysis
from dashboard.core.errors import NeuroMixError
from dashboard.figures.palette import class_colours
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

# A class is called as its label only if they have more in common than not.
LEAST_DICE = 0.5


@dataclass(frozen=True)
class Name:
    """The name of a class, and whether it is only a guess."""

    text: str
    guessed: bool = False


Names = Mapping[int, Name]


def guesses(scene: Scene, analyses: Analyses) -> dict[int, str]:
    """Return the names that the reference gives to the classes which match its labels."""
    # The agreement's own card says why there is none.
    with suppress(NeuroMixError):
        if scene.label_names and (found := analyses.agreement(scene)):
            named = {
                m.number: scene.label_names.get(m.label, "")
                for m in found.matches
                if m.label is not None and (m.dice or 0) > LEAST_DICE
            }
            return {number: name for number, name in named.items() if name}
    return {}


def names(scene: Scene, analyses: Analyses) -> dict[int, Name]:
    """Return the names of the classes that have one."""
    typed = {k: Name(text) for k, text in enumerate(scene.view.names, start=1) if text}
    guessed = guesses(scene, analyses)
    return {k: Name(text, guessed=True) for k, text in guessed.items()} | typed


def texts(names: Names) -> dict[int, str]:
    """Return names without whether they are guesses."""
    return {k: name.text for k, name in names.items()}


def colours_of(scene: Scene, analysis: Analysis | None) -> tuple[str, ...]:
    """Return the colours of classes 1..10 in a scene."""
    identities = analysis.identities if analysis else ()
    return class_colours(scene.view.palette, scene.view.colours, identities)


def tissue_name(group: Sequence[int], names: Names) -> Name:
    """Return the name of a tissue: those typed for its classes, or else those guessed."""
    found = [names[k] for k in group if k in names]
    typed = [name for name in found if not name.guessed]
    text = " + ".join(dict.fromkeys(name.text for name in typed or found))
    return Name(text, guessed=bool(found) and not typed)
