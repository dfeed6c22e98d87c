"""Everything that is found of a band beyond its errors, gathered window by window: `sargui.quality` in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.core.tiling import common, place_in
from sargui.core.types import Radiometry, Window
from sargui.engine.areas import Region, extent, mask
from sargui.engine.quality_report import AmplitudeError, BandDetails, Distributions, RegionQuality, Structure
from sargui.quality.bias import CellBias
from sargui.quality.distortion import Distortion
from sargui.quality.edges import EdgeSums
from sargui.quality.histograms import HistogramSums, common_histogram, kolmogorov_distance
from sargui.quality.looks import LooksSums
from sargui.quality.multiscale_ssim import MultiscaleSsim
from sargui.quality.point_targets import PointTargetSums
from sargui.quality.ratio import RatioSums
from sargui.quality.regions import RegionSums
from sargui.quality.ssim import RANGE_DB

MOST_BINS = 128


@dataclass(frozen=True, slots=True)
class Patch:
    """A window of an original and of its reconstruction, each array (rows, cols), 0 where not both are valid.

    Power is linear and ≥ 0; dB is of power + floor.
    """

    window: Window
    original: NDArray[np.float64]
    decoded: NDArray[np.float64]
    original_db: NDArray[np.float32]
    decoded_db: NDArray[np.float32]
    valid: NDArray[np.bool_]


class DetailSums:
    """The accumulators of one band; patches come row by row, as `sargui.core.tiling.windows` yields them."""

    def __init__(self, scale: Radiometry, shape: tuple[int, int], regions: Sequence[Region]) -> None:
        """Begin with a scene of that shape.

        Raises:
            RequestError: a region lies outside of it.
        """
        self._scale = scale
        self._amplitude, self._looks, self._ratio = Distortion(), LooksSums(), RatioSums()
        self._similarity, self._edges = MultiscaleSsim(scale.mean_db), EdgeSums()
        self._histograms = HistogramSums(), HistogramSums()
        self._targets = PointTargetSums()
        self._regions = [(region, extent(region, shape), RegionSums(2)) for region in regions]

    def add(self, patch: Patch) -> None:
        """Add a window."""
        window, valid = patch.window, patch.valid
        before, after, before_db, after_db = patch.original, patch.decoded, patch.original_db, patch.decoded_db
        self._amplitude.add(np.sqrt(before), np.sqrt(after), valid)
        self._looks.add(window, before, after, valid)
        self._ratio.add(window, before_db - after_db, valid)
        self._similarity.add(window, before_db, after_db, valid)
        self._edges.add(window, before_db, after_db, valid)
        self._targets.add(window, before, after, valid)
        self._histograms[0].add(before_db if valid.all() else before_db[valid])
        self._histograms[1].add(after_db if valid.all() else after_db[valid])
        for region, reach, sums in self._regions:
            if part := common(reach, window):
                place = place_in(part, window)
                inside = mask(region, part) & valid[place]
                sums.add([before[place][inside], after[place][inside]], self._scale.floor)

    def details(self, cell_bias: CellBias) -> BandDetails:
        """Return what all windows come to, with what is known of the bias."""
        amplitude, similarity = self._amplitude, self._similarity
        return BandDetails(
            floor=self._scale.floor,
            amplitude=AmplitudeError(amplitude.rmse, amplitude.largest, amplitude.psnr_db),
            cell_bias=cell_bias,
            looks=self._looks.looks,
            ratio=self._ratio.ratio,
            structure=Structure(
                ssim=similarity.ssim,
                ms_ssim=similarity.ms_ssim,
                edge_preservation=self._edges.index,
                display_middle_db=self._scale.mean_db,
                display_range_db=RANGE_DB,
            ),
            distributions=self._distributions(),
            point_targets=self._targets.targets,
            regions=tuple(_region(region, sums) for region, _, sums in self._regions),
        )

    def _distributions(self) -> Distributions:
        found = common_histogram(self._histograms, MOST_BINS)
        original_counts, decoded_counts = (tuple(each.tolist()) for each in found.counts)
        distance = kolmogorov_distance(*self._histograms)
        return Distributions(distance, tuple(found.edges_db.round(3).tolist()), original_counts, decoded_counts)


def _region(region: Region, sums: RegionSums) -> RegionQuality:
    original, decoded = sums.statistics()
    return RegionQuality(region, original, decoded, sums.comparison())
