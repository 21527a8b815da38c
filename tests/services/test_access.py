"""Keys, sessions and attempts: what several workers share of who may come in."""

import os
import string
import threading

import pytest

from dashboard.core.errors import NeuroMixError
from dashboard.services.access import attempts as module
from dashboard.services.access.attempts import IN_ALL, MOST_ADDRESSES, PER_ADDRESS, Attempts
from dashboard.services.access.keys import kept_key
from dashboard.services.access.passwords import PlainPassword
from dashboard.services.access.sessions import Sessions

posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere files have no such modes")


@posix
def test_a_key_is_made_once_and_for_this_user_alone(tmp_path):
    folder = tmp_path / "cache" / "access"
    found = []
    makers = [threading.Thread(target=lambda: found.append(kept_key(folder))) for _ in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert len(set(found)) == 1
    assert len(found[0]) == 32
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.faults("key of the sessions damaged")
@posix
@pytest.mark.parametrize(
    "how", ["emptied", "truncated", "foreign text", "open to others", "a link"]
)
def test_a_key_that_is_damaged_or_known_to_others_is_made_anew(tmp_path, how):
    before, path = kept_key(tmp_path), tmp_path / "key"
    if how == "open to others":
        path.chmod(0o640)
    elif how == "a link":
        (tmp_path / "other").write_text("00" * 32)
        (tmp_path / "other").chmod(0o600)
        path.unlink()
        path.symlink_to("other")
    else:
        path.write_text({"emptied": "", "truncated": before.hex()[:20]}.get(how, "ü" * 64))
    after = kept_key(tmp_path)
    assert after not in (before, bytes(32))
    assert kept_key(tmp_path) == after
    assert path.lstat().st_mode & 0o777 == 0o600


def test_a_key_that_cannot_be_kept_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NeuroMixError, match="SECRET_KEY"):
        kept_key(tmp_path / "file" / "access")


def test_ended_sessions_are_ended_for_every_worker_and_forgotten_in_time(tmp_path):
    one, other = (Sessions(tmp_path, b"k" * 32, seconds=100) for _ in range(2))
    first, second = one.new(), one.new()
    assert other.holds(first)
    one.end(first)
    one.end("no token")
    assert not other.holds(first)
    assert other.holds(second)
    (marker,) = tmp_path.iterdir()
    os.utime(marker, (0, 0))  # its token is too old by now in any case
    one.end(second)
    assert marker not in tmp_path.iterdir()


def test_a_signature_counts_only_as_it_was_written(tmp_path):
    sessions = Sessions(tmp_path, b"k" * 32, seconds=100)
    token = sessions.new()
    # 43 characters of 6 bits hold 256 bits and two to spare.
    digits = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
    same = token[:-1] + digits[digits.index(token[-1]) ^ 1]
    assert sessions.holds(token)
    assert not sessions.holds(same)


@pytest.fixture
def clock(monkeypatch):
    now = [1e9]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    return now


def taken(attempts, address):
    """Make attempts until one has to wait; return how many passed, and the wait."""
    for number in range(1000):
        if wait := attempts.take(address):
            return number, wait
    raise AssertionError("nothing slows attempts")


def test_an_address_has_some_attempts_and_then_one_at_a_time(tmp_path, clock):
    one, other = Attempts(tmp_path), Attempts(tmp_path)  # of two workers
    assert one.take("192.0.2.1") == other.take("192.0.2.1") == 0
    assert taken(one, "192.0.2.1") == (PER_ADDRESS.burst - 2, PER_ADDRESS.seconds)
    assert other.take("192.0.2.1") == PER_ADDRESS.seconds
    assert other.take("::ffff:192.0.2.1") == PER_ADDRESS.seconds
    clock[0] += PER_ADDRESS.seconds - 1
    assert other.take("192.0.2.1") == 1
    clock[0] += 1
    assert taken(other, "192.0.2.1") == (1, PER_ADDRESS.seconds)
    assert one.take("192.0.2.2") == 0


def test_a_right_password_clears_its_address(tmp_path, clock):
    attempts = Attempts(tmp_path)
    for _ in range(15):
        for _ in range(PER_ADDRESS.burst):
            assert attempts.take("192.0.2.1") == 0
        attempts.forgive("192.0.2.1")
        clock[0] += PER_ADDRESS.burst * IN_ALL.seconds


def test_many_addresses_together_are_slowed_too_and_fit_into_a_small_file(tmp_path, clock):
    attempts = Attempts(tmp_path)
    waits = [attempts.take(f"10.0.{n // 256}.{n % 256}") for n in range(IN_ALL.burst + 1)]
    assert waits == [0] * IN_ALL.burst + [IN_ALL.seconds]
    # A /64 of IPv6 is one household.
    clock[0] += 1e4
    assert [attempts.take(f"2001:db8::{n:x}") for n in range(6)] == [0] * 5 + [PER_ADDRESS.seconds]
    assert attempts.take("2001:db8:0:1::1") == 0
    free = {f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}": clock[0] + 9 for n in range(20_000)}
    attempts._write(free)
    assert len(attempts._read(clock[0])) == MOST_ADDRESSES
    assert (tmp_path / "attempts.json").stat().st_size < 200_000


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("content", ["", "[]", '{"all": "x"}', '{"all": NaN}', "\x00"])
def test_a_damaged_file_lets_nobody_try_without_end(tmp_path, content):
    attempts = Attempts(tmp_path)
    (tmp_path / "attempts.json").write_text(content)
    assert taken(attempts, "192.0.2.1")[0] == PER_ADDRESS.burst


def test_a_clock_that_was_set_back_locks_nobody_out_for_long(tmp_path, clock):
    attempts = Attempts(tmp_path)
    taken(attempts, "192.0.2.1")
    clock[0] -= 1e8
    assert attempts.take("192.0.2.1") <= PER_ADDRESS.seconds
    clock[0] += PER_ADDRESS.seconds
    assert attempts.take("192.0.2.1") == 0


@pytest.mark.usefixtures("clock")
def test_attempts_count_also_while_the_disk_is_full(tmp_path, monkeypatch, caplog):
    attempts = Attempts(tmp_path)
    monkeypatch.setattr(module.Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    assert taken(attempts, "192.0.2.1")[0] == PER_ADDRESS.burst
    assert "cannot be written" in caplog.text


def test_a_password_is_the_same_however_its_umlauts_were_typed():
    composed, apart = "Grüße", "Gru\N{COMBINING DIAERESIS}ße"
    assert composed != apart
    assert PlainPassword(composed).matches(apart)
    assert not PlainPassword(composed).matches("Gruße")
    assert not PlainPassword("").matches("a")
