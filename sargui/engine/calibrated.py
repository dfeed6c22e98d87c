"""Calibrated values of a product's pixels: of the original and of the compressed file alike, which holds its tables."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Kind, RasterSource, Void, Window
from sargui.io import Calibration, Quantity, read_calibration

__all__ = ["Calibration", "Quantity", "calibration_of", "read_calibrated"]


def calibration_of(source: RasterSource, band: int) -> Calibration | None:
    """Return the calibration of a band, None if its product has none; read it once, it unpacks the product's files.

    Raises:
        InputError: a table of the product is damaged.
        FormatError: the product's files in a container are damaged.
    """
    info = source.info
    if not info.product or info.bands[band].kind is not Kind.AMPLITUDE:
        return None
    return read_calibration(source.annexes(), info.bands[band].description)


def read_calibrated(
    source: RasterSource,
    band: int,
    window: Window,
    calibration: Calibration,
    quantity: Quantity = Quantity.SIGMA0,
    *,
    remove_noise: bool = False,
) -> NDArray[np.float64]:
    """Return calibrated power of a window, linear, (rows, cols); NaN where nothing was measured."""
    pixels = source.read(band, window)
    measured = (pixels.void == Void.VALID) & (pixels.values != 0)  # digital number 0 of a GRD is no measurement
    digital = np.where(measured, pixels.values, np.nan)
    rows = np.arange(window.row, window.row + window.rows)
    cols = np.arange(window.col, window.col + window.cols)
    return calibration.power(digital, rows, cols, quantity, remove_noise=remove_noise)
