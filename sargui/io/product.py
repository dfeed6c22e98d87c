"""Opening a product: the readers are asked in turn, and the first that knows the file answers.

A new product is one new file with a reader and one entry in `READERS`. A reader returns None for a path that is
not its own, and raises an `InputError` for one that is but cannot be used.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sargui.core.errors import UnreadableRasterError
from sargui.core.types import Kind, RasterSource
from sargui.io.gdal_raster import open_raster

Reader = Callable[[Path, Kind | None], RasterSource | None]

READERS: tuple[Reader, ...] = (open_raster,)


def open_product(path: Path | str, kind: Kind | None = None) -> RasterSource:
    """Return a product to read pixels from; close it, or use it in a `with` statement.

    Args:
        path: a raster file.
        kind: what the numbers mean; None asks the file (see `sargui.io.kinds`).

    Raises:
        UnreadableRasterError: missing, not allowed, a folder, not a raster, or damaged.
        UnsupportedRasterError: it holds what is not compressed (yet).
        AmbiguousKindError: the file does not say what its numbers mean.
    """
    path = Path(path)
    try:
        is_folder = path.is_dir()
        if not is_folder:
            path.open("rb").close()
    except FileNotFoundError as error:
        raise UnreadableRasterError(f"There is no file {path}.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableRasterError(f"{path.name} cannot be opened: {reason}.") from error
    for reader in READERS:
        source = reader(path, kind)
        if source is not None:
            return source
    if is_folder:
        raise UnreadableRasterError(f"{path.name} is a folder; open the raster file inside it, for example a .tif.")
    raise UnreadableRasterError(f"{path.name} is not a raster that GDAL can read, or it is damaged.")
