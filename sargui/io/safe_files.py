"""The files of a SAFE product, wherever they lie: in a folder, or in a ZIP archive that stays packed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn, Protocol

from sargui.core.archive import Archive, ArchiveError
from sargui.core.errors import InputError, UnreadableRasterError, UnsupportedRasterError
from sargui.core.paths import MANIFEST

MAX_FILES = 4096  # of a product; Sentinel-1 has some fifty, or two hundred with several swaths
SUFFIX = ".safe"


class SafeFiles(Protocol):
    """Files by relative path, / between folders. `name` is the product's, `sizes` the bytes of each file."""

    name: str
    sizes: Mapping[str, int]

    def read(self, path: str) -> bytes:
        """Return a file's bytes, as many as `sizes` says.

        Raises:
            UnreadableRasterError: it cannot be read, or is a link that leads out of the product.
        """

    def for_gdal(self, path: str) -> Path:
        """Return the name by which GDAL opens a file."""

    def close(self) -> None:
        """Release the archive, if it is one."""


def find_files(path: Path) -> SafeFiles | None:
    """Return the files of the product at a path (its folder, archive or manifest), or None if it is none.

    Raises:
        UnreadableRasterError: a SAFE folder without a manifest, or an archive that is damaged or sets traps.
        UnsupportedRasterError: an archive of several products.
    """
    if path.name.lower() == MANIFEST and path.is_file():
        return FolderFiles(path.absolute().parent)
    if os.path.isdir(path):
        if (path / MANIFEST).is_file():
            return FolderFiles(path)
        if path.name.lower().endswith(SUFFIX):
            raise UnreadableRasterError(f"{path.name} holds no {MANIFEST}: the product is incomplete.")
        return None
    if path.suffix.lower() != ".zip":
        return None
    return _find_in_archive(path)


class FolderFiles:
    """The files of an unpacked product."""

    def __init__(self, folder: Path) -> None:
        self.name = Path(os.path.abspath(folder)).name
        self._folder = Path(os.path.realpath(folder))
        try:
            self.sizes: Mapping[str, int] = dict(self._walk())
        except OSError as error:
            raise UnreadableRasterError(f"{self.name} cannot be read: {error.strerror}.") from error

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        file = Path(os.path.realpath(self._folder / path))
        if not file.is_relative_to(self._folder):
            raise UnreadableRasterError(f"{path} of {self.name} is a link that leads elsewhere: put the file there.")
        try:
            with file.open("rb") as stream:
                content = stream.read(self.sizes[path])
        except OSError as error:
            raise UnreadableRasterError(f"{path} of {self.name} cannot be read: {error.strerror}.") from error
        if len(content) != self.sizes[path]:
            raise UnreadableRasterError(f"{path} of {self.name} was cut short while it was read.")
        return content

    def for_gdal(self, path: str) -> Path:
        """Return the file's path."""
        return self._folder / path

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _walk(self) -> Iterator[tuple[str, int]]:
        """Yield paths and sizes.

        Raises:
            UnreadableRasterError: too many files, or one that is none, as a link to nowhere or a pipe.
            OSError: a folder cannot be read.
        """
        count = 0
        for above, folders, names in os.walk(self._folder, onerror=_fail):
            for name in names + [folder for folder in folders if os.path.islink(os.path.join(above, folder))]:
                file = Path(above, name)
                path = file.relative_to(self._folder).as_posix()
                count += 1
                if count > MAX_FILES:
                    raise UnreadableRasterError(f"{self.name} holds more than {MAX_FILES} files: that is no product.")
                if not file.is_file():
                    raise UnreadableRasterError(f"{path} of {self.name} is no file: put a file or a folder there.")
                yield path, file.stat().st_size


class ArchiveFiles:
    """The files of a packed product, in the folder `prefix` (empty, or ending with /) of its archive."""

    def __init__(self, path: Path, archive: Archive, prefix: str) -> None:
        self.name = prefix.removesuffix("/") or path.stem
        self._path, self._archive, self._prefix = path, archive, prefix
        self.sizes: Mapping[str, int] = {
            name.removeprefix(prefix): size for name, size in archive.sizes.items() if name.startswith(prefix)
        }

    def read(self, path: str) -> bytes:
        """Return a file's bytes, unpacked."""
        try:
            return self._archive.read(self._prefix + path)
        except ArchiveError as error:
            raise UnreadableRasterError(f"{self._path.name} cannot be used: {error}.") from error

    def for_gdal(self, path: str) -> Path:
        """Return the path in the archive, in GDAL's words; braces allow any name of the archive without them."""
        archive = str(self._path.absolute())
        return Path(f"/vsizip/{archive if set('{}') & set(archive) else f'{{{archive}}}'}/{self._prefix}{path}")

    def close(self) -> None:
        """Close the archive."""
        self._archive.close()


def _fail(error: OSError) -> NoReturn:
    raise error


def _find_in_archive(path: Path) -> ArchiveFiles | None:
    try:
        archive = Archive(path.open("rb"), MAX_FILES)
    except ArchiveError as error:
        raise UnreadableRasterError(f"{path.name} cannot be used: {error}.") from error
    try:
        found = [name for name in archive.sizes if name.split("/")[-1] == MANIFEST and name.count("/") <= 1]
        if len(found) > 1:
            raise UnsupportedRasterError(f"{path.name} holds {len(found)} products: unpack it and open one of them.")
        if found:
            return ArchiveFiles(path, archive, found[0].removesuffix(MANIFEST))
    except InputError:
        archive.close()
        raise
    archive.close()
    return None
