"""The head of a card: its title, what was done to its images, and a caption."""

from collections.abc import Sequence

from dashboard.cards.markup import render
from dashboard.core.analysis import Analysis
from dashboard.core.volume import Volume
from dashboard.figures.style import SHORT_FACTS, short_fact


def output(card: str) -> str:
    """Return the output that a card's head is."""
    return f"head-{card}.html"


def head(
    title: str = "",
    *,
    done_to: Sequence[Volume] = (),
    clipped: Sequence[str] = (),
    caption: str = "",
    explained: str = "",
) -> str:
    """Return a card's head as HTML.

    Parameters
    ----------
    title : str
    done_to : sequence of Volume
        The images it shows: what was done to them stands in a badge.
    clipped : sequence of str
        What was done to the intensities of all.
    caption : str
    explained : str
        What the caption says when it is pointed at.
    """
    facts = [*(fact for volume in done_to for fact in volume.processing), *clipped]
    short = [word for word in SHORT_FACTS if word in map(short_fact, facts)]
    done = [volume.label for volume in done_to if volume.processing]
    return render(
        "head.html",
        title=title,
        badge=", ".join(short),
        facts="; ".join([*done, *clipped]),
        caption=caption,
        explained=explained,
    )


def head_of_used(analysis: Analysis, title: str = "", caption: str = "") -> str:
    """Return the head of a card that shows something of all images in use."""
    features = analysis.features
    used = [v for i, v in enumerate(features.volumes) if i < features.mixed or i in features.axes]
    return head(title, done_to=used, clipped=features.facts, caption=caption)
