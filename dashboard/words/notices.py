"""What is unusual about files, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from dashboard.core.facts import FileCode, Notice
from dashboard.words.numbers import counted, percent, times

Facts = Mapping[str, Any]

SFORM = (
    "The sform is used, as in most programs. Programs that prefer the qform show and save this "
    "image elsewhere."
)


def sentence(notice: Notice) -> str:
    """Return what a notice of a file, or of files that are fitted together, says."""
    return SENTENCES[FileCode(notice.code)](notice.facts)


def _two_positions(facts: Facts) -> str:
    parts = [f"a shift of {facts['shift']:.3g} {facts['unit']}"]
    if "rotation" in facts:
        parts.insert(0, f"a rotation of {facts['rotation']:.3g}°")
    if "sizes" in facts:
        first, other = (times(sizes, 4) for sizes in facts["sizes"])
        parts.append(f"voxel size ({first} and {other})")
    return f"The header gives two positions: sform and qform differ by {', '.join(parts)}. {SFORM}"


SENTENCES: dict[FileCode, Callable[[Facts], str]] = {
    FileCode.DATA_TYPE: lambda f: (
        f"The header contradicts itself: {f['bits']} bits a voxel, but data type {f['type']}. "
        "The data type is used; check that the image looks right."
    ),
    FileCode.VOXEL_SIZE: lambda f: (
        f"The header gives an impossible voxel size ({times(f['sizes'], 6)} mm). It is taken from "
        "the position matrix (affine), or assumed to be 1 mm. Check lengths and volumes."
    ),
    FileCode.NO_POSITION: lambda _: (
        "The header gives no position. Left and right are assumed, not known."
    ),
    FileCode.MIRRORED: lambda _: (
        "The header gives two positions that mirror each other: sform and qform disagree on which "
        f"side is left. {SFORM} Check left and right."
    ),
    FileCode.TWO_POSITIONS: _two_positions,
    FileCode.BAD_AFFINE: lambda _: (
        "The header's position matrix (affine) is unusable. Voxels of 1 mm in storage order are "
        "assumed; left and right, lengths and volumes are unknown."
    ),
    FileCode.ANISOTROPIC: lambda f: (
        f"The voxels measure {times(f['sizes'], 6)} mm, which no scanner produces. Pictures are "
        "distorted, and volumes in mL are doubtful."
    ),
    FileCode.SERIES: lambda f: (
        f"The file holds {counted(f['volumes'], 'volume')} ({times(f['shape'])}). Volume 0 is used."
    ),
    FileCode.ROUNDED: lambda _: (
        "The file holds whole numbers beyond 2^53, which are rounded here: neighbouring values can "
        "become one. Do not rely on differences of a few units."
    ),
    FileCode.NONFINITE: lambda f: (
        f"{counted(f['count'], 'voxel')} ({percent(f['share'])}) {_are(f['count'])} NaN or "
        "infinite. Histograms and fits ignore such voxels."
    ),
    FileCode.BEYOND_SINGLE: lambda f: (
        f"Intensities reach {f['largest']:.3g}, more than float32 and many programs can hold. "
        "Check the scaling (scl_slope) in the header."
    ),
    FileCode.SCALES: lambda f: (
        f"Intensities of {f['high']} are {f['gap']:.0e} times those of {f['low']}. Check their "
        f"units and keep the scaling on, or the fit ignores {f['low']}."
    ),
}


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
