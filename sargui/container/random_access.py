"""Reading any region of a file that may be shorter than it claims, from any thread."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

from sargui.container.checked import DamageError
from sargui.core.errors import NotASarzError


class RandomAccess:
    """A file opened for reading; nothing is buffered, so that nothing is read but what is asked for."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            NotASarzError: it is missing, a folder, or not readable.
        """
        try:
            if path.exists() and not path.is_file():  # opening a pipe would wait for ever
                raise NotASarzError(f"{path.name} is not a file.")
            self._file = open(path, "rb", buffering=0)  # noqa: SIM115
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise NotASarzError(f"{path.name} cannot be opened: {reason}.") from error
        self._lock = Lock()
        self.size = os.fstat(self._file.fileno()).st_size

    def read(self, offset: int, length: int) -> bytes:
        """Return exactly the bytes of a region.

        Raises:
            DamageError: the region does not lie in the file, or the disk cannot read it.
        """
        if offset < 0 or length < 0 or offset + length > self.size:
            raise DamageError("it ends too early")
        try:
            with self._lock:
                self._file.seek(offset)
                return self._read_fully(length)
        except OSError as error:
            raise DamageError(f"the disk cannot read it ({(error.strerror or str(error)).lower()})") from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read_fully(self, length: int) -> bytes:
        """Read on until complete: one call of the system may return less."""
        parts: list[bytes] = []
        while length > 0:
            part = self._file.read(length)
            if not part:  # it shrank since it was opened
                raise DamageError("it ends too early")
            parts.append(part)
            length -= len(part)
        return b"".join(parts)
