"""Whether the images of a study lie on one grid, and how they can be brought onto one."""

from collections.abc import Iterator, Mapping

from dashboard.core import grids
from dashboard.core.findings import Choices, Finding, Remedy, names, number, percent, times
from dashboard.core.study import same_grid
from dashboard.core.volume import Volume

# Grids offered to resample to: X's, Y's and one more.
TARGETS = 3
# Grids whose difference from the first is told in full.
DESCRIBED = 2


def grid_findings(images: Mapping[str, Volume], choices: Choices) -> Iterator[Finding]:
    """Yield how the grids of the images differ, and onto which they can be resampled."""
    fitted = fitted_names(images, choices)
    groups = grids.grouped({name: images[name] for name in fitted})
    if len(groups) > 1:
        yield Finding(
            "problem",
            f"{_differences(images, groups)} Their voxels do not correspond, so they are not "
            "fitted together.",
            tuple(_resampling(images, groups, choices)),
        )
    apart = {name: volume for name, volume in images.items() if name not in fitted}
    for group in grids.grouped(apart):
        if fitted and not same_grid(images[fitted[0]], images[group[0]]):
            yield Finding(
                "warning" if {choices.x, choices.y} & set(group) else "fact",
                f"{_differences(images, [[fitted[0]], group])} It is left out of the fit.",
                tuple(_resampling(images, [[fitted[0]], group], choices)),
            )


def _differences(images: Mapping[str, Volume], groups: list[list[str]]) -> str:
    """Tell how the grids differ from the first one, and where they lie apart from it."""
    first, *rest = groups
    heads = [name for group in rest for name in group]
    told = "; ".join(_described(images, first[0], rest))
    text = f"{names(heads)} {_be(heads)} not on the grid of {first[0]}: {told}."
    apart = [group[0] for group in rest if _are_apart(images, first[0], group[0])]
    if apart:
        gap = number(round(grids.distance(images[first[0]], images[apart[0]])))
        text += f" {names(apart)} and {first[0]} do not overlap in space (middles {gap} mm apart)."
    elif len(rest) == 1:
        share = _coverage(images, first[0], rest[0][0])
        if share < grids.SMALL_OVERLAP:
            text += f" {rest[0][0]} covers only {percent(share)} of {first[0]}."
    return text


def _described(images: Mapping[str, Volume], first: str, rest: list[list[str]]) -> Iterator[str]:
    """Yield how groups of images on one grid each differ from the first image's grid."""
    order = [group for group in rest if grids.is_reordered(images[first], images[group[0]])]
    place = [group for group in rest if group not in order]
    for group in place[:DESCRIBED]:
        what = grids.difference(images[first], images[group[0]])
        subject = names(group) if len(rest) > 1 else "it" if len(group) == 1 else "they"
        yield f"{subject} {_have(group, what)}"
    if more := place[DESCRIBED:]:
        yield f"{sum(map(len, more))} more lie on {len(more)} other grid{'s' * (len(more) > 1)}"
    if order:
        stored = [name for group in order for name in group]
        what = grids.difference(images[first], images[stored[0]])
        if len(order) > 1:
            what = (
                "covers the same grid in other storage orders, so that resampling only reorders "
                "voxels"
            )
        subject = names(stored) if place else "it" if len(stored) == 1 else "they"
        yield f"{subject} {_have(stored, what)}"


def _be(several: list[str]) -> str:
    return "is" if len(several) == 1 else "are"


def _have(several: list[str], what: str) -> str:
    """Let a verb that one image has, such as "holds", agree with several."""
    if len(several) == 1:
        return what
    verb, _, rest = what.partition(" ")
    return f"{'have' if verb == 'has' else verb.removesuffix('s')} {rest}"


def _are_apart(images: Mapping[str, Volume], first: str, other: str) -> bool:
    # Both ways, because a small image can lie between the points that are probed of a large one.
    return not (_coverage(images, first, other) or _coverage(images, other, first))


def _coverage(images: Mapping[str, Volume], target: str, other: str) -> float:
    return grids.overlap(images[target], images[other])


def _resampling(
    images: Mapping[str, Volume], groups: list[list[str]], choices: Choices
) -> Iterator[Remedy]:
    """Yield the grids that all images can be brought to, or the images that share one."""
    heads = [group[0] for group in groups]
    heads.sort(key=lambda name: (name != choices.x, name != choices.y))
    moved = "the others" if sum(map(len, groups)) > 2 else ""
    for target in heads[:TARGETS]:
        others = [name for name in heads if name != target]
        if target != choices.grid and all(_coverage(images, target, o) for o in others):
            size = times(images[target].voxel_size)
            yield Remedy(
                f"Resample {moved or others[0]} to the grid of {target} ({size} mm, linear)",
                {"grid": target},
            )
    largest = max(groups, key=len)
    if len(largest) > 1:
        yield Remedy(
            f"Use only {names(largest)}, which share one grid", only(images, largest, choices)
        )


def only(images: Mapping[str, Volume], kept: list[str], choices: Choices) -> dict[str, str]:
    """Return the changes that fit some images only, and show none but those."""
    x = choices.x if choices.x in kept else kept[0]
    changes = {"mix": ",".join(name for name in images if name in kept)}
    if x != choices.x:
        changes["x"] = x
    if choices.y not in kept:
        changes["y"] = next((name for name in kept if name != x), x)
    return changes


def overlay_findings(
    images: Mapping[str, Volume], others: Mapping[str, Volume], choices: Choices
) -> Iterator[Finding]:
    """Yield which masks and label maps do not lie on the grid of the image that is shown."""
    if not images:
        return
    target = choices.x if choices.x in images else next(iter(images))
    shown = images[target]
    for name, volume in others.items():
        if same_grid(shown, volume):
            continue
        remedies: tuple[Remedy, ...] = ()
        if choices.grid != target and grids.overlap(shown, volume):
            remedies = (
                Remedy(
                    f"Bring {name} onto the grid of {target} (nearest neighbour)", {"grid": target}
                ),
            )
        yield Finding(
            "warning",
            f"{name} {grids.difference(shown, volume)}, compared with {target}. Laid over it as it "
            "is, it would mark other voxels than it was drawn for, so it is not used.",
            remedies,
        )


def resampling_facts(images: Mapping[str, Volume], choices: Choices) -> Iterator[Finding]:
    """Yield what was done to images since they were read, where it changed values."""
    undo = (Remedy("Leave every image on its own grid", {"grid": ""}),) if choices.grid else ()
    steps: dict[str, list[str]] = {}
    for name, volume in images.items():
        for step in volume.processing:
            if " onto the grid of " in step:
                steps.setdefault(step, []).append(name)
    for step, moved in steps.items():
        linear = step.startswith("linear")
        yield Finding(
            "fact",
            f"{names(moved)} {'was' if len(moved) == 1 else 'were'} resampled ({step})"
            + (": interpolated intensities are smoother than measured ones." if linear else "."),
            undo,
        )


def fitted_names(images: Mapping[str, Volume], choices: Choices) -> list[str]:
    """Return the images that the mixture is meant to be fitted to."""
    return [name for name in images if not choices.fitted or name in choices.fitted]
