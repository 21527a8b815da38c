"""The table of controls, and the page that is made of it."""

import re
from dataclasses import fields

import pytest

from dashboard.cards.table import CARDS
from dashboard.ids import FIELDS, VOLUME_X, VOLUME_Y
from dashboard.services.uploads.limits import Limits
from dashboard.ui.controls import TOOLS, specs
from dashboard.ui.frame import INDEX, layout
from dashboard.ui.kinds import ControlSpec
from dashboard.view import View

# Set beside what they change: the slice bar, the classes of the label map, the tabs.
BESIDE_THEIR_VIEW = {"slice", "hidden", "names", "colours", "tissues", "panel", "window_x",
                     "window_y"}  # fmt: skip
LIMITS = Limits(drop=2**20, store=2**30, days=7)


def components(root):
    return [root, *(part for part in root._traverse() if hasattr(part, "_prop_names"))]


def test_every_field_of_the_view_has_one_control():
    named = [spec.name for spec in specs()]
    ids = {control for name, (control, _) in FIELDS.items() if name not in BESIDE_THEIR_VIEW}
    assert set(named) == ids | {VOLUME_X, VOLUME_Y}
    assert len(named) == len(set(named))
    laid_out = {getattr(part, "id", None) for part in components(layout(LIMITS))}
    assert {control for control, _ in FIELDS.values()} <= laid_out


def test_the_tools_of_a_card_stand_in_that_card():
    sections = [part for part in components(layout(LIMITS)) if type(part).__name__ == "Section"]
    inside = [{getattr(part, "id", None) for part in components(card)} for card in sections]
    for name, own in TOOLS.items():
        head = next(card for card in CARDS if card.id == name).elements()[0].id
        [ids] = [ids for ids in inside if head in ids]
        assert {spec.name for spec in own} <= ids


def test_a_control_starts_with_the_default_of_the_view():
    laid_out = {getattr(part, "id", None): part for part in components(layout(LIMITS))}
    defaults = {field.name: field.default for field in fields(View)}
    for name in ("plane", "side", "foreground", "scaling", "covariance", "seed", "log", "opacity"):
        control, prop = FIELDS[name]
        assert getattr(laid_out[control], prop) == defaults[name]
    assert laid_out["control-before"].checked is False  # a study may open with it
    assert laid_out["control-components"].value == str(defaults["components"])


@pytest.mark.parametrize("spec", specs(), ids=lambda spec: spec.name)
def test_every_control_says_what_it_does_in_a_few_short_sentences(spec: ControlSpec):
    sentences = re.split(r"(?<=\.) ", spec.help)
    assert spec.help.endswith(".")
    assert len(sentences) <= 4
    assert all(sentence[0].isupper() and len(sentence.split()) <= 25 for sentence in sentences)
    helps = [
        getattr(part, "data-help", None)
        or getattr(part, "help", None)
        or getattr(part, "labelProps", {}).get("data-help")
        or getattr(part, "wrapperProps", {}).get("data-help")
        for part in components(spec.component)
    ]
    assert [found for found in helps if found] == [spec.help]


def test_the_page_is_slim():
    """A callback costs the browser 0.07 ms for each component, and more for tooltips."""
    kinds = [type(part).__name__ for part in components(layout(LIMITS))]
    assert len(kinds) <= 136
    assert "Tooltip" not in kinds


def test_every_card_has_its_elements_in_the_page_once():
    laid_out = [getattr(part, "id", None) for part in components(layout(LIMITS))]
    for card in CARDS:
        assert [laid_out.count(element.id) for element in card.elements()] == [1] * len(card.parts)


def test_no_id_stands_in_the_template_and_in_the_layout():
    static = re.findall(r'\bid="([^"]+)"', INDEX)
    laid_out = {getattr(part, "id", None) for part in components(layout(LIMITS))}
    assert len(static) == len(set(static))
    assert laid_out.isdisjoint(static)


@pytest.mark.parametrize("name", [n for n in FIELDS if n not in BESIDE_THEIR_VIEW])
def test_a_control_offers_exactly_what_the_view_takes(name: str):
    laid_out = {getattr(part, "id", None): part for part in components(layout(LIMITS))}
    control = laid_out[FIELDS[name][0]]
    listed = getattr(control, "data", None) or getattr(control, "options", None) or []
    offered = [option["value"] for option in listed]
    for value in offered:
        view, notices = View.parse({name: value})
        assert notices == []
        assert str(getattr(view, name)) == value
    for notice in View.parse({name: "?"})[1]:
        # A switch offers nothing by name.
        taken = notice.facts["allowed"].get("one of", offered)
        assert taken in (offered, ["0", "1"])
