"""The header of a container: everything that decoding the pixels needs, as compressed JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import index
from typing import Self

from sargui.container import layout
from sargui.container.checked import (
    DamageError,
    Fields,
    flag,
    integer,
    listed,
    nested,
    nullable,
    number,
    number_between,
    packed,
    plain,
    text,
    unpacked,
)
from sargui.container.keys import TileGrid
from sargui.core.catalogue import NAME
from sargui.core.types import Kind, Radiometry

_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHORT = 64  # characters of a name


@dataclass(frozen=True, slots=True)
class BandHeader:
    """One band: numpy name of its type, its nodata value, and how its values became network input."""

    dtype: str
    nodata: float | None
    radiometry: Radiometry


@dataclass(frozen=True, slots=True)
class Header:
    """The scene's size, its bands, and the checkpoint and quality (hundredths, 0..10000) it was coded with."""

    rows: int
    cols: int
    bands: tuple[BandHeader, ...]
    model: str
    model_sha256: str
    quality: int
    software: str

    def to_bytes(self) -> bytes:
        """Return what the file holds.

        Raises:
            DamageError: a value that no reader would accept; a programming error.
        """
        content = {
            "rows": index(self.rows),
            "cols": index(self.cols),
            "bands": [_band_fields(band) for band in self.bands],
            "model": self.model,
            "model_sha256": self.model_sha256,
            "quality": index(self.quality),
            "software": self.software,
        }
        data = packed(content)
        self.from_bytes(data)
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Return the header in these bytes.

        Raises:
            DamageError: a field is missing, of the wrong type or out of range.
        """
        fields = unpacked(data, layout.MAX_HEADER_BYTES, "its header")
        header = cls(
            rows=integer(fields, "rows", 1, layout.MAX_SIDE),
            cols=integer(fields, "cols", 1, layout.MAX_SIDE),
            bands=tuple(_band(nested(band, "a band")) for band in listed(fields, "bands", layout.MAX_BANDS)),
            model=text(fields, "model", _SHORT),
            model_sha256=text(fields, "model_sha256", _SHORT),
            quality=integer(fields, "quality", 0, layout.MAX_QUALITY),
            software=text(fields, "software", layout.MAX_SOFTWARE_CHARS),
        )
        header._check()
        return header

    def _check(self) -> None:
        if not self.bands:
            raise DamageError("it has no bands")
        if self.rows * self.cols > layout.MAX_PIXELS:
            raise DamageError(f"it claims {self.rows} × {self.cols} pixels")
        if TileGrid(self.rows, self.cols, len(self.bands)).count(0) > layout.MAX_TILES:
            raise DamageError(f"it claims {self.rows} × {self.cols} pixels in {len(self.bands)} bands")
        if not NAME.fullmatch(self.model):
            raise DamageError("its checkpoint has no valid name")
        if not _DIGEST.fullmatch(self.model_sha256):
            raise DamageError("the digest of its checkpoint is not a SHA-256")


def _band_fields(band: BandHeader) -> Fields:
    return {
        "dtype": band.dtype,
        "nodata": None if band.nodata is None else plain(band.nodata),
        "kind": str(band.radiometry.kind),
        "mean_db": plain(band.radiometry.mean_db),
        "floor": plain(band.radiometry.floor),
        "zero_is_void": bool(band.radiometry.zero_is_void),
    }


def _band(fields: Fields) -> BandHeader:
    nodata = nullable(fields, "nodata")
    return BandHeader(
        dtype=parse_dtype(fields),
        nodata=None if nodata is None else number(nodata, "nodata"),
        radiometry=Radiometry(
            kind=parse_kind(fields),
            mean_db=number_between(fields, "mean_db", -layout.MAX_MEAN_DB, layout.MAX_MEAN_DB),
            floor=number_between(fields, "floor", layout.MIN_FLOOR, layout.MAX_FLOOR),
            zero_is_void=flag(fields, "zero_is_void"),
        ),
    )


def parse_dtype(fields: Fields) -> str:
    """Return the type of a band, one of `layout.DTYPES`."""
    dtype = text(fields, "dtype", _SHORT)
    if dtype not in layout.DTYPES:
        raise DamageError(f"the type {dtype!r} of a band is unknown")
    return dtype


def parse_kind(fields: Fields) -> Kind:
    """Return what the numbers of a band mean."""
    kind = text(fields, "kind", _SHORT)
    try:
        return Kind(kind)
    except ValueError as error:
        raise DamageError(f"the kind {kind!r} of a band is unknown") from error
