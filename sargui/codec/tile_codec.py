"""The tile codec: a checkpoint on a device, that turns pixels into tile payloads and payloads into pixels."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec.layout import extend_latents, join_tiles
from sargui.codec.payload import Payload
from sargui.codec.stream import SymbolReader, symbol_bits, write_symbols
from sargui.codec.symbols import Latents, TileSymbols, dequantize, quantize
from sargui.codec.tables import CodingTables
from sargui.core.errors import RequestError
from sargui.core.tiling import CELL, TILE_CELLS
from sargui.core.types import ModelCard
from sargui.networks import Autoencoder, load
from sargui.networks.transforms import ANALYSIS_HALO, SYNTHESIS_HALO

CODING_THREADS = 2


@dataclass(frozen=True, slots=True)
class TileFrame:
    """What of a tile is coded: the `cells` (32, 32), of the `extent` (down, across) inside the scene; and its mask."""

    cells: NDArray[np.bool_]
    extent: tuple[int, int]
    void: bytes = b""


@dataclass(frozen=True, slots=True)
class WrittenTile:
    """A tile's payload, the bytes of its symbol stream, and the bits that the tables had foretold for it."""

    payload: bytes
    stream_bytes: int
    estimated_bits: float


class TileCodec:
    """Owns the network of one checkpoint on one device. Not for use from two threads at once."""

    analysis_halo = ANALYSIS_HALO * CELL  # pixels of real neighbors around what `analyze` returns
    synthesis_halo = SYNTHESIS_HALO  # cells of latents around what `synthesize` returns

    def __init__(self, network: Autoencoder, tables: CodingTables, device: torch.device) -> None:
        self.network = network.to(device).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self.tables = tables
        self.device = device
        self._pool = ThreadPoolExecutor(CODING_THREADS, thread_name_prefix="rans")

    @staticmethod
    def load(card: ModelCard, device: str = "auto") -> TileCodec:
        """Return the codec of a checkpoint.

        Raises:
            CheckpointError: the checkpoint is missing, altered or does not fit.
            RequestError: there is no such device.
        """
        network, tensors = load(card)
        return TileCodec(network, CodingTables.from_tensors(tensors, network.config.side), pick_device(device))

    @property
    def signs(self) -> Tensor:
        """The sign of each latent in a mirror, (256, 2), along rows and columns."""
        signs: Tensor = self.network.g_s.lapped.signs
        return signs

    @torch.inference_mode()
    def analyze(self, x: NDArray[np.float32], quality: int) -> Tensor:
        """Return latents in steps, (256, rows, cols) cells, of network input with a halo of `analysis_halo` pixels."""
        picture = torch.from_numpy(x).to(self.device)[None, None]
        v: Tensor = self.network.scaled(picture, self._quality(quality))[0]
        return v[:, ANALYSIS_HALO:-ANALYSIS_HALO, ANALYSIS_HALO:-ANALYSIS_HALO]

    @torch.inference_mode()
    def synthesize(self, v_hat: Tensor, index: Tensor, quality: int) -> NDArray[np.float32]:
        """Return network output of latents (256, rows, cols); their halo of `synthesis_halo` cells is cropped."""
        picture = self.network.reconstruct(v_hat[None], index[None], self._quality(quality))[0, 0]
        halo = SYNTHESIS_HALO * CELL
        pixels: NDArray[np.float32] = picture[halo:-halo, halo:-halo].cpu().numpy()
        return pixels

    @torch.inference_mode()
    def synthesize_scene(self, latents: Latents, rows: int, cols: int, quality: int) -> NDArray[np.float32]:
        """Return network output of a scene of rows × cols cells from the latents of all its tiles, row by row."""
        v_hat, index = (join_tiles(part, rows, cols) for part in (latents.v_hat, latents.index))
        return self.synthesize(*extend_latents(v_hat, index, self.signs, self.synthesis_halo), quality)

    @torch.inference_mode()
    def quantize(self, v: Tensor, frames: Sequence[TileFrame], quality: int) -> tuple[TileSymbols, Latents]:
        """Return the symbols and the decoded latents of a batch of tiles, v (tiles, 256, 32, 32)."""
        cells = torch.from_numpy(np.stack([frame.cells for frame in frames])).to(self.device, torch.float32)
        return quantize(self.network, v.contiguous(memory_format=torch.channels_last), cells, quality)

    def write(self, symbols: TileSymbols, frames: Sequence[TileFrame], quality: int) -> list[WrittenTile]:
        """Return the payloads of a batch of tiles."""

        def written(tile: int) -> WrittenTile:
            frame = frames[tile]
            if not frame.cells.any():
                return _write_empty(frame, quality)
            cell_map = None if np.array_equal(frame.cells, full_cells(frame.extent)) else frame.cells
            flat = symbols.flat(tile)
            words, escapes = write_symbols(*flat, self.tables)
            payload = Payload(quality, symbols.checksum(tile), frame.void, cell_map, words, escapes)
            return WrittenTile(payload.pack(), words.nbytes + len(escapes), symbol_bits(*flat, self.tables))

        return list(self._pool.map(written, range(len(frames))))

    def write_empty(self, frames: Sequence[TileFrame], quality: int) -> list[WrittenTile]:
        """Return the payloads of tiles of which no cell is coded."""
        return [_write_empty(frame, quality) for frame in frames]

    def estimate(self, symbols: TileSymbols) -> list[float]:
        """Return the bits that the symbols of each tile of a batch will need, by the tables alone."""
        tiles = range(len(symbols.symbols[0]))
        return list(self._pool.map(lambda tile: symbol_bits(*symbols.flat(tile), self.tables), tiles))

    @torch.inference_mode()
    def read(self, payloads: Sequence[Payload], extents: Sequence[tuple[int, int]]) -> tuple[Latents, list[int]]:
        """Return the latents of a batch of tiles of one quality, and which of them failed (their latents are 0).

        A tile fails if its symbols do not match their checksum. `extents` are the cells of each tile in the scene.
        """
        cells = np.stack([coded_cells(payload, extent) for payload, extent in zip(payloads, extents, strict=True)])
        readers = [SymbolReader(payload, self.tables) for payload in payloads]

        def part(tables: NDArray[np.uint8]) -> NDArray[np.int16]:
            return np.stack(list(self._pool.map(SymbolReader.next, readers, tables)))

        mask = torch.from_numpy(cells).to(self.device, torch.float32)
        symbols, latents = dequantize(self.network, mask, payloads[0].quality, part)
        failed = [
            tile
            for tile, payload in enumerate(payloads)
            if payload.words is not None and (readers[tile].failed or symbols.checksum(tile) != payload.checksum)
        ]
        for tile in failed:
            latents.v_hat[tile] = 0
            latents.index[tile] = 0
        return latents, failed

    def _quality(self, quality: int) -> Tensor:
        return torch.tensor([quality], device=self.device)


def _write_empty(frame: TileFrame, quality: int) -> WrittenTile:
    return WrittenTile(Payload(quality, 0, frame.void, None, None, b"").pack(), 0, 0.0)


def full_cells(extent: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the cell map (32, 32) of a tile of which `extent` cells, down and across, lie in the scene."""
    cells = np.zeros((TILE_CELLS, TILE_CELLS), bool)
    cells[: extent[0], : extent[1]] = True
    return cells


def coded_cells(payload: Payload, extent: tuple[int, int]) -> NDArray[np.bool_]:
    """Return which cells of a tile have symbols."""
    if payload.words is None:
        return full_cells((0, 0))
    return full_cells(extent) if payload.cells is None else payload.cells


def pick_device(name: str) -> torch.device:
    """Return the device of a name; "auto" is the GPU if there is one.

    Raises:
        RequestError: there is no such device.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise RequestError(f"There is no device '{name}' on this machine; try 'cpu'.") from error
    return device
