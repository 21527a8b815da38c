"""What opening a link or a study changed, in sentences."""

from dashboard.core.facts import Notice
from dashboard.words.parts import Facts, Pattern, text


def sentence(notice: Notice) -> str:
    """Return a notice of `services.scene.opening` or of `View.parse` as a sentence."""
    return text(SENTENCES[notice.code], notice.facts)


def allowed(what: Facts) -> str:
    """Return which values a field of a link takes."""
    if "one of" in what:
        return f"one of {', '.join(what['one of'])}"
    if "from" in what:
        return f"a whole number from {what['from']} to {what['to']}"
    if "least" in what:
        return f"a number from {what['least']} to {what['most']:g}"
    return f"written like {what['like']}"


def _invalid_value(facts: Facts) -> str:
    must = f"it must be {allowed(facts['allowed'])}"
    return f"The link's {{field}} “{{value}}” is not valid: {must}. The page uses the default."


def _no_usable_mask(facts: Facts) -> str:
    on_grid = " that covers the head on the grid of {image}" if facts["others"] else ""
    return f"{{study}} has no mask{on_grid}. The page keeps the voxels above 0."


# What a file holds, as a person says it.
HELD = {
    "image": "an image", "mask": "a mask", "labels": "a label map", "probability": "a probability",
    "other": "a map of something else", "contrast": "a map of statistics",
    "fractions": "a map of fractions", "field": "a smooth field",
}  # fmt: skip


def _not_as_named(facts: Facts) -> str:
    held = HELD[facts["held"]]
    if len(facts["images"]) == 1:
        return f"{{images[0]}} looks like {held}, so the page uses it as one."
    names = ", ".join(facts["images"])
    return f"Each of these looks like {held}, so the page uses it as one: {names}."


def _no_contrast(facts: Facts) -> str:
    return f"{{image}} looks like {HELD[facts['holds']]}. Its histogram and classes mean little."


def _no_place(facts: Facts) -> str:
    place = ", ".join(f"{mm:g}" for mm in facts["place"]).replace("-", "−")
    return f"{{image}} does not cover the place in the link ({place} mm), so there is no crosshair."


def _files_not_here(facts: Facts) -> str:
    if facts["count"] == 1:
        return "This link was made with a file that {study} does not have."
    return "This link was made with {count} files that {study} does not have."


SENTENCES: dict[str, Pattern] = {
    "unknown-field": "The page ignored “{field}” in the link.",
    "invalid-value": _invalid_value,
    "no-study": "There is no study “{study}”. The page shows {shown}.",
    "no-image": "{study} has no image “{image}”. The page shows another one.",
    "no-grid": "{study} has no image “{image}” to resample to. Every image keeps its own grid.",
    "no-position": "{study} has no image “{image}” to take the position from.",
    "no-place": _no_place,
    "not-mixed": "{study} has no image “{image}” to fit. The page leaves it out.",
    "too-many-mixed": "A fit takes at most {most} images. The page uses the first {most}.",
    "no-mask": "{study} has no mask “{image}”.",
    "no-reference": "{study} has no reference “{image}”.",
    "air-below-0": (
        "The background of {image} is {background:number}, so that value is removed instead of 0."
    ),
    "air-not-zero": "The background of {image} is not 0, so {mask} is used as the mask.",
    "brain-in-head": (
        "{image} shows the whole head and {brain} the brain alone, so {mask} is used as the mask."
    ),
    "not-as-named": _not_as_named,
    "no-contrast": _no_contrast,
    "no-usable-mask": _no_usable_mask,
    "single-slice": "{image} is a single {plane} slice. The page shows it in its own plane.",
    "other-version": (
        "This link was made with another version of {images:images}. Numbers may differ."
    ),
    "files-not-here": _files_not_here,
    "files-not-then": "This link was made without {images:images}. Numbers may differ.",
    "no-slice": "{image} has no {plane} slice {slice}. The page shows the last one, {last}.",
}
