"""The metadata layer: a product's description as compressed JSON. Pixels decode without it; the header wins over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sargui.container import layout
from sargui.container.checked import (
    DamageError,
    Fields,
    inflated,
    integer,
    listed,
    nested,
    nullable,
    number,
    packed,
    plain,
    string,
    text,
    unpacked,
)
from sargui.container.header import parse_dtype, parse_kind
from sargui.core.errors import UnsupportedRasterError
from sargui.core.types import BandInfo, Georeference, GroundControlPoint, MaskKind, ProductInfo

_WHAT = "its metadata"
_ANY = layout.MAX_METADATA_BYTES  # texts and lists are bounded by the whole
_MAX_COLORS = 1 << 16  # as many as a band of uint16 has values
_Tags = Mapping[str, Mapping[str, str]]


def product_to_bytes(info: ProductInfo) -> bytes:
    """Return the content of the metadata layer.

    Raises:
        UnsupportedRasterError: the description is larger than a container may hold.
    """
    data = packed(
        {
            "name": info.name,
            "rows": int(info.rows),
            "cols": int(info.cols),
            "bands": [_band_fields(band) for band in info.bands],
            "georeference": _georeference_fields(info.georeference),
            "tags": {space: dict(tags) for space, tags in info.tags.items()},
            "driver": info.driver,
            "source_bytes": int(info.source_bytes),
            "mask": str(info.mask),
            "product": info.product,
        }
    )
    try:
        inflated(data, layout.MAX_METADATA_BYTES, _WHAT)
    except DamageError as error:
        limit = layout.MAX_METADATA_BYTES >> 20
        raise UnsupportedRasterError(f"The metadata of {info.name} take more than {limit} MiB as text.") from error
    return data


def product_from_bytes(content: bytes) -> ProductInfo:
    """Return the product that a metadata layer describes.

    Raises:
        DamageError: a field is missing, of the wrong type or out of range.
    """
    fields = unpacked(content, layout.MAX_METADATA_BYTES, _WHAT)
    return ProductInfo(
        name=text(fields, "name", _ANY),
        rows=integer(fields, "rows", 1, layout.MAX_SIDE),
        cols=integer(fields, "cols", 1, layout.MAX_SIDE),
        bands=tuple(_band(nested(band, "a band")) for band in listed(fields, "bands", layout.MAX_BANDS)),
        georeference=_georeference(nested(nullable(fields, "georeference"), "georeference")),
        tags=_tags(fields),
        driver=text(fields, "driver", _ANY),
        source_bytes=integer(fields, "source_bytes", 0, (1 << 63) - 1),
        mask=_mask(text(fields, "mask", _ANY)),
        product=text(fields, "product", _ANY),
    )


def _band_fields(band: BandInfo) -> Fields:
    return {
        "dtype": band.dtype,
        "kind": str(band.kind),
        "nodata": None if band.nodata is None else plain(band.nodata),
        "description": band.description,
        "unit": band.unit,
        "scale": plain(band.scale),
        "offset": plain(band.offset),
        "color": band.color,
        "color_table": [[int(part) for part in entry] for entry in band.color_table],
        "tags": {space: dict(tags) for space, tags in band.tags.items()},
    }


def _band(fields: Fields) -> BandInfo:
    nodata = nullable(fields, "nodata")
    return BandInfo(
        dtype=parse_dtype(fields),
        kind=parse_kind(fields),
        nodata=None if nodata is None else number(nodata, "nodata"),
        description=text(fields, "description", _ANY),
        unit=text(fields, "unit", _ANY),
        scale=number(nullable(fields, "scale"), "scale"),
        offset=number(nullable(fields, "offset"), "offset"),
        color=text(fields, "color", _ANY),
        color_table=tuple(_color(entry) for entry in listed(fields, "color_table", _MAX_COLORS)),
        tags=_tags(fields),
    )


def _color(entry: object) -> tuple[int, int, int, int, int]:
    if not isinstance(entry, list) or len(entry) != 5:
        raise DamageError("an entry of a color table has not five parts")
    parts: list[Any] = entry
    limits = (_MAX_COLORS - 1, 255, 255, 255, 255)
    if not all(type(part) is int and 0 <= part <= limit for part, limit in zip(parts, limits, strict=True)):
        raise DamageError("an entry of a color table is out of range")
    value, red, green, blue, alpha = parts
    return value, red, green, blue, alpha


def _mask(word: str) -> MaskKind:
    """Return what a word means; what a later program may say is none, for the masked pixels are in the tiles."""
    return MaskKind(word) if word in list(MaskKind) else MaskKind.NONE


def _georeference_fields(place: Georeference) -> Fields:
    return {
        "crs_wkt": place.crs_wkt,
        "affine": None if place.affine is None else [plain(part) for part in place.affine],
        "gcps": [[*map(plain, (p.row, p.col, p.x, p.y, p.z)), p.id, p.info] for p in place.gcps],
        "gcps_crs_wkt": place.gcps_crs_wkt,
    }


def _georeference(fields: Fields) -> Georeference:
    return Georeference(
        crs_wkt=text(fields, "crs_wkt", _ANY),
        affine=_affine(fields),
        gcps=tuple(_gcp(point) for point in listed(fields, "gcps", _ANY)),
        gcps_crs_wkt=text(fields, "gcps_crs_wkt", _ANY),
    )


def _affine(fields: Fields) -> tuple[float, float, float, float, float, float] | None:
    if nullable(fields, "affine") is None:
        return None
    parts = [number(part, "affine") for part in listed(fields, "affine", 6)]
    if len(parts) != 6:
        raise DamageError("affine has not six numbers")
    a, b, c, d, e, f = parts
    return a, b, c, d, e, f


def _gcp(point: object) -> GroundControlPoint:
    if not isinstance(point, list) or len(point) != 7:
        raise DamageError("a ground control point has not seven parts")
    parts: list[Any] = point
    row, col, x, y, z = (number(part, "a ground control point") for part in parts[:5])
    return GroundControlPoint(row, col, x, y, z, string(parts[5], "a point's id", _ANY), string(parts[6], "info", _ANY))


def _tags(fields: Fields) -> _Tags:
    spaces = nested(nullable(fields, "tags"), "tags")
    return {
        string(space, "a tag", _ANY): {
            string(key, "a tag", _ANY): string(value, "a tag", _ANY) for key, value in nested(tags, "tags").items()
        }
        for space, tags in spaces.items()
    }
