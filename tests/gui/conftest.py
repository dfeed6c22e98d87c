"""A window around a made-up engine, with two made-up checkpoints."""

import pytest

from sargui.core import catalogue
from sargui.core.types import ModelCard
from sargui.gui.session import Session

from .fake_engine import FakeEngine

CARDS = [
    ModelCard("none-1", "a" * 64, "none", "none", {}, "The plain network.", training={"steps": 20000}),
    ModelCard("eca-1", "b" * 64, "eca", "all", {}, "Efficient channel attention.", experimental=True),
]


@pytest.fixture(autouse=True)
def _cards(monkeypatch):
    monkeypatch.setattr(catalogue, "found", lambda: (list(CARDS), {}))
    monkeypatch.setattr(catalogue, "default_card", lambda: CARDS[0])


@pytest.fixture
def engine():
    return FakeEngine()


@pytest.fixture
def window(make_window, engine):
    return make_window(engine)


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "scene.tif"
    path.write_bytes(b"II*\0")
    return path


@pytest.fixture
def opened(window, scene, qtbot):
    """A window with a scene open."""
    with qtbot.waitSignal(window.session.opened):
        window.open([scene])
    qtbot.waitUntil(lambda: not window.session.busy)
    surface, viewport = window.grid.original.surface, window.grid.viewport
    qtbot.waitUntil(
        lambda: (viewport._width, viewport._height) == (surface.width(), surface.height()) and viewport._width > 200
    )
    return window


@pytest.fixture
def compressed(opened, qtbot):
    """A window with a scene compressed and measured."""
    with qtbot.waitSignal(opened.session.evaluated):
        opened.compress()
    qtbot.waitUntil(lambda: not opened.session.busy)
    return opened


@pytest.fixture
def looking(compressed, qtbot):
    """A compressed scene, and the keyboard in a pane."""
    compressed.activateWindow()
    qtbot.waitUntil(compressed.isActiveWindow)
    compressed.grid.setFocus()
    qtbot.waitUntil(compressed.grid.original.surface.hasFocus)
    return compressed


@pytest.fixture
def session(qtbot, engine):
    session = Session(engine)
    yield session
    session.shutdown()


@pytest.fixture
def with_scene(session, scene, qtbot):
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    qtbot.waitUntil(lambda: not session.busy)
    return session
