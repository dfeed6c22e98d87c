"""The log file, and the hooks that write into it what nobody caught."""

from __future__ import annotations

import faulthandler
import functools
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

import platformdirs
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

log = logging.getLogger("sargui")

P = ParamSpec("P")
T = TypeVar("T")

MAX_BYTES = 1 << 20
LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def path() -> Path:
    """Return where the log file is."""
    return Path(platformdirs.user_log_dir("sargui", appauthor=False)) / "sargui.log"


def start(file: Path | None = None) -> None:
    """Write the log to `file`, and warnings to the terminal; log what nobody caught instead of dying of it."""
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    handlers[0].setLevel(logging.WARNING)
    try:
        file = file or path()
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(file, maxBytes=MAX_BYTES, backupCount=2, encoding="utf-8"))
    except OSError as error:  # a read-only home: the program works without a log
        print(f"sargui: no log file: {error}", file=sys.stderr)
    form = logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    log.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(form)
        log.addHandler(handler)
    sys.excepthook = _on_exception
    threading.excepthook = _on_thread_exception
    qInstallMessageHandler(_on_qt_message)


@contextmanager
def crashes(file: Path | None = None) -> Iterator[None]:
    """Let a crash of the whole program leave its stacks in a file beside the log."""
    file = file or path().with_name("crashes.log")
    with ExitStack() as stack:
        try:
            faulthandler.enable(stack.enter_context(file.open("a", encoding="utf-8")))
            stack.callback(faulthandler.disable)
        except OSError as error:
            log.warning("no file for crashes: %s", error)
        yield


def guarded(instead: T) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator for overrides that Qt calls: what nobody caught there is logged, and `instead` returned.

    An exception that leaves an override goes on into Qt, where the program may die of it.
    """

    def decorate(override: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(override)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return override(*args, **kwargs)
            except Exception:
                log.exception("uncaught exception in %s", override.__name__)
                return instead

        return call

    return decorate


def _on_exception(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    log.critical("uncaught exception", exc_info=(kind, error, trace))


def _on_thread_exception(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        log.critical("uncaught exception in a thread", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _on_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    log.log(LEVELS.get(kind, logging.WARNING), "Qt: %s", message)
