"""The lazy doors: one function that runs any request, importing torch only when a job needs it."""

from __future__ import annotations

from threading import Event
from typing import Any

from sargui.core.types import Report
from sargui.engine import requests


def execute(request: requests.Request, report: Report, cancel: Event) -> Any:
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
        case requests.Look():
            from sargui.engine.look import look

            return look(request, report, cancel)
