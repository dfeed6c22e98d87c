"""A queue on an engine that can be held, and files for it."""

from functools import partial

import pytest

from sargui.gui.batch_queue import BatchQueue

from ..queue_engine import QueueEngine, made


@pytest.fixture
def engine():
    return QueueEngine()


@pytest.fixture
def queue(engine, qtbot):
    queue = BatchQueue(engine)
    yield queue
    engine.gate = None
    queue.shutdown()


@pytest.fixture
def files(tmp_path):
    return partial(made, tmp_path)
