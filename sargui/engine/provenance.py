"""What every export says of how it came to be."""

from __future__ import annotations

import sargui
from sargui.container import Reader
from sargui.core.types import LOSSY


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
        tags |= {"RMSE_DB": f"{error.rmse_db:.4g}", "RMSE_PIXELS": str(error.pixels)}
    return tags
