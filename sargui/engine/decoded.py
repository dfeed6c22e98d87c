"""A container and a tile codec together: a raster source that decodes what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from sargui.codec.layout import gather_latents, join_tiles
from sargui.codec.tile_codec import TileCodec
from sargui.container import Reader, TileGrid, TileKey
from sargui.core import catalogue, radiometry
from sargui.core.errors import DamagedFileError
from sargui.core.tiling import CELL, TILE, TILE_CELLS, ceil_div, parts, reflect, tiles_in
from sargui.core.types import Kind, Pixels, ProductInfo, Void, Window
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.stages import Clock
from sargui.engine.tile_store import TileStore

Span = tuple[int, int]


class DecodedSource:
    """A compressed file as a raster. Damaged tiles raise, or with `lenient` come as void and are listed.

    Void pixels hold nodata, or 0 without one; lost pixels of exact bands 0.
    """

    def __init__(self, path: Path, device: str = "auto", *, lenient: bool = False) -> None:
        """Open a container and its checkpoint.

        Raises:
            FormatError: not a container, damaged, or newer than this program.
            CheckpointError: the checkpoint it was made with is not installed.
        """
        self._reader = Reader(path)
        try:
            header = self._reader.header
            self.info: ProductInfo = self._reader.product()
            self.codec = TileCodec.load(catalogue.card_by_digest(header.model, header.model_sha256), device)
        except BaseException:
            self._reader.close()
            raise
        self._grid = TileGrid(header.rows, header.cols, len(header.bands))
        self.clock = Clock()
        self._store = TileStore(self._reader, self.codec, self.clock)
        self._lenient = lenient

    @property
    def reader(self) -> Reader:
        """The container underneath."""
        return self._reader

    def size(self, level: int) -> tuple[int, int]:
        """Return rows and columns of a level."""
        return self._grid.size(level)

    @property
    def damaged(self) -> list[str]:
        """Names of the damaged tiles met so far."""
        return [str(key) for key in sorted(self._store.damaged)]

    def read(self, band: int, window: Window) -> Pixels:
        """Return decoded pixels in the band's own type.

        Raises:
            DamagedFileError: a tile is damaged and the source is not lenient.
        """
        parameters = self._reader.header.bands[band].radiometry
        if parameters.kind is Kind.EXACT:
            return self._read_exact(band, window)
        x, void = self.read_network(band, window)
        with self.clock("radiometry"):
            values = radiometry.from_network(x, void, parameters, self.info.bands[band])
        return Pixels(values, radiometry.without_zeros(void))

    def read_network(self, band: int, window: Window, level: int = 0) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network output, before any rounding, and void classes of a window of a level of a measured band."""
        x = np.empty(window.shape, np.float32)
        void = np.empty(window.shape, np.uint8)
        for part in parts(window, NETWORK_WINDOW):
            row, col = part.row - window.row, part.col - window.col
            place = np.s_[row : row + part.rows, col : col + part.cols]
            x[place], void[place] = self._read_part(band, part, level)
        return x, void

    def decode(self, band: int, window: Window, level: int) -> None:
        """Decode a window of any level for nothing but the damage that it may meet."""
        if self._reader.header.bands[band].radiometry.kind is Kind.EXACT:
            self._read_exact(band, window, level)
        else:
            self.read_network(band, window, level)

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return mean power in dB at no more than `max_side` pixels a side, if possible from the stored overview."""
        if 1 in self._reader.levels and max(self._grid.size(1)) >= min(max_side, max(self.info.shape)) // 2:
            power, valid = self._overview_power(band)
            return radiometry.block_mean_db(power, valid, ceil_div(max(power.shape), max_side))
        rows, cols = self.info.shape
        step = ceil_div(max(rows, cols), max_side)
        height = step * ceil_div(TILE, step)  # a strip of tiles at once: decoding fewer rows costs as much
        strips = [Window(top, 0, min(height, rows - top), cols) for top in range(0, rows, height)]
        return np.concatenate([self._mean_strip(band, strip, step) for strip in strips])

    def annexes(self) -> Mapping[str, bytes]:
        """Return the product's files beside its rasters, by relative path.

        Raises:
            DamagedFileError: they are damaged.
        """
        return self._reader.annexes()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _overview_power(self, band: int) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
        """Return the power of the stored overview, and where it is valid."""
        whole, parameters = Window(0, 0, *self._grid.size(1)), self._reader.header.bands[band].radiometry
        if parameters.kind is Kind.EXACT:
            pixels = self._read_exact(band, whole, level=1)
            return radiometry.power(pixels.values, parameters.kind), pixels.void == Void.VALID
        x, void = self.read_network(band, whole, level=1)
        power = 10.0 ** (radiometry.to_db(x, parameters).astype(np.float64) / 10) - parameters.floor
        return np.maximum(power, parameters.floor * radiometry.DARKEST), void == Void.VALID

    def _mean_strip(self, band: int, window: Window, step: int) -> NDArray[np.float32]:
        pixels, info = self.read(band, window), self.info.bands[band]
        void = radiometry.void_of(pixels, self._reader.header.bands[band].radiometry)
        return radiometry.block_mean_db(radiometry.power(pixels.values, info.kind), void == Void.VALID, step)

    def _read_exact(self, band: int, window: Window, level: int = 0) -> Pixels:
        keys = [TileKey(level, band, tile.row, tile.col) for tile in tiles_in(window)]
        tiles = {key: self._store.exact(key) for key in keys}
        self._check(keys)
        lost = {key: np.full(tiles[key].shape, Void.NODATA, np.uint8) for key in keys if key in self._store.damaged}
        return Pixels(_pasted(tiles, window), _pasted(lost, window) if lost else np.zeros(window.shape, np.uint8))

    def _read_part(self, band: int, window: Window, level: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        halo, grid = self.codec.synthesis_halo, self.codec.grid
        scene = self._grid.size(level)
        first = [start // CELL // grid * grid for start in (window.row, window.col)]
        ends = (window.row + window.rows, window.col + window.cols)
        wanted = [
            (start - halo, start + ceil_div(ceil_div(end, CELL) - start, grid) * grid + halo)
            for start, end in zip(first, ends, strict=True)
        ]
        lengths = [ceil_div(side, CELL) for side in scene]
        spans = [_tile_span(span, length) for span, length in zip(wanted, lengths, strict=True)]
        keys = [TileKey(level, band, row, col) for row in range(*spans[0]) for col in range(*spans[1])]
        tiles = self._store.get(keys)
        self._check(keys)
        void = _pasted({key: tile.void for key, tile in tiles.items()}, window)
        if void.all():
            return np.zeros(window.shape, np.float32), void
        down, across = ((stop - start) * TILE_CELLS for start, stop in spans)
        v_hat = join_tiles(torch.stack([tiles[key].v_hat for key in keys]), down, across)
        index = join_tiles(torch.stack([tiles[key].index for key in keys]), down, across).to(torch.float32)
        rows, cols = (
            (*want, span[0] * TILE_CELLS, length) for want, span, length in zip(wanted, spans, lengths, strict=True)
        )
        v_hat, index = gather_latents(v_hat, index, self.codec.signs, rows, cols)
        with self.clock("transform"):
            x = self.codec.synthesize(v_hat, index, self._reader.header.quality)
        row, col = window.row - first[0] * CELL, window.col - first[1] * CELL
        return x[row : row + window.rows, col : col + window.cols], void

    def _check(self, keys: list[TileKey]) -> None:
        words = [self._store.damaged[key] for key in keys if key in self._store.damaged]
        if words and not self._lenient:
            raise DamagedFileError(words[0])


def _tile_span(wanted: Span, length: int) -> Span:
    """Return first and last + 1 tile that hold the cells of a span, mirrored into a scene of `length` cells."""
    places, _ = reflect(*wanted, length)
    return int(places.min()) // TILE_CELLS, int(places.max()) // TILE_CELLS + 1


def _pasted(tiles: Mapping[TileKey, NDArray[Any]], window: Window) -> NDArray[Any]:
    """Return a window from the pixels of tiles, which need not lie inside; 0 where there is none."""
    pasted = np.zeros(window.shape, next(iter(tiles.values())).dtype)
    for key, pixels in tiles.items():
        row, col = key.row * TILE - window.row, key.col * TILE - window.col
        rows, cols = pixels.shape
        top, left = max(row, 0), max(col, 0)
        bottom, right = min(row + rows, window.rows), min(col + cols, window.cols)
        if bottom > top and right > left:
            pasted[top:bottom, left:right] = pixels[top - row : bottom - row, left - col : right - col]
    return pasted
