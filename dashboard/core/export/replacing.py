"""Results that appear together, and replace nothing but earlier results for the same inputs.

The record of the results holds the SHA-256 of each file written, its own among them. A file is
replaced without being asked for only if such a record, made from the same inputs, vouches for it.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from dashboard.core.errors import NeuroMixError

# Where a record holds the SHA-256 of each file that was written with it, by its name.
OUTPUTS = "outputs"
ELSEWHERE = "Choose another folder with --out"

Writers = Mapping[str, Callable[[Path], object]]


def write_together(
    out: Path,
    writers: Writers,
    record: str,
    facts: Mapping[str, Any],
    *,
    inputs: Collection[Path] = (),
    overwrite: bool = False,
) -> list[Path]:
    """Write files and their record into a folder: all of them, or none.

    Files of an earlier record for the same inputs that are not written again, such as those of more
    classes, are removed unless somebody changed them.

    Parameters
    ----------
    out : Path
        Created if missing.
    writers : mapping of str to callable
        By the name of a file, what writes it to a path.
    record : str
        Name of the record.
    facts : mapping
        Its content, with the `inputs`, `mask` and `reference` that the files are made from.
    inputs : collection of Path
        Files that are never replaced.
    overwrite : bool
        Replace other files.

    Returns
    -------
    list of Path
        The files in the order of `writers`, then the record.

    Raises
    ------
    NeuroMixError
        If a file may not be replaced; then nothing changes.
    OSError
        If a file cannot be written; then nothing changes.
    """
    paths = [out / name for name in (*writers, record)]
    _spare_inputs(paths, inputs)
    free = set() if overwrite else _spare_others(paths, facts)
    stale = _left_over(paths, facts)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".neuromix-") as folder:
        made = [Path(folder) / path.name for path in paths]
        for write, path in zip(writers.values(), made, strict=False):
            write(path)
        hashes = {path.name: _sha256(path.read_bytes()) for path in made[:-1]}
        made[-1].write_bytes(_sealed(facts, record, hashes))
        for path in made:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        _move(made, paths, Path(folder) / "replaced", free, stale)
    return paths


def _spare_inputs(paths: Iterable[Path], inputs: Collection[Path]) -> None:
    """Refuse to replace an input, whatever name or link leads to it."""
    for path in paths:
        for given in inputs:
            with suppress(OSError):
                if path.samefile(given):
                    raise NeuroMixError(
                        f"{path} is one of the inputs, which are never overwritten. {ELSEWHERE}."
                    )
        if path.is_dir():
            raise NeuroMixError(f"{path} is a folder. {ELSEWHERE}.")


def _spare_others(paths: list[Path], facts: Mapping[str, Any]) -> set[Path]:
    """Refuse to replace anything but unchanged results for the same inputs; return what is free."""
    earlier = _unsealed(paths[-1])
    free = {path for path in paths if not os.path.lexists(path)}
    for path in paths:
        if path in free:
            continue
        if earlier is None or path.name not in earlier[OUTPUTS]:
            problem = "exists, and there is no record that segment wrote it"
        elif not _same_inputs(earlier, facts):
            problem = "holds results for other inputs"
        elif path != paths[-1] and not _holds(path, earlier[OUTPUTS][path.name]):
            problem = "was changed since segment wrote it"
        else:
            continue
        raise NeuroMixError(f"{path} {problem}. {ELSEWHERE}, or add --overwrite to replace it.")
    return free


def _left_over(paths: list[Path], facts: Mapping[str, Any]) -> list[Path]:
    """Return unchanged results for the same inputs that are not written again."""
    earlier = _unsealed(paths[-1])
    if earlier is None or not _same_inputs(earlier, facts):
        return []
    written = {path.name for path in paths}
    return [
        path
        for name, sha256 in earlier[OUTPUTS].items()
        # A name that leads elsewhere is none that segment wrote.
        if name not in written and Path(name).name == name
        if _holds(path := paths[-1].parent / name, sha256)
    ]


def _same_inputs(earlier: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Return whether results have the same images and mask, and no other reference is lost."""
    return (
        list(map(_voxels, earlier["inputs"])) == list(map(_voxels, facts["inputs"]))
        and _voxels(earlier.get("mask")) == _voxels(facts.get("mask"))
        and _voxels(earlier.get("reference")) in (None, _voxels(facts.get("reference")))
    )


def _voxels(given: Mapping[str, Any] | None) -> tuple[str, list[str]] | None:
    """Return what tells one input from another: its file, and what was taken from it."""
    return (given["sha256"], given["processing"]) if given else None


def _holds(path: Path, sha256: str) -> bool:
    return not path.is_symlink() and path.is_file() and _sha256(path.read_bytes()) == sha256


def _sealed(facts: Mapping[str, Any], name: str, hashes: Mapping[str, str]) -> bytes:
    """Return a record that holds the hashes of the results, and that of itself without it."""

    def content(own: str) -> bytes:
        whole = {**facts, OUTPUTS: {**hashes, name: own}}
        text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        # Names of files may hold bytes that are no text.
        return text.encode(errors="backslashreplace")

    return content(_sha256(content("")))


def _unsealed(path: Path) -> dict[str, Any] | None:
    """Return a record that nobody changed since it was written, or None."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        content = path.read_bytes()
        found: dict[str, Any] = json.loads(content)
        own = found[OUTPUTS][path.name]
        unchanged = _sha256(content.replace(own.encode(), b"")) == own
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return found if unchanged else None


def _move(
    made: list[Path],
    paths: list[Path],
    replaced: Path,
    free: Collection[Path],
    stale: Collection[Path],
) -> None:
    """Move new files to their places, `free` or not, and remove stale ones.

    If one cannot be moved, all are as before.
    """
    replaced.mkdir()
    before = {path: replaced / path.name for path in (*paths, *stale) if os.path.lexists(path)}
    for path, kept in before.items():
        shutil.copy2(path, kept, follow_symlinks=False)
    moved = []
    try:
        for new, path in zip(made, paths, strict=True):
            if path in free:
                _claim(path)
            moved.append(path)
            new.replace(path)
        for path in stale:
            moved.append(path)
            path.unlink()
        _sync(paths[0].parent)
    except BaseException:
        for path in moved:
            if path in before:
                before[path].replace(path)
            else:
                path.unlink(missing_ok=True)
        raise


def _claim(path: Path) -> None:
    """Take a name that is free, so that two commands at a time do not replace each other's."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise NeuroMixError(
            f"{path} was just written by another program. {ELSEWHERE}, or add --overwrite to "
            "replace it."
        ) from None


def _sync(folder: Path) -> None:
    """Make moved names last through a power failure, where folders can be synchronised."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
