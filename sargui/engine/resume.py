"""Going on where a run was killed: what it had coded is decoded again, if anybody needs it, instead of searched for."""

from __future__ import annotations

import math
import zlib
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import sargui
from sargui.codec.devices import threads
from sargui.codec.payload import Payload
from sargui.codec.symbols import TileSymbols
from sargui.codec.tile_codec import TileCodec
from sargui.container import Mark, TileKey, Writer
from sargui.core.errors import DamagedFileError
from sargui.core.tiling import CELL, Tile, ceil_div, grid_shape, tile_window, tiles_in
from sargui.core.types import Window
from sargui.engine.encoding import NETWORK_WINDOW, CodedWindow
from sargui.engine.leftovers import CHANGED, DAMAGED
from sargui.engine.planes import BandPlane, Overview, read_extended
from sargui.engine.scene import Scene

LIBRARIES = ("torch", "numpy", "numba")  # that compute what is coded


class StaleError(Exception):
    """What is left does not go with what is read or computed now; the message says why."""


def made_by(codec: TileCodec) -> dict[str, str]:
    """Return what else than the settings may change the bytes of a file; the names complete "another "."""
    device = codec.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else torch.backends.cpu.get_cpu_capability()
    versions = (f"{library} {version(library)}" for library in LIBRARIES)
    return {
        "device": f"{device}, {codec.coding_device}, {name}, {threads()} threads, {codec.half_precision}",
        "version": ", ".join((f"sargui {sargui.__version__}", *versions)),
    }


def steps_of(scene: Scene) -> int:
    """Return how many windows a scene is coded in, those of its overviews too."""
    rows, cols = scene.info.shape
    shapes = [(rows, cols)]
    if scene.has_overview:
        shapes.append((ceil_div(rows, Overview.STEP), ceil_div(cols, Overview.STEP)))
    return len(scene.planes) * sum(math.prod(grid_shape(*shape, NETWORK_WINDOW)) for shape in shapes)


def checksum(*arrays: NDArray[Any]) -> int:
    """Return the CRC-32 of arrays."""
    crc = 0
    for array in arrays:
        crc = zlib.crc32(np.ascontiguousarray(array).data, crc)
    return crc


def coded_before(
    codec: TileCodec,
    writer: Writer,
    plane: BandPlane,
    keys: list[TileKey],
    window: Window,
    mark: Mark,
    *,
    decoded: bool,
) -> CodedWindow:
    """Return a window whose tiles are in the file already, as the encoder had it, its symbols and frames left out.

    Its latents are there if they are to be `decoded`; they are exactly those of the encoder.

    Raises:
        StaleError: it was another window that was coded.
    """
    halo = codec.analysis_halo
    x, void = read_extended(plane, window, halo)
    inner = np.s_[halo:-halo, halo:-halo]
    coded = CodedWindow(window, tiles_in(window), [], None, x[inner], void[inner])
    if checksum(coded.x, coded.void) != mark.read or not all(map(writer.holds, keys)):
        raise StaleError(CHANGED)
    if not decoded:
        return coded
    try:
        payloads = [Payload.unpack(writer.payload(key)) for key in keys]
    except DamagedFileError as error:
        raise StaleError(DAMAGED) from error
    if all(payload.words is None for payload in payloads):
        return coded
    parts = [tile_window(Tile(key.row, key.col), *plane.shape) for key in keys]
    latents, failed = codec.read(payloads, [(ceil_div(part.rows, CELL), ceil_div(part.cols, CELL)) for part in parts])
    if failed:
        raise StaleError("this machine decodes it otherwise")
    return replace(coded, coded=(TileSymbols([]), latents))
