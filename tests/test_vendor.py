"""What comes with the page from elsewhere is what its users expect."""

import re
from pathlib import Path

import plotly
from plotly.graph_objs import Figure

from dashboard.settings import ROOT

PLOTLY = ROOT / "assets" / "vendor" / "plotly.min.js"


def version_of(script: Path) -> str:
    (found,) = re.findall(r"^\* plotly\.js .*v([\d.]+)$", script.read_text("utf-8")[:400], re.M)
    return found


def test_plotly_of_the_page_is_that_of_the_installed_package() -> None:
    """Figures are made for, and checked against, the plotly.js that plotly brings."""
    whole = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    assert version_of(PLOTLY) == version_of(whole)


def test_plotly_of_the_page_has_the_traces_of_its_figures_and_no_others() -> None:
    """Each costs time whenever a page opens, and without its own a figure is drawn as lines."""
    kinds = {name.removeprefix("add_") for name in dir(Figure)}
    code = "".join(path.read_text("utf-8") for path in (ROOT / "dashboard/figures").glob("*.py"))
    used = {kind for kind in re.findall(r'"type": "(\w+)"', code) if kind in kinds}
    built = re.search(r"^\* plotly\.js \((.+) - minified\)", PLOTLY.read_text("utf-8")[:400], re.M)
    assert used == set(built[1].split(", "))


def test_browsers_read_plotly_once() -> None:
    """A wrapper has the whole of it read twice: as a function, and when that is called."""
    assert re.search(r"^var Plotly=\(\(\)=>\{", PLOTLY.read_text("utf-8"), re.M)


def test_browsers_compile_plotly_while_it_arrives() -> None:
    """Only at the top of a file does V8 know the comment (explicit compile hints)."""
    first = PLOTLY.read_text("utf-8").partition("\n")[0]
    assert first == "//# allFunctionsCalledOnLoad"
    assert f'"{first}"' in (ROOT / "scripts/plotly/build.js").read_text("utf-8")


def test_vendored_files_come_with_their_licence() -> None:
    assert "MIT" in (PLOTLY.parent / "plotly-LICENSE.txt").read_text()
