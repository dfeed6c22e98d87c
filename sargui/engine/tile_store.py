"""The tiles of a container, decoded to latents on demand and kept while they are near; for several threads at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sargui.codec.exact import decode_exact
from sargui.codec.payload import Payload
from sargui.codec.tile_codec import TileCodec
from sargui.codec.void_plane import decode_void
from sargui.container import Reader, TileGrid, TileKey
from sargui.core.errors import DamagedFileError
from sargui.core.tiling import CELL, TILE_CELLS, Tile, ceil_div, common, grown, place_in, tile_window, tiles_in
from sargui.core.types import Void, Window
from sargui.engine.stages import Clock
from sargui.engine.synthesis import DecodedTile

KEPT_TILES = 256  # 1.6 MB each; a row of windows of a full Sentinel-1 scene touches four rows of 51
BATCH = 16
LOST = Void.NODATA + Void.MASKED


class TileStore:
    """Decodes tiles of one container.

    `damaged` collects those that could not be. They raise, or if it is lenient they are all nodata, or exactly 0.
    """

    def __init__(self, reader: Reader, codec: TileCodec, clock: Clock, *, lenient: bool) -> None:
        self._reader, self._codec, self._clock, self._lenient = reader, codec, clock, lenient
        self._grid = TileGrid(reader.header.rows, reader.header.cols, len(reader.header.bands))
        self._kept: OrderedDict[TileKey, DecodedTile] = OrderedDict()
        self._zeros = torch.zeros((codec.network.config.latents, TILE_CELLS, TILE_CELLS), device=codec.device)
        self._keeping, self._decoding = Lock(), Lock()
        self.damaged: dict[TileKey, str] = {}

    def get(self, keys: list[TileKey]) -> dict[TileKey, DecodedTile]:
        """Return tiles by key, decoding those that are not at hand.

        Raises:
            DamagedFileError: one is damaged.
        """
        found = self._at_hand(keys)
        if len(found) < len(keys):
            with self._decoding:
                found = self._at_hand(keys)  # another thread may have decoded some meanwhile
                missing = [key for key in keys if key not in found]
                for start in range(0, len(missing), BATCH):
                    found |= self._decode(missing[start : start + BATCH])
                self._keep(found)
        self._check(keys)
        return found

    def _at_hand(self, keys: list[TileKey]) -> dict[TileKey, DecodedTile]:
        with self._keeping:
            found = {key: self._kept[key] for key in keys if key in self._kept}
            for key in found:
                self._kept.move_to_end(key)
        return found

    def _keep(self, tiles: dict[TileKey, DecodedTile]) -> None:
        with self._keeping:
            self._kept |= tiles
            while len(self._kept) > max(KEPT_TILES, len(tiles)):
                self._kept.popitem(last=False)

    def forget(self, keys: Iterable[TileKey]) -> None:
        """Drop tiles that nobody will want again."""
        with self._keeping:
            for key in keys:
                self._kept.pop(key, None)

    def exact(self, key: TileKey) -> NDArray[Any]:
        """Return the pixels of a tile of an exact band.

        Raises:
            DamagedFileError: it is damaged.
        """
        dtype = np.dtype(self._reader.header.bands[key.band].dtype)
        try:
            with self._clock("exact bands"):
                return decode_exact(self._reader.payload(key), dtype, self.extent(key))
        except DamagedFileError as error:
            self.damaged[key] = str(error)
            self._check([key])
            return np.zeros(self.extent(key), dtype)

    def mark_lost(self, void: NDArray[np.uint8], band: int, window: Window, level: int, reach: int) -> None:
        """Call void, in place, those pixels of a window that lie within `reach` of a damaged tile, met before."""
        size = self._grid.size(level)
        for tile in tiles_in(grown(window, reach, reach, size)):
            if TileKey(level, band, tile.row, tile.col) in self.damaged:
                near = common(grown(tile_window(tile, *size), reach, reach, size), window)
                if near is not None:
                    void[place_in(near, window)] = LOST

    def extent(self, key: TileKey) -> tuple[int, int]:
        """Return (rows, cols) in pixels of a tile, cut at the scene's border."""
        return tile_window(Tile(key.row, key.col), *self._grid.size(key.level)).shape

    def _check(self, keys: list[TileKey]) -> None:
        words = [self.damaged[key] for key in keys if key in self.damaged]
        if words and not self._lenient:
            raise DamagedFileError(words[0])

    def _decode(self, keys: list[TileKey]) -> dict[TileKey, DecodedTile]:
        payloads: dict[TileKey, Payload] = {}
        voids: dict[TileKey, NDArray[np.uint8]] = {}
        for key in keys:
            try:
                with self._clock("read"):
                    payload = Payload.unpack(self._reader.payload(key))
                if payload.quality != self._reader.header.quality:
                    raise DamagedFileError(f"{self._reader.path.name} is damaged: {key} is of another quality.")
                voids[key] = decode_void(payload.void, self.extent(key))
                payloads[key] = payload
            except DamagedFileError as error:
                self.damaged[key] = str(error)
        coded = {key: payload for key, payload in payloads.items() if payload.words is not None}
        tiles: dict[TileKey, DecodedTile] = {}
        for profile in sorted({payload.profile for payload in coded.values()}):
            tiles |= self._latents({key: part for key, part in coded.items() if part.profile == profile}, voids)
        empty = {key: self._empty(voids[key]) for key in payloads if key not in coded}
        return tiles | empty | {key: self._lost(key) for key in keys if key in self.damaged}

    def _latents(
        self, payloads: dict[TileKey, Payload], voids: dict[TileKey, NDArray[np.uint8]]
    ) -> dict[TileKey, DecodedTile]:
        keys = list(payloads)
        extents = [(ceil_div(rows, CELL), ceil_div(cols, CELL)) for rows, cols in map(self.extent, keys)]
        with self._clock("entropy network and rANS"):
            latents, failed = self._codec.read([payloads[key] for key in keys], extents)
        for number in failed:
            self.damaged[keys[number]] = f"{self._reader.path.name} is damaged: {keys[number]} does not decode."
        index = latents.index.to(torch.uint8)
        return {
            key: DecodedTile(latents.v_hat[number].clone(), index[number].clone(), voids[key])  # no views of them all
            for number, key in enumerate(keys)
            if number not in failed
        }

    def _empty(self, void: NDArray[np.uint8]) -> DecodedTile:
        return DecodedTile(self._zeros, self._zeros.to(torch.uint8), void)

    def _lost(self, key: TileKey) -> DecodedTile:
        return self._empty(np.full(self.extent(key), LOST, np.uint8))
