"""Graphs share one figure in both themes, and everything in them can be read there."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from dashboard.figures.palette import on_white
from scripts.serving import settled
from tests.browser.acting import light
from tests.browser.reading import contrast
from tests.wide import cases

# WCAG's contrast of a label's text with what lies behind it.
CONTRASTS = """selector => {
    const luminance = (colour) => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(v => v / 255)
            .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const labels = document.querySelectorAll(`${selector} :is(.hovertext, .axistext)`);
    return [...labels].map((label) => {
        const [text, back] = ["text", "path"].map((part) => {
            const node = label.querySelector(part);
            return luminance(getComputedStyle(node.querySelector("tspan") ?? node).fill);
        });
        return (Math.max(text, back) + 0.05) / (Math.min(text, back) + 0.05);
    });
}"""


@pytest.mark.parametrize("scheme", cases(["light", "dark"], wide=lambda scheme: scheme == "dark"))
def test_what_a_graph_says_under_the_pointer_can_be_read(home: Page, scheme: str) -> None:
    light(home, scheme)
    for graph, place in (("#view-histograms", {"x": 60, "y": 60}), ("#view-joint", None)):
        if place:
            home.locator(f"{graph} .nsewdrag").last.hover(position=place)
        else:
            home.locator(f"{graph} .points path").first.hover(force=True)
        expect(home.locator(f"{graph} .hoverlayer text").first).to_be_attached()
        found = home.evaluate(CONTRASTS, graph)
        assert found
        assert min(found) > 4.5
    # Ellipses stand off from the voxels below them by an edge in the card's colour.
    edge = home.locator("#view-joint .js-line").first
    card = home.evaluate("getComputedStyle(document.querySelector('.card')).backgroundColor")
    expect(edge).to_have_css("stroke", card)


@pytest.mark.parametrize("scheme", cases(["light", "dark"], wide=lambda scheme: scheme == "light"))
def test_the_fullest_cells_stand_off_from_the_card(home: Page, scheme: str) -> None:
    """The colour scale ends at a contrast of 3 with the card, as WCAG asks of graphics."""
    light(home, scheme)
    home.locator("#control-joint").select_option("histogram")
    settled(home, joint="histogram")
    box = home.locator("#view-joint .cbfills").bounding_box()
    assert box is not None
    shot = np.asarray(Image.open(io.BytesIO(home.screenshot())).convert("RGB"))
    row = int(box["y"] + box["height"] / 2)
    assert contrast(shot[row, int(box["x"] + box["width"]) - 2], shot[row, int(box["x"]) - 20]) > 3


def test_the_lines_of_the_classes_are_darker_on_white_alone(home: Page) -> None:
    """The sky blue of class 1 has a contrast of 2.3 with white, and of 6 with the dark card."""
    line = home.locator("#view-histograms .js-line[style*='rgb(86, 180, 233)']").first
    darker = on_white("#56B4E9")
    expect(line).to_have_css("stroke", f"rgb{tuple(bytes.fromhex(darker[1:]))}")
    light(home, "dark")
    expect(line).to_have_css("stroke", "rgb(86, 180, 233)")
