"""The lesson: ten steps from the images to the classes, for a projector and for any study."""

from dataclasses import fields
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.cards.table import CARDS
from dashboard.view import LESSON, View
from scripts.serving import settled
from tests.browser.acting import resize
from tests.browser.conftest import Run

PAIR: dict[str, Any] = {
    "isAlone": False, "isFitted": True, "slices": 70, "components": 3, "x": "T1", "y": "b0",
    "mixed": ["T1", "b0"], "mask": "brain", "zeros": [0.75, 0.7], "kept": 4098, "voxels": 16384,
}  # fmt: skip
ALONE = PAIR | {"isAlone": True, "y": "T1", "mixed": ["T1"]}
STORE = View().to_store()

# By name: the step, the facts, fields of the View, and what is then said of what one sees.
SAID: dict[str, tuple[int, dict[str, Any], dict[str, Any], str]] = {
    "two images": (1, PAIR, {}, "T1 and b0 show the same slice"),
    "one image": (1, ALONE, {}, "Each voxel of T1 has one intensity"),
    "zeros": (2, PAIR, {}, "75 % of the voxels are 0"),
    "hardly a zero": (2, PAIR | {"zeros": [0.02, 0.001]}, {}, "The background is not 0 here: 2 %"),
    "no zero": (2, ALONE | {"zeros": [0.0]}, {}, "none of the voxels of T1 is 0"),
    "zeros removed": (3, PAIR, {}, "not above 0 in T1 and b0 are left out: 4,098 of 16,384"),
    "by a mask": (3, PAIR, {"foreground": "mask"}, "outside of the mask brain are left out"),
    "nothing removed": (3, PAIR | {"kept": 16384}, {}, "This step does not apply here: no voxel"),
    "scaled": (4, PAIR, {}, "a mean of 0 and an SD of 1"),
    "robustly": (4, PAIR, {"scaling": "robust"}, "a median of 0 and an interquartile range of 1"),
    "not scaled": (4, PAIR, {"scaling": "none"}, "No scaling is chosen"),
    "one image has no cloud": (5, ALONE, {}, "This step does not apply here: the page shows one"),
    "a cloud": (5, PAIR, {}, "in T1 to the right, in b0 upwards"),
    "four Gaussians": (8, PAIR, {"components": 4}, "4 Gaussians are fitted. Ellipses"),
    "one Gaussian": (8, ALONE, {"components": 1}, "One Gaussian is fitted. The dotted curve"),
    "of three images": (8, PAIR | {"mixed": ["T1", "b0", "FA"]}, {}, "fitted to 3 images, two of"),
    "no mixture": (8, PAIR | {"isFitted": False}, {}, "no mixture can be fitted"),
    "a head": (10, PAIR, {}, "all slices of T1 and b0"),
    "one slice": (10, PAIR | {"slices": 1}, {}, "the image has a single slice"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_step_speaks_of_the_images_on_screen_or_says_that_it_does_not_apply(
    run: Run, name: str
) -> None:
    number, facts, view, expected = SAID[name]
    words = run(
        "lesson-words",
        """async ({ wordsOf }, number, facts, view) => {
            const { stepOf } = await import("/assets/client/lesson.mjs");
            return wordsOf(stepOf(number), facts, view);
        }""",
        number,
        facts,
        STORE | view,
    )
    assert expected in words["sees"]
    assert words["title"]
    assert words["tries"]


def test_steps_are_cards_and_fields_of_the_page(run: Run) -> None:
    steps = run("lesson", "({ STEPS }) => STEPS")
    assert len(steps) == len(LESSON)
    assert {card for step in steps for card in step["cards"]} <= {card.id for card in CARDS}
    names = {field.name for field in fields(View)}
    for step in steps:
        assert step["fields"].keys() <= names
        query = {name: str(value) for name, value in step["fields"].items() if name != "before"}
        assert View.parse(query)[1] == []


@pytest.mark.parametrize(
    ("number", "facts", "components", "expected"),
    [
        (3, PAIR, 5, {"components": "1", "before": False}),
        (8, PAIR | {"components": 5}, 1, {"components": "5", "scope": "slice"}),
        (8, PAIR, 4, {"joint": "scatter"}),
        (10, PAIR, 4, {"scope": "volume"}),
    ],
)
def test_a_step_sets_fields_and_leaves_a_mixture_as_it_is(
    run: Run, number: int, facts: dict[str, Any], components: int, expected: dict[str, Any]
) -> None:
    set_to = run(
        "lesson",
        "({ stepOf, fieldsOf }, number, view, facts) => fieldsOf(stepOf(number), view, facts)",
        number,
        STORE | {"components": components},
        facts,
    )
    assert expected.items() <= set_to.items()
    assert number == 3 or components == 1 or "components" not in set_to


def test_no_head_is_fitted_for_a_single_slice(run: Run) -> None:
    asked = "({ stepOf, fieldsOf }, view, facts) => fieldsOf(stepOf(10), view, facts)"
    assert "scope" not in run("lesson", asked, STORE, PAIR | {"slices": 1})


# The cards that can be seen, as shares of the window: left, top, right, bottom.
SEEN = """() => [...document.querySelectorAll(".card")]
    .filter((card) => card.checkVisibility({ visibilityProperty: true }))
    .map((card) => card.getBoundingClientRect())
    .map(({ left, top, right, bottom }) =>
        [left / innerWidth, top / innerHeight, right / innerWidth, bottom / innerHeight])"""


def test_the_lesson_leads_through_ten_steps_and_stays_linked_in_each(home: Page) -> None:
    home.keyboard.press("4")
    settled(home, components=4)
    home.get_by_role("button", name="Lesson", exact=True).click()
    lesson = home.get_by_role("region", name="Lesson")
    heading = lesson.get_by_role("heading")
    titles = set()
    for number in (1, 2, 5, 10):
        if number != 2:  # which the key before has opened
            lesson.get_by_role("button", name=f"Step {number}", exact=True).click()
        settled(home, lesson=number)
        titles.add(heading.inner_text())
        expect(lesson.get_by_role("status")).to_contain_text(f"Step {number} of 10: ")
        expect(home.locator(".controls")).to_be_hidden()
        boxes = home.evaluate(SEEN)
        assert 1 <= len(boxes) <= 2
        area = sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)
        assert area > 0.6  # of the window, below the words and above the slices
        assert all(0 <= edge <= 1 for box in boxes for edge in box)
        home.keyboard.press("PageDown")
    assert len(titles) == 4
    settled(home, lesson=10, scope="volume", components=4)
    home.keyboard.press("PageUp")
    home.keyboard.press("PageUp")
    settled(home, lesson=8, scope="slice", components=4, slice=30)
    size = "() => document.querySelector('#view-joint .js-plotly-plot').layout.font.size"
    large = home.evaluate(size)
    lesson.get_by_role("button", name="More classes").click()
    expect(lesson).to_contain_text("5 Gaussians are fitted")
    home.keyboard.press("ArrowRight")
    settled(home, lesson=8, components=5, slice=31)
    assert home.evaluate(size) == large
    home.keyboard.press("Escape")
    expect(heading).to_be_hidden()
    settled(home, components=5, slice=31)
    assert "lesson=" not in home.url
    expect(home.locator(".controls")).to_be_visible()
    home.wait_for_function(f"large => ({size})() < large", arg=large)
    assert len(home.evaluate(SEEN)) == 6
    home.go_back()
    settled(home, lesson=8, slice=31)
    home.keyboard.press("s")
    settled(home, slice=31)
    expect(heading).to_be_hidden()


@pytest.mark.wide
def test_a_link_opens_its_step_on_a_phone_with_buttons_for_fingers(page: Page) -> None:
    resize(page, 390, 844)
    page.goto("/?lesson=6")
    settled(page, lesson=6, joint="histogram", components=1)
    lesson = page.get_by_role("region", name="Lesson")
    expect(lesson.get_by_role("heading")).to_have_text("Counting points")
    assert page.evaluate("document.scrollingElement.scrollWidth") == 390
    for name in ("Previous step", "Next step", "Leave the lesson"):
        box = lesson.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 44
    lesson.get_by_role("button", name="Next step").click()
    settled(page, lesson=7, joint="density")
    link = page.url
    page.goto("about:blank")
    page.goto(link.replace("components=1", "components=2"))
    settled(page, lesson=7, joint="density", components=2)
    lesson.get_by_role("button", name="Leave the lesson").click()
    settled(page, joint="density", components=2)
    expect(page.locator(".top")).to_be_visible()
