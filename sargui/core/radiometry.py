"""Between a raster's numbers and the network's input, and back.

The network sees x = (10·log10(power + floor) − mean_db) / 10: one unit is 10 dB. In the log domain speckle is
additive (Oliver and Quegan, Understanding SAR Images, 2004, ch. 4: var(ln I) = ψ′(L)), and an error means the
same everywhere. The floor keeps the darkest pixels from eating the bits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sargui.core.errors import UnsupportedRasterError
from sargui.core.types import BandInfo, Kind, Pixels, Radiometry, Void

Floating = TypeVar("Floating", bound=np.floating[Any])

FLOOR_QUANTILE = 0.02  # of the valid power
FLOOR_FRACTION = 0.1  # of that quantile
BRIGHTEST_DB = 385.0  # about what float32 holds as power; an undeclared fill value beyond it is taken for this
DARKEST_DB = 10.0 * float(np.log10(np.finfo(np.float32).tiny))  # −379.3: the least normal float32, as power
PLAUSIBLE_DB = 200.0  # where more than half of the values lie further from 0 dB, they are something else
DARKEST = 0.01  # decoded power never falls below this fraction of the floor, so that dB stay finite
ZERO_AREA_SHARE = 0.9  # zeros count as "not measured" if this share of them has a zero beside, above or below


def ten_to(x: NDArray[Floating]) -> NDArray[Floating]:
    """Return 10 ** x by a power of two, for which numpy has vector instructions; float32 to 4e-6 for |x| up to 20."""
    return np.asarray(np.exp2(x * x.dtype.type(np.log2(10))))


def power(values: NDArray[np.generic], kind: Kind) -> NDArray[np.float32]:
    """Return linear power of raw values; negative amplitude or power counts as 0, exact numbers as power."""
    with np.errstate(over="ignore", invalid="ignore"):  # beyond float32 lies infinity, which to_network clips
        if kind is Kind.DB:
            return ten_to(values.astype(np.float64) / 10.0).astype(np.float32)
        linear = np.maximum(values.astype(np.float32), np.float32(0))
        return linear * linear if kind is Kind.AMPLITUDE else linear


def true_power(values: NDArray[np.generic], kind: Kind) -> NDArray[np.float64]:
    """Return linear power of raw values as they are: negative power too, though negative amplitude counts as 0."""
    exact = values.astype(np.float64)
    with np.errstate(over="ignore"):
        if kind is Kind.DB:
            return ten_to(exact / 10.0)
        return np.maximum(exact, 0.0) ** 2 if kind is Kind.AMPLITUDE else exact


def unkept(values: NDArray[Any], kind: Kind) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which valid values cannot be kept: those that are negative, and those whose power is out of range.

    Amplitude and power below 0 come back as 0 or a little more. Power above `BRIGHTEST_DB`, or below `DARKEST_DB` but
    not 0, comes back as something else.
    """
    none = np.zeros(values.shape, bool)
    if kind is Kind.EXACT:
        return none, none
    out_of_range = (values < _of_db(DARKEST_DB, kind)) | (values > _of_db(BRIGHTEST_DB, kind))
    return (none, out_of_range) if kind is Kind.DB else (values < 0, out_of_range & (values > 0))


def _of_db(db: float, kind: Kind) -> float:
    """Return the raw value whose power is so many dB."""
    return db if kind is Kind.DB else 10.0 ** (db / (20.0 if kind is Kind.AMPLITUDE else 10.0))


def classify(values: NDArray[np.generic], nodata: float | None) -> NDArray[np.uint8]:
    """Return the `Void` class of each value: NaN and infinities by value, `nodata` by equality (NaN allowed)."""
    void = np.zeros(values.shape, np.uint8)
    if values.dtype.kind == "f":
        void[np.isnan(values)] = Void.NAN
        void[values == np.inf] = Void.POSITIVE_INFINITY
        void[values == -np.inf] = Void.NEGATIVE_INFINITY
    if nodata is not None and not np.isnan(nodata):
        void[values == nodata_as(nodata, values.dtype)] = Void.NODATA
    return void


def nodata_as(nodata: float, dtype: np.dtype[Any]) -> float | int:
    """Return the nodata value as a pixel of this type would hold it (float32 rounds -3.4028234663852886e+38, …)."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return float(np.asarray(nodata).astype(dtype))
    return int(nodata) if float(nodata).is_integer() else nodata


def value_class(void: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return what void classes say of the values alone, masked or not."""
    return void & np.uint8(Void.MASKED - 1)


def void_of(pixels: Pixels, radiometry: Radiometry) -> NDArray[np.uint8]:
    """Return the void classes of pixels, counting zeros where the band's radiometry says so."""
    if not radiometry.zero_is_void:
        return pixels.void
    zero = (pixels.values == 0) & (value_class(pixels.void) == Void.VALID)
    return np.where(zero, pixels.void | np.uint8(Void.ZERO), pixels.void)


def without_zeros(void: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return void classes as a raster says them, to which 0 is a number: what `void_of` adds is taken away."""
    return np.where(value_class(void) == Void.ZERO, void & np.uint8(Void.MASKED), void)


def estimate(samples: Iterable[Pixels], kind: Kind) -> Radiometry:
    """Return the radiometry of a band from samples of it (each a contiguous patch).

    A band without a single valid pixel gets mean 0 dB and floor 1.

    Raises:
        UnsupportedRasterError: values called dB are none, being hundreds of them.
    """
    valid: list[NDArray[np.float32]] = []
    called_db: list[NDArray[np.generic]] = []
    zeros = zeros_in_areas = 0
    for pixels in samples:
        ok = pixels.void == Void.VALID
        zero = (pixels.values == 0) & ok
        zeros += int(zero.sum())
        zeros_in_areas += int((zero & _has_neighbor(zero)).sum())
        if kind is Kind.DB:
            called_db.append(pixels.values[ok])
        valid.append(power(pixels.values[ok], kind))
    if called_db:
        _refuse_implausible_db(np.concatenate(called_db))
    zero_is_void = kind is not Kind.DB and zeros > 0 and zeros_in_areas >= ZERO_AREA_SHARE * zeros
    values = np.concatenate(valid) if valid else np.zeros(0, np.float32)
    positive = values[np.isfinite(values) & (values > 0)]
    if positive.size == 0:
        return Radiometry(kind, 0.0, 1.0, zero_is_void)
    floor = max(FLOOR_FRACTION * float(np.quantile(positive, FLOOR_QUANTILE)), float(np.finfo(np.float32).tiny))
    measured = positive if zero_is_void else values[np.isfinite(values)]
    mean_db = float(np.mean(10.0 * np.log10(measured.astype(np.float64) + floor)))
    return Radiometry(kind, round(mean_db, 4), float(np.float32(floor)), zero_is_void)


def _refuse_implausible_db(values: NDArray[np.generic]) -> None:
    if values.size and abs(middle := float(np.median(values.astype(np.float64)))) > PLAUSIBLE_DB:
        raise UnsupportedRasterError(
            f"The values are called dB, but half of them lie beyond {middle:.0f} dB; if they are scaled "
            "(hundredths of a dB, for example), convert them to real dB first."
        )


def _has_neighbor(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which pixels have a set pixel beside, above or below them."""
    framed = np.pad(mask, 1)
    return np.asarray(framed[:-2, 1:-1] | framed[2:, 1:-1] | framed[1:-1, :-2] | framed[1:-1, 2:])


def to_network(values: NDArray[np.generic], radiometry: Radiometry) -> NDArray[np.float32]:
    """Return network input of raw values, shape kept; void pixels give numbers of no meaning (maybe NaN)."""
    with np.errstate(invalid="ignore"):
        db = 10.0 * np.log10(power(values, radiometry.kind) + np.float32(radiometry.floor))
        db = np.minimum(db, np.float32(BRIGHTEST_DB))
    return np.asarray((db - np.float32(radiometry.mean_db)) / np.float32(10), dtype=np.float32)


def to_db(x: NDArray[np.float32], radiometry: Radiometry) -> NDArray[np.float32]:
    """Return dB (of power + floor) of network input: the domain in which errors are measured."""
    return x * np.float32(10) + np.float32(radiometry.mean_db)


def block_sums(values: NDArray[Any], step: int, dtype: type[np.generic] | None = None) -> NDArray[Any]:
    """Return sums over step×step pixels, in a type of their own or that of NumPy's sums; fewer at the far borders."""
    rows, cols = values.shape
    padded = np.pad(values, ((0, -rows % step), (0, -cols % step)))
    down = padded.reshape(-1, step, padded.shape[1]).sum(axis=1, dtype=dtype)  # in two steps it takes half the time
    return np.asarray(down.reshape(len(down), -1, step).sum(axis=2))


def block_mean_db(
    power: NDArray[np.floating], valid: NDArray[np.bool_], step: int, floor: float = 0.0
) -> NDArray[np.float32]:
    """Return the mean power over the valid ones of step×step pixels, plus `floor`, in dB; NaN where that is none."""
    total = block_sums(np.where(valid, power, power.dtype.type(0)), step, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        db = 10.0 * np.log10(total / block_sums(valid, step) + floor)
    return np.where(np.isfinite(db), db, np.nan).astype(np.float32)


def from_network(
    x: NDArray[np.float32], void: NDArray[np.uint8], radiometry: Radiometry, band: BandInfo
) -> NDArray[np.generic]:
    """Return raw values in the band's type: rounded and clipped, void pixels exact, and no valid pixel on nodata."""
    dtype = np.dtype(band.dtype)
    with np.errstate(over="ignore"):  # a file may say so; what is infinite is clipped to the type
        linear = ten_to(to_db(x, radiometry).astype(np.float64) / 10.0)
    linear -= radiometry.floor
    np.maximum(linear, radiometry.floor * DARKEST if radiometry.kind is Kind.DB else 0.0, out=linear)
    if radiometry.kind is Kind.DB:
        linear = 10.0 * np.log10(linear)
    elif radiometry.kind is Kind.AMPLITUDE:
        np.sqrt(linear, out=linear)
    values = _cast(linear, dtype)
    reserved = (band.nodata, 0 if radiometry.zero_is_void else None)
    for value in reserved * 2:  # moving off one may land on the other
        values = _move_off(values, value, dtype)
    return _restore_void(values, void, band.nodata)


def _cast(values: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[np.generic]:
    if dtype.kind == "f":
        limit = float(np.finfo(dtype).max)
        return np.clip(values, -limit, limit).astype(dtype)
    limits = np.iinfo(dtype)
    return np.clip(np.rint(values), limits.min, limits.max).astype(dtype)


def _move_off(values: NDArray[np.generic], nodata: float | None, dtype: np.dtype[Any]) -> NDArray[np.generic]:
    """Move valid values that landed on a value that means "no data" to the nearest other value of the type."""
    if nodata is None or np.isnan(nodata):
        return values
    same = values == nodata_as(nodata, dtype)
    if not same.any():
        return values
    if dtype.kind == "f":
        neighbor = np.nextafter(np.asarray(nodata, dtype), np.asarray(0 if nodata else 1, dtype))
    else:
        neighbor = np.asarray(int(nodata) + 1 if int(nodata) < np.iinfo(dtype).max else int(nodata) - 1, dtype)
    return np.where(same, neighbor, values)


def _restore_void(values: NDArray[np.generic], void: NDArray[np.uint8], nodata: float | None) -> NDArray[np.generic]:
    if not void.any():
        return values
    values, reason = values.copy(), value_class(void)
    if values.dtype.kind == "f":
        values[reason == Void.NAN] = np.nan
        values[reason == Void.POSITIVE_INFINITY] = np.inf
        values[reason == Void.NEGATIVE_INFINITY] = -np.inf
    values[reason == Void.ZERO] = 0
    values[(reason == Void.NODATA) | (void == Void.MASKED)] = _filler(nodata, values.dtype)
    return values


def _filler(nodata: float | None, dtype: np.dtype[Any]) -> float | int:
    """Return what stands where nothing is known: nodata, or 0 if there is none that the type can hold."""
    value = 0 if nodata is None else nodata_as(nodata, dtype)
    if dtype.kind == "f":
        return value
    limits = np.iinfo(dtype)
    return value if isinstance(value, int) and limits.min <= value <= limits.max else 0
