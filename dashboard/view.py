"""The View: what is on screen, as parameters. It is the URL query, and the only state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self
from urllib.parse import quote, urlencode

from dashboard.core.domain import Cut, Scope
from dashboard.core.facts import Notice
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import (
    COMPONENTS,
    STARTS,
    TOLERANCES,
    Clip,
    Covariance,
    Recipe,
    Start,
    usual_starts,
)
from dashboard.core.mixture.scaling import Scaling
from dashboard.core.orientation import Plane, Side
from dashboard.fields import (
    CLASSES,
    COLOURS,
    FILES,
    FLAG,
    NAMES,
    PLACE,
    PRIOR,
    TEXT,
    TISSUES,
    WINDOW,
    Kind,
    Place,
    Window,
    integer_in,
    one_of,
    one_of_numbers,
)

# Of the components; "partial-volume" adds Gaussians between those of a head, which share one.
Shape = Literal[Covariance, "partial-volume"]
JointKind = Literal["scatter", "histogram", "density"]
Axes = Literal["scaled", "raw"]
Palette = Literal["okabe", "bright", "plain"]
# The colours of an image's intensities, from black to white of its window.
Colourmap = Literal[
    "grey", "inverted", "viridis", "cividis", "magma", "inferno", "ice", "hot",
]  # fmt: skip
# What a model, or a reference, says about the voxels of image X, drawn over it.
Map = Literal[
    "labels", "uncertainty", "probability-1", "probability-2", "probability-3", "probability-4",
    "probability-5", "probability-6", "probability-7", "probability-8", "probability-9",
    "probability-10", "disagreement", "reference", "difference",
]  # fmt: skip
# Whose borders are drawn over images X and Y.
Outline = Literal["none", "mask", "reference", "labels"]
Panel = Literal["components", "criteria", "header"]
Layout = Literal["images", "planes"]
Shown = Literal["x", "y"]

BINS = range(10, 201)
# numpy's random generator takes 32-bit seeds.
SEEDS = range(2**32)
PERCENT = range(101)
# Characters of a value from a link that a notice repeats.
SHOWN = 40
TOLERANCE = one_of_numbers(TOLERANCES)
# Steps of the lesson; assets/client/lesson.mjs says what each shows.
LESSON = range(1, 11)

STUDY = ("study",)
# Slices of another of these may be counted otherwise: the place in mm says which one it is.
COUNTED = ("study", "plane", "x", "y", "grid")
# Another image X numbers the classes otherwise.
NUMBERED = ("study", "x")

# What a field is about: "look" is how things are drawn, "page" what of them is seen, and where.
# Users of a View name groups of fields rather than fields.
Group = Literal["images", "place", "model", "look", "page"]


def _key(
    kind: Kind,
    default: Any,
    group: Group,
    *,
    always: bool = False,
    reopens: bool = False,
    per: tuple[str, ...] = (),
) -> Any:
    """Declare a field of the View.

    `always` fields are in every URL. When a field changes that `reopens`, the server sends the
    choices of all controls again. A value that was chosen `per` study, or per image, starts from
    its default once another is opened.
    """
    metadata = {"kind": kind, "group": group, "always": always, "reopens": reopens, "per": per}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class View:
    """What is on screen.

    The first eleven fields are always in the URL, the others only if they differ from their
    defaults. An empty `study`, `x` or `y`, and a `slice` of None, mean "the first that fits". The
    name of an image may select volumes: `dwi:3`, `dwi:mean`.

    `mix` names the images in the fit, separated by commas (empty: all); `mask` and `reference` an
    image each (empty: the first that fits); `grid` the image to whose grid all others are resampled
    (empty: no resampling); `position` the image whose position those of its shape take that lost
    theirs (empty: none does). A `starts` of None leaves their number to the scope, a `before` of
    None leaves it to the study whether the histograms of all voxels stand beside those of the
    foreground. `at` is the place of the crosshair, if one is set. In the `layout` of the three
    planes they show one `image`, X or Y.

    `names` are those of classes 1..K, empty where nobody typed one; `colours` pairs of a class and
    its own colour, six hexadecimal digits; `tissues` the classes that are one tissue together.

    `lesson` is the step of the lesson that fills the page, if it is shown.

    `files` are short hashes of the files that a copied link was made with. The page compares them
    with its own when it opens the link, and then drops them.
    """

    study: str = _key(TEXT, "", "images", always=True, reopens=True)
    x: str = _key(TEXT, "", "images", always=True, reopens=True, per=STUDY)
    y: str = _key(TEXT, "", "images", always=True, reopens=True, per=STUDY)
    plane: Plane = _key(one_of(Plane), "axial", "place", always=True, reopens=True)
    slice: int | None = _key(integer_in(range(2**15)), None, "place", always=True, per=COUNTED)
    scope: Scope = _key(one_of(Scope), "slice", "model", always=True)
    components: int = _key(integer_in(COMPONENTS), 3, "model", always=True)
    covariance: Shape = _key(one_of(Shape), "full", "model", always=True)
    scaling: Scaling = _key(one_of(Scaling), "standard", "model", always=True)
    foreground: Foreground = _key(one_of(Foreground), "positive", "model", always=True, per=STUDY)
    seed: int = _key(integer_in(SEEDS), 12345, "model", always=True)
    mix: str = _key(TEXT, "", "images", reopens=True, per=STUDY)
    mask: str = _key(TEXT, "", "images", reopens=True, per=STUDY)
    reference: str = _key(TEXT, "", "images", reopens=True, per=STUDY)
    grid: str = _key(TEXT, "", "images", reopens=True, per=STUDY)
    position: str = _key(TEXT, "", "images", reopens=True, per=STUDY)
    clip: Clip = _key(one_of(Clip), "none", "model")
    tolerance: str = _key(TOLERANCE, "1e-3", "model")
    starts: int | None = _key(integer_in(STARTS), None, "model")
    start: Start = _key(one_of(Start), "kmeans", "model")
    prior: float = _key(PRIOR, 0.0, "model")
    side: Side = _key(one_of(Side), "neurological", "look")
    bins: int = _key(integer_in(BINS), 50, "look")
    log: bool = _key(FLAG, False, "look")
    before: bool | None = _key(FLAG, None, "look")
    joint: JointKind = _key(one_of(JointKind), "scatter", "look")
    axes: Axes = _key(one_of(Axes), "scaled", "look")
    palette: Palette = _key(one_of(Palette), "okabe", "look")
    # Over any grey of a T1, a class is then nearer to its own colour than to another one's.
    opacity: int = _key(integer_in(PERCENT), 80, "look")
    map: Map = _key(one_of(Map), "labels", "look")
    outline: Outline = _key(one_of(Outline), "none", "look")
    window_x: Window | None = _key(WINDOW, None, "look", per=("study", "x"))
    window_y: Window | None = _key(WINDOW, None, "look", per=("study", "y"))
    colourmap_x: Colourmap = _key(one_of(Colourmap), "grey", "look")
    colourmap_y: Colourmap = _key(one_of(Colourmap), "grey", "look")
    hidden: tuple[int, ...] = _key(CLASSES, (), "look")
    at: Place | None = _key(PLACE, None, "page", per=STUDY)
    layout: Layout = _key(one_of(Layout), "images", "page")
    image: Shown = _key(one_of(Shown), "x", "page")
    names: tuple[str, ...] = _key(NAMES, (), "look", per=NUMBERED)
    colours: tuple[tuple[int, str], ...] = _key(COLOURS, (), "look", per=NUMBERED)
    tissues: tuple[tuple[int, ...], ...] = _key(TISSUES, (), "look", per=NUMBERED)
    panel: Panel = _key(one_of(Panel), "components", "page")
    lesson: int | None = _key(integer_in(LESSON), None, "page")
    files: tuple[str, ...] = _key(FILES, (), "page")

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> tuple[Self, list[Notice]]:
        """Read a URL query; invalid values fall back to their defaults.

        Returns
        -------
        view : View
        notices : list of Notice
            One for each unused entry: `unknown-field` with `field`, or `invalid-value` with
            `field`, `value` and what is `allowed`.
        """
        values: dict[str, Any] = {}
        notices = []
        kinds: dict[str, Kind] = {f.name: f.metadata["kind"] for f in fields(cls)}
        for name, text in query.items():
            if name not in kinds:
                notices.append(Notice("unknown-field", {"field": name[:SHOWN]}))
                continue
            if text == "":
                continue
            try:
                values[name] = kinds[name].parse(text)
            except (ValueError, KeyError):
                facts = {"field": name, "value": text[:SHOWN], "allowed": kinds[name].allowed}
                notices.append(Notice("invalid-value", facts))
        return cls(**values), notices

    def to_store(self) -> dict[str, Any]:
        """Return the fields as the page holds them: numbers and flags, and texts as in the URL."""
        return {
            f.name: f.metadata["kind"].write(value) if isinstance(value, tuple) else value
            for f in fields(self)
            for value in (getattr(self, f.name),)
        }

    def query(self) -> str:
        """Return the URL query, without its question mark."""
        entries = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.metadata["always"] or value != entry.default:
                write = entry.metadata["kind"].write
                entries[entry.name] = "" if value is None else write(value)
        return escaped(entries)

    def recipe(self) -> Recipe:
        """Return what decides the numbers besides the voxels."""
        return Recipe(
            foreground=self.foreground,
            clip=self.clip,
            scaling=self.scaling,
            components=self.components,
            covariance="tied" if self.covariance == "partial-volume" else self.covariance,
            seed=self.seed,
            tolerance=float(self.tolerance),
            starts=self.starts or usual_starts(self.scope),
            # The head's own fit begins at random.
            prior=self.prior if self.scope == "volume" else 0.0,
            start=self.start if self.scope == "slice" else "kmeans",
            partial_volume=self.scope == "volume" and self.covariance == "partial-volume",
        )

    def cut(self) -> Cut:
        """Return the slice on screen."""
        return Cut(self.plane, self.slice or 0)


def fields_of(*groups: Group) -> frozenset[str]:
    """Return the names of all fields of some groups."""
    return frozenset(f.name for f in fields(View) if f.metadata["group"] in groups)


def description() -> list[dict[str, Any]]:
    """Return the fields as the browser needs them, in the order of the URL."""
    defaults = View().to_store()
    return [
        {
            "name": f.name,
            "default": defaults[f.name],
            **{key: f.metadata[key] for key in ("group", "always", "reopens", "per")},
        }
        for f in fields(View)
    ]


def escaped(entries: Mapping[str, str]) -> str:
    """Return a URL query as browsers hold it: encodeURIComponent, and the apostrophe as %27."""
    return urlencode(entries, quote_via=quote, safe="!()*")
