import os

import pytest

from dashboard.services.disk.locks import create_locked, remove_abandoned


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there are no such locks")
def test_a_sweep_removes_an_abandoned_file_but_not_one_that_is_open(tmp_path):
    path = tmp_path / "file"
    with create_locked(path):
        remove_abandoned(path)
        assert path.exists()
    remove_abandoned(path)
    assert not path.exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there are no such locks")
def test_a_sweep_leaves_a_file_that_was_made_anew_while_it_looked(tmp_path):
    """Another sweep removed the first one, so that its maker began again."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def look(_):
        path.unlink()
        path.write_bytes(b"new")

    remove_abandoned(path, look)
    assert path.read_bytes() == b"new"
