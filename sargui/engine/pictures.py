"""One band of an original, of its reconstruction, or of both, as linear power on one scale.

Where the product has a calibration, power is σ⁰; otherwise it is that of the band's own numbers. No floor is added to
it, as there is in what the window shows; but there is one for the ratio of both, that of `sargui.engine.evaluate`.
"""

from __future__ import annotations

import logging
from functools import cached_property
from threading import Event

import numpy as np
from numpy.typing import NDArray

from sargui.core import radiometry
from sargui.core.errors import FormatError, InputError, MismatchError, RequestError
from sargui.core.types import Kind, Pixels, ProductInfo, Radiometry, RasterSource, Void, Window
from sargui.engine.band_sums import BRIGHTEST
from sargui.engine.bench import Bench
from sargui.engine.calibrated import Calibration, calibration_of, read_calibrated
from sargui.engine.decoded import DecodedSource
from sargui.engine.live import LiveSource
from sargui.engine.planes import sample_radiometry
from sargui.engine.readings import Pair, Unit

Floats = NDArray[np.float64]

log = logging.getLogger(__name__)


class Pictures:
    """The one or two pictures of a pair, the original first."""

    def __init__(self, pair: Pair, bench: Bench, cancel: Event) -> None:
        """Open what is asked for; it stays the bench's. `cancel` stops the coding of a trial.

        Raises:
            RequestError: neither of them is given.
            MismatchError: the two differ in size, or the band is not in both.
            SarguiError: one of them cannot be read.
        """
        self.band = pair.band
        self.original, self.decoded = bench.pair(pair, cancel)
        self.sources = [source for source in (self.original, self.decoded) if source is not None]
        if not self.sources:
            raise RequestError("There is nothing to read: neither an original nor a compressed file was given.")
        _refuse_mismatch(self.sources, pair.band)
        self.calibration = self._calibration()

    @property
    def info(self) -> ProductInfo:
        """Describes the scene."""
        return self.sources[0].info

    @property
    def plain_unit(self) -> Unit:
        """The unit of `plain_power` in dB."""
        band = self.info.bands[self.band]
        digital = band.kind in (Kind.AMPLITUDE, Kind.POWER) and np.dtype(band.dtype).kind in "iu"
        return Unit.DIGITAL if digital else Unit.PLAIN

    @property
    def unit(self) -> Unit:
        """The unit of `powers` in dB."""
        return Unit.SIGMA0 if self.calibration else self.plain_unit

    def powers(self, window: Window) -> list[Floats]:
        """Return the power of each picture, (rows, cols), linear; σ⁰ if there is a calibration; NaN where void."""
        if self.calibration is None:
            return [self.plain_power(source, source.read(self.band, window)) for source in self.sources]
        return [read_calibrated(source, self.band, window, self.calibration) for source in self.sources]

    def plain_power(self, source: RasterSource, pixels: Pixels) -> Floats:
        """Return the power of the band's own numbers, whatever their calibration; NaN where void."""
        valid = radiometry.void_of(pixels, self._scale) == Void.VALID
        power = radiometry.true_power(pixels.values, source.info.bands[self.band].kind)
        return np.where(valid, np.clip(power, 0, BRIGHTEST), np.nan)

    def floor(self, window: Window) -> Floats:
        """Return what is added to the powers of each pixel in their ratio, on the scale of `powers`, (rows, cols)."""
        floor = np.full(window.shape, self._scale.floor)
        if self.calibration is None:
            return floor
        rows, cols = window.row + np.arange(window.rows), window.col + np.arange(window.cols)
        return self.calibration.power(np.sqrt(floor), rows, cols)

    @cached_property
    def _scale(self) -> Radiometry:
        """The floor, and whether 0 means "not measured", of both pictures as `evaluate` has them; of one raster none.

        Of a compressed file they are its own, which were found in the original in the same way.
        """
        kind = self.info.bands[self.band].kind
        if kind is not Kind.EXACT:
            if isinstance(self.decoded, DecodedSource | LiveSource):
                return self.decoded.radiometry(self.band)
            if len(self.sources) == 2:
                return sample_radiometry(self.sources[0], self.band, kind)
        return Radiometry(kind, 0.0, 0.0)

    def _calibration(self) -> Calibration | None:
        """Return the calibration of either source, which is the other's too; None if it is damaged."""
        if any(source.info.bands[self.band].kind is not Kind.AMPLITUDE for source in self.sources):
            return None
        try:
            found = (calibration_of(source, self.band) for source in self.sources)
            return next((calibration for calibration in found if calibration is not None), None)
        except (InputError, FormatError) as error:
            log.warning("%s is read without its calibration: %s", self.info.name, error)
            return None


def _refuse_mismatch(sources: list[RasterSource], band: int) -> None:
    if len({source.info.shape for source in sources}) > 1:
        raise MismatchError("The compressed file is not of this scene: it has another size.")
    if not 0 <= band < min(len(source.info.bands) for source in sources):
        raise MismatchError(f"There is no band {band + 1} in {'both files' if len(sources) > 1 else 'this file'}.")
