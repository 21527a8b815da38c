"""The script that gives a scene's label map again, and the files that it reads."""

import os
from pathlib import Path

from dashboard.core.content import is_overlay
from dashboard.core.export.reproduce.given import Given
from dashboard.core.export.reproduce.script import script
from dashboard.core.volume import Volume
from dashboard.services.exporting.subject import Subject


def reproduce(subject: Subject) -> str:
    """Return the script of a subject."""
    scene, analysis = subject.scene, subject.analysis
    channels, view = scene.require_channels(), scene.view
    named = dict(zip(channels.names, channels.volumes, strict=True))
    mask = scene.mask if channels.mask else None
    helpers = [mask.name] if mask else []
    helpers += [name for name in (view.grid, view.position) if name]
    paths = [subject.found(name)[0].path for name in (*named, *helpers)]
    folder = Path(os.path.commonpath([path.parent for path in paths]))

    def given(name: str, volume: Volume) -> Given:
        file, take = subject.found(name)
        # An upload is stored under a name of the server's own.
        called = file.file_name
        if file.path.name == called:
            called = file.path.relative_to(folder).as_posix()
        own = scene.images.own.get(name) or volume
        return Given(volume, file.path, called, take, is_overlay(own, file.meaning.role))

    def other(name: str) -> Given | None:
        return given(name, scene.images.open(name)) if name else None

    return script(
        analysis,
        [given(name, volume) for name, volume in named.items()],
        subject.base,
        title=subject.title,
        start=subject.analyses.mixtures.start(scene),
        mask=given(mask.name, channels.mask) if mask and channels.mask else None,
        grid=other(view.grid),
        position=other(view.position),
    )
