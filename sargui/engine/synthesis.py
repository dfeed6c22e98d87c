"""From the latents of tiles to pixels: any window of a scene, each part with its real neighbors around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec.layout import gather_latents, join_tiles
from sargui.codec.memory import alone
from sargui.codec.power import AROUND, contrast
from sargui.codec.tile_codec import TileCodec
from sargui.container import TileGrid, TileKey
from sargui.core.tiling import CELL, TILE, TILE_CELLS, ceil_div, grown, parts, place_in, reflect, tile_window
from sargui.core.types import Void, Window
from sargui.engine.encoding import NETWORK_WINDOW, CodedWindow
from sargui.engine.stages import Clock

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DecodedTile:
    """Latents (256, 32, 32), table indices (uint8) and void plane (rows, cols) of a tile."""

    v_hat: Tensor
    index: Tensor
    void: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A window of a band, each (rows, cols): network output before any rounding, void classes, and contrasts."""

    x: NDArray[np.float32]
    void: NDArray[np.uint8]
    contrasts: NDArray[np.float32]

    def part(self, place: tuple[slice, slice]) -> Decoded:
        """Return what lies at a place in it."""
        return Decoded(self.x[place], self.void[place], self.contrasts[place])


class _Needed(NamedTuple):
    """What a window is synthesized from, each down and across: its first cell, all cells, those of the scene, tiles."""

    first: list[int]
    wanted: list[Span]
    lengths: list[int]
    spans: list[Span]
    keys: list[TileKey]


Tiles = Callable[[list[TileKey]], Mapping[TileKey, DecodedTile]]


def tiles_of(coded: CodedWindow, band: int, scene: tuple[int, int], codec: TileCodec) -> dict[TileKey, DecodedTile]:
    """Return the tiles of a window that has just been coded, as a decoder will have them."""
    found = {}
    for number, tile in enumerate(coded.tiles):
        inside = tile_window(tile, *scene)
        row, col = inside.row - coded.window.row, inside.col - coded.window.col
        void = coded.void[row : row + inside.rows, col : col + inside.cols]
        if coded.coded is None:
            zeros = torch.zeros((1, 1, 1), device=codec.device)
            v_hat = index = zeros.expand(codec.network.config.latents, TILE_CELLS, TILE_CELLS)
        else:
            v_hat, index = coded.coded[1].v_hat[number], coded.coded[1].index[number]
        found[TileKey(0, band, tile.row, tile.col)] = DecodedTile(v_hat, index, void)
    return found


class Synthesis:
    """Turns tiles into pixels; `tiles` returns those of some keys, from a file or from an encoder."""

    def __init__(self, grid: TileGrid, codec: TileCodec, quality: int, tiles: Tiles, clock: Clock) -> None:
        self._grid, self._codec, self._quality, self._tiles, self._clock = grid, codec, quality, tiles, clock

    def read(self, band: int, window: Window, level: int = 0) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network output, before any rounding, and void classes of a window of a level of a measured band."""
        x = np.empty(window.shape, np.float32)
        void = np.empty(window.shape, np.uint8)
        for part in parts(window, NETWORK_WINDOW + 2 * AROUND):
            row, col = part.row - window.row, part.col - window.col
            place = np.s_[row : row + part.rows, col : col + part.cols]
            x[place], void[place] = self._read_part(band, part, level)
        return x, void

    def read_contrasts(self, band: int, window: Window) -> Decoded:
        """Return a window of level 0 of a measured band with its contrasts, for the radiometric correction."""
        wide = self.around(window)
        return contrasted(*self.read(band, wide), wide, window)

    def around(self, window: Window) -> Window:
        """Return a window of level 0 with what its contrasts are taken from."""
        return grown(window, AROUND, AROUND, self._grid.size(0))

    def keys(self, band: int, window: Window) -> list[TileKey]:
        """Return the tiles that a window of level 0 of a measured band needs."""
        return self._needed(band, window, 0).keys

    def _read_part(self, band: int, window: Window, level: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        first, wanted, lengths, spans, keys = self._needed(band, window, level)
        tiles = self._tiles(keys)
        void = pasted({key: tile.void for key, tile in tiles.items()}, window)
        if void.all():
            return np.zeros(window.shape, np.float32), void
        down, across = ((stop - start) * TILE_CELLS for start, stop in spans)
        rows, cols = (
            (*want, span[0] * TILE_CELLS, length) for want, span, length in zip(wanted, spans, lengths, strict=True)
        )

        def synthesized() -> NDArray[np.float32]:
            device = self._codec.device  # tiles that were made on another one before are brought along
            v_hat = join_tiles((tiles[key].v_hat.to(device) for key in keys), down, across)
            index = join_tiles((tiles[key].index.to(device) for key in keys), down, across)
            v_hat, index = gather_latents(v_hat, index, self._codec.signs, rows, cols)
            return self._codec.synthesize(v_hat, index.to(torch.float32), self._quality)

        with self._clock("transform"):
            x = alone(self._codec, synthesized)
        row, col = window.row - first[0] * CELL, window.col - first[1] * CELL
        return x[row : row + window.rows, col : col + window.cols], void

    def _needed(self, band: int, window: Window, level: int) -> _Needed:
        halo, grid = self._codec.synthesis_halo, self._codec.grid
        first = [start // CELL // grid * grid for start in (window.row, window.col)]
        ends = (window.row + window.rows, window.col + window.cols)
        wanted = [
            (start - halo, start + ceil_div(ceil_div(end, CELL) - start, grid) * grid + halo)
            for start, end in zip(first, ends, strict=True)
        ]
        lengths = [ceil_div(side, CELL) for side in self._grid.size(level)]
        spans = [_tile_span(span, length) for span, length in zip(wanted, lengths, strict=True)]
        keys = [TileKey(level, band, row, col) for row in range(*spans[0]) for col in range(*spans[1])]
        return _Needed(first, wanted, lengths, spans, keys)


def _tile_span(wanted: Span, length: int) -> Span:
    """Return first and last + 1 tile that hold the cells of a span, mirrored into a scene of `length` cells."""
    places, _ = reflect(*wanted, length)
    return int(places.min()) // TILE_CELLS, int(places.max()) // TILE_CELLS + 1


def contrasted(x: NDArray[np.float32], void: NDArray[np.uint8], wide: Window, window: Window) -> Decoded:
    """Return a window with its contrasts, given network output and void classes of what is `around` it."""
    return Decoded(x, void, contrast(x, void == Void.VALID)).part(place_in(window, wide))


def pasted(tiles: Mapping[TileKey, NDArray[Any]], window: Window, side: int = TILE) -> NDArray[Any]:
    """Return a window of what tiles hold, `side` values a side; they need not lie inside. 0 where there is none."""
    result = np.zeros(window.shape, next(iter(tiles.values())).dtype)
    for key, pixels in tiles.items():
        row, col = key.row * side - window.row, key.col * side - window.col
        rows, cols = pixels.shape
        top, left = max(row, 0), max(col, 0)
        bottom, right = min(row + rows, window.rows), min(col + cols, window.cols)
        if bottom > top and right > left:
            result[top:bottom, left:right] = pixels[top - row : bottom - row, left - col : right - col]
    return result
