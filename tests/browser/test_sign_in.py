import re

import pytest
from playwright.sync_api import expect

from scripts.serving import settled

PREFIX = "/portal/neuromix"
LINK = f"{PREFIX}/?slice=20&components=4"
UNAUTHORIZED = re.compile(r"logged Failed to load resource: .* 401 \(UNAUTHORIZED\)")


def enter(page, password):
    page.locator("#sign-in [type=password]").fill(password)
    page.keyboard.press("Enter")


@pytest.mark.wide
def test_one_signs_in_without_a_script_comes_to_the_link_and_leaves_for_good(
    serve, new_context, complaints
):
    url = serve(DASHBOARD_PASSWORD="open, please", DASHBOARD_PREFIX=PREFIX)
    plain = new_context(java_script_enabled=False, color_scheme="dark").new_page()
    plain.set_viewport_size({"width": 390, "height": 844})
    plain.goto(url + LINK)
    assert plain.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 29)"
    assert plain.evaluate("document.documentElement.scrollWidth") == 390
    enter(plain, "no")
    expect(plain.locator("#message")).to_have_text("Wrong password.")
    enter(plain, "open, please")
    expect(plain).to_have_url(url + LINK)

    context = new_context()
    page = context.new_page()
    page.goto(url + LINK)
    enter(page, "open, please")
    settled(page, slice=20, components=4)
    context.request.post(f"{url}{PREFIX}/sign-out")  # as another tab would
    page.keyboard.press("]")
    notice = page.locator("#client-notice")
    expect(notice.locator("p")).to_have_text("You are signed out.")
    notice.get_by_role("button", name="Sign in").click()
    enter(page, "open, please")
    settled(page, slice=21, components=4)  # where it was
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#sign-in")).to_be_visible()
    page.goto(url + LINK)
    expect(page.locator("#sign-in")).to_be_visible()

    assert all(map(UNAUTHORIZED.fullmatch, complaints))
    complaints.clear()

    # A proxy that takes off a path of which the server does not know.
    own = re.compile(re.escape(f"{url}{PREFIX}") + "/(assets|_dash).*")
    enter(page, "open, please")
    settled(page, slice=20)
    page.route(own, lambda route: route.fulfill(status=401))
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("DASHBOARD_PREFIX")
    expect(page.get_by_text("Loading...")).to_have_count(0)
    assert complaints
    complaints.clear()
