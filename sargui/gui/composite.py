"""Two bands seen as one picture in color: which bands those are, and what is said of them.

As is usual for two polarizations (SNAP, Sentinel Hub): red is the co-polarized band, green the cross-polarized one,
and blue their ratio, which in decibels is a difference.
"""

from __future__ import annotations

import re
from itertools import permutations

from sargui.core.types import Kind, ProductInfo
from sargui.gui import wording
from sargui.gui.scene import ReadOut
from sargui.gui.shading import ErrorKind

Bands = tuple[int, ...]  # what is seen, by index: one band, or two as a composite, the co-polarized one first

_POLARIZATION = re.compile(r"(?<![a-z])[hv]{2}(?![a-z])", re.IGNORECASE)  # in VV, Sigma0_VH_db, …
_CO, _CROSS = ("HH", "VV"), ("HV", "VH")  # transmitted, received


def choices(info: ProductInfo) -> list[Bands]:
    """Return what can be seen of a scene: each band, then a composite for each polarization that was transmitted.

    Where no two bands are the co- and the cross-polarized one, the first two that hold measurements are composed.
    """
    measured = [index for index, band in enumerate(info.bands) if band.kind is not Kind.EXACT]
    pairs: dict[str, Bands] = {}
    for pair in permutations(measured, 2):
        co, cross = (_polarization(info, index) for index in pair)
        if co in _CO and cross in _CROSS and co[0] == cross[0]:
            pairs.setdefault(co, pair)
    first_two = [tuple(measured[:2])] if len(measured) > 1 else []
    return [*((index,) for index in range(len(info.bands))), *(pairs.values() or first_two)]


def names(info: ProductInfo, bands: Bands) -> tuple[str, str, str]:
    """Return what the colors of a composite are, red first: VV, VH, VV/VH; or Band 1, Band 2, 1/2."""
    word, (first, second) = _told_apart(info, bands)
    return f"{word}{first}", f"{word}{second}", f"{first}/{second}"


def name(info: ProductInfo, bands: Bands) -> str:
    """Return how a choice is listed: VV; VV / VH color; Bands 1 / 2 color."""
    if len(bands) == 1:
        return wording.band(info, bands[0])
    word, pair = _told_apart(info, bands)
    return f"{'Bands ' if word else ''}{' / '.join(pair)} color"


def short(info: ProductInfo, index: int) -> str:
    """Return how a band is called where there is little room: VV, or Band 1."""
    return _polarization(info, index) or f"Band {index + 1}"


def caption(info: ProductInfo, bands: Bands) -> str:
    """Return what a pane shows and what its decibels refer to: red VV, green VH, blue VV/VH, dB of DN."""
    if len(bands) == 1:
        return wording.caption(info, bands[0])
    red, green, blue = names(info, bands)
    return f"red {red}, green {green}, blue {blue}, dB{wording.reference(info.bands[bands[0]])}"


def sentence(info: ProductInfo, bands: Bands) -> str:
    """Return what is seen from now on, and of which band of a composite the rest of the window is."""
    if len(bands) == 1:
        return f"{name(info, bands)} is shown."
    red, green, blue = names(info, bands)
    colors = f"red is {red}, green {green}, blue {blue}, each with its own stretch"
    rest = f"error, attention, pins, regions, profiles and the figures in view are of {red}"
    return f"{name(info, bands)}: {colors}; {rest}."


def alone(info: ProductInfo, bands: Bands) -> str:
    """Return what stands before the caption of what is of one band of a composite, as the error: its name."""
    return f"{names(info, bands)[0]}: " if len(bands) > 1 else ""


def cursor(values: ReadOut, info: ProductInfo, kind: ErrorKind = ErrorKind.SIGNED) -> str:
    """Return the read-out for the status bar; of a composite, both bands and their ratio: VV −11.21 | −11.38 dB."""
    cross = values.cross
    if cross is None:
        return wording.cursor(values, kind, info.bands[values.band])
    first, second, ratio = names(info, (values.band, cross.band))
    both = _less(values.original_db, cross.original_db), _less(values.decoded_db, cross.decoded_db)
    return wording.read_out(
        values,
        f"{first} {_pair(values.original_db, values.decoded_db)}",
        f"{second} {_pair(cross.original_db, cross.decoded_db)}",
        f"{ratio} {_pair(*both)}",
        f"{first} {wording.error(values.error_db, kind)}",
    )


def _told_apart(info: ProductInfo, bands: Bands) -> tuple[str, list[str]]:
    """Return two bands by polarization or, where that does not tell them apart, the word "Band " and their numbers."""
    found = [_polarization(info, index) for index in bands]
    if all(found) and len(set(found)) == len(found):
        return "", found
    return "Band ", [str(index + 1) for index in bands]


def _polarization(info: ProductInfo, index: int) -> str:
    """Return the polarization of a band, as VH, by its description; empty where that names none or several."""
    found = {one.upper() for one in _POLARIZATION.findall(info.bands[index].description)}
    return found.pop() if len(found) == 1 else ""


def _less(one_db: float | None, other_db: float | None) -> float | None:
    return None if one_db is None or other_db is None else one_db - other_db


def _pair(original_db: float | None, decoded_db: float | None) -> str:
    """Return −11.21 | −11.38 dB; the original alone where nothing was decoded."""
    if decoded_db is None:
        return wording.decibels(original_db)
    return f"{wording.decibels(original_db).removesuffix(f'{wording.NBSP}dB')} | {wording.decibels(decoded_db)}"
