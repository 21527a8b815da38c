"""The Chromium for browser tests, screenshots and benchmarks.

`python -m scripts.chromium` finds or installs one.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""

ARGUMENTS = (
    "--no-sandbox",  # in a container Chromium runs as root
    "--disable-dev-shm-usage",  # a container's /dev/shm holds 64 MB
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",  # WebGL is drawn by the CPU: the same pixels on every machine
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


def launch_options() -> dict[str, Any]:
    """Keyword arguments for Playwright's `chromium.launch`."""
    return {"executable_path": find(), "args": list(ARGUMENTS)}


def find() -> str | None:
    """Path of a Chromium that runs: the one that CHROMIUM names, an installed one, Playwright's."""
    return next((path for path in _candidates() if _runs(path)), None)


def provide() -> str:
    """Path of a Chromium that runs, downloaded or installed if need be."""
    if path := find():
        return path
    if not os.environ.get("CHROMIUM"):
        print("No Chromium found, getting one", file=sys.stderr)
        for command in _installers():
            # Hide its output: if all fail, one line says what is missing.
            subprocess.run(command, capture_output=True, check=False)
            if path := find():
                return path
    sys.exit(
        "The browser tests need Chromium: install it, or set CHROMIUM to the path of one that runs."
    )


def _candidates() -> Iterator[str]:
    if chosen := os.environ.get("CHROMIUM"):
        yield shutil.which(chosen) or chosen
        return
    yield from filter(None, map(shutil.which, NAMES))
    yield from MAC_PATHS
    # In a process of its own, as Playwright's synchronous interface cannot be nested.
    asked = [sys.executable, "-c", PLAYWRIGHT_PATH]
    yield subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _runs(path: str) -> bool:
    """Whether it starts; some distributions have a script there that only says what to install."""
    try:
        subprocess.run([path, "--version"], capture_output=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _installers() -> Iterator[list[str]]:
    yield [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
    if shutil.which("apt-get") and os.geteuid() == 0:
        yield ["apt-get", "update"]
        yield ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "chromium"]


if __name__ == "__main__":
    provide()
