"""The tile codec: a checkpoint on a device, that turns pixels into tile payloads and payloads into pixels."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.codec import self_test
from sargui.codec.devices import computes_halves, pick_device
from sargui.codec.layout import as_batch, extend_latents, join_tiles
from sargui.codec.memory import alone, in_halves
from sargui.codec.payload import Payload
from sargui.codec.quantizers import DEPENDENT, QUANTIZERS, SCALAR
from sargui.codec.stream import SymbolReader, symbol_bits, write_symbols
from sargui.codec.symbols import (
    Latents,
    Part,
    TileSymbols,
    checksum,
    dequantize,
    quantize,
    round_to_levels,
    search_levels,
    z_table_map,
)
from sargui.codec.tables import CodingTables
from sargui.core.errors import CheckpointError
from sargui.core.tiling import CELL, TILE_CELLS
from sargui.core.types import Effort, ModelCard
from sargui.networks import Autoencoder, load

log = logging.getLogger(__name__)

CODING_THREADS = 2
Coded = tuple[TileSymbols, Latents]
Read = tuple[Latents, list[int]]  # and which tiles failed
LARGEST_HALO = 16  # cells: an attention window; where windows build on windows, what lies further hardly matters


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
    """Owns the network of one checkpoint on one device.

    Three threads may use it at once: one analyzes, one synthesizes, one turns latents into payloads or back.

    `effort` is how hard the encoder searches: FAST rounds, BEST looks for the best path of dependent quantization.
    Whatever it is, files of both are read. `notice` is a sentence for the user if the device did not pass the self-test
    and the CPU chooses the coding tables in its place; else empty.
    """

    def __init__(
        self, network: Autoencoder, tables: CodingTables, device: torch.device, effort: Effort = Effort.BEST
    ) -> None:
        self.quantizer = SCALAR if effort is Effort.FAST else DEPENDENT
        self.network = network.to(device).to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self.analysis_halo = min(network.g_a.halo, LARGEST_HALO) * CELL  # pixels around what `analyze` returns
        self.synthesis_halo = min(network.g_s.halo, LARGEST_HALO)  # cells of latents around what `synthesize` returns
        self.grid = network.g_s.grid  # cells, at whose multiples (less the halo) what `synthesize` is given begins
        self.tables = tables
        self.device = device
        self.coding_device = device  # where all between latents and symbols is computed
        self.notice = ""
        self.half_precision = self._has_branch and computes_halves(device)
        self.moving = Lock()
        self._pool = ThreadPoolExecutor(CODING_THREADS, thread_name_prefix="rans")

    @staticmethod
    def load(card: ModelCard, device: str = "auto", effort: Effort = Effort.BEST) -> TileCodec:
        """Return the codec of a checkpoint.

        Raises:
            CheckpointError: the checkpoint is missing, altered, does not fit, or does not compute as it must.
            RequestError: there is no such device.
        """
        network, tensors = load(card)
        tables = CodingTables.from_tensors(tensors, network.config.side)
        codec = TileCodec(network, tables, pick_device(device), effort)
        codec._test(card.name)
        return codec

    @property
    def half_precision(self) -> bool:
        """Whether analysis and synthesis compute their branches in half precision: other pixels by some 0.001 dB."""
        return bool(self.network.g_a.reduced)

    @half_precision.setter
    def half_precision(self, value: bool) -> None:
        self.network.g_a.reduced = self.network.g_s.reduced = value

    @property
    def signs(self) -> Tensor:
        """The sign of each latent in a mirror, (latents, 2), along rows and columns."""
        signs: Tensor = self.network.signs
        return signs

    @property
    def only_quality(self) -> int | None:
        """The one quality, in hundredths, that the checkpoint is for; None: all."""
        only: int | None = self.network.config.quality
        return only

    @torch.inference_mode()
    def analyze(self, x: NDArray[np.float32], quality: int) -> Tensor:
        """Return latents in steps, (256, rows, cols) cells, of network input with a halo of `analysis_halo` pixels."""

        def run() -> Tensor:
            picture = torch.from_numpy(x).to(self.device)[None, None]
            scaled: Tensor = self.network.scaled(picture, self._quality(quality))[0]
            return scaled

        v = alone(self, run)
        halo = self.analysis_halo // CELL
        return v[:, halo:-halo, halo:-halo]

    @torch.inference_mode()
    def synthesize(self, v_hat: Tensor, index: Tensor, quality: int) -> NDArray[np.float32]:
        """Return network output of latents (256, rows, cols); their halo of `synthesis_halo` cells is cropped."""

        def run() -> Tensor:
            latents = as_batch(v_hat).to(self.device), as_batch(index).to(self.device)
            reconstructed: Tensor = self.network.reconstruct(*latents, self._quality(quality))
            return reconstructed

        picture = alone(self, run)[0, 0]
        halo = self.synthesis_halo * CELL
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
        return in_halves(self, len(frames), lambda part: self._quantize(v[part], frames[part], quality), _joined)

    def _quantize(self, v: Tensor, frames: Sequence[TileFrame], quality: int) -> tuple[TileSymbols, Latents]:
        cells = torch.from_numpy(np.stack([frame.cells for frame in frames])).to(self.coding_device, torch.float32)
        choose = round_to_levels if self.quantizer is SCALAR else self._search
        v = v.to(self.coding_device).contiguous(memory_format=torch.channels_last)
        symbols, latents = quantize(self.network, v, cells, quality, self.quantizer, choose)
        return symbols, self._home(latents)

    def write(self, symbols: TileSymbols, frames: Sequence[TileFrame], quality: int) -> list[WrittenTile]:
        """Return the payloads of a batch of tiles."""

        def written(tile: int) -> WrittenTile:
            frame = frames[tile]
            if not frame.cells.any():
                return self._write_empty(frame, quality)
            cell_map = None if np.array_equal(frame.cells, full_cells(frame.extent)) else frame.cells
            flat = symbols.flat(tile)
            words, escapes = write_symbols(*flat, self.tables)
            payload = Payload(
                self.quantizer.profile, quality, symbols.checksum(tile), frame.void, cell_map, words, escapes
            )
            return WrittenTile(payload.pack(), words.nbytes + len(escapes), symbol_bits(*flat, self.tables))

        return list(self._pool.map(written, range(len(frames))))

    def write_empty(self, frames: Sequence[TileFrame], quality: int) -> list[WrittenTile]:
        """Return the payloads of tiles of which no cell is coded."""
        return [self._write_empty(frame, quality) for frame in frames]

    @torch.inference_mode()
    def read(self, payloads: Sequence[Payload], extents: Sequence[tuple[int, int]]) -> tuple[Latents, list[int]]:
        """Return the latents of a batch of tiles, and which of them failed (their latents are 0).

        A tile fails if its levels do not match their checksum. `payloads` are of one profile and quality; `extents`
        are the cells of each tile in the scene.
        """
        return in_halves(self, len(payloads), lambda part: self._read(payloads[part], extents[part]), _joined_reads)

    def _read(self, payloads: Sequence[Payload], extents: Sequence[tuple[int, int]]) -> tuple[Latents, list[int]]:
        cells = np.stack([coded_cells(payload, extent) for payload, extent in zip(payloads, extents, strict=True)])
        readers = [SymbolReader(payload, self.tables) for payload in payloads]

        def read(tables: NDArray[np.uint8]) -> NDArray[np.int16]:
            return np.stack(list(self._pool.map(SymbolReader.next, readers, tables)))

        mask = torch.from_numpy(cells).to(self.coding_device, torch.float32)
        z_tables = z_table_map(self.network, mask).flatten(2).to(torch.uint8).cpu().numpy()
        z = np.stack([reader.next_side(tables) for reader, tables in zip(readers, z_tables, strict=True)])
        quantizer = QUANTIZERS[payloads[0].profile]
        levels, latents = dequantize(self.network, mask, payloads[0].quality, quantizer, z, read)
        failed = [
            tile
            for tile, payload in enumerate(payloads)
            if payload.words is not None and (readers[tile].failed or checksum(levels, tile) != payload.checksum)
        ]
        for tile in failed:
            latents.v_hat[tile] = 0
            latents.index[tile] = 0
        return self._home(latents), failed

    def leave_device(self) -> None:
        """Go on on the CPU, because the device's memory does not suffice; `notice` says so.

        Raises:
            MemoryError: the CPU's does not.
        """
        if self.device.type == "cpu":
            raise MemoryError
        sentence = f"The memory of the device '{self.device}' does not suffice; the CPU goes on in its place."
        self.notice = f"{self.notice} {sentence}".strip()
        log.warning(sentence)
        cpu = torch.device("cpu")
        self.network.to(cpu)
        self.half_precision = self._has_branch and computes_halves(cpu)
        self.device = self.coding_device = cpu  # at last: who fails until then sees that it was left

    def _test(self, name: str) -> None:
        """Let the CPU choose the coding tables if this device chooses others than the checkpoint says."""
        cpu = torch.device("cpu")
        if self_test.passes(self.network, self.device):
            return
        self.network.entropy.to(cpu)
        self.network.h_a.to(cpu)
        self.coding_device = cpu
        if self.device == cpu or not self_test.passes(self.network, cpu):
            raise CheckpointError(
                f"This machine does not compute the coding tables of the checkpoint '{name}' exactly, so that it can "
                "neither read nor write files with it."
            )
        self.notice = (
            f"The device '{self.device}' does not compute coding tables exactly; the CPU does so in its place."
        )
        log.warning(self.notice)

    @property
    def _has_branch(self) -> bool:
        """Whether what half precision rounds is added to a transform that is computed in full."""
        return bool(self.network.config.preset == "lapped")

    def _home(self, latents: Latents) -> Latents:
        """Return latents on the device of the transforms."""
        return Latents(latents.v_hat.to(self.device), latents.index.to(self.device))

    def _search(self, values: Tensor, index: Tensor) -> Part:
        """Return dependent quantization of values (tiles, channels, places) in steps; tiles in parallel."""
        return search_levels(values, index, self.tables, self._pool)

    def _write_empty(self, frame: TileFrame, quality: int) -> WrittenTile:
        payload = Payload(self.quantizer.profile, quality, 0, frame.void, None, None, b"")
        return WrittenTile(payload.pack(), 0, 0.0)

    def _quality(self, quality: int) -> Tensor:
        return torch.tensor([quality], device=self.device)


def _joined(first: Coded, second: Coded) -> Coded:
    return TileSymbols.joined(first[0], second[0]), Latents.joined(first[1], second[1])


def _joined_reads(first: Read, second: Read) -> Read:
    count = len(first[0].v_hat)
    return Latents.joined(first[0], second[0]), [*first[1], *(count + tile for tile in second[1])]


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
