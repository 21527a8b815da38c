import pytest

from dashboard.core.volume import unpack
from dashboard.services.cache import volumes


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def reads(monkeypatch):
    """The files that are read from their source."""
    found = []

    def counted(path, *args, **kwargs):
        found.append(path.name)
        return unpack(path, *args, **kwargs)

    monkeypatch.setattr(volumes, "unpack", counted)
    return found
