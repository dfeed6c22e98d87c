"""Garbage: where it is collected, and that libraries are left out."""

import gc
import sys
import threading

import pytest

from sargui.gui.garbage import Garbage


class Traced:
    """Refers to itself, so that it is garbage once it is let go; writes down in which thread it ends."""

    def __init__(self, ended):
        self.itself, self.ended = self, ended

    def __del__(self):
        self.ended.append(threading.get_ident())


@pytest.fixture
def garbage(qtbot):
    garbage = Garbage()
    garbage.collect()  # what is loaded by now
    yield garbage
    garbage.deleteLater()
    gc.unfreeze()
    gc.enable()


def test_what_a_worker_drops_ends_in_the_thread_of_the_window(garbage, qtbot):
    ended, kept = [], []

    def work():
        Traced(ended)
        kept.extend([number] for number in range(100_000))  # makes a collection due

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert not ended
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [threading.get_ident()]


def test_what_a_library_made_is_not_looked_through(garbage, monkeypatch):
    before = gc.get_freeze_count()
    made = [[number] for number in range(1000)]
    monkeypatch.setitem(sys.modules, "a_library", sys)
    garbage.collect()
    assert gc.get_freeze_count() >= before + len(made)
