"""The card above the pictures: what the check of the study's images found."""

from collections.abc import Callable, Mapping
from functools import partial

from dashboard.cards import elements
from dashboard.cards.card import IMAGES, Card, Drawn
from dashboard.cards.markup import render
from dashboard.core.check.check import Checked, Row
from dashboard.core.check.findings import SEVERITIES
from dashboard.core.check.remedies import Remedy
from dashboard.services.analyses import Analyses
from dashboard.services.archive import FIRST_STUDY
from dashboard.services.checking import check
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.naming import short_name
from dashboard.words import findings
from dashboard.words.numbers import counted, percent, times
from dashboard.words.parts import Sentence
from dashboard.words.spaces import NAMES

LINE = elements.table("view-preflight")

# In the place of the line at the first visit: assets/views/introduction.mjs.
INTRODUCTION = (
    "Simulated T1 and b0 of one head, not in MNI space. The mixture finds CSF, grey and white "
    "matter. Move the slice, change Components, drop images, or take the"
)
# How the sample's headers describe its images (data/make_sample.py).
SIMULATED = "Synthetic"


def draw(scene: Scene, _: Analyses) -> Drawn:
    """Return the check of the study's images."""
    checked = check(scene)
    names = [row.name for row in checked.rows]
    entities = {name: scene.entities(name) for name in names}
    card = check_card(
        checked,
        entities,
        partial(short_name, scene.files),
        study=scene.view.study,
        introduction=INTRODUCTION if _is_sample(scene) else "",
    )
    return {LINE.output: card}


def _is_sample(scene: Scene) -> bool:
    """Return whether this is the sample study, and no other study of its name."""
    header = dict(scene.x.header) if scene.x else {}
    return scene.view.study == FIRST_STUDY and header.get("descrip", "").startswith(SIMULATED)


def check_card(
    checked: Checked,
    entities: Mapping[str, Mapping[str, str]],
    short: Callable[[str], str] = str,
    *,
    study: str = "",
    introduction: str = "",
) -> str:
    """Return the card as HTML: one line, which opens to all findings and a table of the images.

    Parameters
    ----------
    checked : Checked
    entities : mapping of str to mapping
        BIDS entities of each row's file; empty without a BIDS name.
    short : callable
        From the name of an image to its short name.
    study : str
        Whose images they are: each has a sheet of its own.
    introduction : str
        What stands in the place of the line at a first visit.
    """
    return render(
        "check.html",
        findings=checked.findings,
        rows=checked.rows,
        short=short,
        study=study,
        introduction=introduction,
        entities=entities,
        severity=severity(checked),
        counts=counts(checked),
        summary=summary(checked),
        remedy=remedy(checked),
        effects=checked.effects,
        several_grids=len({row.grid for row in checked.rows}) > 1,
        series=any(row.volumes > 1 for row in checked.rows),
    )


def severity(checked: Checked) -> str:
    """Return the worst severity found."""
    return next((s for s in SEVERITIES[:2] if checked.count(s)), "fact")


def remedy(checked: Checked) -> Remedy | None:
    """Return the remedy beside the closed line: the first of the worst finding."""
    if severity(checked) == "fact":
        return None
    return next(iter(checked.findings[0].remedies), None)


def counts(checked: Checked) -> str:
    """Return the number of problems and warnings, or of notes if there are none."""
    words = {word: checked.count(word) for word in SEVERITIES[:2]}
    found = [counted(count, word) for word, count in words.items() if count]
    if not found and checked.findings:
        return counted(len(checked.findings), "note")
    return ", ".join(found)


def summary(checked: Checked) -> Sentence:
    """Return the state of the study in one line: its worst finding, or its grid."""
    if severity(checked) != "fact":
        return findings.sentence(checked.findings[0])
    return (_grid(checked),)


def _grid(checked: Checked) -> str:
    images = [row for row in checked.rows if row.kind == "image"]
    if not images:
        return "No image"
    first = images[0]
    count = counted(len(images), "image")
    grids = len({row.grid for row in images})
    if grids > 1:
        return f"{count} on {grids} grids · {_zeros(images)}"
    where = "" if len(images) == 1 else " on one grid"
    grid = [times(first.shape), f"{times(first.voxel_size)} mm", first.orientation]
    if first.space != "unknown":
        grid.append(f"{NAMES[first.space]} coordinates")
    return " · ".join([f"{count}{where}", *grid, _zeros(images)])


def _zeros(images: list[Row]) -> str:
    """Return the range of the images' shares of zeros."""
    ends = list(dict.fromkeys(percent(pick(r.zeros for r in images)) for pick in (min, max)))
    if len(ends) == 1:
        return f"{ends[0]} zeros"
    return f"{ends[0].removesuffix(' %')}–{ends[1]} zeros"


CARD = Card("check", "files", "check", IMAGES | {"foreground", "clip"}, (LINE,), draw)
