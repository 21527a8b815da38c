import os
import stat
import tempfile

import pytest

from dashboard.app import create_app
from dashboard.core.errors import NeuroMixError
from dashboard.services.start import start
from dashboard.settings import Settings, default_cache, require_apart

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere folders have no such modes")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The cache's place for a user whose home cannot be written to."""
    (tmp_path / "home").write_text("no folder")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"neuromix-{os.geteuid()}"


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_without_a_home_the_cache_is_this_users_alone(place):
    for _ in range(2):
        assert default_cache() == place
        assert mode(place) == 0o700


@pytest.mark.parametrize("how", ["open", "link", "file", "foreign"])
def test_a_cache_that_somebody_else_may_have_made_is_refused(place, tmp_path, monkeypatch, how):
    (tmp_path / "other").mkdir(mode=0o700)
    if how == "link":
        place.symlink_to(tmp_path / "other")
    elif how == "file":
        place.write_text("")
    else:
        place.mkdir(mode=0o700)
        place.chmod(0o755 if how == "open" else 0o700)
    if how == "foreign":
        uid = os.geteuid()
        place.rename(place.with_name(f"neuromix-{uid + 1}"))
        monkeypatch.setattr(os, "geteuid", lambda: uid + 1)
    with pytest.raises(NeuroMixError, match="DASHBOARD_CACHE"):
        Settings()


def test_what_is_made_of_images_is_for_this_user_alone(study, tmp_path, sample):
    study.volume("pair", "T1")
    with study.uploads.receive() as drop:
        drop.part("T1.nii.gz").write((sample / "T1.nii.gz").read_bytes())
        study.uploads.keep(drop, "a" * 64)
    cache = tmp_path / "cache"
    tops = [cache, *cache.iterdir(), *(cache / "uploads").iterdir()]
    assert len(tops) > 5
    assert {mode(path) for path in tops if path.is_dir()} == {0o700}


def test_uploads_may_lie_beside_the_studies_or_below_them(tmp_path):
    for uploads in ("cache/uploads", "studies/uploads", "studies/.cache"):
        require_apart(tmp_path / "studies", tmp_path / uploads)
    for uploads in ("studies", ".", "studies/a/.."):
        with pytest.raises(NeuroMixError, match="DASHBOARD_UPLOADS"):
            require_apart(tmp_path / "studies", tmp_path / uploads)


@pytest.mark.parametrize("uploads", ["studies", "."])
def test_nothing_is_served_with_uploads_among_the_studies(tmp_path, monkeypatch, uploads):
    (tmp_path / "studies").mkdir()
    (tmp_path / "link").symlink_to("studies")
    monkeypatch.chdir(tmp_path)
    settings = Settings(data=tmp_path / "link", cache=tmp_path / "cache", uploads=uploads)
    with pytest.raises(NeuroMixError, match=f"Uploads cannot be kept in {uploads}:"):
        create_app(settings)


def test_images_below_the_studies_that_are_uploads_are_in_no_list(tmp_path, study, sample):
    lab = start(Settings(data=tmp_path / "data", cache=tmp_path / "data" / "cache"))
    with lab.uploads.receive() as drop:
        drop.part("T1.nii.gz").write((sample / "T1.nii.gz").read_bytes())
        lab.uploads.keep(drop, "a" * 64)
    assert list(lab.archive.studies()) == list(study.archive.studies()) == ["pair"]
    assert list((tmp_path / "data" / "cache" / "uploads" / "blobs").iterdir())


def test_a_cache_nobody_may_write_to_is_named(place, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(place.parent / "home"))
    with pytest.raises(NeuroMixError, match=r"home/neuromix.*DASHBOARD_CACHE"):
        default_cache()
