"""What an analyst can read from a scene: requests and results, as in `requests.py`. Frozen, without torch.

Places are (row, col); integers are centers of pixels, so that a pixel reaches half a pixel to each side.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Kind, ProductInfo, Window
from sargui.quality.regions import RegionComparison, RegionStatistics

if TYPE_CHECKING:  # requests.py names the requests of this file among all others
    from sargui.engine.requests import Trial

Point = tuple[float, float]  # row, col


class Unit(StrEnum):
    """What decibels refer to, ready to be shown."""

    SIGMA0 = "σ⁰ dB"  # calibrated by the product's own tables
    DIGITAL = "DN dB"  # of digital numbers, which nothing calibrates
    PLAIN = "dB"  # of whatever the band holds


@dataclass(frozen=True, slots=True)
class Pair:
    """One band of an original and of a compressed file, a container or any raster of the same size.

    One of the two may be None; then what would need it is None in the result. With a `trial` in the place of
    `compressed` what is read is coded and decoded here and now. `kind` is for originals that do not say theirs.
    """

    original: Path | None
    compressed: Path | None
    band: int = 0
    trial: Trial | None = None
    kind: Kind | None = None
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class InspectRegion:
    """Measure a rectangle, or a polygon by its corners; what lies outside of the scene is left out."""

    pair: Pair
    region: Window | tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class RegionReading:
    """What a region holds, over the pixels that are valid in both pictures, if there are two.

    The histograms have common bins, at most 256, between `edges_db`, (bins + 1); of each picture a thousandth of the
    pixels may lie below them and as many above. Pixels without power, −∞ dB, are in none.
    """

    unit: Unit
    original: RegionStatistics | None
    decoded: RegionStatistics | None
    comparison: RegionComparison | None
    edges_db: NDArray[np.float64]
    original_counts: NDArray[np.int64] | None
    decoded_counts: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Read the values along a line between two places inside the scene."""

    pair: Pair
    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """Values along a line, each array (samples,), at most 4096; NaN where void.

    Samples are no more than a pixel apart, each the value of the pixel that it lies in (nearest neighbor, which
    leaves the statistics of speckle as they are). Longer lines are thinned: `averaged` neighbors are one sample, their
    mean power at their mean place. `distance_px` counts from the start of the line, in pixels.
    """

    unit: Unit
    averaged: int
    rows: NDArray[np.float64]
    cols: NDArray[np.float64]
    distance_px: NDArray[np.float64]
    original_db: NDArray[np.float64] | None
    decoded_db: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class ReadPixel:
    """Read everything that is known of one pixel."""

    pair: Pair
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class PixelValues:
    """One pixel of one picture; all but `number` NaN where it is void. σ⁰ is None without a calibration."""

    number: float  # as the file holds it
    db: float  # of its power, in the reading's unit
    sigma0_db: float | None


@dataclass(frozen=True, slots=True)
class PixelReading:
    """One pixel; `error_db` is decoded − original. `unit` is that of `db`, which is never σ⁰ here.

    Longitude and latitude are in degrees on WGS 84, None without a georeference.
    """

    row: int
    col: int
    unit: Unit
    original: PixelValues | None
    decoded: PixelValues | None
    error_db: float | None
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True, slots=True)
class Locate:
    """Find the place of a scene on the Earth; the answer is a `sargui.engine.locate.Place`, or None.

    `path` is where the scene was opened: the files of its product may know what `info` does not say.
    """

    info: ProductInfo
    path: Path


Reading = InspectRegion | Profile | ReadPixel | Locate
