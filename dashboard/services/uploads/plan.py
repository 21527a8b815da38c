"""Which files of a drop are taken, by their names alone.

The page asks before it sends anything; files that arrive are sorted by the same rules.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from dashboard.core.reading.foreign import by_name
from dashboard.core.reading.names import HEADERS, PAIR
from dashboard.services.uploads import names

HALF = (
    "{name}: the other half of this pair is missing. Drop the .hdr and the .img file together, "
    "under the same name."
)
ALONE = "{name}: left out, because no image has this name."
UNKNOWN = "{name}: left out, not a supported image ({known})."
NAMELESS = "A file without a name"


@dataclass(frozen=True)
class File:
    """A file that is taken.

    Attributes
    ----------
    number : int
        Its place in the drop.
    name : str
        Readable.
    ending : str
        The extension, in lower case.
    image : int
        Number of its image: its own, or that of the first half of a pair.
    """

    number: int
    name: str
    ending: str
    image: int
    from_folder: bool = False

    @property
    def is_header(self) -> bool:
        """Whether it is the header of a pair."""
        return self.ending in HEADERS

    @property
    def is_half(self) -> bool:
        """Whether it is half of a pair."""
        return self.is_header or self.ending in PAIR

    @property
    def is_sidecar(self) -> bool:
        """Whether it belongs to an image of the same name."""
        return self.ending in names.SIDECARS


class Plan:
    """The files of one drop, name by name; `refused` gets a sentence on each that is left out.

    A name with folders ("head/anat/T1.nii") comes from a dropped folder. Only the images of a
    folder matter: its other files are left out silently.
    """

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._count = 0
        # On the first file of each other format in dropped folders.
        self._foreign: dict[str, str] = {}
        self._taken: list[File] = []
        # Halves that wait for the other half, by its name and whether it is a header.
        self._waiting: defaultdict[tuple[str, bool], deque[File]] = defaultdict(deque)

    def add(self, name: str) -> File | None:
        """Take the next file by its name from the browser; None if it is left out."""
        number, from_folder = self._count, "/" in name
        self._count += 1
        name = names.clean(name)
        if name.lower().endswith(names.NEEDLESS):
            return None
        ending = names.extension(name)
        said = by_name(name)
        if said and from_folder:
            self._foreign.setdefault(said, f"{name}: {said}")
            return None
        if ending is None:
            known = ", ".join(names.IMAGES)
            unknown = UNKNOWN.format(name=name or NAMELESS, known=known)
            if not from_folder:
                self.refused.append(f"{name}: {said}" if said else unknown)
            return None
        if ending in names.SIDECARS:
            name = names.stem(name) + ending  # the reader looks for it in lower case
        file = File(number, name, ending, image=number, from_folder=from_folder)
        if file.is_half:
            file = self._paired(file)
        self._taken.append(file)
        return file

    def _paired(self, half: File) -> File:
        stem = names.stem(half.name).casefold()
        others = self._waiting[stem, half.is_header]
        if others:
            return replace(half, image=others.popleft().image)
        self._waiting[stem, not half.is_header].append(half)
        return half

    def images(self) -> list[tuple[File, File | None]]:
        """Return images with the headers of pairs; half a pair is left out."""
        headers = {file.image: file for file in self._taken if file.is_header}
        found: list[tuple[File, File | None]] = []
        for file in self._taken:
            if file.is_header or file.is_sidecar:
                continue
            header = headers.pop(file.image, None)
            if file.is_half and header is None:
                self.refused.append(HALF.format(name=file.name))
            else:
                found.append((file, header))
        self.refused += [HALF.format(name=header.name) for header in headers.values()]
        if not found:
            self.refused += self._foreign.values()
        return found

    def sidecars(self, images: Iterable[str]) -> list[File]:
        """Return the sidecars of images with these names, the first of each name."""
        stems = {names.stem(name) for name in images}
        found: dict[str, File] = {}
        for file in self._taken:
            if not file.is_sidecar:
                continue
            if names.stem(file.name) in stems:
                found.setdefault(file.name, file)
            elif not file.from_folder:
                self.refused.append(ALONE.format(name=file.name))
        return list(found.values())

    def taken(self) -> list[File]:
        """Return all files of images, and their sidecars, in the order of the drop."""
        images = self.images()
        files = [file for pair in images for file in pair if file]
        files += self.sidecars(image.name for image, _ in images)
        return sorted(files, key=lambda file: file.number)
