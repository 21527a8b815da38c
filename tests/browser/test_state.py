"""The View is the URL: reload, Back and a copied link show the same, to everybody."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.view import View
from scripts.serving import settled
from tests.browser.acting import GO_TO
from tests.browser.reading import picture, table, thumb


def test_the_url_is_the_whole_view(page: Page) -> None:
    page.goto("/?slice=33&components=4&bins=80")
    settled(page, slice=33, components=4)
    view = View(study="sample", x="T1", y="b0", slice=33, components=4, bins=80)
    assert page.url.partition("?")[2] == view.query()
    # Dash's own questions were asked once, while scripts were still read.
    asked = """performance.getEntriesByType("resource")
        .filter(({ name }) => /\\/_dash-(layout|dependencies)$/.test(name))
        .map(({ initiatorType }) => initiatorType)"""
    assert page.evaluate(asked) == ["link", "link"]


@pytest.mark.wide
def test_a_reload_shows_the_same(page: Page) -> None:
    page.goto("/?slice=33&components=4&covariance=tied&joint=density&side=radiological")
    settled(page, slice=33)
    before = page.screenshot()
    page.reload()
    settled(page, slice=33)
    assert page.screenshot() == before


def test_back_undoes_a_step_and_forward_repeats_it(home: Page) -> None:
    settled(home, slice=30)
    thumb(home).focus()
    for slice_number in (31, 32):
        home.keyboard.press("ArrowRight")
        settled(home, slice=slice_number)
    home.go_back()
    settled(home, slice=31)
    expect(thumb(home)).to_have_attribute("aria-valuenow", "31")
    home.go_back()
    settled(home, slice=30)
    home.go_forward()
    settled(home, slice=31)


@pytest.mark.wide
def test_another_plane_keeps_the_settings_and_back_returns(page: Page) -> None:
    page.goto("/?components=4")
    settled(page, plane="axial")
    page.get_by_text("Sagittal", exact=True).click()
    settled(page, plane="sagittal", slice=63, components=4)
    assert picture(page, "view-image-x").shape[:2] == (70, 128)
    page.go_back()
    settled(page, plane="axial", slice=30)
    assert picture(page, "view-image-x").shape[:2] == (128, 128)


@pytest.mark.wide
def test_the_same_link_gives_two_people_the_same_pixels(
    page: Page, new_context: Callable[..., BrowserContext]
) -> None:
    page.goto("/?slice=41&components=5")
    settled(page, slice=41)
    other = new_context().new_page()
    other.goto(page.url)
    settled(other, slice=41)
    assert other.screenshot() == page.screenshot()


def test_two_browsers_never_see_each_others_state(
    home: Page, new_context: Callable[..., BrowserContext]
) -> None:
    other = new_context().new_page()
    other.goto("/?slice=50&components=6")
    settled(other, slice=50)
    thumb(home).focus()
    home.keyboard.press("ArrowRight")
    settled(home, slice=31, components=3)
    settled(other, slice=50, components=6)
    assert len(table(home, "view-components")) == 3
    assert len(table(other, "view-components")) == 6
    assert not np.array_equal(picture(home, "view-image-x"), picture(other, "view-image-x"))


def test_a_wrong_link_shows_the_default_and_says_so(page: Page) -> None:
    page.goto("/?components=11&plane=oblique&slice=900&study=nobody&nonsense=1")
    settled(page, study="sample", components=3, plane="axial", slice=69)
    notices = page.locator("#notices [role=alert]")
    expect(notices).to_have_count(1)
    expect(notices.locator("li")).to_have_count(5)
    expect(notices.locator("li").first).to_contain_text("components “11” is not valid")
    notices.get_by_role("button", name="Close").click()
    expect(notices).to_be_hidden()
    # It stays closed on the next slice; another one is shown, and goes with its cause.
    page.keyboard.press("ArrowLeft")
    settled(page, slice=68)
    expect(notices).to_be_hidden()
    page.evaluate(GO_TO, "?slice=30&foo=1")
    settled(page, slice=30)
    expect(notices).to_be_visible()
    expect(notices).to_contain_text("“foo”")
    page.evaluate(GO_TO, "?slice=31")
    settled(page, slice=31)
    expect(notices).to_have_count(0)


@pytest.mark.wide
def test_how_one_likes_to_look_is_there_at_the_next_visit_but_not_in_a_link(page: Page) -> None:
    page.goto("/")
    settled(page)
    link = page.url
    page.locator("#control-side").get_by_text("Radiological").click()
    page.locator("#control-palette").select_option("bright")
    settled(page, side="radiological", palette="bright")
    page.keyboard.press("t")  # labels off are for now
    settled(page, opacity=0)
    page.goto("/?study=sample&palette=plain")
    settled(page, side="radiological", palette="plain")
    assert "opacity" not in page.url
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    page.goto(link)
    settled(page)
    assert page.url == link


@pytest.mark.wide
def test_the_page_works_in_a_browser_that_refuses_its_storage(own_page: Page) -> None:
    own_page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no'); } })"
    )
    own_page.goto("/?slice=30")
    settled(own_page, slice=30)
    for key in ("z", "c", ">"):  # which are remembered elsewhere
        own_page.keyboard.press(key)
    own_page.keyboard.press("]")
    settled(own_page, slice=31)
