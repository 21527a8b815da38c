"""Jobs: results one by one, for as long as somebody asks."""

import threading
from collections.abc import Iterator

import pytest

from dashboard.services.jobs import LEASE, Jobs
from tests.holding import PATIENCE, end_of


class Clock:  # at which no lease ends while a busy machine stands still
    now = 0.0

    def __call__(self) -> float:
        return self.now


def finished(jobs: Jobs, key: str, begin) -> tuple:
    while not (found := jobs.ask(key, begin, patience=PATIENCE)).done:
        pass
    return found.items


def test_results_arrive_one_by_one_and_stay():
    jobs, go = Jobs(4, clock=Clock()), threading.Semaphore(0)

    def work() -> Iterator[list[int]]:
        for number in range(3):
            go.acquire()
            yield [number]

    seen = []
    for _ in range(3):
        go.release()
        while len((found := jobs.ask("a", work, patience=PATIENCE)).items) <= len(seen):
            pass
        seen.append(found.items[-1])
    assert seen == [0, 1, 2]
    assert finished(jobs, "a", work) == (0, 1, 2)
    assert finished(jobs, "a", lambda: pytest.fail("begun again")) == (0, 1, 2)


def test_what_is_known_already_arrives_at_once():
    jobs, go = Jobs(4, clock=Clock()), threading.Event()

    def work() -> Iterator[list[int]]:
        yield []
        yield [1, 2, 3]
        go.wait()
        yield [4]

    assert jobs.ask("a", work, patience=PATIENCE).items == (1, 2, 3)
    go.set()
    assert finished(jobs, "a", work) == (1, 2, 3, 4)


def test_many_who_ask_share_one_job():
    jobs, begun = Jobs(4, clock=Clock()), []

    def work() -> Iterator[list[int]]:
        begun.append(threading.current_thread())
        yield from ([number] for number in range(5))

    asking = [threading.Thread(target=finished, args=(jobs, "a", work)) for _ in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(PATIENCE)
    assert len(begun) == 1


def test_what_nobody_asks_for_any_more_is_given_up_and_no_thread_is_left():
    clock, steps, go = Clock(), [], threading.Semaphore(0)
    jobs = Jobs(4, clock=clock)

    def endless() -> Iterator[list[int]]:
        while True:
            go.acquire()
            steps.append(1)
            yield [1]

    go.release()
    jobs.ask("a", endless, patience=PATIENCE)
    (thread,) = [one for one in threading.enumerate() if one.name == "jobs"]
    clock.now += LEASE + 1
    go.release()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert len(steps) == 2
    # Whoever asks again begins anew.
    assert finished(jobs, "a", lambda: iter([[7]])) == (7,)


def test_an_error_reaches_whoever_asks_and_is_not_remembered():
    jobs = Jobs(4, clock=Clock())

    def fails() -> Iterator[list[int]]:
        yield [1]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        finished(jobs, "a", fails)
    assert finished(jobs, "a", lambda: iter([[2]])) == (2,)


def test_the_newest_goes_first():
    clock, order, go = Clock(), [], threading.Event()
    jobs = Jobs(4, clock=clock)

    def named(name: str) -> Iterator[list[str]]:
        for _ in range(2):
            go.wait(PATIENCE)
            order.append(name)
            yield [name]

    jobs.ask("old", lambda: named("old"), patience=0)
    clock.now += 1
    jobs.ask("new", lambda: named("new"), patience=0)
    go.set()
    end_of("jobs")
    # The step under way is not broken off.
    assert order in (["old", "new", "new", "old"], ["new", "new", "old", "old"])
