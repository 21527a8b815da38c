"""The View: what is on screen, as parameters only. It is the URL query; nothing else is state."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Self, get_args
from urllib.parse import quote, urlencode

from dashboard.core.domain import Cut, Scope
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import COMPONENTS, Clip, Covariance, Recipe
from dashboard.core.mixture.scaling import Scaling
from dashboard.core.orientation import Plane, Side

JointKind = Literal["scatter", "histogram", "density"]
Axes = Literal["scaled", "raw"]
Palette = Literal["okabe", "bright", "plain"]
Panel = Literal["components", "criteria", "header"]

BINS = range(10, 201)
# numpy's random generator takes 32-bit seeds.
SEEDS = range(2**32)
PERCENT = range(101)

Window = tuple[float, float]


def _one_of(literal: Any) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in get_args(literal):
            raise ValueError(f"one of {', '.join(get_args(literal))}")
        return text

    return parse


def _integer_in(allowed: range) -> Callable[[str], int]:
    def parse(text: str) -> int:
        expected = f"a whole number from {allowed.start} to {allowed.stop - 1}"
        # int() would also take other scripts' digits, underscores and blanks.
        if not (text.isascii() and text.isdigit() and len(text) < 11 and int(text) in allowed):
            raise ValueError(expected)
        return int(text)

    return parse


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def _window(text: str) -> Window:
    try:
        # As many digits as a URL shows, so that a link says just what was on screen.
        low, high = (float(f"{float(part):.12g}") for part in text.split(":"))
    except ValueError:
        raise ValueError("two intensities, as in 0:480") from None
    if not (low < high and abs(low) < float("inf") and abs(high) < float("inf")):
        raise ValueError("a lower intensity before a higher one, as in 0:480")
    return low, high


def _classes(text: str) -> tuple[int, ...]:
    parse = _integer_in(range(1, COMPONENTS.stop))
    return tuple(sorted({parse(part) for part in text.split(",")}))


def _text(text: str) -> str:
    return text


def _key(parse: Callable[[str], Any], default: Any, *, always: bool = False) -> Any:
    """Declare a field of the View: its parser, its default, and whether every URL shows it."""
    return field(default=default, metadata={"parse": parse, "always": always})


@dataclass(frozen=True)
class View:
    """What is on screen.

    The first eleven fields always stand in the URL; the others follow only where they differ from
    their defaults. An empty `study`, `x` or `y`, and a `slice` of None, stand for "the first that
    fits". The name of an image may carry a selection of its volumes: `dwi:3`, `dwi:mean`.

    `mix` names the images of the mixture, separated by commas (empty: all); `mask` and `reference`
    an image each (empty: the first that fits); `grid` the image to whose grid all others are
    resampled (empty: none is).
    """

    study: str = _key(_text, "", always=True)
    x: str = _key(_text, "", always=True)
    y: str = _key(_text, "", always=True)
    plane: Plane = _key(_one_of(Plane), "axial", always=True)
    slice: int | None = _key(_integer_in(range(2**15)), None, always=True)
    scope: Scope = _key(_one_of(Scope), "slice", always=True)
    components: int = _key(_integer_in(COMPONENTS), 3, always=True)
    covariance: Covariance = _key(_one_of(Covariance), "full", always=True)
    scaling: Scaling = _key(_one_of(Scaling), "standard", always=True)
    foreground: Foreground = _key(_one_of(Foreground), "positive", always=True)
    seed: int = _key(_integer_in(SEEDS), 12345, always=True)
    mix: str = _key(_text, "")
    mask: str = _key(_text, "")
    reference: str = _key(_text, "")
    grid: str = _key(_text, "")
    clip: Clip = _key(_one_of(Clip), "none")
    side: Side = _key(_one_of(Side), "neurological")
    bins: int = _key(_integer_in(BINS), 50)
    log: bool = _key(_flag, False)
    joint: JointKind = _key(_one_of(JointKind), "scatter")
    axes: Axes = _key(_one_of(Axes), "scaled")
    palette: Palette = _key(_one_of(Palette), "okabe")
    opacity: int = _key(_integer_in(PERCENT), 70)
    window_x: Window | None = _key(_window, None)
    window_y: Window | None = _key(_window, None)
    hidden: tuple[int, ...] = _key(_classes, ())
    panel: Panel = _key(_one_of(Panel), "components")

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> tuple[Self, list[str]]:
        """Read a URL query; what is not valid falls back to its default.

        Returns
        -------
        view : View
        notices : list of str
            One sentence for each entry that was not used.
        """
        values: dict[str, Any] = {}
        notices = []
        known = {f.name: f for f in fields(cls)}
        for name, text in query.items():
            if name not in known:
                notices.append(f"The link's “{name[:40]}” is not known here and was left out.")
                continue
            if text == "":
                continue
            try:
                values[name] = known[name].metadata["parse"](text)
            except ValueError as expected:
                notices.append(
                    f"The link's {name} “{text[:40]}” is not valid (it must be {expected}); "
                    "the default is shown."
                )
        return cls(**values), notices

    def to_store(self) -> dict[str, Any]:
        """Return the fields as the page holds them: numbers and flags, and texts as in the URL."""
        return {
            name: _as_text(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    def query(self) -> str:
        """Return the URL query, without its question mark."""
        entries = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if entry.metadata["always"] or value != entry.default:
                entries[entry.name] = "" if value is None else _as_text(value)
        # Leaves just what a browser's encodeURIComponent leaves.
        return urlencode(entries, quote_via=quote, safe="!'()*")

    def recipe(self) -> Recipe:
        """Return what decides the numbers, besides the voxels."""
        return Recipe(
            foreground=self.foreground,
            clip=self.clip,
            scaling=self.scaling,
            components=self.components,
            covariance=self.covariance,
            seed=self.seed,
        )

    def cut(self) -> Cut:
        """Return what is looked at."""
        return Cut(self.plane, self.slice or 0)


def optional_defaults() -> dict[str, Any]:
    """Return the fields that stay out of the URL at their defaults, with these."""
    return {f.name: f.default for f in fields(View) if not f.metadata["always"]}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, (tuple, list)):
        separator = ":" if any(isinstance(v, float) for v in value) else ","
        return separator.join(_as_text(v) for v in value)
    return str(value)
