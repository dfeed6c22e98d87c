"""A container and a tile codec together: a raster source that decodes what is asked for."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sargui.codec.power import AROUND, correction
from sargui.codec.tile_codec import TileCodec
from sargui.container import Reader, TileGrid, TileKey
from sargui.core import catalogue, radiometry
from sargui.core.errors import DamagedFileError
from sargui.core.tiling import CELL, TILE, ceil_div, tiles_in
from sargui.core.types import Kind, Pixels, ProductInfo, Radiometry, Void, Window
from sargui.engine.stages import Clock, ahead, until
from sargui.engine.synthesis import Synthesis, contrasted, pasted
from sargui.engine.tile_store import TileStore

log = logging.getLogger(__name__)

NetworkOutput = tuple[NDArray[np.float32], NDArray[np.uint8]]  # before any rounding; and void classes


class DecodedSource:
    """A compressed file as a raster. Damaged tiles raise, or with `lenient` are listed, and void with what is near.

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
        self._store = TileStore(self._reader, self.codec, self.clock, lenient=lenient)
        self._synthesis = Synthesis(self._grid, self.codec, header.quality, self._store.get, self.clock)
        self._lenient = lenient
        self._gains: Mapping[int, NDArray[np.float64]] | None = None  # of the radiometric correction, once needed

    @property
    def reader(self) -> Reader:
        """The container underneath."""
        return self._reader

    def radiometry(self, band: int) -> Radiometry:
        """Return how a band's values became network input."""
        return self._reader.header.bands[band].radiometry

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
        if self.radiometry(band).kind is Kind.EXACT:
            return self._read_exact(band, window)
        return self._finished(band, window, *self.read_network(band, self._seen(band, window)))

    def read_network(self, band: int, window: Window, level: int = 0) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network output, not corrected nor rounded, and void classes of a window of a measured band's level."""
        x, void = self._synthesis.read(band, window, level)
        self._store.mark_lost(void, band, window, level, self._reach)  # the network saw zeros there
        return x, void

    def read_each(self, places: Sequence[tuple[int, Window]], cancel: Event) -> Generator[Pixels, None, None]:
        """Yield the decoded pixels of windows of bands.

        While one is used, the next is synthesized, and the tiles of the one after are decoded. Those that no later
        window needs are dropped at once.

        Raises:
            JobCancelled: the user said stop.
            DamagedFileError: a tile is damaged and the source is not lenient.
        """
        needed = [self._needed(*place) for place in places]
        with closing(ahead(self._synthesized(places, needed, cancel))) as synthesized:
            for (band, window), found in zip(places, synthesized, strict=True):
                yield found if isinstance(found, Pixels) else self._finished(band, window, *found)

    def decode(self, band: int, window: Window, level: int) -> None:
        """Decode the tiles of a window of any level for nothing but the damage that they may have."""
        if self.radiometry(band).kind is Kind.EXACT:
            self._read_exact(band, window, level)
        else:
            keys = [TileKey(level, band, tile.row, tile.col) for tile in tiles_in(window)]
            self._store.get(keys)
            self._store.forget(keys)  # or they would be kept for nobody

    @property
    def has_overview(self) -> bool:
        """Whether a coarser level of the scene is stored."""
        return 1 in self._reader.levels

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return mean power in dB at no more than `max_side` pixels a side, if possible from the stored overview."""
        stored = self.has_overview and max(self._grid.size(1)) >= min(max_side, max(self.info.shape)) // 2
        power_of = self._overview_power if stored else self._power
        rows, cols = self._grid.size(int(stored))
        step = ceil_div(max(rows, cols), max_side)
        height = step * ceil_div(TILE, step)  # a strip of tiles at once: decoding fewer rows costs as much
        strips = [Window(top, 0, min(height, rows - top), cols) for top in range(0, rows, height)]
        return np.concatenate([radiometry.block_mean_db(*power_of(band, strip), step) for strip in strips])

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

    @property
    def _reach(self) -> int:
        """Pixels around a tile in which it has a part."""
        return self.codec.synthesis_halo * CELL

    def _needed(self, band: int, window: Window) -> list[TileKey]:
        """Return the tiles that are decoded to latents for a window."""
        if self.radiometry(band).kind is Kind.EXACT:
            return []
        return self._synthesis.keys(band, self._seen(band, window))

    def _seen(self, band: int, window: Window) -> Window:
        """Return what of the network's output a window is made from."""
        return window if self._gains_of(band) is None else self._synthesis.around(window)

    def _synthesized(
        self, places: Sequence[tuple[int, Window]], needed: Sequence[list[TileKey]], cancel: Event
    ) -> Generator[NetworkOutput | Pixels, None, None]:
        """Yield the network's output of what each window is made from; of exact bands its pixels."""
        last = {key: number for number, keys in enumerate(needed) for key in keys}
        with closing(ahead(self._fetched(until(cancel, needed)))) as fetched:
            for number, ((band, window), keys) in enumerate(zip(places, until(cancel, fetched), strict=True)):
                yield self.read_network(band, self._seen(band, window)) if keys else self._read_exact(band, window)
                self._store.forget(key for key in keys if last[key] == number)

    def _fetched(self, needed: Iterable[list[TileKey]]) -> Generator[list[TileKey], None, None]:
        for keys in needed:
            self._store.get(keys)
            yield keys

    def _finished(self, band: int, window: Window, x: NDArray[np.float32], void: NDArray[np.uint8]) -> Pixels:
        """Return the pixels of a window, given the network's output of what it is made from."""
        with self.clock("radiometry"):
            gains = self._gains_of(band)
            if gains is not None:
                decoded = contrasted(x, void, self._synthesis.around(window), window)
                x, void = decoded.x + correction(gains, window, decoded.contrasts), decoded.void
                self._store.mark_lost(void, band, window, 0, self._reach + AROUND)  # nor are contrasts known there
            values = radiometry.from_network(x, void, self.radiometry(band), self.info.bands[band])
            return Pixels(values, radiometry.without_zeros(void))

    def _overview_power(self, band: int, window: Window) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
        """Return the power of a window of the stored overview, and where it is valid."""
        parameters = self.radiometry(band)
        if parameters.kind is Kind.EXACT:
            pixels = self._read_exact(band, window, level=1)
            return radiometry.power(pixels.values, parameters.kind), pixels.void == Void.VALID
        x, void = self.read_network(band, window, level=1)
        power = radiometry.ten_to(radiometry.to_db(x, parameters).astype(np.float64) / 10) - parameters.floor
        return np.maximum(power, parameters.floor * radiometry.DARKEST), void == Void.VALID

    def _power(self, band: int, window: Window) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
        """Return the power of a window of the scene, and where it is valid."""
        pixels = self.read(band, window)
        void = radiometry.void_of(pixels, self.radiometry(band))
        return radiometry.power(pixels.values, self.info.bands[band].kind), void == Void.VALID

    def _read_exact(self, band: int, window: Window, level: int = 0) -> Pixels:
        keys = [TileKey(level, band, tile.row, tile.col) for tile in tiles_in(window)]
        tiles = {key: self._store.exact(key) for key in keys}
        lost = {key: np.full(tiles[key].shape, Void.NODATA, np.uint8) for key in keys if key in self._store.damaged}
        return Pixels(pasted(tiles, window), pasted(lost, window) if lost else np.zeros(window.shape, np.uint8))

    def _gains_of(self, band: int) -> NDArray[np.float64] | None:
        """Return the gains of the radiometric correction of a band; None without one, or if it is damaged."""
        if self._gains is None:
            try:
                self._gains = self._reader.correction()
            except DamagedFileError as error:
                if not self._lenient:
                    raise
                log.warning("%s Its pixels come without the radiometric correction.", error)
                self._gains = {}
        return self._gains.get(band)
