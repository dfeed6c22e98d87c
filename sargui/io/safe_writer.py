"""Writing a SAFE product back: decoded images and the files that came with them, a folder that appears as a whole."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sargui.core.archive import ArchiveError, check_paths
from sargui.core.errors import DamagedFileError, TargetError
from sargui.core.paths import MANIFEST, cannot_write
from sargui.core.placing import exchange
from sargui.core.types import MaskKind, ProductInfo
from sargui.io.raster_writer import RasterWriter
from sargui.io.safe_files import SUFFIX
from sargui.io.safe_manifest import Measurement, read_manifest

_NAME_CHARS = 40  # of the target's name in the temporary one
_FILE_TAGS = "TIFFTAG_"  # tags of a band that are those of its file; see `sargui.io.safe`


def safe_target(target: Path, name: str) -> Path:
    """Return the folder to write: `target` itself if its name ends with .SAFE, else NAME.SAFE in it.

    Raises:
        DamagedFileError: the name of the product is no name of a folder.
    """
    if target.name.lower().endswith(SUFFIX):
        return target
    folder = name if name.lower().endswith(SUFFIX) else f"{name}.SAFE"
    try:
        check_paths([folder])
        if "/" in folder:
            raise ArchiveError("it is a path")
    except ArchiveError as error:
        raise DamagedFileError(
            f"The product's name {name[:80]!r} is no name of a folder; name one that ends with .SAFE."
        ) from error
    return target / folder


class SafeWriter:
    """Writes a product beside its target under a temporary name; leaving without `finish` leaves nothing behind.

    Attributes:
        measurements: the images that the manifest names, to be written in this order or another.
    """

    def __init__(self, target: Path, annexes: Mapping[str, bytes], overwrite: bool = False) -> None:
        """Create the temporary folder and all files but the images.

        Args:
            target: the folder that will be the product; its parent is made if only that is missing.
            annexes: content of the product's other files by relative path, with its manifest.
            overwrite: replace an existing product, but no other folder.

        Raises:
            TargetError: it exists, or cannot be written.
            InputError: the manifest cannot be used.
            DamagedFileError: the files do not fit together.
        """
        self._target = Path(os.path.realpath(target))
        self._overwrite = overwrite
        self.measurements: tuple[Measurement, ...] = read_manifest(annexes[MANIFEST], target.name).measurements
        try:
            check_paths([*annexes, *(image.path for image in self.measurements)])
        except ArchiveError as error:
            raise DamagedFileError(f"The files of {target.name} do not fit together: {error}.") from error
        self._refuse_existing()
        self._part = self._temporary("part")
        self._made_parent = False
        try:
            with self._in_words():
                if not self._target.parent.exists():
                    self._target.parent.mkdir()
                    self._made_parent = True
                self._part.mkdir()
                for path, content in annexes.items():
                    _write(self._part / path, content)
                for image in self.measurements:
                    (self._part / image.path).parent.mkdir(parents=True, exist_ok=True)
        except BaseException:
            self.discard()
            raise

    @property
    def file_bytes(self) -> int:
        """Bytes of all files so far, or of the finished product."""
        folder = self._part if self._part.exists() else self._target
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())

    def image(self, number: int, band: int, info: ProductInfo, provenance: Mapping[str, str]) -> RasterWriter:
        """Return the writer of an image; finish it before the product.

        Args:
            number: which of `measurements`, from 0.
            band: which band of the product is written, from 0.
            info: of the whole product.
            provenance: see `RasterWriter`.

        Raises:
            TargetError: it cannot be written.
        """
        return RasterWriter(self._part / self.measurements[number].path, _image_info(info, band), provenance)

    def finish(self) -> None:
        """Give the folder its name.

        Raises:
            TargetError: it cannot be renamed, or the target has appeared meanwhile.
        """
        self._refuse_existing()
        with self._in_words():
            if not (self._overwrite and self._target.exists()):
                os.rename(self._part, self._target)  # fails if a product has appeared there
            elif exchange(self._part, self._target):
                self.discard()  # what is called the part is the old product now
            else:
                self._replace()

    def discard(self) -> None:
        """Remove what was written; nothing happens if it is finished."""
        shutil.rmtree(self._part, ignore_errors=True)
        if self._made_parent:
            with suppress(OSError):  # something is in it: the product, or what others put there
                self._target.parent.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _replace(self) -> None:
        """Give the folder its name where that takes two steps; what is in its place is put aside meanwhile."""
        old = self._temporary("old")
        try:
            os.rename(self._target, old)
            os.rename(self._part, self._target)
        except BaseException:
            if old.exists() and not self._target.exists():
                os.rename(old, self._target)
            raise
        finally:
            if self._target.exists():
                shutil.rmtree(old, ignore_errors=True)

    def _temporary(self, what: str) -> Path:
        return self._target.with_name(f".{self._target.name[:_NAME_CHARS]}.{secrets.token_hex(4)}.{what}")

    def _refuse_existing(self) -> None:
        if not os.path.lexists(self._target):
            return
        if not (self._target / MANIFEST).is_file():
            raise TargetError(f"{self._target.name} cannot be written: something that is no product has this name.")
        if not self._overwrite:
            raise TargetError(
                f"{self._target.name} exists already; choose another name or allow overwriting (--force)."
            )

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetError(cannot_write(self._target, error)) from error


def _image_info(info: ProductInfo, number: int) -> ProductInfo:
    """Return the description of an image alone: what was special to its file becomes the file's again."""
    band = info.bands[number]
    plain = dict(band.tags.get("", {}))
    own = {key: plain.pop(key) for key in list(plain) if key.startswith(_FILE_TAGS)}
    return replace(
        info,
        bands=(replace(band, description="", tags={**band.tags, "": plain}),),
        tags={**info.tags, "": {**info.tags.get("", {}), **own}},
        mask=MaskKind.NONE if info.mask is MaskKind.NONE else MaskKind.DATASET,
    )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
