"""Reading everything that a GDAL dataset says about itself, apart from its pixels.

Left out: what describes the file and not the product (compression, subdatasets), statistics, which lossy
compression makes untrue, and domains of JSON, which rasterio cannot write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sargui.core.errors import UnsupportedRasterError
from sargui.core.types import BandInfo, Georeference, GroundControlPoint, Kind, ProductInfo
from sargui.io.kinds import Tags, band_kind

FILE_NAMESPACES = {"IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "SUBDATASETS"}
# What masked pixels become where the file names no nodata value: a GeoTIFF written back has no mask. 0 is Sentinel-1's.
MASK_NODATA = {"float32": float("nan"), "uint8": 0.0, "uint16": 0.0, "int16": -32768.0}
HasNegatives = Callable[[int, float | None], bool]  # band from 0, nodata


def describe(
    path: Path,
    dataset: Any,
    indexes: Sequence[int],
    masked: Sequence[bool],
    kind: Kind | None,
    has_negatives: HasNegatives,
) -> ProductInfo:
    """Return the description of an open rasterio dataset.

    Args:
        path: of the file.
        dataset: from rasterio.
        indexes: GDAL numbers of the bands that count.
        masked: per band, whether a mask or an alpha band says which pixels are valid.
        kind: what the user says of all bands, or None.
        has_negatives: says whether a band holds negative numbers.

    Raises:
        UnsupportedRasterError, AmbiguousKindError: see `sargui.io.kinds`; also dB behind a scale.
    """
    tags = _tags(dataset, 0)
    bands = []
    for band, index in enumerate(indexes):
        bare = _band(dataset, index, masked[band])
        found = kind or _kind(path.name, bare, tags, partial(has_negatives, band, bare.nodata))
        bands.append(replace(bare, kind=found))
    files = [Path(file) for file in dataset.files]
    return ProductInfo(
        name=path.name,
        rows=dataset.height,
        cols=dataset.width,
        bands=tuple(bands),
        georeference=_georeference(dataset),
        tags=tags,
        driver=dataset.driver,
        source_bytes=sum(file.stat().st_size for file in files if file.is_file()),
    )


def _band(dataset: Any, index: int, masked: bool) -> BandInfo:
    """Return a band's description; its kind is not known yet."""
    dtype = str(dataset.dtypes[index - 1])
    nodata = _representable(dataset.nodatavals[index - 1], dtype)
    if nodata is None and masked:
        nodata = MASK_NODATA[dtype]
    return BandInfo(
        dtype=dtype,
        kind=Kind.POWER,
        nodata=nodata,
        description=dataset.descriptions[index - 1] or "",
        unit=dataset.units[index - 1] or "",
        scale=float(dataset.scales[index - 1]),
        offset=float(dataset.offsets[index - 1]),
        color=dataset.colorinterp[index - 1].name,
        tags=_tags(dataset, index),
    )


def _kind(name: str, band: BandInfo, file_tags: Tags, has_negatives: Callable[[], bool]) -> Kind:
    kind = band_kind(name, band.dtype, (band.unit, band.description), (band.tags, file_tags), has_negatives)
    if kind is Kind.DB and (band.scale, band.offset) != (1.0, 0.0):
        raise UnsupportedRasterError(
            f"{name} holds dB behind a scale of {band.scale:g} and an offset of {band.offset:g}: "
            "convert it to float32 first (gdal_translate -unscale -ot Float32)."
        )
    return kind


def _representable(nodata: float | None, dtype: str) -> float | None:
    """Return a nodata value that a pixel can hold, else None: no pixel is meant by -9999 in uint8."""
    if nodata is None or np.dtype(dtype).kind == "f":
        return nodata
    limits = np.iinfo(dtype)
    return nodata if float(nodata).is_integer() and limits.min <= nodata <= limits.max else None


def _tags(dataset: Any, index: int) -> dict[str, dict[str, str]]:
    """Return the tags of a band, or of the file if index is 0, by namespace; "" is the nameless one."""
    found = {"": dataset.tags(index)}
    for namespace in dataset.tag_namespaces(index):
        if namespace not in FILE_NAMESPACES and not namespace.startswith("json:"):
            found[namespace] = dataset.tags(index, ns=namespace)
    kept = {
        namespace: {key: value for key, value in tags.items() if not key.startswith("STATISTICS_")}
        for namespace, tags in found.items()
    }
    return {namespace: tags for namespace, tags in kept.items() if tags}


def _georeference(dataset: Any) -> Georeference:
    points, points_crs = dataset.gcps
    crs = dataset.crs
    placed = bool(crs) or not dataset.transform.is_identity
    return Georeference(
        crs_wkt=crs.wkt if crs else "",
        affine=tuple(dataset.transform)[:6] if placed else None,
        gcps=tuple(
            GroundControlPoint(point.row, point.col, point.x, point.y, point.z or 0.0, point.id or "", point.info or "")
            for point in points
        ),
        gcps_crs_wkt=points_crs.wkt if points_crs else "",
    )
