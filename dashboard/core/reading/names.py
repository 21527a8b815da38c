"""What the name of a file says: its format, and where the other half of a pair is."""

from pathlib import Path

# The name chooses the format, and the content must agree; nothing else is tried.
NIFTI, PAIR, MGH, MINC = (".nii", ".nii.gz"), (".img", ".img.gz"), (".mgz", ".mgh"), (".mnc",)
HEADERS = (".hdr", ".hdr.gz")
# Possible names of the other half of a pair, the most common first.
HEADER_HALVES, IMAGE_HALVES = (".hdr", ".hdr.gz", ".HDR"), (".img", ".img.gz", ".IMG")
EXTENSIONS = (*NIFTI, *PAIR, *MGH, *MINC)


def extension(path: Path) -> str:
    """Return the extension that chooses a file's format, or its last one if that is unknown."""
    name = path.name.lower()
    return next((known for known in EXTENSIONS if name.endswith(known)), path.suffix.lower())


def files_of(path: Path) -> tuple[Path, ...]:
    """Return the files of an image: for an .img, also its header."""
    if not path.name.lower().endswith(PAIR):
        return (path,)
    header = header_file(path)
    return (path, header) if header else (path,)


def header_file(path: Path) -> Path | None:
    """Return the .hdr of an .img, if it exists."""
    beside = (path.with_name(name) for name in other_halves(path.name))
    return next((header for header in beside if header.is_file()), None)


def other_halves(name: str) -> tuple[str, ...]:
    """Return possible names of the other half of a two-file image; none for other files."""
    for own, others in ((".img", HEADER_HALVES), (".hdr", IMAGE_HALVES)):
        if name.lower().endswith((own, f"{own}.gz")):
            base = name[: name.lower().rindex(own)]
            return tuple(base + other for other in others)
    return ()
