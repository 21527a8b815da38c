"""`make screenshots`: the README's pictures, of the sample in a real browser."""

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from scripts.chromium import launch_options
from scripts.serving import ROOT, serving, settled

FOLDER = ROOT / "docs" / "screenshots"
DESKTOP = (1440, 900)  # every linked view is visible without scrolling
PHONE = (390, 844)


@dataclass(frozen=True)
class Shot:
    """A picture's name, the URL query it shows, and the size of the screen."""

    name: str
    query: str
    size: tuple[int, int] = DESKTOP
    theme: Literal["light", "dark"] = "light"


SHOTS = (
    Shot("light", "slice=30"),
    Shot("dark", "slice=30", theme="dark"),
    Shot("phone", "slice=30", size=PHONE),
    Shot("density", "plane=coronal&components=4&joint=density"),
)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        with serving(log=folder / "log", DASHBOARD_CACHE=str(folder / "cache")) as url:
            browser = playwright.chromium.launch(**launch_options())
            for shot in SHOTS:
                path = FOLDER / f"{shot.name}.png"
                path.write_bytes(smaller(take(browser, url, shot)))
                print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB")
            browser.close()


def take(browser: Browser, url: str, shot: Shot) -> bytes:
    width, height = shot.size
    phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if shot.size == PHONE else {}
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=shot.theme,
        device_scale_factor=1,
        **phone,
    )
    page = context.new_page()
    page.goto(f"{url}/?{shot.query}")
    settled(page)
    picture = page.screenshot(animations="disabled")
    context.close()
    return picture


def smaller(png: bytes) -> bytes:
    """Compress a PNG as far as possible; a screenshot needs no transparency."""
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
