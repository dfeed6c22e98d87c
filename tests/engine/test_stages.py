"""Tests of sargui.engine.stages: items made ahead by a thread come in order, with their errors, and stop early."""

import gc
import threading
import time
import weakref

import pytest

from sargui.engine.stages import ahead


def test_items_come_in_order_and_from_one_other_thread():
    threads = []

    def make():
        for number in range(5):
            threads.append(threading.current_thread())
            yield number

    assert list(ahead(make())) == [0, 1, 2, 3, 4]
    assert len(set(threads)) == 1
    assert threads[0] is not threading.current_thread()


def test_the_next_item_is_made_while_the_last_one_is_worked_on():
    made = [threading.Event() for _ in range(3)]

    def make():
        for number, event in enumerate(made):
            event.set()
            yield number

    for number in ahead(make()):
        assert number == 2 or made[number + 1].wait(5)


def test_it_is_never_more_than_one_ahead():
    made = []

    def make():
        for number in range(5):
            made.append(number)
            yield number

    for number in ahead(make()):
        time.sleep(0.01)
        assert max(made) <= number + 1


def test_an_error_comes_after_the_items_before_it():
    def make():
        yield 1
        raise KeyError("two")

    seen = []
    with pytest.raises(KeyError, match="two"):
        seen.extend(ahead(make()))
    found = ahead(make())
    assert next(found) == 1
    with pytest.raises(KeyError):
        next(found)


def test_closed_early_it_leaves_no_thread_behind():
    before = threading.active_count()
    closed = threading.Event()

    def make():
        try:
            yield from range(1000)
        finally:
            closed.set()

    found = ahead(make())
    assert next(found) == 0
    found.close()
    assert threading.active_count() == before
    assert closed.is_set()


def test_what_an_error_passed_by_goes_with_it():
    class Pixels:
        pass

    held = []

    def make():
        pixels = Pixels()
        held.append(weakref.ref(pixels))
        yield 1
        raise KeyError

    gc.disable()
    try:
        with pytest.raises(KeyError):
            list(ahead(make()))
        assert held[0]() is None
    finally:
        gc.enable()
