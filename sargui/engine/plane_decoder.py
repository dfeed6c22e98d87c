"""A band decoded while it is being coded, each part as soon as its neighbors are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from sargui.codec.power import AROUND
from sargui.codec.tile_codec import TileCodec
from sargui.container import TileGrid, TileKey
from sargui.core.tiling import CELL, GAIN_SIDE, TILE, ceil_div
from sargui.core.types import Window
from sargui.engine.cell_powers import CellPowers
from sargui.engine.encoding import CodedWindow
from sargui.engine.planes import BandPlane
from sargui.engine.stages import Clock
from sargui.engine.synthesis import DecodedTile, Synthesis, pasted, tiles_of


class PlaneDecoder:
    """Decodes what `add` is given, network windows row by row, and compares it with what was coded.

    It lags behind by as much as the synthesis sees beyond a part, and keeps what of the tiles is still needed: a row of
    tiles across the scene, some two megabytes each.
    """

    def __init__(self, codec: TileCodec, plane: BandPlane, bands: int, band: int, quality: int, clock: Clock) -> None:
        self.powers = CellPowers(plane.shape)
        self._codec, self._plane, self._band, self._clock = codec, plane, band, clock
        step = max(codec.grid * CELL, GAIN_SIDE)
        around = ceil_div(AROUND, codec.grid * CELL) * codec.grid + codec.synthesis_halo
        self._lag = step * ceil_div(around * CELL, step)
        self._tiles: dict[TileKey, DecodedTile] = {}
        self._inputs: dict[TileKey, NDArray[np.float32]] = {}
        self._synthesis = Synthesis(TileGrid(*plane.shape, bands), codec, quality, partial(_of, self._tiles), Clock())

    def add(self, coded: CodedWindow) -> None:
        """Take the next window; all that can be decoded by now is."""
        with self._clock("synthesis"):
            self._keep(coded)
            part = self._part(coded.window)
            decoded = self._synthesis.read_contrasts(self._band, part)
            rounded = replace(decoded, x=self._plane.rounded(decoded.x, decoded.void))
            self.powers.add(part, pasted(self._inputs, part), rounded)
            self._forget(part)

    def _keep(self, coded: CodedWindow) -> None:
        for key, tile in tiles_of(coded, self._band, self._plane.shape, self._codec).items():
            row, col = key.row * TILE - coded.window.row, key.col * TILE - coded.window.col
            rows, cols = tile.void.shape
            self._inputs[key] = coded.x[row : row + rows, col : col + cols].copy()
            void = tile.void.copy() if tile.void.any() else np.broadcast_to(np.uint8(0), tile.void.shape)
            self._tiles[key] = DecodedTile(tile.v_hat.clone(), tile.index.to(torch.uint8), void)

    def _part(self, window: Window) -> Window:
        """Return what can be decoded once a window is there and could not before."""
        (top, bottom), (left, right) = (
            (start - self._lag if start else 0, end - self._lag if end < side else end)
            for start, end, side in zip(
                (window.row, window.col),
                (window.row + window.rows, window.col + window.cols),
                self._plane.shape,
                strict=True,
            )
        )
        return Window(top, left, bottom - top, right - left)

    def _forget(self, part: Window) -> None:
        """Drop the tiles that no later part needs."""
        below, right = part.row + part.rows - self._lag, part.col + part.cols - self._lag
        for key in list(self._tiles):
            bottom, end = (key.row + 1) * TILE, (key.col + 1) * TILE
            if bottom <= below and (end <= right or bottom <= part.row - self._lag):
                del self._tiles[key], self._inputs[key]


def _of(tiles: Mapping[TileKey, DecodedTile], keys: list[TileKey]) -> Mapping[TileKey, DecodedTile]:
    return {key: tiles[key] for key in keys}
