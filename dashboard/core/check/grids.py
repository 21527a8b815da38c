"""Whether the images of a study lie on one grid, and how they can be brought onto one."""

from collections.abc import Iterator, Mapping

from dashboard.core.check import difference as grids
from dashboard.core.check.findings import Choices, Finding, Remedy, be, names, number, percent
from dashboard.core.check.intensities import is_empty
from dashboard.core.check.joining import copies_in_place, is_placed, resamplings
from dashboard.core.grid.same import same_grid
from dashboard.core.volume import Volume

# Grids whose difference from the first is told in full.
DESCRIBED = 2


def grid_findings(images: Mapping[str, Volume], choices: Choices) -> Iterator[Finding]:
    """Yield how the grids of the images differ, and onto which they can be resampled.

    Only what is shown or chosen cannot be fitted because of its grid; anything else is left out.
    """
    used = used_names(images, choices)
    meant = list(dict.fromkeys([*used, *fitted_names(images, choices)]))
    groups = grids.grouped({name: images[name] for name in used})
    if len(groups) > 1:
        yield Finding(
            "problem",
            f"{_differences(images, groups)} Their voxels do not correspond, so they are not "
            f"fitted together.{_copies(images, used[0], groups)}",
            _remedies(images, groups, meant, choices),
        )
    if not used:
        return
    left = {n: images[n] for n in meant if not same_grid(images[used[0]], images[n])}
    unused = {name: volume for name, volume in images.items() if name not in meant}
    elsewhere = [n for n, v in unused.items() if not same_grid(images[used[0]], v)]
    if len(groups) == 1 and left:
        yield _left_out(images, list(left), used[0], meant, choices, len(elsewhere))
    elif elsewhere:
        yield Finding(
            "fact",
            f"{names(elsewhere)} {be(elsewhere)} left out of the fit, not being on the grid of "
            f"{used[0]}.",
        )


def _left_out(
    images: Mapping[str, Volume],
    left: list[str],
    first: str,
    meant: list[str],
    choices: Choices,
    more: int,
) -> Finding:
    """Tell which images would be mixed if they lay on the grid of the first."""
    groups = grids.grouped({name: images[name] for name in left})
    text = _differences(images, [[first], *groups], "left out of the fit, not being")
    if more:
        text += f" {more} more {'image is' if more == 1 else 'images are'} left out as well."
    if copies := _copies(images, first, groups):
        return Finding("fact", text + copies)
    remedies = tuple(resamplings(images, meant, choices, finer=True))
    return Finding("warning" if remedies else "fact", text, remedies)


def _copies(images: Mapping[str, Volume], first: str, groups: list[list[str]]) -> str:
    """Tell where all that differs from the first image is the order of the same voxels."""
    others = [name for group in groups for name in group if name != first]
    if not all(grids.is_reordered(images[first], images[name]) for name in others):
        return ""
    if not copies_in_place(images, first, others):
        return ""
    what = f"{others[0]} is a copy" if len(others) == 1 else "they are copies"
    return f" Reordered, {what} of {first}."


def _remedies(
    images: Mapping[str, Volume], groups: list[list[str]], meant: list[str], choices: Choices
) -> tuple[Remedy, ...]:
    """Return how to bring images onto one grid, or to do with the most that share one."""
    found = list(resamplings(images, meant, choices))
    sound = [_sound(images, group) for group in groups]
    largest = max(sound, key=len)
    if len(largest) > 1:
        label = f"Use only {names(largest)}, which share one grid"
        found.append(Remedy(label, only(images, largest, choices)))
    elif largest and not found:
        found.append(Remedy(f"Use only {largest[0]}", only(images, largest, choices)))
    return tuple(found)


def _sound(images: Mapping[str, Volume], group: list[str]) -> list[str]:
    """Return the images of a group that hold something, each once."""
    by_voxels = {images[n].digest: n for n in reversed(group) if not is_empty(images[n])}
    return [name for name in group if by_voxels.get(images[name].digest) == name]


def _differences(
    images: Mapping[str, Volume], groups: list[list[str]], verdict: str = "not"
) -> str:
    """Tell how the grids differ from the first one, and where they lie apart from it."""
    first, *rest = groups
    heads = [name for group in rest for name in group]
    told = "; ".join(_described(images, first[0], rest))
    text = f"{names(heads)} {be(heads)} {verdict} on the grid of {first[0]}: {told}."
    apart = [group[0] for group in rest if _are_apart(images, first[0], group[0])]
    if apart:
        gap = number(round(grids.distance(images[first[0]], images[apart[0]])))
        if len(apart) == 1:
            where = f"do not overlap in space (middles {gap} mm apart)"
            text += f" {apart[0]} and {first[0]} {where}."
        else:
            text += f" {names(apart)} do not overlap {first[0]} in space."
    elif len(rest) == 1 and is_placed(images[first[0]]) and is_placed(images[rest[0][0]]):
        share = _coverage(images, first[0], rest[0][0])
        if share < grids.SMALL_OVERLAP:
            part = percent(share)
            little = part.replace("<", "less than") if part.startswith("<") else f"only {part}"
            text += f" {rest[0][0]} covers {little} of {first[0]}."
    return text


def _described(images: Mapping[str, Volume], first: str, rest: list[list[str]]) -> Iterator[str]:
    """Yield how groups of images on one grid each differ from the first image's grid."""
    order = [group for group in rest if grids.is_reordered(images[first], images[group[0]])]
    place = [group for group in rest if group not in order]
    many = len(place) > DESCRIBED
    if many:
        subject = names([name for group in place for name in group]) if order else "they"
        yield f"{subject} lie on {len(place)} other grids"
    for group in place if not many else []:
        what = grids.difference(images[first], images[group[0]])
        subject = names(group) if len(rest) > 1 else "it" if len(group) == 1 else "they"
        yield f"{subject} {_have(group, what)}"
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


def _have(several: list[str], what: str) -> str:
    """Let a verb that one image has, such as "holds", agree with several."""
    if len(several) == 1:
        return what
    verb, _, rest = what.partition(" ")
    return f"{'have' if verb == 'has' else verb.removesuffix('s')} {rest}"


def _are_apart(images: Mapping[str, Volume], first: str, other: str) -> bool:
    if not (is_placed(images[first]) and is_placed(images[other])):
        return False
    # Both ways, because a small image can lie between the voxels of a coarse one.
    return not (_coverage(images, first, other) or _coverage(images, other, first))


def _coverage(images: Mapping[str, Volume], target: str, other: str) -> float:
    return grids.overlap(images[target], images[other])


def only(images: Mapping[str, Volume], kept: list[str], choices: Choices) -> dict[str, str]:
    """Return the changes that fit some images only, and show none but those."""
    x = choices.x if choices.x in kept else kept[0]
    changes = {"mix": ",".join(name for name in images if name in kept)}
    if x != choices.x:
        changes["x"] = x
    if choices.y not in kept:
        changes["y"] = next((name for name in kept if name != x), x)
    return changes


def fitted_names(images: Mapping[str, Volume], choices: Choices) -> list[str]:
    """Return the images that are meant for the mixture."""
    return [name for name in images if not choices.fitted or name in choices.fitted]


def mixed_names(images: Mapping[str, Volume], choices: Choices) -> list[str]:
    """Return the images that are fitted, or have to be: of all images, those on X's grid."""
    meant = fitted_names(images, choices)
    if choices.chosen or choices.x not in images:
        return meant
    shown, x = (choices.x, choices.y), images[choices.x]
    return [name for name in meant if name in shown or same_grid(x, images[name])]


def used_names(images: Mapping[str, Volume], choices: Choices) -> list[str]:
    """Return the images that are shown or fitted."""
    used = {choices.x, choices.y, *mixed_names(images, choices)}
    return [name for name in images if name in used]
