"""The lazy doors: what runs any request, importing torch only when a job needs it."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

from sargui.core.types import Report
from sargui.engine import readings, report_request, requests, views

if TYPE_CHECKING:
    from sargui.engine.bench import Bench
    from sargui.engine.glance import Originals

View = (
    requests.Look
    | requests.Attend
    | views.ListDevices
    | views.Match
    | views.Estimate
    | readings.Reading
    | report_request.WriteReport
)
Request = requests.Request | View


class Engine:
    """Runs requests one after the other in one thread, and keeps at hand what the next one may need."""

    def __init__(self) -> None:
        self._bench: Bench | None = None
        self._originals: Originals | None = None

    def execute(self, request: Request, report: Report, cancel: Event) -> Any:
        """Run a request in this thread and return its result.

        Raises:
            SarguiError: one sentence for the user; JobCancelled if `cancel` was set.
        """
        match request:
            case requests.Compress():
                from sargui.engine.compress import compress

                return compress(request, report, cancel)
            case requests.Decompress():
                from sargui.engine.decompress import decompress

                return decompress(request, report, cancel)
            case requests.Evaluate():
                from sargui.engine.evaluate import evaluate

                return evaluate(request, report, cancel)
            case requests.Verify():
                from sargui.engine.verify import verify

                return verify(request, report, cancel)
            case requests.Describe():
                from sargui.engine.describe import describe

                return describe(request, report, cancel)
            case report_request.WriteReport():
                from sargui.engine.report import write_report

                return write_report(request, report, cancel, self._opened())
            case _:
                return self._look(request, report, cancel)

    def close(self) -> None:
        """Close what is open; the engine can be used again."""
        if self._bench is not None:
            self._bench.close()
            self._bench = None
        if self._originals is not None:
            self._originals.clear()

    def _look(self, request: View, report: Report, cancel: Event) -> Any:
        """Run a request that writes nothing and may come again in a moment."""
        match request:
            case requests.Look(compressed=None, trial=None):
                from sargui.engine.glance import glance, originals

                self._originals = self._originals or originals()
                return glance(request, report, cancel, self._originals)
            case requests.Look():
                from sargui.engine.look import look

                return look(request, report, cancel, self._opened())
            case requests.Attend():
                from sargui.engine.attend import attend

                return attend(request, report, cancel, self._opened())
            case views.ListDevices():
                from sargui.engine.devices import devices

                return devices()
            case views.Match():
                from sargui.engine.match import match

                return match(request, report, cancel)
            case views.Estimate():
                from sargui.engine.estimate import estimate

                return estimate(request, report, cancel, self._opened())
            case readings.InspectRegion():
                from sargui.engine.inspect import inspect_region

                return inspect_region(request, report, cancel, self._opened())
            case readings.Profile():
                from sargui.engine.inspect import profile

                return profile(request, report, cancel, self._opened())
            case readings.ReadPixel():
                from sargui.engine.inspect import read_pixel

                return read_pixel(request, report, cancel, self._opened())
            case readings.Locate():
                from sargui.engine.locate import locate

                return locate(request, report, cancel)

    def _opened(self) -> Bench:
        from sargui.engine.bench import Bench

        self._bench = self._bench or Bench()
        return self._bench


def use_threads(count: int) -> None:
    """Let the jobs of this thread compute on so many threads of the CPU, from now on."""
    from sargui.engine import devices

    devices.use_threads(count)


def execute(request: Request, report: Report, cancel: Event) -> Any:
    """Run a single request in this thread and return its result; see `Engine.execute`."""
    engine = Engine()
    try:
        return engine.execute(request, report, cancel)
    finally:
        engine.close()
