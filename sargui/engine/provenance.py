"""What every export says of how it came to be, and what is said of one that lacks something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sargui
from sargui.container import LayerKind, Reader, layer_name
from sargui.core.types import LOSSY

ERROR_TAGS = ("RMSE_DB", "RMSE_PIXELS")
LACKS = {
    LayerKind.METADATA: "without georeference and tags",
    LayerKind.CORRECTION: "without the radiometric correction",
    LayerKind.MEASURED: "without the error that was measured",
}


class Damage(NamedTuple):
    """Tiles and layers of a container that are damaged, what an export lacks for that, and whether its pixels do."""

    parts: tuple[str, ...]
    lacks: tuple[str, ...]
    of_pixels: bool


def damage(tiles: Sequence[str], layers: Sequence[int]) -> Damage:
    """Return what damage means for an export: of tiles by name, of layers by number."""
    lacks = [LACKS[LayerKind(kind)] for kind in layers if kind in LACKS]
    if tiles:
        lacks.insert(0, "with no data where tiles are lost and close to them")
    of_pixels = bool(tiles) or LayerKind.CORRECTION in layers
    return Damage((*tiles, *map(layer_name, layers)), tuple(lacks), of_pixels)


def provenance(reader: Reader) -> dict[str, str]:
    """Return the tags that a raster decoded from a container carries, in the namespace SARGUI."""
    header, error = reader.header, reader.measured()
    tags = {
        LOSSY: "yes",
        "CHECKPOINT": header.model,
        "QUALITY": f"{header.quality / 100:g}",
        "COMPRESSED_BY": header.software,
        "DECOMPRESSED_BY": f"sargui {sargui.__version__}",
    }
    if error is not None:
        tags |= dict(zip(ERROR_TAGS, (f"{error.rmse_db:.4g}", str(error.pixels)), strict=True))
    return tags
