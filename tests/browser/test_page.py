"""The page itself: keys, light and dark, narrow screens, help."""

import json

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from scripts.serving import settled
from tests.browser.reading import table, thumb

CONTROLS = [
    "study", "x", "y", "plane", "slice", "play", "scope", "components", "covariance", "scaling",
    "foreground", "seed",
]  # fmt: skip
STYLED = "UpdateLayoutTree"  # in a trace of Chromium
VIEWS = ["image-x", "image-y", "labels", "histograms", "joint", "components"]


def test_every_linked_view_is_visible_without_scrolling(home: Page) -> None:
    assert home.evaluate("document.documentElement.scrollHeight") <= 900
    for name in VIEWS:
        box = home.locator(f"#view-{name}").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1440
        assert box["y"] + box["height"] <= 900
        assert min(box["width"], box["height"]) > 150


def test_every_control_of_the_contract_is_there(home: Page) -> None:
    for name in CONTROLS:
        expect(home.locator(f"#control-{name}")).to_be_attached()


def test_no_list_is_built_before_it_opens(home: Page) -> None:
    """Each costs time when the page opens."""
    expect(home.locator("[role=listbox]")).to_have_count(0)
    home.locator("#control-covariance").click()
    expect(home.get_by_role("option", name="tied", exact=True)).to_be_visible()


@pytest.mark.parametrize("place", ["body", "#view-histograms .main-svg"])
def test_a_new_element_costs_no_style_but_its_own(home: Page, place: str) -> None:
    """Plotly measures a text by putting it into the page, some ten times at each step."""
    insert = """place => {
        const into = document.querySelector(place);
        const added = document.createElementNS("http://www.w3.org/2000/svg", "text");
        for (const name of ["first", "begun", "ended"]) {
            added.remove();
            into.getBoundingClientRect();
            performance.mark(name);
            into.append(added);
            added.getBoundingClientRect();
        }
        added.remove();
    }"""
    browser = home.context.browser
    browser.start_tracing(page=home, categories=["devtools.timeline", "blink.user_timing"])
    home.evaluate(insert, place)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    begun, ended = (
        next(event for event in events if event["name"] == name) for name in ("begun", "ended")
    )
    restyled = [
        event["args"]["elementCount"]
        for event in events
        if event["name"] == STYLED
        and event["pid"] == begun["pid"]
        and begun["ts"] <= event["ts"] <= ended["ts"]
    ]
    assert max(restyled) <= 2


def test_keys_move_through_the_slices(home: Page) -> None:
    for key, slice_number in [
        ("ArrowRight", 31), ("ArrowLeft", 30), ("PageUp", 40), ("PageDown", 30)
    ]:  # fmt: skip
        home.keyboard.press(key)
        settled(home, slice=slice_number)
    thumb(home).focus()
    home.keyboard.press("End")
    settled(home, slice=69)
    home.keyboard.press("Home")
    settled(home, slice=0)


def test_the_wheel_over_an_image_moves_through_the_slices(home: Page) -> None:
    home.locator("#view-image-x img").hover()
    home.mouse.wheel(0, -100)
    settled(home, slice=32)


@pytest.mark.wide
def test_the_theme_follows_the_system_and_the_button(own_page: Page) -> None:
    # The choice is remembered: other pages of the same browser would follow it.
    page = own_page
    page.goto("/")
    settled(page)

    def brightness() -> int:
        return page.evaluate(
            "() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
        )

    assert brightness() > 200
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) < 60"
    )
    page.locator("#colour-scheme").click()
    page.wait_for_function(
        "() => Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]) > 200"
    )


def test_the_header_tab_prints_what_the_notebook_prints(home: Page) -> None:
    home.get_by_role("tab", name="Header").click()
    settled(home, panel="header")
    expect(home.locator("#view-header")).to_contain_text("voxel size")
    facts = {row[0]: row[1:] for row in table(home, "view-header")}
    assert next(iter(facts)) == "file"
    assert facts["file"] == ["T1.nii.gz", "b0.nii.gz"]
    assert facts["voxel size (mm)"] == ["2 × 2 × 2.2"] * 2
    home.locator(".header-fold summary").click()
    lines = home.locator(".header-fold tr").all_inner_texts()
    rows = {field: values for field, *values in (line.split("\t") for line in lines)}
    assert rows["dim"] == ["[ 3 128 128 70 1 1 1 1]"] * 2
    assert rows["get_xyzt_units()"] == ["('mm', 'sec')"] * 2
    home.locator(".header-fold summary").click()


# At each moment at which the page says it is settled: the tables that lack what Dash holds of them.
LACKING = """() => {
    window.lacking = [];
    const tables = { header: ["view-header"], components: ["view-components", "view-agreement"] };
    const written = document.createElement("template");
    new MutationObserver(() => {
        if (!("settled" in document.documentElement.dataset)) return;
        const panel = new URLSearchParams(location.search).get("panel") ?? "components";
        for (const id of tables[panel]) {
            const node = document.getElementById(id);
            written.innerHTML = dash_component_api.getLayout(id).props.html;
            const { textContent } = written.content;
            if (node && node.textContent !== textContent) window.lacking.push(id);
        }
    }).observe(document.documentElement, { attributeFilter: ["data-settled"] });
}"""


@pytest.mark.wide
def test_a_settled_page_has_its_tables_on_screen_however_slow_it_is(own_page: Page) -> None:
    own_page.goto("/")
    settled(own_page)
    own_page.evaluate(LACKING)
    session = own_page.context.new_cdp_session(own_page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for tab in ("File headers", "Components", "File headers", "Components"):
        own_page.get_by_role("tab", name=tab).click()
        settled(own_page)
        own_page.keyboard.press("ArrowRight")
        settled(own_page)
    assert own_page.evaluate("() => window.lacking") == []
    assert len(table(own_page, "view-components")) == 3


# The Views at which the page says that it is settled.
SETTLED = """() => {
    const { dataset } = document.documentElement;
    window.settledAt = [dataset.settled];
    new MutationObserver(() => { if ("settled" in dataset) settledAt.push(dataset.settled); })
        .observe(document.documentElement, { attributeFilter: ["data-settled"] });
}"""


@pytest.mark.wide
def test_a_slow_page_is_not_settled_at_what_it_showed_before_a_gesture(own_page: Page) -> None:
    own_page.goto("/")
    settled(own_page)
    own_page.evaluate(SETTLED)
    session = own_page.context.new_cdp_session(own_page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for control, option, shown in (
        ("components", "4", {"components": 4}),
        ("plane", "Sagittal", {"plane": "sagittal"}),
        ("scope", "whole head", {"scope": "volume"}),
        ("components", "2", {"components": 2}),
        ("plane", "Coronal", {"plane": "coronal"}),
    ):
        own_page.locator(f"#control-{control}").get_by_text(option, exact=True).click()
        settled(own_page, **shown)
    views = own_page.evaluate("() => window.settledAt")
    assert len(views) == len(set(views)) == 1 + 5


def test_the_criteria_tab_compares_numbers_of_components(home: Page) -> None:
    # Fits that no other test has asked for. At first there is none, and what comes after the first
    # part is held back.
    home.locator("#control-seed").fill("31")
    settled(home, seed=31)
    answers: list[int] = []

    def first_part(route: Route) -> None:
        if not answers:
            route.fulfill(json={"unfinished": 0})
            answers.append(0)
        elif len(answers) == 1:
            response = route.fetch()
            if len(response.json()) > 1:
                answers.append(1)
            route.fulfill(response=response)

    home.route("**/cards/*need=criteria*", first_part)
    home.get_by_role("tab", name="Criteria").click()
    settled(home, panel="criteria")
    expect(home.locator("#view-criteria")).to_contain_text("BIC")

    # It arrives bit by bit, and can be stopped and gone on with.
    stop, go_on = home.locator("[data-sweep=stop]"), home.get_by_role("button", name="Continue")
    stop.click()
    expect(go_on).to_be_visible()
    settled(home, panel="criteria")
    expect(go_on).to_be_visible()
    # What was stopped is the sweep of this slice.
    answers[:] = [0]
    home.locator("#slice-forward").click()
    settled(home, panel="criteria", slice=31)
    stop.click()
    expect(go_on).to_be_visible()
    home.unroute("**/cards/*need=criteria*")
    go_on.click()
    expect(home.locator(".sweep")).to_have_count(0)
    rows = home.locator("#criteria-table tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text("1.00")  # one class is the same from every seed
    expect(rows.locator("img")).to_have_count(10)
    loaded = "all => all.every(image => image.complete && image.naturalWidth > 0)"
    home.wait_for_function(f"() => ({loaded})([...document.querySelectorAll('.thumbnail img')])")

    expect(home.locator("#criteria-table .current")).to_have_count(1)
    home.get_by_role("button", name="Fit 5 components").click()
    settled(home, panel="criteria", components=5)
    expect(home.locator("#criteria-table .current th")).to_have_text("5")


# How much wider than its card, and than its own place, the table of millions of voxels is.
OF_A_HEAD = """() => {
    for (const row of document.querySelectorAll(".criteria-table tbody tr")) {
        for (const column of [2, 3, 4]) row.cells[column].textContent = "9,876,543";
    }
    const panel = document.getElementById("criteria-table").parentElement;
    const place = document.querySelector(".criteria-table").parentElement;
    return [panel, place].map((node) => node.scrollWidth - node.clientWidth);
}"""


@pytest.mark.parametrize("width", [390, 1200, 1440, 2560])
def test_the_criteria_of_a_head_fit_their_card(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/?panel=criteria")
    settled(page)
    expect(page.locator("#criteria-table tbody tr")).to_have_count(10)
    expect(page.locator(".sweep")).to_have_count(0)
    outside, hidden = page.evaluate(OF_A_HEAD)
    assert outside <= 0
    if width != 1200:  # where the table has a bar of its own
        assert hidden <= 0


def test_help_explains_the_views_and_keeps_the_keys_to_itself(home: Page) -> None:
    button = home.locator("#help-button")
    button.click()
    dialog = home.get_by_role("dialog", name="What this page shows")
    expect(dialog).to_contain_text("Label map")
    home.keyboard.press("ArrowRight")
    home.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    settled(home, slice=30)


def test_no_figure_offers_to_upload_itself(home: Page) -> None:
    titles = home.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    assert titles
    assert not [title for title in titles if "hare" in title or "loud" in title]


def test_what_acts_on_one_card_is_set_in_its_head(home: Page) -> None:
    home.get_by_role("switch", name="Log counts").click()
    settled(home, log="1")
    bins = home.get_by_label("Histogram bins")
    bins.fill("80")
    bins.press("Enter")
    settled(home, log="1", bins=80)
    home.get_by_label("Class colours").select_option(value="plain")
    settled(home, log="1", bins=80, palette="plain")
    opacity = home.get_by_role("slider", name="Label opacity (%)")
    opacity.press("ArrowRight")
    settled(home, opacity=81)
    expect(opacity).to_have_accessible_description("How strongly the label map covers image X.")


def test_a_card_takes_the_window_with_the_slices_in_reach(home: Page) -> None:
    before = home.locator("#view-joint .main-svg").first.bounding_box()
    card = home.locator(".card", has=home.locator("#view-joint"))
    card.get_by_role("button", name="Full screen").click()
    bar = home.locator(".slice-bar").bounding_box()
    shown = card.bounding_box()
    assert [shown["x"], shown["y"], shown["width"]] == [0, 0, 1440]
    assert shown["height"] == bar["y"] >= 800
    home.wait_for_function(
        "() => document.querySelector('#view-joint .main-svg').getBoundingClientRect().width > 1300"
    )
    home.keyboard.press("ArrowRight")
    settled(home, slice=31)
    home.keyboard.press("Escape")
    home.wait_for_function(
        """width => Math.abs(document.querySelector("#view-joint .main-svg")
            .getBoundingClientRect().width - width) < 2""",
        arg=before["width"],
    )
    settled(home, slice=31)


def test_top_bar_tab_and_saved_pictures_say_what_is_open(home: Page) -> None:
    expect(home).to_have_title("sample · T1/b0 · axial 30 · 3 classes – NeuroMix")
    home.keyboard.press("ArrowRight")
    settled(home, slice=31)
    home.keyboard.press("1")
    settled(home, slice=31, components=1)
    expect(home).to_have_title("sample · T1/b0 · axial 31 · 1 class – NeuroMix")
    expect(home.locator("#headline")).to_have_text("sample · T1 / b0 · axial 31 · 1 class")
    home.locator("#view-joint").hover()
    button = home.locator("#view-joint .modebar-btn[data-title^='Download']")
    shown = home.locator("#view-joint .js-plotly-plot").bounding_box()
    with home.expect_download() as png:
        button.click()
    assert png.value.suggested_filename == "sample_axial31_K1_joint.png"
    with Image.open(png.value.path()) as saved:
        assert saved.width == 4 * round(shown["width"])
        assert saved.convert("RGBA").getpixel((2, 2)) == (255, 255, 255, 255)
    with home.expect_download() as svg:
        button.click(modifiers=["Shift"])
    assert svg.value.suggested_filename == "sample_axial31_K1_joint.svg"
