"""Running an engine job from the command line: progress on stderr, one sentence per error, Ctrl-C that cleans up."""

from __future__ import annotations

import dataclasses
import json
import logging
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum, StrEnum
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any, NoReturn

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from sargui.core import types
from sargui.core.errors import SarguiError, is_memory_full
from sargui.engine.dispatch import Request, execute
from sargui.engine.requests import Compress, Compressed

errors = Console(stderr=True, highlight=False)
log = logging.getLogger(__name__)


class KindChoice(StrEnum):
    """What a user can say of a raster's numbers: the kinds of measurements."""

    AMPLITUDE = "amplitude"
    POWER = "power"
    DB = "db"


def kind_of(choice: KindChoice | None) -> types.Kind | None:
    """Return the kind that was chosen, if one was."""
    return None if choice is None else types.Kind(choice.value)


def run(request: Request, *, as_json: bool, quiet: bool = False) -> Any:
    """Run a request to its end and return its result; on an error say it and exit with its code."""
    cancel = Event()
    with stop_on_signal(cancel), _Bar(hidden=as_json or quiet or not errors.is_terminal) as bar:
        done = outcome(request, bar.show, cancel, silent=as_json)
    if isinstance(done, SarguiError):
        fail(done, as_json=as_json)
    return done


def outcome(request: Request, report: types.Report, cancel: Event, *, silent: bool = False) -> Any:
    """Return the result of a request, or the error that ended it.

    Notices that come on the way are said at once, unless it is `silent`, and are not in the result any more.
    """
    said = []

    def hear(progress: types.Progress) -> None:
        if not progress.notice:
            report(progress)
        elif isinstance(request, Compress) and not silent:
            said.append(progress.notice)
            say_notice(request.target, progress.notice)

    try:
        result = execute(request, hear, cancel)
    except Exception as error:
        return in_words(error)
    if isinstance(result, Compressed):
        return dataclasses.replace(result, notices=tuple(each for each in result.notices if each not in said))
    return result


def in_words(error: Exception) -> SarguiError:
    """Return what the user is told of an error; what nobody foresaw is one too.

    Its traceback is shown if SARGUI_DEBUG is set.
    """
    if isinstance(error, SarguiError):
        return error
    log.debug("unforeseen", exc_info=error)
    if is_memory_full(error):
        of_device = isinstance(error, RuntimeError) and "CPUAllocator" not in str(error)
        rescue = "choose --device cpu" if of_device else "close other programs"
        return SarguiError(f"There is not enough memory for this; {rescue} and try again.")
    return SarguiError(f"Something unexpected went wrong ({type(error).__name__}: {error}); please report it.")


def fail(error: SarguiError, *, as_json: bool) -> NoReturn:
    """Say an error, as a sentence or as JSON, and exit with its code."""
    if as_json:
        print(json.dumps(error_fields(error)))
    else:
        say_error(str(error))
    raise typer.Exit(error.exit_code)


def say_error(sentence: str) -> None:
    """Print a sentence about what went wrong on standard error."""
    errors.print(Text.assemble(("error:", "red"), " ", sentence), soft_wrap=True)


def say_notice(target: Path, sentence: str) -> None:
    """Print on standard error what is to be said of a file."""
    say(f"{target.name}: {sentence}")


def say(sentence: str) -> None:
    """Print a sentence on standard error."""
    errors.print(sentence, markup=False, soft_wrap=True)


def error_fields(error: SarguiError) -> dict[str, object]:
    """Return what JSON says of an error."""
    return {"error": str(error), "kind": type(error).__name__, "exit_code": error.exit_code}


def print_json(content: Any) -> None:
    """Print a result, or a list of them, as JSON."""
    print(json.dumps(_plain(content), indent=1, ensure_ascii=False))


def print_outcome(fields: Mapping[str, object], error: SarguiError | None) -> None:
    """Print a result as one JSON object, with what is wrong in it; if something is, exit with its code."""
    print_json({**fields, **(error_fields(error) if error else {})})
    if error:
        raise typer.Exit(error.exit_code)


def size(count: float) -> str:
    """Return a number of bytes in words, decimal units."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.3g} {unit}"
        count /= 1000
    raise AssertionError("unreachable")


@contextmanager
def stop_on_signal(cancel: Event) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) end the job in good order, and the second one end it at once."""

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Bar:
    """A progress bar with steps, megabytes written, speed and time left."""

    def __init__(self, *, hidden: bool) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[steps]}"),
            TextColumn("{task.fields[out]}"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=errors, transient=True, disable=hidden)
        self._task: TaskID | None = None

    def show(self, progress: types.Progress) -> None:
        if self._task is None:
            self._task = self._progress.add_task("", total=None, steps="", out="")
        total = progress.total or None
        steps = f"{progress.done}/{progress.total}" if total else f"trial {progress.done}"
        out = size(progress.bytes_out) if progress.bytes_out else ""
        self._progress.update(
            self._task, description=progress.stage, completed=progress.done, total=total, steps=steps, out=out
        )

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()


def _plain(value: Any) -> Any:
    """Return a result in JSON's own types."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value
