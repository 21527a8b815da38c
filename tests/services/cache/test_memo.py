import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.services.cache.memo import Memo
from tests.holding import PATIENCE, Gate


def test_a_result_is_computed_once_and_kept():
    memo, calls = Memo(2), []
    for _ in range(3):
        assert memo.get("key", lambda: calls.append(1) or "value") == "value"
    assert len(calls) == 1


class Counted:
    """A key that knows which threads have looked it up."""

    def __init__(self):
        self.threads = set()
        self.looked_up = threading.Condition()

    def __hash__(self):
        with self.looked_up:
            self.threads.add(threading.get_ident())
            self.looked_up.notify_all()
        return 1


def test_threads_that_ask_together_share_one_computation():
    memo, calls, threads, key = Memo(4), [], 8, Counted()

    def compute():
        calls.append(threading.get_ident())
        with key.looked_up:
            assert key.looked_up.wait_for(lambda: len(key.threads) == threads, PATIENCE)
        return object()

    with ThreadPoolExecutor(threads) as pool:
        answers = [pool.submit(memo.get, key, compute) for _ in range(threads)]
        results = {id(answer.result(PATIENCE)) for answer in answers}
    assert len(calls) == 1
    assert len(results) == 1


def test_other_keys_do_not_wait():
    memo, gate = Memo(4), Gate()

    def slow():
        gate.hold()
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(memo.get, "slow", slow)
        assert gate.reached()
        assert memo.get("quick", lambda: "quick") == "quick"
        assert not waiting.done()
        gate.open()
        assert waiting.result(PATIENCE) == "slow"


def test_waiting_threads_hear_of_the_error_and_the_next_call_tries_again():
    memo, gate = Memo(4), Gate()

    def fail():
        gate.hold()
        raise ValueError("no luck")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(memo.get, "key", fail)
        assert gate.reached()
        second = pool.submit(memo.get, "key", fail)
        gate.open()
        for answer in (first, second):
            with pytest.raises(ValueError, match="no luck"):
                answer.result(PATIENCE)
    assert memo.get("key", lambda: "better") == "better"


def test_only_the_most_recently_used_results_are_kept():
    memo, calls = Memo(2), []

    def get(key):
        return memo.get(key, lambda: calls.append(key) or key)

    for key in "abacab":
        assert get(key) == key
    # The third, "a", was kept by use; "b" had to go for "c".
    assert calls == ["a", "b", "c", "b"]


def test_results_can_be_dropped_by_key_and_value():
    memo = Memo(9)
    for key in "abc":
        memo.get(key, lambda key=key: key * 2)
    memo.drop(lambda key, value: key == "a" or value == "cc")
    computed = []
    for key in "abc":
        memo.get(key, lambda key=key: computed.append(key))
    assert computed == ["a", "c"]


def test_a_number_of_bytes_is_kept_the_newest_first():
    memo, calls = Memo(100, weigh=len, max_bytes=10), []

    def get(key):
        return memo.get(key, lambda: calls.append(key) or key)

    for key in ("aaaa", "bbbb", "cc"):
        get(key)
    get("aaaa")
    get("ddd")  # 13 bytes: "bbbb", the longest unused, goes
    calls.clear()
    for key in ("ddd", "aaaa", "cc"):
        get(key)
    assert calls == []
    get("bbbb")
    assert calls == ["bbbb"]


def test_the_newest_result_is_kept_however_heavy():
    memo, calls = Memo(100, weigh=len, max_bytes=10), []
    for key in ("a", "b" * 50, "b" * 50):
        memo.get(key, lambda key=key: calls.append(key) or key)
    assert calls == ["a", "b" * 50]
    memo.get("a", lambda: calls.append("a again") or "a")
    assert calls[-1] == "a again"


def test_a_result_is_kept_when_it_comes_though_others_were_asked_for_since():
    memo, gate = Memo(100, weigh=len, max_bytes=4), Gate()

    def slow():
        gate.hold()
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(memo.get, "key", slow)
        assert gate.reached()
        memo.get("other", lambda: "heavy")
        gate.open()
        assert waiting.result(PATIENCE) == "slow"
    assert memo.get("key", lambda: "computed again") == "slow"
