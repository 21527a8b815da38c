"""The files that a link was made with, and what has become of them."""

import hashlib
from collections.abc import Mapping

from dashboard.core.facts import Notice
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import file_of

# Characters of a hash in a link: of a name, to tell the files of a study apart, and of a content.
NAME, CONTENT = 4, 8


def linked(scene: Scene) -> tuple[str, ...]:
    """Return a short hash of the name and the content of each file that a scene depends on."""
    return tuple(_called(name) + content for name, content in _contents(scene).items())


def since(files: tuple[str, ...], scene: Scene) -> list[Notice]:
    """Compare the files of a link with those of its scene.

    Returns
    -------
    list of Notice
        `other-version` of files, named in `images`; `files-not-here`, a `count` of those that the
        study lacks; `files-not-then` of those in the fit that the link does not know.
    """
    if not files:
        return []
    then = {one[:NAME]: one[NAME:] for one in files}
    now = _contents(scene)
    changed = [name for name, content in now.items() if then.get(_called(name), content) != content]
    here = {_called(file.file_name) for file in scene.files.files.values()}
    lost = [name for name in then if name not in here]
    fitted = {name for image in scene.mixed if (name := _file_name(scene.files, image))}
    new = [name for name in now if name in fitted and _called(name) not in then]
    notices = []
    if changed:
        notices.append(Notice("other-version", {"images": changed}))
    if lost:
        facts = {"count": len(lost), "study": scene.files.name}
        notices.append(Notice("files-not-here", facts))
    if new:
        notices.append(Notice("files-not-then", {"images": new}))
    return notices


def _contents(scene: Scene) -> Mapping[str, str]:
    """Return the start of the SHA-256 of each file that a scene depends on, by its name."""
    return {
        name: one.volume.source[:CONTENT]
        for one in scene.dependencies
        if one.volume and (name := _file_name(scene.files, one.name))
    }


def _file_name(files: StudyFiles, image: str) -> str | None:
    file = file_of(files, image)
    return file.file_name if file else None


def _called(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogateescape")).hexdigest()[:NAME]
