"""What travels between the rooms: windows, pixels, descriptions of rasters, model cards, progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

OWN_TAGS = "SARGUI"  # the namespace of what we write into rasters of ourselves
LOSSY = "LOSSY"  # there, of what was decompressed
MISSING = "MISSING"  # there: the images that a product's manifest names and that are not there
DETECTED_FROM = "DETECTED_FROM"  # there: the complex type that the amplitude was taken of


class Kind(StrEnum):
    """What the numbers of a band mean."""

    AMPLITUDE = "amplitude"
    POWER = "power"
    DB = "db"  # 10·log10 of power
    EXACT = "exact"  # no measurement, as alpha: kept bit for bit

    @property
    def spelled(self) -> str:
        """How sentences spell it."""
        return "dB" if self is Kind.DB else self.value


class Effort(StrEnum):
    """How hard the encoder searches for a smaller file; decoding does not depend on it."""

    FAST = "fast"  # scalar quantization
    BEST = "best"  # dependent quantization, by a trellis search


class Void(IntEnum):
    """Why a pixel holds no measurement; stored per pixel, losslessly. 0 is a valid pixel.

    1 to 5 say what its value is. `MASKED` is added to them where a mask calls the pixel invalid; alone it is a masked
    pixel of an ordinary value, which is not kept.
    """

    VALID = 0
    NODATA = 1  # equals the band's nodata value
    NAN = 2
    POSITIVE_INFINITY = 3
    NEGATIVE_INFINITY = 4
    ZERO = 5  # digital number 0 of a band in which 0 means "not measured"
    MASKED = 8


class MaskKind(StrEnum):
    """What masks a raster brings beside its values."""

    NONE = "none"
    DATASET = "dataset"  # one mask for all bands
    BANDS = "bands"  # one for each band
    ALPHA = "alpha"  # a band of kind exact, whose zeros mask the others


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of pixels: `row` and `col` of its first pixel, `rows` and `cols` of its size."""

    row: int
    col: int
    rows: int
    cols: int

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return self.rows, self.cols


@dataclass(frozen=True, slots=True)
class Pixels:
    """Pixels of one band as the file holds them.

    `values`: (rows, cols) in the band's own type; `void`: (rows, cols) uint8, members of `Void`.
    """

    values: NDArray[Any]
    void: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class BandInfo:
    """One band: its type (numpy name), meaning and everything that its file says about it."""

    dtype: str
    kind: Kind
    nodata: float | None = None
    description: str = ""
    unit: str = ""
    scale: float = 1.0
    offset: float = 0.0
    color: str = "gray"  # rasterio's name of the color interpretation
    color_table: tuple[tuple[int, int, int, int, int], ...] = ()  # value, red, green, blue, alpha
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # namespace -> key -> value


@dataclass(frozen=True, slots=True)
class GroundControlPoint:
    """A pixel position (row, col; fractions allowed) and where it lies on the ground, in the CRS of the points."""

    row: float
    col: float
    x: float
    y: float
    z: float = 0.0
    id: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Georeference:
    """Where the raster lies: an affine transform with its CRS, or ground control points with theirs, or nothing."""

    crs_wkt: str = ""
    affine: tuple[float, float, float, float, float, float] | None = None  # a b c d e f, as rasterio orders them
    gcps: tuple[GroundControlPoint, ...] = ()
    gcps_crs_wkt: str = ""


@dataclass(frozen=True, slots=True)
class ProductInfo:
    """A raster product: name, size in pixels, bands, place, and file-level tags by namespace."""

    name: str
    rows: int
    cols: int
    bands: tuple[BandInfo, ...]
    georeference: Georeference = Georeference()
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    driver: str = ""
    source_bytes: int = 0  # size of the file(s) it was opened from, 0 if unknown
    mask: MaskKind = MaskKind.NONE
    product: str = ""  # what wrote its annexes, as "sentinel-1-safe"; empty for a plain raster

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return self.rows, self.cols

    @property
    def decoded(self) -> bool:
        """True for what was decompressed from a .sarz, which writes that among its tags."""
        return LOSSY in self.tags.get(OWN_TAGS, {})

    @property
    def detected_from(self) -> str:
        """The complex type of the pixels whose amplitude this is; empty of any other raster."""
        return "" if self.decoded else self.tags.get(OWN_TAGS, {}).get(DETECTED_FROM, "")

    @property
    def raw_bytes(self) -> int:
        """Bytes of the pixels without any compression."""
        return sum(np.dtype(band.dtype).itemsize for band in self.bands) * self.rows * self.cols


class RasterSource(Protocol):
    """Anything that pixels can be read from: an opened product, or a compressed file decoded on demand.

    A context manager; safe to use from one thread at a time.
    """

    @property
    def info(self) -> ProductInfo:
        """Describes the raster; constant while it is open."""

    def read(self, band: int, window: Window) -> Pixels:
        """Return the pixels of `band` (from 0) in `window`, which lies inside the raster."""

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return about the mean power in dB, (rows, cols) ≤ max_side with the raster's aspect; NaN where none is valid.

        It comes soon, so it may be that of a part of the pixels.
        """

    def annexes(self) -> Mapping[str, bytes]:
        """Return the product's files beside its rasters (annotation, …) by relative path, / between folders."""

    def close(self) -> None:
        """Release the file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Radiometry:
    """How a band's values become network input: x = (10·log10(power + floor) − mean_db) / 10.

    `floor` is in the band's power unit; `zero_is_void` says that digital number 0 means "not measured".
    """

    kind: Kind
    mean_db: float
    floor: float
    zero_is_void: bool = False


@dataclass(frozen=True, slots=True)
class MeasuredError:
    """The root-mean-square error in dB that an encoder measured over so many valid pixels, all or a sample of them."""

    rmse_db: float
    pixels: int


@dataclass(frozen=True, slots=True)
class TileError:
    """The root-mean-square error in dB of a coding tile that begins at a pixel (row, col) of a band."""

    band: int
    row: int
    col: int
    rmse_db: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a checkpoint without reading its weights. `network` is the argument of `networks.build`."""

    name: str
    sha256: str  # of the safetensors file
    attention: str
    placement: str
    network: Mapping[str, Any]
    description: str = ""
    experimental: bool = False
    training: Mapping[str, Any] = field(default_factory=dict)
    validation: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""  # of the safetensors file; where it was found, not part of the card
    best_for: str = ""  # which scenes it suits best, in a few words; empty: none in particular


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` steps, named by `stage`, with `bytes_out` written so far.

    A `notice` is a sentence for the user that is true now; the result has it, too.
    """

    done: int
    total: int
    stage: str
    bytes_out: int = 0
    pixels_done: int = 0
    notice: str = ""


Report = Callable[[Progress], None]
