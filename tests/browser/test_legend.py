"""The legend: names, colours and tissues of classes, and what it says of other slices."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from scripts.serving import settled
from tests.browser.acting import address, resize
from tests.browser.reading import picture, pixel, table
from tests.images import save_image
from tests.wide import cases

GUESSES = ["CSF", "GM", "WM"]


def names(page: Page) -> list[str]:
    return page.locator(".class-chip:not([hidden]) .class-name").all_inner_texts()


def editor(page: Page, number: int):
    page.locator(f".class-chip.class-{number} .class-name").click()
    return page.locator(".class-editor")


@pytest.mark.wide
def test_a_class_is_named_coloured_and_made_one_tissue_with_another(home: Page) -> None:
    assert names(home) == GUESSES
    expect(home.locator(".class-name.guess:visible")).to_have_count(3)

    form = editor(home, 2)
    expect(form.get_by_label("Name")).to_be_focused()
    home.keyboard.type("left, 50 %")
    home.keyboard.press("Escape")
    expect(form).to_be_hidden()
    assert names(home) == GUESSES

    editor(home, 2)
    home.keyboard.type("left, 50 %")
    home.keyboard.press("Enter")
    settled(home, names=",left%2C 50 %25")
    assert names(home) == ["CSF", "left, 50 %", "WM"]
    expect(home.get_by_role("checkbox", name="Hide class 2, left, 50 %")).to_be_focused()
    assert [row[0] for row in table(home, "view-components")] == [
        "1 CSF", "2 left, 50 %", "3 WM",
    ]  # fmt: skip

    home.keyboard.press("Enter")
    form.get_by_label("Colour").fill("#ff0080")
    settled(home, colours="2:ff0080")
    painted = picture(home, "view-labels", 1)
    assert (painted == (255, 0, 128, 255)).all(axis=-1).any()
    curve = """() => document.querySelector("#view-histograms .js-plotly-plot")._fullData
        .find(trace => trace.name.startsWith("2 left")).line.color"""
    assert home.evaluate(curve) == "#ff0080"
    swatch = home.locator("#view-components .swatch.class-2").first
    expect(swatch).to_have_css("background-color", "rgb(255, 0, 128)")
    # On the page's root it would cost the style of every element.
    assert "class" not in (home.locator("html").get_attribute("style") or "")

    form.get_by_label("Tissue").select_option("same as 3 WM")
    settled(home, tissues="2+3")
    home.keyboard.press("Escape")
    rows = {row[0]: row for row in table(home, "view-components")}
    counts = {name: int(row[2].replace(",", "")) for name, row in rows.items() if name != ""}
    assert counts["2+3 left, 50 %"] == counts["2 left, 50 %"] + counts["3 WM"]
    agreeing = home.locator("#view-agreement .agreement tbody tr").all_inner_texts()
    assert [row.split("\t")[0] for row in agreeing] == ["1 CSF", "2+3 left, 50 %"]

    # Under the pointer, the readout has the name too.
    row, column = np.argwhere((painted == (255, 0, 128, 255)).all(axis=-1))[0].tolist()
    home.mouse.move(*pixel(home, "view-labels", column, painted.shape[0] - 1 - row))
    expect(home.locator("#readout")).to_contain_text("class 2 left, 50 %")
    expect(home.locator(".class-chip[data-pointed]")).to_have_class("class-chip class-2")

    # The link holds all of it; names stay with the next slice.
    home.locator("#slice-forward").click()
    settled(home, slice=31)
    home.reload()
    settled(home, slice=31, names=",left%2C 50 %25", colours="2:ff0080", tissues="2+3")
    assert names(home)[1] == "left, 50 %"


def test_tables_are_copied_with_plain_numbers(home: Page) -> None:
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.locator("#view-components").get_by_role("button", name="Copy as TSV").click()
    expect(home.locator("#client-done")).to_contain_text("Copied")
    head, *rows = [
        line.split("\t")
        for line in home.evaluate("navigator.clipboard.readText()").strip().splitlines()
    ]
    assert head == [
        "Class", "Weight", "Voxels", "mL", "T1 mean", "T1 SD", "b0 mean", "b0 SD", "r(T1, b0)",
    ]  # fmt: skip
    shown = table(home, "view-components")
    assert [row[0] for row in rows] == [f"{k} {name}" for k, name in enumerate(GUESSES, start=1)]
    assert [int(row[2]) for row in rows] == [int(row[2].replace(",", "")) for row in shown]
    for row, seen in zip(rows, shown, strict=True):
        mean, sd = (float(part) for part in seen[4].split("±"))
        assert [float(row[4]), float(row[5])] == pytest.approx([mean, sd], rel=5e-3)
    # No spreadsheet computes a name.
    home.evaluate("""() => { const [cell] = document.querySelectorAll("#view-components th");
        cell.dataset.before = cell.textContent; cell.textContent = "=1+1"; }""")  # fmt: skip
    home.locator("#view-components").get_by_role("button", name="Copy as TSV").click()
    home.wait_for_function(
        "() => navigator.clipboard.readText().then((text) => text.startsWith(`'=1+1\t`))"
    )
    home.evaluate("""() => { const [cell] = document.querySelectorAll("#view-components th");
        cell.textContent = cell.dataset.before; delete cell.dataset.before; }""")  # fmt: skip


@pytest.mark.wide
def test_a_tissue_keeps_its_class_and_one_that_the_head_lacks_is_grey(page: Page, studies) -> None:
    """In slice 1 the tissue that is bright in b0 is the brighter in T1; slice 2 lacks it."""
    chance = np.random.default_rng(3)
    kind = chance.integers(0, 3, (40, 40, 3))
    kind[:, :, 2] %= 2
    t1 = np.array([[100, 100, 100], [205, 215, 205], [215, 205, 215]])[kind, np.arange(3)]
    b0 = np.array([50, 500, 250])[kind]
    folder, url = studies
    for name, voxels in (("T1", t1), ("b0", b0)):
        noisy = voxels + chance.normal(0, 8, kind.shape)
        save_image(folder / f"swapped/{name}.nii.gz", noisy)

    def colours() -> list[tuple[int, ...]]:
        """Of each tissue: the colour of most of its voxels in the label map."""
        number = int(address(page)["slice"])
        drawn, found = picture(page, "view-labels", 1), []
        for tissue in range(3):
            own = drawn[(kind[:, :, number] == tissue).T[::-1]]
            shown, counts = np.unique(own, axis=0, return_counts=True)
            found += [tuple(shown[counts.argmax()])] if len(own) else []
        return found

    page.goto(f"{url}/?study=swapped&slice=0")
    settled(page, slice=0)
    first, note = colours(), page.locator(".legend-note")
    assert len(set(first)) == 3
    page.locator("#slice-forward").click()
    settled(page, slice=1)
    assert colours() == first
    expect(note).to_be_empty()
    page.locator("#slice-forward").click()
    settled(page, slice=2)
    assert colours() == first[:2]
    expect(note).to_contain_text("matches none of the whole head, so it is grey.")


@pytest.mark.parametrize("width", cases([700, 768, 800, 1280, 1440], wide=lambda one: one != 768))
def test_what_the_legend_notes_leaves_the_scale_bar_in_sight(home: Page, width: int) -> None:
    resize(home, width, 900)
    home.keyboard.press("4")
    settled(home, components=4)
    note = home.locator(".legend-note")
    expect(note).to_contain_text("Classes differ from the fit before")
    place, bar = note.bounding_box(), home.locator("#view-labels .scale-bar").bounding_box()
    assert place
    assert bar
    assert bar["x"] + bar["width"] < place["x"]
