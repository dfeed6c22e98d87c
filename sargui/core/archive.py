"""ZIP archives that nobody vouches for: directory, names and sizes are checked before anything is unpacked."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterable
from functools import partial
from types import TracebackType
from typing import BinaryIO, Self

MAX_READ_BYTES = 1 << 20  # at once; zipfile reads a whole directory so, where a file takes some 150 bytes
_PART = re.compile(r'[^\x00-\x1f\x7f<>:"/\\|?*]+')  # what Windows allows, without drive letters and streams
_MAX_PATH_CHARS = 255
_SHOWN_CHARS = 80
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TOO_MANY = "it holds too many files"
_ENCRYPTED = 1  # bit of a file's flags
_TROUBLES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, OverflowError, NotImplementedError)


class ArchiveError(Exception):
    """What is wrong with an archive or a path, in words that complete "it cannot be used: "."""


def check_paths(paths: Iterable[str]) -> None:
    """Make sure that files of these relative paths, / between folders, stay in their folder and are different files.

    That is asked for every system, also where case does not count.

    Raises:
        ArchiveError: ".", "..", an absolute path, a drive, a character that a system forbids, or a path twice.
    """
    files: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        _check_path(path)
        parts = path.casefold().split("/")
        if "/".join(parts) in files:
            raise ArchiveError(f"it holds {_shown(path)} twice")
        files.add("/".join(parts))
        folders |= {"/".join(parts[:depth]) for depth in range(1, len(parts))}
    if files & folders:
        raise ArchiveError(f"{_shown(min(files & folders))} in it is a file and a folder")


class Archive:
    """The files of a ZIP archive by path; a context manager. Folders are no files.

    Attributes:
        sizes: bytes of each file when unpacked, as the archive says; `read` never returns more.
    """

    def __init__(self, file: BinaryIO, max_files: int) -> None:
        """Read the directory; `file` is closed with the archive, or when it is none.

        Raises:
            ArchiveError: no ZIP archive, too many files, links, encrypted files, or paths that lead elsewhere.
        """
        self._file = file
        try:
            self._archive = zipfile.ZipFile(_Sips(file))
            self._entries = _checked_entries(self._archive, max_files)
        except ArchiveError:
            file.close()
            raise
        except _TROUBLES as error:
            file.close()
            raise ArchiveError("it is not a whole ZIP archive") from error
        self.sizes = {path: entry.file_size for path, entry in self._entries.items()}

    def read(self, path: str) -> bytes:
        """Return a file's bytes, as many as `sizes` says: look there first.

        Raises:
            ArchiveError: they are damaged.
        """
        try:
            with self._archive.open(self._entries[path]) as file:
                content = b"".join(iter(partial(file.read, MAX_READ_BYTES), b""))
        except _TROUBLES as error:
            raise ArchiveError(f"{path} in it is damaged") from error
        if len(content) != self.sizes[path]:
            raise ArchiveError(f"{path} in it is damaged")
        return content

    def close(self) -> None:
        """Close the file."""
        self._archive.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _checked_entries(archive: zipfile.ZipFile, max_files: int) -> dict[str, zipfile.ZipInfo]:
    if len(archive.infolist()) > max_files:
        raise ArchiveError(_TOO_MANY)
    for entry in archive.infolist():
        _check_entry(entry)
    files = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    check_paths(entry.filename for entry in archive.infolist() if not entry.is_dir())
    return files


def _check_path(path: str) -> None:
    inside = all(_PART.fullmatch(part) and part[-1] not in ". " for part in path.split("/"))
    if not inside or len(path) > _MAX_PATH_CHARS:
        raise ArchiveError(f"{_shown(path)} is no path that stays inside")


def _shown(path: str) -> str:
    """Return a path in quotes; of a long one the end, for all paths of a product begin alike."""
    return repr(path if len(path) <= _SHOWN_CHARS else f"…{path[1 - _SHOWN_CHARS :]}")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    _check_path(entry.orig_filename.removesuffix("/"))  # the other one ends where a NUL is
    mode = stat.S_IFMT(entry.external_attr >> 16)
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveError(f"{_shown(entry.filename)} in it is a link or a device")
    if entry.flag_bits & _ENCRYPTED:
        raise ArchiveError("it is encrypted")
    if entry.compress_type not in _PACKINGS:
        raise ArchiveError("it is not packed by deflate")


class _Sips:
    """A file that refuses to be read in large gulps, which is how zipfile reads a directory of any size."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, count: int = -1) -> bytes:
        if count > MAX_READ_BYTES:
            raise ArchiveError(_TOO_MANY)
        return self._file.read(count)
