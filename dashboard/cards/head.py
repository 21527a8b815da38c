"""The head of a card: its title, what was done to its images, and a caption."""

from collections.abc import Sequence

from dashboard.cards.markup import render
from dashboard.core.analysis import Analysis
from dashboard.core.processing import Step
from dashboard.core.volume import Volume
from dashboard.words.steps import BADGES, badge


def head(
    title: str = "",
    *,
    done_to: Sequence[Volume] = (),
    clipped: Sequence[Step] = (),
    caption: str = "",
    explained: str = "",
    full: str = "",
) -> str:
    """Return a card's head as HTML.

    Parameters
    ----------
    title : str
    full : str
        The name of an image in full, if the title is its short name.
    done_to : sequence of Volume
        The images it shows; a badge says what was done to them.
    clipped : sequence of Step
        What was done to the intensities of all images.
    caption : str
    explained : str
        Tooltip of the caption.
    """
    steps = [*(step for volume in done_to for step in volume.processing), *clipped]
    short = [word for word in BADGES if word in map(badge, steps)]
    done = [volume.label for volume in done_to if volume.processing]
    return render(
        "head.html",
        title=title,
        is_name=bool(full),
        full=full if full != title else "",
        badge=", ".join(short),
        facts="; ".join([*done, *map(str, clipped)]),
        caption=caption,
        explained=explained,
    )


def head_of_used(
    analysis: Analysis, title: str = "", caption: str = "", explained: str = ""
) -> str:
    """Return the head of a card that depends on all images in use."""
    features = analysis.features
    used = [v for i, v in enumerate(features.volumes) if i < features.mixed or i in features.xy]
    facts = features.facts
    return head(title, done_to=used, clipped=facts, caption=caption, explained=explained)
