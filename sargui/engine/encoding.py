"""Coding a plane: network window by network window, tile by tile; used by compression, targets and previews alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec.exact import encode_exact
from sargui.codec.layout import cut_tiles
from sargui.codec.symbols import Latents, TileSymbols
from sargui.codec.tile_codec import TileCodec, TileFrame, WrittenTile
from sargui.codec.void_plane import encode_void
from sargui.core.tiling import CELL, TILE, TILE_CELLS, Tile, ceil_div, tile_window, tiles_in
from sargui.core.types import Void, Window
from sargui.engine.planes import BandPlane, Plane, read_extended
from sargui.engine.stages import Clock

NETWORK_WINDOW = 1024  # pixels; a multiple of a tile
MARGIN = 3 * CELL  # pixels at the border of a window whose reconstruction lacks its real neighbors


@dataclass(frozen=True, slots=True)
class CodedWindow:
    """A network window after quantization: its tiles in order, and what is needed to write or to measure them."""

    window: Window
    tiles: list[Tile]
    frames: list[TileFrame]
    coded: tuple[TileSymbols, Latents] | None  # None if no cell is coded
    x: NDArray[np.float32]  # network input of the window's full cells, void filled
    void: NDArray[np.uint8]  # of the same pixels


@dataclass(frozen=True, slots=True)
class Analyzed:
    """A network window before quantization: the latents of its tiles in steps, and what goes with them."""

    window: Window
    tiles: list[Tile]
    frames: list[TileFrame]
    v: Tensor | None  # (tiles, 256, 32, 32); None if no cell is coded
    x: NDArray[np.float32]
    void: NDArray[np.uint8]


class Encoder:
    """Codes the windows of planes with one codec at one quality."""

    def __init__(self, codec: TileCodec, clock: Clock) -> None:
        self.codec, self._clock = codec, clock

    def code(self, plane: Plane, window: Window, quality: int) -> CodedWindow:
        """Return a window analyzed and quantized."""
        return self.quantize(self.analyze(plane, window, quality), quality)

    def analyze(self, plane: Plane, window: Window, quality: int) -> Analyzed:
        """Return a window read and analyzed."""
        halo = self.codec.analysis_halo
        with self._clock("read"):
            x, void = read_extended(plane, window, halo)
            tiles = tiles_in(window)
            frames = list(_frames(tiles, window, void, halo, plane.shape))
        inner = np.s_[halo:-halo, halo:-halo]
        if not any(frame.cells.any() for frame in frames):
            return Analyzed(window, tiles, frames, None, x[inner], void[inner])
        with self._clock("transform"):
            v = cut_tiles(self.codec.analyze(x, quality))
        return Analyzed(window, tiles, frames, v, x[inner], void[inner])

    def quantize(self, found: Analyzed, quality: int) -> CodedWindow:
        """Return an analyzed window quantized."""
        coded = None
        if found.v is not None:
            with self._clock("entropy network"):
                coded = self.codec.quantize(found.v, found.frames, quality)
        return CodedWindow(found.window, found.tiles, found.frames, coded, found.x, found.void)

    def write(self, coded: CodedWindow, quality: int) -> list[WrittenTile]:
        """Return the payload of each tile of a window."""
        with self._clock("rANS"):
            if coded.coded is None:
                return self.codec.write_empty(coded.frames, quality)
            return self.codec.write(coded.coded[0], coded.frames, quality)

    def squared_errors(self, plane: BandPlane, coded: CodedWindow, quality: int) -> tuple[float, int]:
        """Return the sum of squared errors in dB² over the valid pixels of a window, and their number.

        Pixels are rounded as they will be. Latents beyond the window are taken as mirrored, so where the window is
        not the scene, pixels near its border do not count, unless hardly any would be left.
        """
        if coded.coded is None:
            return 0.0, 0
        window = coded.window
        with self._clock("synthesis"):
            rows, cols = (ceil_div(side, CELL) for side in window.shape)
            decoded = self.codec.synthesize_scene(coded.coded[1], rows, cols, quality)
        margin = 0 if window.shape == plane.shape or min(window.shape) < 4 * MARGIN else MARGIN
        inner = np.s_[margin : window.rows - margin, margin : window.cols - margin]
        x, void = coded.x[inner], coded.void[inner]
        error = (plane.rounded(decoded[inner], void) - x)[void == Void.VALID]
        return 100.0 * float(np.square(error).sum(dtype=np.float64)), error.size


def encode_exact_tiles(window: Window, values: NDArray[Any]) -> list[tuple[Tile, bytes]]:
    """Return the tiles of a window of an exact band, and the payload of each; the window starts at a tile."""
    coded = []
    for tile in tiles_in(window):
        row, col = tile.row * TILE - window.row, tile.col * TILE - window.col
        coded.append((tile, encode_exact(values[row : row + TILE, col : col + TILE])))
    return coded


def _frames(
    tiles: list[Tile], window: Window, void: NDArray[np.uint8], halo: int, scene: tuple[int, int]
) -> Iterator[TileFrame]:
    """Yield what is coded of each tile: cells whose bases touch a valid pixel, and the mask of its own pixels."""
    touched = _touched_cells(void, halo)
    for tile in tiles:
        inside = tile_window(tile, *scene)
        row, col = inside.row - window.row, inside.col - window.col
        extent = ceil_div(inside.rows, CELL), ceil_div(inside.cols, CELL)
        cells = np.zeros((TILE_CELLS, TILE_CELLS), bool)
        place = np.s_[row // CELL : row // CELL + extent[0], col // CELL : col // CELL + extent[1]]
        cells[: extent[0], : extent[1]] = touched[place]
        own = void[halo + row : halo + row + inside.rows, halo + col : halo + col + inside.cols]
        yield TileFrame(cells, extent, encode_void(own))


def _touched_cells(void: NDArray[np.uint8], halo: int) -> NDArray[np.bool_]:
    """Return, for each cell inside the halo, whether its 32×32 support holds a valid pixel."""
    half = CELL // 2
    valid = (void == Void.VALID)[halo - half : len(void) - halo + half, halo - half : void.shape[1] - halo + half]
    blocks = valid.reshape(valid.shape[0] // half, half, -1, half).any(axis=(1, 3))
    rows = blocks[0:-2:2] | blocks[1:-2:2] | blocks[2::2] | blocks[3::2]
    return np.asarray(rows[:, 0:-2:2] | rows[:, 1:-2:2] | rows[:, 2::2] | rows[:, 3::2])


assert NETWORK_WINDOW % TILE == 0
