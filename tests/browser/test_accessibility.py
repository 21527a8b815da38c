"""Everybody can use the page: axe-core finds nothing wrong with it, whatever is open on it.

One page goes through its states, because axe takes about a second for each.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts import axe
from scripts.serving import settled
from tests.browser.acting import GO_TO, choose, light, resize
from tests.images import AFFINE, save_image

# Each violation: its rule, an element that breaks it, and how.
RUN = """async (rules) => {
    const only = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
    const options = { ...only, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } };
    const { violations } = await axe.run({ exclude: [".main-svg"] }, options);
    const why = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message).join("; ");
    return violations.flatMap(({ id, nodes }) => nodes.map((node) =>
        `${id}: ${node.target} ${node.html.slice(0, 160)} ${why(node)}`));
}"""  # noqa: E501
# Colours alone differ in the dark.
SCHEMES = {"light": (), "dark": ("color-contrast",)}


class Auditor:
    """Collects what axe finds in the states of a page."""

    def __init__(self, page: Page, script: Path) -> None:
        self.page = page
        self.found: list[str] = []
        page.evaluate(script.read_text("utf-8"))  # as a script it would need leave
        # A colour on its way is none that anybody reads.
        self.still = page.add_style_tag(content="* { transition: none !important }")

    def open(self, query: str, state: str, *schemes: str) -> None:
        self.page.evaluate(GO_TO, f"?{query}")
        settled(self.page)
        self.look(state, *schemes)

    def look(self, state: str, *schemes: str) -> None:
        for scheme, rules in SCHEMES.items():
            if scheme not in (schemes or SCHEMES):
                continue
            light(self.page, scheme)
            self.found += [f"{state}, {scheme}: {one}" for one in self.page.evaluate(RUN, rules)]
        light(self.page, "light")


@pytest.fixture
def audit() -> Iterator[Callable[[Page], Auditor]]:
    """Return what begins the audit of a page; at the end nothing may be wrong."""
    script = axe.find()
    if script is None:
        pytest.skip("axe-core is not there: `make test` fetches it, if npm is installed")
    auditors: list[Auditor] = []

    def begin(page: Page) -> Auditor:
        auditors.append(Auditor(page, script))
        return auditors[-1]

    yield begin
    for auditor in auditors:
        auditor.still.evaluate("style => style.remove()")
    found = [one for auditor in auditors for one in auditor.found]
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_the_page_of_the_sample(
    home: Page, audit: Callable[[Page], Auditor]
) -> None:
    auditor = audit(home)
    auditor.look("as it opens")
    resize(home, 390, 844)
    home.locator("#controls-toggle").click()
    auditor.look("phone, controls")


@pytest.mark.wide
def test_axe_finds_nothing_in_any_state_of_the_page(
    home: Page, audit: Callable[[Page], Auditor], complaints: list[str]
) -> None:
    auditor = audit(home)
    auditor.open("study=sample&panel=criteria&components=10&joint=histogram", "criteria")
    auditor.open("study=sample&panel=header&joint=density&nonsense=1", "headers, notice")
    auditor.open("study=sample&components=3&lesson=8", "lesson")
    planes = "study=sample&layout=planes&image=y&colourmap_y=inverted"
    auditor.open(planes, "three planes, on a light ground")
    home.locator("#control-window-y .scale-numbers").click()
    auditor.look("window and colours")
    home.keyboard.press("Escape")
    home.locator("#help-button").click()
    auditor.look("help")
    home.keyboard.press("Escape")
    export = home.locator("#export-menu")
    export.locator("summary").click()
    auditor.look("export")
    for entry in ("Plots…", "Reproduce this…"):
        export.get_by_role("button", name=entry).click()
        expect(home.locator("dialog.sheet")).to_be_visible()
        auditor.look(entry)
        home.keyboard.press("Escape")
        export.locator("summary").click()
    home.keyboard.press("Escape")
    home.locator("#view-preflight summary").click()
    auditor.look("check")
    home.locator("#view-preflight summary").click()
    home.locator(".class-name").first.click()
    auditor.look("a class")
    home.keyboard.press("Escape")
    home.locator("#control-scaling").click()
    auditor.look("list")
    home.keyboard.press("Escape")
    home.locator("#control-upload").set_input_files(
        {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no image"}
    )
    expect(home.locator("#upload")).to_contain_text("not opened")
    auditor.look("upload")
    home.locator("#upload-close").click()
    home.route("**/cards/**", lambda route: route.fulfill(status=500))
    choose(home, "control-covariance", "spherical")
    expect(home.get_by_role("alert").filter(has_text="could not draw")).to_be_visible()
    auditor.look("failure")
    home.unroute("**/cards/**")
    home.get_by_role("button", name="Try again").click()
    settled(home, covariance="spherical")
    assert all("500" in one or "422" in one for one in complaints)
    complaints.clear()


@pytest.fixture(scope="module")
def odd(studies: tuple[Path, str]) -> str:
    """URL of a server with a study of one image, and one with a reference and an empty slice."""
    root, url = studies
    random = np.random.default_rng(0)
    tissue = random.integers(1, 4, (24, 20, 8))
    tissue[:3] = tissue[:, :, 2] = 0
    levels = np.array([[0, 100, 200, 300], [0, 250, 420, 120]])
    images = [(each[tissue] + random.normal(0, 8, tissue.shape)) * (tissue > 0) for each in levels]
    for name, image in zip(("T1", "T2"), images, strict=True):
        save_image(root / f"compared/{name}.nii.gz", image, AFFINE)
    save_image(root / "compared/dseg.nii.gz", tissue, AFFINE, dtype=np.uint8)
    save_image(root / "lone/T1.nii.gz", images[0], AFFINE)
    return url


@pytest.mark.wide
def test_axe_finds_nothing_on_the_page_of_odd_studies(
    page: Page, odd: str, audit: Callable[[Page], Auditor]
) -> None:
    page.goto(f"{odd}/?study=compared&slice=4&reference=dseg")
    settled(page, study="compared")
    auditor = audit(page)
    auditor.look("reference")
    auditor.open("study=compared&slice=2", "empty slice")
    auditor.open("study=lone&slice=4", "one image")


# As a held key steps: each at once, and the next one after it is on screen.
STEPS = """async (count) => {
    const slice = () => Number(
        document.querySelector("#control-slice [role=slider]").getAttribute("aria-valuenow")
    );
    for (; count; count -= 1) {
        const next = slice() + 1;
        document.getElementById("slice-forward").click();
        for (let frames = 0; slice() !== next; frames += 1) {
            if (frames > 1000) throw Error(`at ${slice()}, not at ${next}`);
            await new Promise(requestAnimationFrame);
        }
    }
}"""
SAID = """() => {
    window.said = [];
    new MutationObserver(() => said.push(document.getElementById("announce").textContent))
        .observe(document.getElementById("announce"), { childList: true });
}"""


def sentence(page: Page) -> str:
    """Return what there is to say of the fit, by its table."""
    voxels = page.locator("#view-components").inner_text().partition(" foreground voxels")[0]
    return f"Fitted: 3 classes, {voxels.split()[-1]} voxels."


def test_a_fit_is_announced_once_the_page_rests(home: Page) -> None:
    announced = home.locator("#announce")
    expect(announced).to_have_text(sentence(home))
    home.evaluate(SAID)
    home.evaluate(STEPS, 3)
    settled(home, slice=33)
    expect(announced).to_have_text(sentence(home))
    assert home.evaluate("said") == [sentence(home)]
    expect(home.get_by_role("progressbar", name="Working")).to_have_count(0)


# Whether an element's own colour differs from what is behind it, as far as it has any.
PAINTED = """([selector, pseudo, property]) => {
    const node = document.querySelector(selector);
    const { [property]: colour } = getComputedStyle(node, pseudo);
    const canvas = getComputedStyle(document.body).backgroundColor;
    return colour !== "rgba(0, 0, 0, 0)" && colour !== canvas;
}"""


def test_forced_colours_take_away_nothing_that_is_seen_by_colour(home: Page) -> None:
    swatch = "getComputedStyle(document.querySelector('#view-components .swatch')).backgroundColor"
    before = home.evaluate(swatch)
    home.emulate_media(forced_colors="active")
    try:
        assert home.evaluate(swatch) == before
        for part in (
            ("#control-components [data-active]", None, "backgroundColor"),
            ("#control-plane [data-active]", None, "backgroundColor"),
            (".tabs [aria-selected=true]", None, "borderBottomColor"),
            ("#control-slice .mantine-Slider-bar", None, "backgroundColor"),
            ("#control-slice .mantine-Slider-track", "::before", "backgroundColor"),
            ("#control-play", "::before", "backgroundColor"),
        ):
            assert home.evaluate(PAINTED, list(part)), part
        other = home.evaluate(
            "getComputedStyle(document.querySelector('#control-plane label:not([data-active])'))"
            ".backgroundColor"
        )
        assert other.endswith(", 0)")
    finally:
        home.emulate_media(forced_colors="none")


# Which of some elements, scrolled to, something else lies over, or are not all in the window.
COVERED = """selectors => selectors.filter((selector) => {
    const node = document.querySelector(selector);
    node.scrollIntoView({ block: "center" });
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const [first, last] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
    const at = (share) => [(left + right) / 2, first + share * (last - first)];
    const isMet = (share) => node.contains(document.elementFromPoint(...at(share)));
    return left < 0 || right > innerWidth || ![0.1, 0.5, 0.9].every(isMet);
})"""
SHOWN = ["#view-image-x", "#view-image-y", "#view-labels", "#view-histograms", "#view-joint"]
HANDLED = ["#control-slice", "#slice-back", "#help-button", ".tabs [role=tab]", "#readout"]


@pytest.mark.wide
@pytest.mark.parametrize("width", [720, 360], ids=["at 200 %", "at 400 %"])
def test_a_magnified_page_covers_nothing(page: Page, width: int) -> None:
    page.goto("/")
    settled(page)
    resize(page, width, width * 900 // 1440)
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
    assert page.evaluate(COVERED, [*SHOWN, *HANDLED]) == []
    if not page.locator(".controls").is_visible():
        page.locator("#controls-toggle").click()
    controls = [f"#control-{name}" for name in ("study", "plane", "components", "seed", "scope")]
    assert page.evaluate(COVERED, controls) == []
