"""How long the window keeps its user waiting: start, first picture, new settings; and how late it is during a job.

    QT_QPA_PLATFORM=offscreen python -m benchmarks.window scene.tif [--model none-3]

Times are by the clock, of one run, on a machine that should have nothing else to do. The lateness is that of a timer of
10 ms in the window's thread while the scene is compressed.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from sargui.gui.main_window import MainWindow
from sargui.gui.session import Session
from sargui.gui.theme import Theme
from sargui.gui.window_state import WindowState

TIMER_MS = 10
PATIENCE_S = 3600.0
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


def seconds_until(done: Callable[[], bool]) -> float:
    """Run the window until something is so; return how long that took."""
    start = time.perf_counter()
    while not done():
        if time.perf_counter() - start > PATIENCE_S:
            raise TimeoutError("the window does not come to an end")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
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


def main(
    scene: Annotated[Path, typer.Argument(help="A raster that says what it holds.")],
    model: Annotated[str, typer.Option(help="Checkpoint.")] = "none-3",
) -> None:
    """Measure the window with a scene."""
    rows = {"from the start to the window, s": start_seconds()}
    QApplication([])
    settings = QSettings(str(Path(tempfile.mkdtemp()) / "window.ini"), QSettings.Format.IniFormat)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    session = Session()
    window = MainWindow(session, WindowState(settings), Theme(application))
    window.resize(1280, 800)
    window.show()
    pictures = session.pictures
    try:
        window.open([scene])
        rows["from the drop to the first picture, s"] = seconds_until(lambda: pictures.overview is not None)
        window.settings.picker.choose(model)
        window.grid.viewport.show_pixels()
        rows["to the first reconstruction of the view at 1:1, network loaded, s"] = seconds_until(
            lambda: pictures.detail is not None and pictures.detail.picture.decoded_db is not None
        )
        seconds_until(lambda: session._errands.idle and not window.trying._rest.isActive())
        before = pictures.detail
        window.settings.rates.spin.setValue(35.0)
        rows["from the slider to the new reconstruction, s"] = seconds_until(lambda: pictures.detail is not before)
        seconds_until(lambda: session._errands.idle)
        rows["memory with the scene open, MiB"] = memory_mib()
        lateness = Lateness()
        window.compress()
        rows["compressing, showing and measuring the scene, s"] = seconds_until(lambda: not session.busy)
        lateness.stop()
        late = np.array(lateness.found_ms)
        rows["lateness of a 10 ms timer meanwhile, ms: median"] = float(np.median(late))
        rows["99 %"], rows["largest"] = (float(value) for value in (np.percentile(late, 99), late.max()))
        rows["memory at the end, MiB"] = memory_mib()
    finally:
        session.shutdown()
    for name, value in rows.items():
        print(f"| {name} | {value:.2f} |")


if __name__ == "__main__":
    typer.run(main)
