"""The table of the cards."""

from typing import Any

from dashboard.cards import (
    agreement,
    check,
    components,
    criteria,
    header,
    histograms,
    image,
    joint,
    labels,
    starts,
)
from dashboard.cards.card import PLACE, Card

CARDS: tuple[Card, ...] = (
    check.CARD,
    image.CARD_X,
    image.CARD_Y,
    labels.CARD,
    histograms.CARD,
    joint.CARD,
    components.CARD,
    starts.CARD,
    agreement.CARD,
    criteria.CARD,
    header.CARD,
)


def description() -> list[dict[str, Any]]:
    """Return the cards as the browser's half knows them."""
    return [
        {
            "id": card.id,
            "group": card.group,
            "fields": sorted(card.fields),
            "fieldsOfWhole": sorted(card.fields - PLACE if card.of_domain else card.fields),
            "outputs": list(card.outputs),
            "tab": card.tab,
        }
        for card in CARDS
    ]
