"""Writes files whole or not at all: what is compressed, and its copy where the user wants it."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from threading import Event

from sargui.core.errors import JobCancelled, TargetError
from sargui.core.types import Progress, Report
from sargui.engine.requests import Compress, Compressed
from sargui.gui.job_runner import Execute

CHUNK_BYTES = 8 << 20


def compress_whole(execute: Execute, request: Compress, report: Report, cancel: Event) -> Compressed:
    """Compress, and drop the file if the user said stop after the engine had looked for the last time.

    Raises:
        JobCancelled: `cancel` was set; and what the engine raises.
    """
    done: Compressed = execute(request, report, cancel)
    if cancel.is_set():
        request.target.unlink(missing_ok=True)
        raise JobCancelled("Compressing was cancelled.")
    return done


def copy_whole(source: Path, target: Path, report: Report, cancel: Event) -> Path:
    """Copy `source` over `target` by way of a temporary file beside it; return `target`.

    Raises:
        TargetError: it cannot be written; JobCancelled: `cancel` was set. Either way the old target is untouched.
    """
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with open(source, "rb") as reader, open(part, "xb") as writer:
            total = os.fstat(reader.fileno()).st_size
            while chunk := reader.read(CHUNK_BYTES):
                if cancel.is_set():
                    raise JobCancelled("Saving was cancelled.")
                writer.write(chunk)
                report(Progress(writer.tell(), total, "saving", writer.tell()))
            writer.flush()
            os.fsync(writer.fileno())
        os.replace(part, target)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TargetError(f"{target.name} cannot be saved there: {reason}; choose another place.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same existing file."""
    try:
        return one.samefile(other)
    except OSError:
        return False
