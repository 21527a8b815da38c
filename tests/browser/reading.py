"""What a visitor sees, read from the page as numbers."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

TRACES = """id => document.querySelector(`#${id} .js-plotly-plot`)._fullData.map(trace => ({
    name: trace.name, type: trace.type, mode: trace.mode,
    x: Array.from(trace.x ?? []), y: Array.from(trace.y ?? []),
}))"""
# The pictures of a card: the slice, and over it, in the label map's, the map.
SHOWN = """([id, n]) => {
    const image = document.querySelectorAll(`#${id} img`)[n];
    return image.hasAttribute("src") ? image.src : null;
}"""
# Where the middle of a picture's pixel is on the screen; columns from the left, rows from below.
PIXEL = """([id, column, row]) => {
    const image = document.querySelector(`#${id} img`), box = image.getBoundingClientRect();
    return [
        box.left + (column + 0.5) * box.width / image.naturalWidth,
        box.bottom - (row + 0.5) * box.height / image.naturalHeight,
    ];
}"""
# Okabe and Ito's sky blue, orange and bluish green.
CLASS_COLOURS = [(86, 180, 233), (230, 159, 0), (0, 158, 115)]
NOTHING = np.zeros((1, 1, 4), np.uint8)


def traces(page: Page, view: str) -> list[dict[str, Any]]:
    """Traces of a graph, as they are drawn."""
    return page.evaluate(TRACES, view)


def picture(page: Page, view: str, number: int = 0) -> NDArray[np.uint8]:
    """Pixels of a card's picture, RGBA, top row first; one that is clear where there is none."""
    address = page.evaluate(SHOWN, [view, number])
    if address is None:
        return NOTHING
    content = page.request.get(address).body()
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


def painted(page: Page) -> NDArray[np.int64]:
    """Classes of the label map on screen, top row first, 0 where there is none."""
    overlay = picture(page, "view-labels", 1)
    classes = np.zeros(overlay.shape[:2], dtype=int)
    for number, colour in enumerate(CLASS_COLOURS, start=1):
        classes[(overlay[..., :3] == colour).all(axis=-1) & (overlay[..., 3] > 0)] = number
    return classes


def pixel(page: Page, view: str, column: int, row: int) -> tuple[float, float]:
    """Where a pixel of a card's picture is on the screen; rows count from below."""
    x, y = page.evaluate(PIXEL, [view, column, row])
    return x, y


def badges(page: Page) -> list[str]:
    """What the heads of the visible cards say that was done to their images; "" for nothing."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".head")]
            .map(head => head.querySelector(".facts-of-images")?.textContent ?? "")"""
    )


def findings(page: Page, severity: str) -> str:
    """What the check says of one severity."""
    found = page.locator(f".findings li[data-severity={severity}]")
    return " ".join(found.all_text_contents()).replace("\xa0", " ")


def table(page: Page, view: str) -> list[list[str]]:
    """Cells of a table's rows, without its head."""
    return page.evaluate(
        """id => [...document.querySelectorAll(`#${id} tbody tr`)]
            .map(row => [...row.cells].map(cell => cell.innerText.trim()))""",
        view,
    )


def thumb(page: Page) -> Any:
    """The slice slider's handle."""
    return page.locator("#control-slice [role=slider]")


def contrast(one: Any, other: Any) -> float:
    """Contrast of two sRGB colours of 8 bits, as WCAG defines it."""
    shares = np.array([one, other]) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    darker, lighter = np.sort(linear @ [0.2126, 0.7152, 0.0722]) + 0.05
    return float(lighter / darker)
