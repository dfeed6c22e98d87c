"""What two descriptions of a raster say differently: everything that comes back, apart from the pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sargui.core.kinds import Tags
from sargui.core.types import BandInfo, ProductInfo
from sargui.io.labels import PROVENANCE

Fact = Callable[[ProductInfo], Any]


def differences(first: ProductInfo, second: ProductInfo) -> tuple[str, ...]:
    """Return the facts in which two products differ; empty if a raster of the one is as good as one of the other.

    Names, sizes of files and formats are none, nor is what `sargui` itself says: kinds, and tags of its own namespace.
    """
    return tuple(name for name, fact in FACTS.items() if fact(first) != fact(second))


def _of_bands(fact: Callable[[BandInfo], Any]) -> Fact:
    return lambda info: [fact(band) for band in info.bands]


def _tags(tags: Tags) -> dict[str, dict[str, str]]:
    return {namespace: dict(content) for namespace, content in tags.items() if content and namespace != PROVENANCE}


FACTS: Mapping[str, Fact] = {
    "type": _of_bands(lambda band: band.dtype),
    "nodata": _of_bands(lambda band: str(band.nodata)),  # as text, so that NaN is NaN
    "mask": lambda info: info.mask,
    "CRS": lambda info: info.georeference.crs_wkt,
    "affine": lambda info: info.georeference.affine,
    "GCPs": lambda info: (info.georeference.gcps, info.georeference.gcps_crs_wkt),
    "descriptions": _of_bands(lambda band: band.description),
    "units": _of_bands(lambda band: band.unit),
    "scale and offset": _of_bands(lambda band: (band.scale, band.offset)),
    "color": _of_bands(lambda band: (band.color, band.color_table)),
    "tags": lambda info: _tags(info.tags),
    "tags of bands": _of_bands(lambda band: _tags(band.tags)),
}
