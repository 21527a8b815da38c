"""A server that does not answer: the page says so, keeps what it shows, and goes on by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.serving import settled
from tests.browser.acting import GO_TO, choose, holding


def note(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="The server does not answer")


def chosen(page: Page, control: str) -> Locator:
    return page.locator(f"#{control} input:checked")


def card(page: Page, view: str) -> Locator:
    return page.locator(".card", has=page.locator(f"#{view}"))


@contextmanager
def failing(page: Page, *patterns: str) -> Iterator[None]:
    """Let a gateway answer for a server that is down."""
    for pattern in patterns:
        page.route(pattern, lambda route: route.fulfill(status=502))
    yield
    for pattern in patterns:
        page.unroute(pattern)


@pytest.fixture
def offline(home: Page, complaints: list[str]) -> Iterator[Page]:
    """The page, which has lost the server, at a View whose neighbours nobody has seen."""
    home.evaluate(GO_TO, "?slice=30&tolerance=1e-6&scaling=robust")
    settled(home, slice=30, scaling="robust")
    home.context.set_offline(True)
    yield home
    home.context.set_offline(False)
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in complaints)
    complaints.clear()


@pytest.mark.wide
@pytest.mark.faults("connection lost with a page open")
def test_an_opening_without_a_server_is_said_and_opens_once_it_is_back(offline: Page) -> None:
    page = offline
    page.locator("#control-plane").get_by_text("Sagittal", exact=True).click()
    expect(note(page)).to_be_visible()
    expect(chosen(page, "control-plane")).to_have_value("axial")
    settled(page, plane="axial", slice=30)
    # The slices of both images are in the browser; what needs a fit says what it still shows.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageUp")
    expect(page.locator("#position")).to_contain_text("40")
    expect(card(page, "view-joint")).to_have_attribute("data-behind", "slice 30")
    opacity = "node => Number(getComputedStyle(node).opacity)"
    page.wait_for_function(f"() => ({opacity})(document.querySelector('#view-joint')) === 0.6")
    page.context.set_offline(False)
    settled(page, plane="sagittal")
    expect(note(page)).to_have_count(0)
    expect(page.locator("[data-behind]")).to_have_count(0)


@pytest.mark.wide
def test_a_closed_note_gives_up_what_could_not_be_opened(offline: Page) -> None:
    page, asked = offline, []
    page.locator("#control-components").get_by_text("4", exact=True).click()
    expect(note(page)).to_be_visible()
    page.locator("#control-plane").get_by_text("Coronal", exact=True).click()
    expect(chosen(page, "control-plane")).to_have_value("axial")
    note(page).get_by_role("button", name="Close").click()
    expect(note(page)).to_have_count(0)
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(False)
    settled(page, plane="axial", components=4)
    assert not [url for url in asked if "/open?" in url]


@pytest.mark.wide
def test_the_page_asks_by_itself_whether_the_server_is_back(
    home: Page, complaints: list[str]
) -> None:
    with failing(home, "**/open?*", "**/healthz"):
        home.evaluate(GO_TO, "?study=sample&plane=coronal")
        expect(note(home)).to_be_visible()
        settled(home, plane="axial")  # the address is that of what is shown again
        with home.expect_response("**/healthz"):
            pass
    settled(home, plane="coronal")
    expect(note(home)).to_have_count(0)
    assert all("502" in complaint for complaint in complaints)
    complaints.clear()


@pytest.mark.faults("layout or script that does not come")
@pytest.mark.parametrize(
    ("lacking", "instead"),
    [
        ("**/_dash-layout", None),
        pytest.param("**/joined/main.mjs", None, marks=pytest.mark.wide),
        pytest.param("**/_dash-dependencies", "<p>Sign in to the portal", marks=pytest.mark.wide),
        pytest.param("**/_dash-layout", "<p>Sign in to the portal", marks=pytest.mark.wide),
    ],
)
def test_a_page_that_cannot_be_loaded_says_so_and_is_loaded_again(
    own_page: Page, complaints: list[str], lacking: str, instead: str | None
) -> None:
    loaded = []
    own_page.on("request", lambda asked: asked.is_navigation_request() and loaded.append(asked.url))
    own_page.route(lacking, lambda route: route.fulfill(body=instead) if instead else route.abort())
    own_page.goto("/")
    again = own_page.get_by_role("link", name="Try again")
    expect(again).to_be_visible()
    # Once by itself, and then when somebody wants it.
    own_page.wait_for_function(
        "() => performance.getEntriesByType('navigation')[0]?.type === 'reload'"
    )
    expect(again).to_be_visible()
    own_page.unroute(lacking)
    again.click()
    settled(own_page)
    expect(again).to_be_hidden()
    assert len(loaded) == 3
    complaints.clear()


def test_an_address_that_is_too_long_is_said(home: Page, complaints: list[str]) -> None:
    home.route("**/cards/**", lambda route: route.fulfill(status=414))
    choose(home, "control-covariance", "tied")
    expect(home.get_by_role("alert").filter(has_text="too long for the server")).to_be_visible()
    home.unroute("**/cards/**")
    home.get_by_role("button", name="Try again").click()
    settled(home, covariance="tied")
    complaints.clear()


def test_what_takes_longer_than_a_step_is_dimmed_until_it_comes(home: Page) -> None:
    with holding(home, "**/cards/**"):
        choose(home, "control-covariance", "diag")
        expect(card(home, "view-joint")).to_have_attribute("data-behind", "before the change")
        home.locator("#control-components").get_by_text("5", exact=True).click()
        expect(card(home, "view-components")).to_have_attribute("data-behind", "3 classes")
        expect(card(home, "view-image-x")).not_to_have_attribute("data-behind", "")
    settled(home, covariance="diag", components=5)
    expect(home.locator("[data-behind]")).to_have_count(0)
