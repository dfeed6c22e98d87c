"""What becomes of a container that was tampered with: refused, read as it was, or read with what it says is lost."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.container import layer_name
from sargui.core.errors import DamagedFileError, SarguiError
from sargui.core.tiling import TILE
from sargui.core.types import Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.describe import describe
from sargui.engine.requests import Describe, Verify
from sargui.engine.verify import verify

from .small import TILES

REACH = 56  # pixels around a lost tile that are lost with it: a halo of 3 cells, and 8 of contrast
_TILES_ACROSS = 2


class Outcome(StrEnum):
    """What came of a file; anything else fails."""

    REFUSED = "refused"
    INTACT = "read as it was"
    TILES = "tiles named, the others as they were"
    LAYERS = "layers named, pixels as they were"
    PLAIN = "the correction named, pixels without it"
    BOTH = "tiles and layers named, the others as they were"


@dataclass(frozen=True)
class Reading:
    """All that a lenient reader gets of a container; `lost` are the names of damaged tiles."""

    pixels: tuple[NDArray[Any], ...]  # of each band: values, and void classes
    overviews: tuple[NDArray[Any], ...]
    beside: tuple[object, ...]  # description, annexes, measured error
    lost: frozenset[str]
    lost_layers: frozenset[int]


def read(path: Path) -> Reading:
    """Return what a lenient reader gets of a container."""
    with DecodedSource(path, "cpu", lenient=True) as source:
        whole, reader = Window(0, 0, *source.info.shape), source.reader
        found = [source.read(band, whole) for band in range(len(source.info.bands))]
        overviews = [source.read_network(0, Window(0, 0, *source.size(1)), 1)[0]] if 1 in reader.levels else []
        lost_layers = frozenset(reader.damaged_layers())
        return Reading(
            tuple(array for pixels in found for array in (pixels.values, pixels.void)),
            tuple(overviews),
            (source.info, None if 5 in lost_layers else source.annexes(), reader.measured()),
            frozenset(map(str, reader.damaged())) | frozenset(source.damaged),
            lost_layers,
        )


def judge(path: Path, intact: Reading, plain: Reading) -> Outcome:
    """Return what came of a file that was `intact`, and whose pixels without the correction are `plain`.

    Raises:
        AssertionError: something changed that nothing was said of, or was said of what had not changed.
    """
    try:
        found = read(path)
    except SarguiError:
        _refuses_as_well(path)
        return Outcome.REFUSED
    assert found.lost <= set(TILES)
    expected = plain if 4 in found.lost_layers else intact
    _agrees(found, expected)
    _agrees_about_what_lies_beside(found, intact)
    named = verify(Verify(path, device="cpu"), lambda progress: None, Event()).damaged
    assert set(named) == found.lost | {layer_name(number) for number in found.lost_layers}
    assert _strictly(path, found) or found.lost or 4 in found.lost_layers
    if found.lost:
        return Outcome.BOTH if found.lost_layers else Outcome.TILES
    if not found.lost_layers:
        return Outcome.INTACT
    return Outcome.PLAIN if 4 in found.lost_layers else Outcome.LAYERS


def _refuses_as_well(path: Path) -> None:
    """See that no other job makes anything of a file that cannot be opened."""
    for job in (lambda: verify(Verify(path, device="cpu"), lambda progress: None, Event()), lambda: _described(path)):
        try:
            job()
        except SarguiError:
            continue
        raise AssertionError("what cannot be read is said to be whole")


def _described(path: Path) -> None:
    describe(Describe(path, check=True), lambda progress: None, Event())


def _strictly(path: Path, found: Reading) -> bool:
    """Return whether a strict reader reads all bands; what it returns is what a lenient one does."""
    with DecodedSource(path, "cpu") as source:
        try:
            for band, values in enumerate(found.pixels[::2]):
                np.testing.assert_array_equal(source.read(band, Window(0, 0, *source.info.shape)).values, values)
        except DamagedFileError:
            return False
    return True


def _agrees(found: Reading, expected: Reading) -> None:
    """See that pixels are the expected ones, but for lost tiles and what is near them, which is void."""
    for number, (got, wanted) in enumerate(zip(found.pixels, expected.pixels, strict=True)):
        lost = np.zeros(wanted.shape, bool)
        reach = 0 if number // 2 else REACH  # tiles of the alpha band stand for themselves
        for tile in found.lost:
            place = TILES.index(tile)
            if place // _TILES_ACROSS == number // 2:
                start = place % _TILES_ACROSS * TILE
                lost[:, max(start - reach, 0) : start + TILE + reach] = True
        np.testing.assert_array_equal(got[~lost], wanted[~lost])
        assert not number % 2 or got[lost].all()
    if not any("overview" in tile for tile in found.lost):
        for got, wanted in zip(found.overviews, expected.overviews, strict=True):
            np.testing.assert_array_equal(got, wanted)


def _agrees_about_what_lies_beside(found: Reading, intact: Reading) -> None:
    """See that what is not named is as it was."""
    for kind, got, wanted in zip((1, 5, 6), found.beside, intact.beside, strict=True):
        if kind not in found.lost_layers:
            assert got == wanted
    assert found.beside[0].shape == intact.beside[0].shape  # type: ignore[attr-defined]
