"""Copies a finished file to where the user wants it: whole and on the disk, or not at all."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from threading import Event

from sargui.core.errors import JobCancelled, TargetError
from sargui.core.types import Progress, Report

CHUNK_BYTES = 8 << 20


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
