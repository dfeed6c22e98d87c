"""How long the window keeps its user waiting: start, first picture, panning, new settings; how late it is during a job.

    QT_QPA_PLATFORM=offscreen python -m benchmarks.window scene.tif [--model none-3] [--pans 20] [--no-compress]

Times are by the clock, of one run, on a machine that should have nothing else to do, with a scene that was read
before. A view is sharp once its pictures have as many pixels as the panes; a pan is a jump to somewhere else in the
scene. The lateness is that of a timer of 10 ms in the window's thread.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from sargui.gui.garbage import Garbage
from sargui.gui.main_window import MainWindow
from sargui.gui.scene import covers
from sargui.gui.session import Session
from sargui.gui.theme import Theme
from sargui.gui.window_state import WindowState

TIMER_MS = 10
PATIENCE_S = 3600.0
MEDIUM_STEP = 6  # scene pixels to one of the screen: too many to be coded, too few for the overview of a large scene
START = """
import sys
from PySide6.QtCore import QTimer
from sargui.gui import app
from sargui.gui.main_window import MainWindow
shown = MainWindow.showEvent
def show(window, event):
    shown(window, event)
    QTimer.singleShot(0, window, lambda: (print("shown", flush=True), window.close()))
MainWindow.showEvent = show
sys.exit(app.main([]))
"""

Rows = dict[str, float]


class Lateness:
    """How much later than it should a timer of the window's thread fires, in milliseconds."""

    def __init__(self) -> None:
        self.found_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(interval=TIMER_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.found_ms.append(1000 * (now - self._last) - TIMER_MS)
        self._last = now


@contextmanager
def lateness(rows: Rows, while_: str) -> Iterator[None]:
    """Measure how late the window is while something is done."""
    timer = Lateness()
    yield
    timer.stop()
    late = np.array(timer.found_ms or [0.0])  # over before the timer fired once
    for name, value in (("median", np.median(late)), ("99 %", np.percentile(late, 99)), ("largest", late.max())):
        rows[f"lateness of a 10 ms timer while {while_}, ms: {name}"] = float(value)


def seconds_until(done: Callable[[], bool]) -> float:
    """Run the window until something is so; return how long that took.

    It sleeps meanwhile as it does for a user: a loop that never waits keeps Python from the workers.
    """
    start = time.perf_counter()
    waker = QTimer(interval=TIMER_MS)
    waker.start()
    while not done():
        if time.perf_counter() - start > PATIENCE_S:
            raise TimeoutError("the window does not come to an end")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    waker.stop()
    return time.perf_counter() - start


def start_seconds() -> float:
    """Return the time from the start of a process to its window."""
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while (line := process.stdout.readline()).strip() != "shown":
            if not line:
                raise RuntimeError("the window did not open")
        return time.perf_counter() - start


def memory_mib() -> float:
    """Return the largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sharp(window: MainWindow, *, decoded: bool = False) -> bool:
    """Return whether the visible part is shown as finely as it is seen: the original, or its reconstruction."""
    view, step = window.grid.visible_window(), max(1, int(1 / window.grid.viewport.zoom))
    return any(
        covers(shaded.picture.window, view)
        and shaded.picture.step <= step
        and (shaded.picture.decoded_db if decoded else shaded.picture.original_db) is not None
        for shaded in window.session.pictures.at_hand
    )


def pan(window: MainWindow, rows: Rows, zoom: str, count: int, *, decoded: bool) -> None:
    """Jump about the scene, to the same places every time: how long until the new part is sharp?"""
    scene = window.session.scene
    assert scene is not None
    places = np.random.default_rng(1).uniform(0.15, 0.85, (count, 2)) * scene.info.shape
    seconds: dict[str, list[float]] = {"original": [], **({"reconstruction": []} if decoded else {})}
    with lateness(rows, f"panning at {zoom}"):
        for y, x in places.tolist():
            window.grid.viewport.look_at(x, y)
            start = time.perf_counter()
            for which, found in seconds.items():
                seconds_until(partial(sharp, window, decoded=which == "reconstruction"))
                found.append(time.perf_counter() - start)
    for which, found in seconds.items():
        for what, value in (("median", np.median(found)), ("largest", max(found))):
            rows[f"from a pan at {zoom} until the {which} is sharp, s: {what}"] = float(value)
    rows[f"memory after {count} pans at {zoom}, MiB"] = memory_mib()


def look_about(window: MainWindow, rows: Rows, model: str, pans: int) -> None:
    """Pan, zoom in, pan, change the settings."""
    session, grid = window.session, window.grid
    assert session.scene is not None
    if max(session.scene.info.shape) > 4096:
        grid.viewport.show_pixels(1 / MEDIUM_STEP)
        seconds_until(lambda: sharp(window))
        pan(window, rows, f"1:{MEDIUM_STEP}", pans, decoded=False)
    if model:
        window.settings.picker.choose(model)
    grid.viewport.show_pixels()
    rows["to the first reconstruction of the view at 1:1, network loaded, s"] = seconds_until(
        lambda: sharp(window, decoded=True)
    )
    pan(window, rows, "1:1", pans, decoded=True)
    before = session.pictures.detail
    window.settings.rates.spin.setValue(35.0)
    rows["from the slider to the new reconstruction, s"] = seconds_until(lambda: session.pictures.detail is not before)
    rows["memory after trying settings, MiB"] = memory_mib()


def main(
    scene: Annotated[Path, typer.Argument(help="A raster that says what it holds.")],
    model: Annotated[str, typer.Option(help="Checkpoint; the default one if empty.")] = "",
    pans: Annotated[int, typer.Option(help="Places to pan to, at each zoom.")] = 20,
    compress: Annotated[bool, typer.Option(help="Compress the scene too.")] = True,
) -> None:
    """Measure the window with a scene."""
    rows: Rows = {"from the start to the window, s": start_seconds()}
    application = QApplication([])
    Garbage(application)
    settings = QSettings(str(Path(tempfile.mkdtemp()) / "window.ini"), QSettings.Format.IniFormat)
    session = Session()
    window = MainWindow(session, WindowState(settings), Theme(application))
    window.resize(1280, 800)
    window.show()
    pictures = session.pictures
    try:
        with lateness(rows, "opening"):
            window.open([scene])
            rows["from the drop to the first picture, s"] = seconds_until(lambda: pictures.overview is not None)
            rows["from there until every pixel is in it, s"] = seconds_until(
                lambda: (seen := pictures.overview) is not None and not seen.picture.rough
            )
            rows["memory with the scene open, MiB"] = memory_mib()
            told: list[object] = []
            session.foretelling.changed.connect(told.append)
            rows["from there until its size is foretold, network loaded, s"] = seconds_until(lambda: any(told))
        look_about(window, rows, model, pans)
        if compress:
            with lateness(rows, "compressing"):
                window.compress()
                took = seconds_until(lambda: session.quality is not None)
                rows["compressing, showing and measuring the scene, s"] = took
        rows["memory at the end, MiB"] = memory_mib()
    finally:
        session.shutdown()
    for name, value in rows.items():
        print(f"| {name} | {value:.2f} |")


if __name__ == "__main__":
    typer.run(main)
