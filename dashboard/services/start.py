"""Everything that holds state, made once per process."""

from typing import NamedTuple

from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.cache.models import ModelStore
from dashboard.services.cache.volumes import VolumeStore
from dashboard.services.disk.looks import Looks
from dashboard.services.limits import Allowance
from dashboard.services.studies.library import Library
from dashboard.services.uploads.limits import Limits
from dashboard.services.uploads.uploads import Uploads
from dashboard.settings import Settings


class Started(NamedTuple):
    """What the routes need."""

    archive: Archive
    uploads: Uploads
    analyses: Analyses
    ahead: Ahead


def allowance_of(settings: Settings) -> Allowance:
    """Return what the settings allow one request."""
    return Allowance(
        fit_seconds=settings.max_fit_seconds,
        fit_bytes=settings.max_fit_bytes,
        read_seconds=settings.max_read_seconds,
        export_seconds=settings.max_export_seconds,
    )


def start(settings: Settings, library: Library | None = None) -> Started:
    """Make the services that the settings describe, on their data folder or another library."""
    allowance = allowance_of(settings)
    looks = Looks()
    store = VolumeStore(settings.cache, allowance=allowance, looks=looks)
    ahead = Ahead()
    analyses = Analyses(ModelStore(settings.cache, kept=store.kept), ahead, allowance)

    def forget(source: str) -> None:
        store.forget(source)
        analyses.forget(source)

    uploads = Uploads(
        settings.uploads,
        Limits(
            drop=settings.max_upload_bytes,
            store=settings.upload_quota_bytes,
            days=settings.upload_days,
        ),
        open_volume=lambda path, name: store.open(path, name=name),
        forget=forget,
    )
    return Started(
        Archive(library or Library(settings.data, looks), uploads, store), uploads, analyses, ahead
    )
