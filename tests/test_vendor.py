"""What comes with the page from elsewhere is of the version that its users expect."""

import re
from pathlib import Path

import plotly

from dashboard.settings import ROOT

VENDOR = ROOT / "assets" / "vendor"


def version_of(script: Path) -> str:
    (found,) = re.findall(r"^\* plotly\.js .*v([\d.]+)$", script.read_text("utf-8")[:400], re.M)
    return found


def test_plotly_of_the_page_is_that_of_the_installed_package() -> None:
    """Figures are made for, and checked against, the plotly.js that plotly brings."""
    whole = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert version_of(VENDOR / "plotly-cartesian.min.js") == version_of(whole)


def test_vendored_files_come_with_their_licence() -> None:
    assert "MIT" in (VENDOR / "plotly-LICENSE.txt").read_text()
