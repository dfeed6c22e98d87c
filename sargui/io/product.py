"""Opening a product: the readers are asked in turn, and the first that knows the file answers.

A new product is one new file with a reader and one entry in `READERS`. A reader returns None for a path that is
not its own, and raises an `InputError` for one that is but cannot be used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sargui.core.errors import UnreadableRasterError
from sargui.core.paths import is_virtual
from sargui.core.types import Kind, RasterSource
from sargui.io.gdal_raster import open_raster
from sargui.io.names import shown_name
from sargui.io.safe import open_safe

Reader = Callable[[Path, Kind | None, bool], RasterSource | None]  # path, kind, detect

READERS: tuple[Reader, ...] = (open_safe, open_raster)


def open_product(path: Path | str, kind: Kind | None = None, detect: bool = False) -> RasterSource:
    """Return a product to read pixels from; close it, or use it in a `with` statement.

    Args:
        path: a raster file; a product, as a SAFE folder, its .zip or its manifest; or a name that GDAL knows (see
            `sargui.io.names`).
        kind: what the numbers mean; None asks the file (see `sargui.io.kinds`).
        detect: take the amplitude of complex pixels, which are refused otherwise.

    Raises:
        UnreadableRasterError: missing, not allowed, a folder, not a raster, or damaged.
        UnsupportedRasterError: it holds what is not compressed (yet).
        AmbiguousKindError: the file does not say what its numbers mean.
    """
    path = Path(path)
    try:
        is_folder = os.path.isdir(path)
        if not is_folder and not is_virtual(path):
            if os.path.exists(path) and not path.is_file():
                raise UnreadableRasterError(f"{path.name} is a pipe or a device, not a file.")
            path.open("rb").close()
            if path.stat().st_size == 0:
                raise UnreadableRasterError(f"{path.name} is empty.")
    except FileNotFoundError as error:
        raise UnreadableRasterError(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableRasterError(f"{path.name} cannot be opened: {reason}.") from error
    for reader in READERS:
        source = reader(path, kind, detect)
        if source is not None:
            return source
    if is_folder:
        raise UnreadableRasterError(
            f"{path.resolve().name or path} is a folder; open the raster file inside it, for example a .tif."
        )
    raise UnreadableRasterError(f"{shown_name(path)} is not a raster that GDAL can read, or it is damaged.")
