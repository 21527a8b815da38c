"""What a visitor sees, read from the page as numbers."""

import base64
import io
from typing import Any
from urllib.parse import urljoin

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

TRACES = """id => document.querySelector(`#${id} .js-plotly-plot`)._fullData.map(trace => ({
    name: trace.name, type: trace.type, mode: trace.mode,
    x: Array.from(trace.x ?? []), y: Array.from(trace.y ?? []),
}))"""
PICTURE = "([id, n]) => document.querySelector(`#${id} .js-plotly-plot`).layout.images[n].source"
SHOWN = """([id, n]) => [...document.querySelectorAll(`#${id} .imagelayer image`)]
    .find(image => image.__data__._index === n).href.baseVal"""


def traces(page: Page, view: str) -> list[dict[str, Any]]:
    """Traces of a graph, as they are drawn."""
    return page.evaluate(TRACES, view)


def picture(page: Page, view: str, number: int = 0) -> NDArray[np.uint8]:
    """Pixels of a graph's picture, RGBA, top row first."""
    address = page.evaluate(SHOWN, [view, number])
    assert address == page.evaluate(PICTURE, [view, number])
    if address.startswith("data:"):
        content = base64.b64decode(address.partition(",")[2])
    else:
        content = page.request.get(urljoin(page.url, address)).body()
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"))


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
