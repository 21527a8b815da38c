"""What was done to images since their files were read, and which volume of a series is used."""

from collections.abc import Iterator, Mapping

from dashboard.core.check.difference import grouped
from dashboard.core.check.findings import Choices, Finding, Remedy, names
from dashboard.core.volume import Volume

ONTO = " onto the grid of "

Images = Mapping[str, Volume]


def resampling_facts(images: Images, own: Images, choices: Choices) -> Iterator[Finding]:
    """Yield how images came onto the grid they are on.

    Parameters
    ----------
    images : mapping of str to Volume
    own : mapping of str to Volume
        The images of the mixture on the grids of their files.
    choices : Choices
    """
    steps: dict[str, list[str]] = {}
    for name, volume in images.items():
        for step in volume.processing:
            if ONTO in step:
                steps.setdefault(step, []).append(name)
    undo = _undo(own, choices) if choices.grid else ()
    for step, moved in steps.items():
        was = "was" if len(moved) == 1 else "were"
        if step.startswith("voxel by voxel"):
            target = step.partition(ONTO)[2]
            text = f"{names(moved)} {was} reordered to the grid of {target}; no value changed."
        else:
            text = f"{names(moved)} {was} resampled ({step})"
            smoother = ": interpolated intensities are smoother than measured ones."
            text += smoother if step.startswith("linear") else "."
        yield Finding("fact", text, undo)
        undo = ()


def _undo(own: Images, choices: Choices) -> tuple[Remedy, ...]:
    changes = {"grid": ""}
    if choices.chosen and len(grouped(own)) > 1:
        # Images on several grids that were chosen together would be refused.
        changes["mix"] = ""
    return (Remedy("Leave every image on its own grid", changes),)


def series_facts(images: Images, choices: Choices, b0: Mapping[str, int]) -> Iterator[Finding]:
    """Yield which volume of a series is used, and which others there are.

    Parameters
    ----------
    images : mapping of str to Volume
    choices : Choices
    b0 : mapping of str to int
        For each diffusion run whose b0 volumes are known, how many there are.
    """
    for name, volume in images.items():
        if volume.volumes == 1:
            continue
        base, _, selection = name.partition(":")
        now = selection or ("b0" if b0.get(base) else "")
        offers = {"mean": "the mean of all volumes"}
        if b0.get(base):
            offers = {"b0": _b0(b0[base]), **offers}
        axes = [axis for axis in ("x", "y") if getattr(choices, axis) == name]
        done = ", ".join(step for step in volume.processing if ONTO not in step)
        used = _b0(b0[base]) if now == "b0" and base in b0 else done or "volume 0"
        used = "their mean" if now == "mean" else used
        yield Finding(
            "fact",
            f"{base} holds {volume.volumes:,} volumes; {used} is used.",
            tuple(
                Remedy(f"Use {what}", dict.fromkeys(axes, f"{base}:{chosen}"))
                for chosen, what in offers.items()
                if axes and chosen != now
            ),
        )


def _b0(count: int) -> str:
    return "its b0 volume" if count == 1 else f"the mean of its {count} b0 volumes"
