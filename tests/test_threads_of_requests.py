"""Threads of which none waits long behind those that take long."""

import threading
from concurrent.futures import wait
from contextlib import contextmanager

import pytest

from dashboard.threads import LONG_SECONDS, Threads
from tests.holding import PATIENCE, Gate


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Held(Gate):
    """Work that has begun and goes on until it is let go."""

    def __init__(self, threads):
        super().__init__()
        self.future = threads.submit(self.hold)

    def let_go(self):
        self.open()
        self.future.result(PATIENCE)


@contextmanager
def held(threads, count):
    found = [Held(threads) for _ in range(count)]
    try:
        assert all(one.reached() for one in found)
        yield found
    finally:
        for one in found:
            one.let_go()


@pytest.fixture
def clock():
    return Clock()


def test_no_more_than_the_number_are_at_work_at_once(clock):
    threads, lock, now, most = Threads(3, clock=clock), threading.Lock(), [0], [0]

    def count():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        pieces = sum(range(2000))
        with lock:
            now[0] -= 1
        return pieces

    done = wait([threads.submit(count) for _ in range(300)], PATIENCE)
    assert not done.not_done
    assert {future.result() for future in done.done} == {1999000}
    assert most[0] <= 3


def test_one_that_takes_long_leaves_its_place(clock):
    threads = Threads(2, clock=clock)
    with held(threads, 2):
        clock.now = LONG_SECONDS
        assert threads.submit(lambda: "answer").result(PATIENCE) == "answer"


def test_what_waits_begins_as_soon_as_one_takes_long(clock):
    threads = Threads(1, clock=clock)
    with held(threads, 1):
        clock.now = 0.99 * LONG_SECONDS
        waiting = threads.submit(lambda: "answer")
        clock.now = LONG_SECONDS
        assert waiting.result(PATIENCE) == "answer"


def test_a_place_that_is_free_is_taken_at_once(clock):
    threads = Threads(2, clock=clock)
    with held(threads, 2) as under_way:
        waiting = threads.submit(lambda: "answer")
        under_way[0].let_go()
        assert waiting.result(PATIENCE) == "answer"


def test_threads_are_bounded_and_end_when_nothing_waits(clock):
    threads = Threads(1, most=3, clock=clock)
    many = [Held(threads) for _ in range(5)]
    for one in many[:3]:
        assert one.reached()
        clock.now += LONG_SECONDS
    assert threads._threads == 3
    assert not many[3].is_reached()
    for one in many:
        one.let_go()
    assert threads.submit(lambda: "answer").result(PATIENCE) == "answer"
    assert threads._threads <= 3


def test_errors_reach_those_who_ask():
    with pytest.raises(ZeroDivisionError):
        Threads(1).submit(lambda: 1 / 0).result(PATIENCE)


def test_no_work_is_taken_after_the_end():
    threads = Threads(1)
    threads.shutdown()
    with pytest.raises(RuntimeError):
        threads.submit(print)
