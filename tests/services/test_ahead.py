import threading

import pytest

from dashboard.services.ahead import Ahead
from tests.holding import PATIENCE, Gate


def test_work_is_done_while_nobody_waits():
    done = threading.Event()
    Ahead().ask(done.set)
    assert done.wait(PATIENCE)


def test_work_waits_for_the_end_of_every_request():
    ahead, order, done = Ahead(), [], threading.Event()
    with ahead.request():
        with ahead.request():
            ahead.ask(lambda: (order.append("work"), done.set()))
        order.append("one request answered")
    assert done.wait(PATIENCE)
    assert order == ["one request answered", "work"]


@pytest.fixture
def held():
    """Return a queue whose thread is busy until the gate is opened."""
    ahead, gate = Ahead(), Gate()
    ahead.ask(gate.hold)
    assert gate.reached()
    return ahead, gate


def test_the_newest_work_is_done_first_and_its_failure_harms_no_other(held):
    ahead, gate = held
    order, done = [], threading.Event()

    def fail():
        order.append("newest")
        raise ZeroDivisionError

    ahead.ask(lambda: (order.append("oldest"), done.set()))
    ahead.ask(fail)
    gate.open()
    assert done.wait(PATIENCE)
    assert order == ["newest", "oldest"]


def test_the_oldest_work_makes_room_for_the_newest(held):
    ahead, gate = held
    order, done = [], threading.Event()
    for number in range(100):
        ahead.ask(lambda number=number: (order.append(number), number == 92 and done.set()))
    gate.open()
    assert done.wait(PATIENCE)
    assert order == list(range(99, 91, -1))


def test_late_work_pauses_until_every_request_is_answered():
    ahead, order, done = Ahead(), [], threading.Event()

    def late():
        ahead.pause()
        order.append("late")
        done.set()

    with ahead.request():
        worker = threading.Thread(target=late)
        worker.start()
        order.append("request answered")
    assert done.wait(PATIENCE)
    worker.join()
    assert order == ["request answered", "late"]


def test_late_work_is_not_put_off_for_ever(monkeypatch):
    monkeypatch.setattr("dashboard.services.ahead.LONGEST_PAUSE", 0.01)
    ahead = Ahead()
    with ahead.request():
        ahead.pause()
