"""Reading everything that a GDAL dataset says about itself, apart from its pixels.

Left out: what describes the file and not the product (compression, subdatasets, the text of a VRT), statistics, which
lossy compression makes untrue, and domains of JSON, which rasterio cannot write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.core.errors import RequestError, UnsupportedRasterError
from sargui.core.kinds import Tags
from sargui.core.types import DETECTED_FROM, BandInfo, Georeference, GroundControlPoint, Kind, ProductInfo
from sargui.io.colors import color_table
from sargui.io.kinds import band_kind
from sargui.io.labels import PROVENANCE
from sargui.io.masks import Masks
from sargui.io.names import stored_bytes

FILE_NAMESPACES = {"IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "SUBDATASETS", "xml:VRT"}
Sample = Callable[[int], NDArray[Any]]  # band from 0 -> some of its valid values


def describe(name: str, dataset: Any, masks: Masks, kind: Kind | None, sample: Sample) -> ProductInfo:
    """Return the description of an open rasterio dataset; complex bands as what they are when detected.

    Args:
        name: of the product.
        dataset: from rasterio.
        masks: of the dataset.
        kind: what the user says of all bands but alpha, or None.
        sample: asked only if nothing else tells the kind of a band.

    Raises:
        UnsupportedRasterError, AmbiguousKindError: see `sargui.io.kinds`; also dB behind a scale, or a color table.
        RequestError: the user calls complex pixels something else than amplitude.
    """
    tags = _tags(dataset, 0)
    if is_complex(dataset):
        if kind not in (None, Kind.AMPLITUDE):
            raise RequestError(f"What is detected from complex pixels is amplitude, not {kind}: leave out the kind.")
        kind = Kind.AMPLITUDE
        tags[PROVENANCE] = {**tags.get(PROVENANCE, {}), DETECTED_FROM: dataset.dtypes[0]}
    bands = []
    for band, index in enumerate(dataset.indexes):
        bare = _band(name, dataset, index)
        found = Kind.EXACT if index in masks.alpha else kind or _kind(name, bare, tags, partial(sample, band))
        bands.append(replace(bare, kind=found))
    return ProductInfo(
        name=name,
        rows=dataset.height,
        cols=dataset.width,
        bands=tuple(bands),
        georeference=_georeference(dataset),
        tags=tags,
        driver=dataset.driver,
        source_bytes=sum(map(stored_bytes, dataset.files)),
        mask=masks.kind,
    )


def is_complex(dataset: Any) -> bool:
    """Say whether the pixels are complex; all bands have one type."""
    return str(dataset.dtypes[0]).startswith("complex")


def nodata_of(dataset: Any, index: int) -> float | None:
    """Return the nodata value of a band (by its GDAL number) if a pixel can hold it; -9999 means none in uint8."""
    nodata: float | None = dataset.nodatavals[index - 1]
    dtype = np.dtype("float32" if is_complex(dataset) else dataset.dtypes[index - 1])
    if nodata is None or dtype.kind == "f":
        return nodata
    limits = np.iinfo(dtype)
    return nodata if float(nodata).is_integer() and limits.min <= nodata <= limits.max else None


def _band(name: str, dataset: Any, index: int) -> BandInfo:
    """Return a band's description; its kind is not known yet."""
    return BandInfo(
        dtype="float32" if is_complex(dataset) else str(dataset.dtypes[index - 1]),
        kind=Kind.POWER,
        nodata=nodata_of(dataset, index),
        description=dataset.descriptions[index - 1] or "",
        unit=dataset.units[index - 1] or "",
        scale=float(dataset.scales[index - 1]),
        offset=float(dataset.offsets[index - 1]),
        color=dataset.colorinterp[index - 1].name,
        color_table=color_table(name, dataset, index),
        tags=_tags(dataset, index),
    )


def _kind(name: str, band: BandInfo, file_tags: Tags, sample: Callable[[], NDArray[Any]]) -> Kind:
    kind = band_kind(name, band.dtype, (band.unit, band.description), (band.tags, file_tags), sample)
    if kind is Kind.DB and (band.scale, band.offset) != (1.0, 0.0):
        raise UnsupportedRasterError(
            f"{name} holds dB behind a scale of {band.scale:g} and an offset of {band.offset:g}: "
            "convert it to float32 first (gdal_translate -unscale -ot Float32)."
        )
    return kind


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
    placed = not dataset.transform.is_identity or (bool(crs) and not points)
    return Georeference(
        crs_wkt=crs.wkt if crs else "",
        affine=tuple(dataset.transform)[:6] if placed else None,
        gcps=tuple(
            GroundControlPoint(point.row, point.col, point.x, point.y, point.z or 0.0, point.id or "", point.info or "")
            for point in points
        ),
        gcps_crs_wkt=points_crs.wkt if points_crs else "",
    )
