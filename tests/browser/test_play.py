"""What plays by itself: the slices at a chosen speed, and the numbers of components."""

import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import address, holding, open_view
from tests.browser.reading import thumb

MOVES = """() => {
    window.moves = [];
    window.note = ({ detail }) => window.moves.push(detail);
    document.addEventListener("slice-moved", window.note);
}"""
FORGET = "() => document.removeEventListener('slice-moved', window.note)"
FRAMES = """async count => {
    for (let n = 0; n < count; n += 1) await new Promise(requestAnimationFrame);
}"""
SHOWN = """() => {
    window.shown = [];
    window.watcher = new MutationObserver(() => {
        const query = new URLSearchParams(document.documentElement.dataset.settled ?? "");
        if (query.has("components")) window.shown.push(query.get("components"));
    });
    window.watcher.observe(document.documentElement, { attributeFilter: ["data-settled"] });
}"""


def test_each_slice_is_shown_before_the_next_also_at_the_highest_speed(home: Page) -> None:
    speed = home.locator("#play-speed")
    assert speed.locator("option").all_inner_texts() == ["2/s", "4/s", "8/s", "15/s"]
    expect(speed).to_have_value("8")
    home.keyboard.press(">")
    expect(speed).to_have_value("15")
    assert home.evaluate("() => localStorage.getItem('neuromix-speed')") == "15"
    open_view(home, home.url.replace("seed=12345", "seed=5"), seed=5)  # whose maps nobody has seen
    home.evaluate(MOVES)
    button = home.locator("#control-play")
    with holding(home, "**/maps/**/35.png*"):
        button.click()
        home.wait_for_function("() => window.moves.at(-1) === 35")
        home.evaluate(FRAMES, 20)
        assert home.evaluate("() => window.moves") == [31, 32, 33, 34, 35]
    home.wait_for_function("() => window.moves.at(-1) > 36")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    moves = home.evaluate("() => window.moves")
    assert moves == list(range(31, 31 + len(moves)))
    settled(home, seed=5, slice=moves[-1])
    expect(thumb(home)).to_have_attribute("aria-valuenow", str(moves[-1]))
    button.click()
    home.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    speed.select_option("8/s")
    home.keyboard.press("<")
    home.keyboard.press("<")
    home.keyboard.press("<")
    expect(speed).to_have_value("2")
    home.keyboard.press(">")
    home.keyboard.press(">")
    home.evaluate(FORGET)


@pytest.mark.wide
def test_components_play_one_settled_number_after_the_other(home: Page) -> None:
    open_view(home, home.url.replace("components=3", "components=9"), components=9)
    home.evaluate(SHOWN)
    button = home.get_by_role("button", name="Play through 1 to 10 components")
    button.click()
    pause = home.locator("#control-components ~ .components-play")
    expect(pause).to_have_attribute("aria-label", "Pause")
    home.wait_for_function("() => window.shown.includes('1')")
    home.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    home.evaluate("() => window.watcher.disconnect()")
    shown = home.evaluate("() => window.shown")
    played = ["10", *map(str, range(1, 10))]  # and on, until Escape came
    assert [one for one in shown if one != "9"] == played[: len(shown) - shown.count("9")]
    assert address(home)["slice"] == "30"
    # A number that a visitor chooses stays, and the space bar stops as well.
    home.keyboard.press("1")
    settled(home, components=1)
    home.keyboard.press("k")
    settled(home, components=2)
    home.keyboard.press("4")
    settled(home, components=4)
    expect(button).to_have_attribute("aria-pressed", "false")
    home.keyboard.press("k")
    home.keyboard.press(" ")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(home.locator("#control-play")).to_have_attribute("aria-pressed", "false")
    settled(home, components=5)
