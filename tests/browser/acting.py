"""What a visitor does with the page's own kinds of controls."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Error, Locator, Page, Route, expect

from scripts.serving import settled

# As Back does it, which opens a View without loading the page. A page forgets at once what it
# showed, so that one can wait for the same View again.
GO_TO = """query => {
    delete document.documentElement.dataset.settled;
    history.pushState(null, "", query);
    dispatchEvent(new PopStateEvent("popstate"));
}"""

# Plotly draws a graph a tenth of a second after its place has got another size.
FITTED = """() => [...document.querySelectorAll(".js-plotly-plot")].every((plot) => {
    const drawn = plot.querySelector(".main-svg")?.getBoundingClientRect();
    const place = plot.getBoundingClientRect();
    return !drawn || !place.width ||
        ["width", "height"].every((side) => Math.abs(drawn[side] - place[side]) < 2);
})"""
# A page without a style sheet is neither light nor dark.
SCHEME = "other => getComputedStyle(document.documentElement).colorScheme !== other"
PILLS = ".mantine-MultiSelect-pill"


def visit(page: Page, url: str) -> None:
    """Open a View: by its link, but without loading the page where it is loaded already."""
    server, _, query = url.partition("/?")
    if page.url.startswith(f"{server}/"):
        page.evaluate(GO_TO, f"?{query}")
    else:
        page.goto(url)


def open_view(page: Page, url: str, **query: object) -> None:
    """Visit a View, and wait until the page shows it."""
    visit(page, url)
    settled(page, **query)


def fitted(page: Page) -> None:
    """Wait until each graph is as large as its place."""
    page.wait_for_function(FITTED)


def resize(page: Page, width: int, height: int) -> None:
    """Give the window another size, and wait until the page has taken it."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")  # that tells of it
    fitted(page)


def light(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Make the system light or dark, and wait until the page is."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(SCHEME, arg="dark" if scheme == "light" else "light")


def choose(page: Page, control: str, option: str, *, typed: str = "") -> None:
    """Open a list, maybe search it, and take the option of that name."""
    field = page.locator(f"#{control}")
    field.click()
    if typed:
        field.fill(typed)
    found = page.locator("[role=option]:visible").get_by_text(option, exact=True)
    expect(found).to_have_count(1)
    found.click()


def options(page: Page, control: str) -> list[str]:
    """Open a list, read its options, and close it again."""
    listed = page.locator("[role=option]:visible")
    expect(listed).to_have_count(0)  # another list takes its time to close
    page.locator(f"#{control}").click()
    expect(listed.first).to_be_visible()
    found = listed.all_inner_texts()
    page.keyboard.press("Escape")
    return found


def expect_mixed(page: Page, *images: str) -> None:
    """Wait until the list of images that are mixed holds these, in this order."""
    expect(page.locator(PILLS)).to_have_text(images)


@contextmanager
def holding(page: Page, pattern: str) -> Iterator[None]:
    """Hold back requests of an address until the end."""
    held: list[Route] = []
    is_over = False

    def hold(route: Route) -> None:
        if is_over:
            route.continue_()
        else:
            held.append(route)

    page.route(pattern, hold)
    yield
    is_over = True
    for route in held:
        with suppress(Error):  # of what the page has given up
            route.continue_()
    page.unroute(pattern)


def address(page: Page) -> dict[str, str]:
    """Entries of the page's URL that are not empty."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def tab_to(place: Locator) -> None:
    """Press Tab until a place has the focus."""
    for _ in range(30):
        place.page.keyboard.press("Tab")
        if place.evaluate("node => node === document.activeElement"):
            break
    expect(place).to_be_focused()
