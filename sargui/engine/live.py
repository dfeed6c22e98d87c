"""A scene as its compressed file will decode, coded where it is looked at and nowhere else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from threading import Event
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sargui.codec.bits_map import cell_bits
from sargui.container import TileGrid, TileKey
from sargui.core import radiometry
from sargui.core.tiling import CELL, TILE, TILE_CELLS, ceil_div, place_in, union
from sargui.core.types import Pixels, ProductInfo, Radiometry, Void, Window
from sargui.engine.cell_powers import CellPowers
from sargui.engine.encoding import NETWORK_WINDOW, CodedWindow, Encoder
from sargui.engine.planes import BandPlane, ExactBand, read_extended
from sargui.engine.scene import Scene
from sargui.engine.stages import Clock, stop_if
from sargui.engine.synthesis import DecodedTile, Synthesis, pasted, tiles_of

KEPT_WINDOWS = 24  # 18 MB each: a view of 2048 pixels and its neighbors
PER_WINDOW = NETWORK_WINDOW // TILE

WindowKey = tuple[int, int, int]  # band; row and column of the network window


class CodedScene:
    """The network windows of a scene at one quality, each coded when it is first asked for, and kept while near.

    `powers` holds, by band, what was found for the radiometric correction, if that is wanted.
    """

    def __init__(self, scene: Scene, encoder: Encoder, quality: int, *, keep_power: bool) -> None:
        self.scene, self.encoder, self.quality, self.keep_power = scene, encoder, quality, keep_power
        self.powers: dict[int, CellPowers] = {}
        self._kept: OrderedDict[WindowKey, CodedWindow] = OrderedDict()
        self._payload_bytes: dict[WindowKey, int] = {}
        self._squared_errors: dict[WindowKey, tuple[float, int]] = {}

    def get(self, key: WindowKey, cancel: Event) -> CodedWindow:
        """Return a network window of a measured band, coded as the file will have it."""
        if key not in self._kept:
            stop_if(cancel)
            band, row, col = key
            plane = self.scene.planes[band]
            assert isinstance(plane, BandPlane)
            rows, cols = plane.shape
            top, left = row * NETWORK_WINDOW, col * NETWORK_WINDOW
            window = Window(top, left, min(NETWORK_WINDOW, rows - top), min(NETWORK_WINDOW, cols - left))
            self._kept[key] = self.encoder.code(plane, window, self.quality)
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT_WINDOWS:
            self._kept.popitem(last=False)
        return self._kept[key]

    def tiles(self, keys: list[TileKey], cancel: Event) -> dict[TileKey, DecodedTile]:
        """Return tiles of measured bands, as a decoder will have them."""
        found: dict[TileKey, DecodedTile] = {}
        for key in keys:
            if key not in found:
                window = self.get((key.band, key.row // PER_WINDOW, key.col // PER_WINDOW), cancel)
                found |= tiles_of(window, key.band, self.scene.info.shape, self.encoder.codec)
        return {key: found[key] for key in keys}

    def payload_bytes(self, key: WindowKey, cancel: Event) -> int:
        """Return the bytes of a network window's payloads; known for ever once it was asked for."""
        if key not in self._payload_bytes:
            written = self.encoder.write(self.get(key, cancel), self.quality)
            self._payload_bytes[key] = sum(len(tile.payload) for tile in written)
        return self._payload_bytes[key]

    def squared_errors(self, key: WindowKey, cancel: Event) -> tuple[float, int]:
        """Return the sum of squared errors of a network window in dB², and of how many pixels; known for ever too."""
        if key not in self._squared_errors:
            plane = self.scene.planes[key[0]]
            assert isinstance(plane, BandPlane)
            self._squared_errors[key] = self.encoder.squared_errors(plane, self.get(key, cancel), self.quality)
        return self._squared_errors[key]


class LiveSource:
    """What a scene becomes, as a raster source; `cancel` stops it between network windows."""

    def __init__(self, coded: CodedScene, cancel: Event) -> None:
        self._coded, self._cancel = coded, cancel
        scene, encoder = coded.scene, coded.encoder
        self.info: ProductInfo = scene.info
        self.codec = encoder.codec
        grid = TileGrid(*scene.info.shape, len(scene.planes))
        self._synthesis = Synthesis(grid, encoder.codec, coded.quality, partial(coded.tiles, cancel=cancel), Clock())

    def radiometry(self, band: int) -> Radiometry:
        """Return how a band's values become network input."""
        return self._coded.scene.planes[band].radiometry

    def analyze(self, band: int, window: Window) -> None:
        """Run the analysis on a window for whoever watches it; the window begins at a cell."""
        plane = self._coded.scene.planes[band]
        assert isinstance(plane, BandPlane)
        halo = self.codec.analysis_halo
        x, void = read_extended(plane, window, halo)
        if (void[halo:-halo, halo:-halo] == Void.VALID).any():
            self.codec.analyze(x, self._coded.quality)

    def read_network(self, band: int, window: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return network output and void classes of a window; see `DecodedSource.read_network`."""
        return self._synthesis.read(band, window)

    def read(self, band: int, window: Window) -> Pixels:
        """Return pixels in the band's own type, as they come back from the file."""
        plane = self._coded.scene.planes[band]
        if isinstance(plane, ExactBand):
            return Pixels(plane.read(window), np.zeros(window.shape, np.uint8))
        x, void = self._corrected(band, plane, window) if self._coded.keep_power else self.read_network(band, window)
        values = radiometry.from_network(x, void, plane.radiometry, self.info.bands[band])
        return Pixels(values, radiometry.without_zeros(void))

    def _corrected(self, band: int, plane: BandPlane, window: Window) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return a window with its mean power restored, from as much of what lies around it as that needs."""
        powers = self._coded.powers.setdefault(band, CellPowers(plane.shape))
        wanted = powers.missing(window)
        whole = window if wanted is None else union(wanted, window)
        decoded = self._synthesis.read_contrasts(band, whole)
        if wanted is not None:
            measured = decoded.part(place_in(wanted, whole))
            rounded = replace(measured, x=plane.rounded(measured.x, measured.void))
            powers.add(wanted, plane.read(wanted)[0], rounded)
        seen = decoded.part(place_in(window, whole))
        return seen.x + powers.correction(window, seen.contrasts), seen.void

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return NaN: too much would have to be coded; what has been is shown by windows."""
        step = ceil_div(max(self.info.shape), max_side)
        return np.full([ceil_div(side, step) for side in self.info.shape], np.nan, np.float32)

    def annexes(self) -> Mapping[str, bytes]:
        """Return nothing: the product itself has them."""
        return {}

    @property
    def scene(self) -> Scene:
        """What is coded, whatever the quality."""
        return self._coded.scene

    def payload_bytes(self, band: int, window: Window) -> int:
        """Return the bytes that the tiles of a network window of a measured band take in the file."""
        return self._coded.payload_bytes(_key(band, window), self._cancel)

    def squared_errors(self, band: int, window: Window) -> tuple[float, int]:
        """Return the sum of squared errors of a network window; see `Encoder.squared_errors`."""
        return self._coded.squared_errors(_key(band, window), self._cancel)

    def bits(self, band: int, window: Window) -> NDArray[np.float64]:
        """Return the bits of each cell of 16² pixels that a window touches, (rows, cols), by the coding tables."""
        first = window.row // CELL, window.col // CELL
        last = ceil_div(window.row + window.rows, CELL), ceil_div(window.col + window.cols, CELL)
        found = {TileKey(0, band, 0, 0): np.zeros((0, 0))}
        for key in self._network_windows(band, window):
            coded = self._coded.get(key, self._cancel)
            if coded.coded is not None:
                cells = cell_bits(coded.coded[0], self.codec.tables)
                found |= {TileKey(0, band, t.row, t.col): b for t, b in zip(coded.tiles, cells, strict=True)}
        return pasted(found, Window(*first, last[0] - first[0], last[1] - first[1]), TILE_CELLS)

    def close(self) -> None:
        """Nothing is open here."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _network_windows(self, band: int, window: Window) -> list[WindowKey]:
        rows, cols = (
            range(start // NETWORK_WINDOW, ceil_div(start + length, NETWORK_WINDOW))
            for start, length in ((window.row, window.rows), (window.col, window.cols))
        )
        return [(band, row, col) for row in rows for col in cols]


def _key(band: int, window: Window) -> WindowKey:
    return band, window.row // NETWORK_WINDOW, window.col // NETWORK_WINDOW
