"""What a comparison of an original with its reconstruction finds. Frozen, comparable, ready for JSON, without torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sargui.core.types import TileError
from sargui.engine.areas import Region
from sargui.quality.bias import CellBias
from sargui.quality.looks import Looks
from sargui.quality.point_targets import PointTargets
from sargui.quality.ratio import Ratio
from sargui.quality.regions import RegionComparison, RegionStatistics


@dataclass(frozen=True, slots=True)
class AmplitudeError:
    """Errors of amplitude, the square root of power, in its unit; the peak is the range of the original's."""

    rmse: float
    max_error: float
    psnr_db: float


@dataclass(frozen=True, slots=True)
class Structure:
    """How alike the two pictures in dB look, 1 at best; see `sargui.quality.ssim`, `multiscale_ssim` and `edges`.

    SSIM takes them as a display shows them whose range is stated: `display_range_db` about `display_middle_db`. NaN
    where too few valid pixels lie together.
    """

    ssim: float
    ms_ssim: float
    edge_preservation: float
    display_middle_db: float
    display_range_db: float


@dataclass(frozen=True, slots=True)
class Distributions:
    """The amplitudes of both pictures as distributions, over bins of dB that are common to them.

    `edges_db` (bins + 1), the counts (bins). Of each picture at most a thousandth lies below them, and as much above.
    """

    kolmogorov_distance: float  # the largest difference of the two distribution functions
    edges_db: tuple[float, ...]
    original_counts: tuple[int, ...]
    decoded_counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RegionQuality:
    """What became of a region that was asked for, over its pixels that are valid in both pictures."""

    region: Region
    original: RegionStatistics
    decoded: RegionStatistics
    comparison: RegionComparison


@dataclass(frozen=True, slots=True)
class BandDetails:
    """What is found of a band beyond its errors.

    Decibels and the ratio image are of power + `floor`; bias, looks and point targets are of power as it is.
    """

    floor: float  # in the band's power unit: the original's own, whatever it is compared with
    amplitude: AmplitudeError
    cell_bias: CellBias
    looks: Looks
    ratio: Ratio
    structure: Structure
    distributions: Distributions
    point_targets: PointTargets
    regions: tuple[RegionQuality, ...] = ()


@dataclass(frozen=True, slots=True)
class BandQuality:
    """Errors of one band over its valid pixels, in dB of (power + floor); an exact band has none, only mismatches.

    In errors, negative power counts as 0 and power beyond float32 as its limit; in the bias (decoded over original, no
    floor) power counts as it is, with its sign, and negative amplitude as 0.
    """

    rmse_db: float
    bias_db: float  # of mean power; NaN where a mean is not positive
    max_error_db: float
    psnr_db: float  # peak: the range of the original's dB values
    valid_pixels: int
    void_mismatches: int  # pixels valid in one and void in the other
    exact_mismatches: int | None = None  # pixels of an exact band that differ in a bit; None of a measured one
    unkept_pixels: int = 0  # valid ones of the original that are negative, or whose power float32 cannot hold
    details: BandDetails | None = None  # None of an exact band, and where only errors were asked for


@dataclass(frozen=True, slots=True)
class QualityReport:
    """The quality of each band, and of all together; `worst` are the tiles that err most, the worst one first."""

    bands: tuple[BandQuality, ...]
    worst: tuple[TileError, ...] = ()

    @property
    def rmse_db(self) -> float:
        """Root-mean-square error in dB over the valid pixels of all bands."""
        count = sum(band.valid_pixels for band in self.bands)
        total = sum(band.rmse_db**2 * band.valid_pixels for band in self.bands)
        return float(np.sqrt(total / count)) if count else 0.0
