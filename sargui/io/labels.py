"""Writing everything but the pixels into a new GeoTIFF: the mirror image of `sargui.io.description`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.transform import Affine

from sargui.core import types
from sargui.core.kinds import Tags
from sargui.core.types import Georeference, MaskKind, ProductInfo

log = logging.getLogger(__name__)

MAX_POINTS = 10922  # ground control points in a GeoTIFF: 65535 numbers, six each
PROVENANCE = types.OWN_TAGS


def label(dataset: Any, info: ProductInfo, provenance: Mapping[str, str], band_namespace: str = "") -> None:
    """Write the labels of all bands and of the file into an empty dataset; pixels come after.

    `band_namespace` is where the nameless tags of bands go.
    """
    _write_tags(dataset, 0, _file_tags(info))
    _write_tags(dataset, 0, {PROVENANCE: provenance})
    point = info.tags.get("", {}).get("AREA_OR_POINT") == "Point"
    _write_georeference(dataset, info.georeference, half_pixel=0.5 if point else 0.0)
    for index, band in enumerate(info.bands, start=1):
        _write_tags(dataset, index, {name or band_namespace: content for name, content in band.tags.items()})
        _write_tags(dataset, index, {PROVENANCE: {"KIND": band.kind.value}})
        if band.description:
            dataset.set_band_description(index, band.description)
    if any(band.unit for band in info.bands):
        dataset.units = [band.unit for band in info.bands]
    if any((band.scale, band.offset) != (1.0, 0.0) for band in info.bands):
        dataset.scales = [band.scale for band in info.bands]
        dataset.offsets = [band.offset for band in info.bands]
    for index, band in enumerate(info.bands, start=1):
        if band.color_table:
            dataset.write_colormap(index, {value: color for value, *color in band.color_table})
    dataset.colorinterp = [ColorInterp.__members__.get(band.color, ColorInterp.undefined) for band in info.bands]


def _write_tags(dataset: Any, index: int, tags: Tags) -> None:
    for namespace, content in tags.items():
        if namespace.startswith("xml:"):
            content = _cut_at_equals_sign(content)
        # rasterio takes tags as keywords; these two are its own.
        content = {key: value for key, value in content.items() if key not in ("bidx", "ns")}
        if content:
            dataset.update_tags(index, ns=namespace or None, **content)


def _cut_at_equals_sign(content: Mapping[str, str]) -> dict[str, str]:
    """Return a document as the key and value that rasterio joins to the same document again.

    rasterio reads a domain of XML as one document, but writes KEY=VALUE only.
    """
    pieces = (document.partition("=") for document in content.values())
    return {before: after for before, sign, after in pieces if sign}


def _write_georeference(dataset: Any, place: Georeference, half_pixel: float) -> None:
    """Write the affine transform, else the ground control points: a GeoTIFF holds one of them."""
    if place.crs_wkt:
        dataset.crs = CRS.from_wkt(place.crs_wkt)
    if place.affine is not None:
        dataset.transform = Affine(*place.affine)
    elif len(place.gcps) > MAX_POINTS:
        log.warning("%d ground control points are left out: a GeoTIFF holds %d.", len(place.gcps), MAX_POINTS)
    elif place.gcps:
        points = [
            GroundControlPoint(p.row - half_pixel, p.col - half_pixel, p.x, p.y, p.z, p.id or None, p.info or None)
            for p in place.gcps
        ]
        dataset.gcps = (points, CRS.from_wkt(place.gcps_crs_wkt) if place.gcps_crs_wkt else CRS())


def _file_tags(info: ProductInfo) -> Tags:
    """Return the file's tags, less the one that would make its mask, which comes as such, one of no-data values."""
    if info.mask is not MaskKind.DATASET:
        return info.tags
    return {**info.tags, "": {key: text for key, text in info.tags.get("", {}).items() if key != "NODATA_VALUES"}}
