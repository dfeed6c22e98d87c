"""What a checkpoint costs: seconds beside its control's, parameters, and the memory of one network window."""

from __future__ import annotations

import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from sargui.codec.payload import Payload
from sargui.codec.tile_codec import TileCodec
from sargui.core.tiling import CELL, ceil_div
from sargui.training.export import code_image

Image = NDArray[np.float32]

WINDOW = 1024  # pixels: the network window, without its halo
QUALITY = 4924  # λ = 0.6: the middle of the scale
REPETITIONS = 10  # half of them with the control first
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that one pass over 1024² pixels took (median), and their ratio to the control's, measured by turns."""

    encode_s: float
    decode_s: float
    encode_ratio: float
    decode_ratio: float


@dataclass(frozen=True, slots=True)
class Memory:
    """Tensors while the network looks at one window with its halo: the largest, and all that lived at once, in MiB.

    Counted are the outputs of torch's operations, not their scratch space nor the weights.
    """

    largest_mib: float
    peak_mib: float


def times(codec: TileCodec, control: TileCodec, x: Image, repetitions: int) -> Times:
    """Return times of one pass over x (rows, cols).

    Both codecs go by turns, and first by turns, so that what else the machine does slows both alike.
    """
    for each in (codec, control):
        _seconds(each, x)  # compiles, allocates
    pairs = np.array([_pair(codec, control, x, number % 2 == 1) for number in range(repetitions)])
    seconds, ratios = pairs[:, 0], pairs[:, 0] / pairs[:, 1]
    return Times(*(float(median(column)) for column in (*seconds.T, *ratios.T)))


def _pair(codec: TileCodec, control: TileCodec, x: Image, control_first: bool) -> list[tuple[float, float]]:
    """Return the seconds of both, whichever goes first."""
    if control_first:
        return [_seconds(each, x) for each in (control, codec)][::-1]
    return [_seconds(each, x) for each in (codec, control)]


def _seconds(codec: TileCodec, x: Image) -> tuple[float, float]:
    """Return the seconds from pixels to payloads, and back."""
    start = time.perf_counter()
    symbols, _, frames = code_image(codec, x, QUALITY)
    written = codec.write(symbols, frames, QUALITY)
    between = time.perf_counter()
    payloads = [Payload.unpack(tile.payload) for tile in written]
    latents, _ = codec.read(payloads, [frame.extent for frame in frames])
    codec.synthesize_scene(latents, ceil_div(x.shape[0], CELL), ceil_div(x.shape[1], CELL), QUALITY)
    return between - start, time.perf_counter() - between


def square(x: Image, side: int) -> Image:
    """Return the upper left part of an image, mirrored as often as it takes to fill side × side pixels."""
    missing = (max(side - length, 0) for length in x.shape)
    return np.pad(x, [(0, length) for length in missing], mode="symmetric")[:side, :side]


def parameters(modules: Iterator[nn.Module] | list[nn.Module]) -> int:
    """Return how many learned numbers modules hold; what two of them share counts once."""
    return sum({id(value): value.numel() for module in modules for value in module.parameters()}.values())


def memory(codec: TileCodec, side: int) -> Memory:
    """Return the tensors of analysis and synthesis of a window of side × side pixels; nothing is computed for it."""
    network, halo = codec.network, codec.analysis_halo
    cells = side // CELL + 2 * codec.synthesis_halo
    with torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True):
        quality = torch.tensor([QUALITY], device=codec.device)
        x = torch.zeros((1, 1, side + 2 * halo, side + 2 * halo), device=codec.device)
        latents = torch.zeros((1, network.config.latents, cells, cells), device=codec.device)
        with TensorWatch() as analysis:
            network.scaled(x, quality)
        with TensorWatch() as synthesis:
            network.reconstruct(latents, latents, quality)
    largest, peak = (max(getattr(one, name) for one in (analysis, synthesis)) for name in ("largest", "peak"))
    return Memory(round(largest / MIB, 2), round(peak / MIB, 2))


class TensorWatch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records, while it is entered, the bytes of the largest tensor made and of all that lived at once."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.largest = self.peak = self._living = 0
        self._known: weakref.WeakKeyDictionary[torch.UntypedStorage, int] = weakref.WeakKeyDictionary()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run one operation of torch and record what it made."""
        result = func(*args, **(kwargs or {}))
        for tensor in _tensors(result):
            self._record(tensor.untyped_storage())
        return result

    def _record(self, storage: torch.UntypedStorage) -> None:
        """Count a storage until nothing refers to it; views share theirs."""
        if storage in self._known:
            return
        size = storage.nbytes()
        self._known[storage] = size
        weakref.finalize(storage, self._forget, size).atexit = False
        self._living += size
        self.largest, self.peak = max(self.largest, size), max(self.peak, self._living)

    def _forget(self, size: int) -> None:
        self._living -= size


def _tensors(result: Any) -> Iterator[Tensor]:
    if isinstance(result, Tensor):
        yield result
    elif isinstance(result, list | tuple):
        for part in result:
            yield from _tensors(part)
