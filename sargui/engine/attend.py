"""What a checkpoint's attention looks at in a part of a scene, while it is coded and decoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sargui.attention import Attention, Seen, attention_modules, watching
from sargui.core.errors import RequestError
from sargui.core.tiling import CELL, ceil_div, parts
from sargui.core.types import Report, Window
from sargui.engine.bench import Bench
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.live import LiveSource
from sargui.engine.requests import Attend, AttentionModule, AttentionPicture, Shows
from sargui.engine.stages import stop_if

LARGEST_SIDE = 2048  # pixels of a scene that are attended to at once

Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Piece:
    """One pass of the module: `margin` positions around those of `window` are its halo, `stride` pixels apart."""

    window: Window
    seen: Seen
    margin: int
    stride: int

    def crop(self, grid: Tensor) -> Map:
        """Return a map (rows, cols) without the halo."""
        rows, cols = (ceil_div(side, self.stride) for side in self.window.shape)
        inner = grid[self.margin : self.margin + rows, self.margin : self.margin + cols]
        return inner.float().cpu().numpy()

    def position(self, row: int, col: int) -> tuple[int, int] | None:
        """Return where a pixel of the scene is in the features, None if it is not one of the window's."""
        row, col = row - self.window.row, col - self.window.col
        inside = 0 <= row < self.window.rows and 0 <= col < self.window.cols
        return (self.margin + row // self.stride, self.margin + col // self.stride) if inside else None


def attend(request: Attend, report: Report, cancel: Event, bench: Bench) -> AttentionPicture:
    """Return what one module attends to; nothing but the list of modules where the checkpoint has none.

    The network runs on the pixels themselves, never on an overview: of a window larger than 2048 pixels its middle is
    attended to.

    Raises:
        RequestError: there is no such module, channel or head.
        SarguiError: a file or a checkpoint cannot be used.
    """
    _, source = bench.pair(request, cancel)
    if not isinstance(source, LiveSource | DecodedSource):
        raise RequestError("Attention is shown of a trial, or of a compressed file.")
    modules = {
        name: module
        for name, module in attention_modules(source.codec.network).items()
        if isinstance(source, LiveSource) or name.startswith("g_s.")
    }
    listed = tuple(AttentionModule(name, module.heads, _gamma(module)) for name, module in modules.items())
    window = attended_window(request.window, source.info.shape, source.codec.grid * CELL)
    if not modules:
        return AttentionPicture((), "", window)
    name = request.module or listed[0].name
    if name not in modules:
        raise RequestError(f"This checkpoint has no attention '{name}' that can be shown here.")
    pieces = []
    for part in parts(window, NETWORK_WINDOW):
        stop_if(cancel)
        if (piece := _run(source, request.band, part, name)) is not None:
            pieces.append(piece)
    if not pieces:  # nothing was measured here
        return AttentionPicture(listed, name, window)
    return _picture(request, listed, name, window, pieces)


def attended_window(view: Window, shape: tuple[int, int], step: int) -> Window:
    """Return the part of a scene that is attended to; it begins and ends at multiples of `step`, or at the border."""
    spans = []
    for start, length, limit in zip((view.row, view.col), view.shape, shape, strict=True):
        start += max(0, length - LARGEST_SIDE) // 2
        length = min(length, LARGEST_SIDE)
        first = start // step * step
        last = first + min(ceil_div(start + length - first, step) * step, LARGEST_SIDE)
        spans.append((first, min(last, limit) - first))
    (row, rows), (col, cols) = spans
    return Window(row, col, rows, cols)


def _gamma(module: Attention) -> float | None:
    """Return the largest weight of what a mixing variant adds, with its sign."""
    found = [float(value) for name, value in module.named_parameters() if name.rpartition(".")[2] == "gamma"]
    return max(found, key=abs) if found else None


def _run(source: LiveSource | DecodedSource, band: int, window: Window, name: str) -> _Piece | None:
    """Return a pass of a module over a window; None if nothing was measured there."""
    codec = source.codec
    transform = getattr(codec.network, name.partition(".")[0])
    with _in_full_precision(transform), watching(codec.network, [name]) as passes:
        if name.startswith("g_a."):
            assert isinstance(source, LiveSource)
            source.analyze(band, window)
            halo, step = codec.analysis_halo, CELL
        else:
            source.read_network(band, window)
            halo, step = codec.synthesis_halo * CELL, codec.grid * CELL
    if name not in passes:
        return None
    seen = passes[name]
    stride = (ceil_div(window.rows, step) * step + 2 * halo) // seen.features.shape[2]
    return _Piece(window, seen, halo // stride, stride)


@contextmanager
def _in_full_precision(transform: Any) -> Iterator[None]:
    """Let one transform compute in full: gates that are all but 1 would be rounded to it."""
    before, transform.reduced = transform.reduced, False
    try:
        yield
    finally:
        transform.reduced = before


@torch.inference_mode()
def _picture(
    request: Attend, listed: tuple[AttentionModule, ...], name: str, window: Window, pieces: list[_Piece]
) -> AttentionPicture:
    query = request.query or (window.row + window.rows // 2, window.col + window.cols // 2)
    stride = pieces[0].stride
    whole = np.full([ceil_div(side, stride) for side in window.shape], np.nan, np.float32)
    shows: Shows | None = None
    for piece in pieces:
        found = _map(request, piece, query)
        if found is not None:
            row, col = ((piece.window.row - window.row) // stride, (piece.window.col - window.col) // stride)
            whole[row : row + found[1].shape[0], col : col + found[1].shape[1]] = found[1]
            shows = found[0]
    gates = [piece.seen.attended.channel_gates for piece in pieces]
    areas = np.array([piece.window.rows * piece.window.cols for piece in pieces], np.float64)
    means = None if gates[0] is None else np.average([g[0].cpu().numpy() for g in gates if g is not None], 0, areas)
    return AttentionPicture(
        listed,
        name,
        window,
        stride,
        shows,
        None if shows is None else whole,
        None if means is None else means.astype(np.float32),
        query if shows is Shows.WEIGHT else None,
    )


def _map(request: Attend, piece: _Piece, query: tuple[int, int]) -> tuple[Shows, Map] | None:
    """Return what a module shows of a piece, and what that is."""
    attended, gates = piece.seen.attended, piece.seen.gates
    if request.channel is not None:
        channels = piece.seen.features.shape[1]
        if not 0 <= request.channel < channels:
            raise RequestError(f"There is no channel {request.channel} of {channels}.")
        single = gates is not None and gates.shape[1] > 1 and gates.shape[2:].numel() > 1
        shown = gates if single and gates is not None else piece.seen.features
        return Shows.GATE if single else Shows.FEATURE, piece.crop(shown[0, request.channel])
    if attended.position_map is not None:
        return Shows.GATE, piece.crop(attended.position_map[0])
    if attended.query is None:
        return None
    if request.head is not None and not 0 <= request.head < attended.heads:
        raise RequestError(f"There is no head {request.head} of {attended.heads}.")
    place = piece.position(*query)
    if place is None:
        rows, cols = (ceil_div(side, piece.stride) for side in piece.window.shape)
        return Shows.WEIGHT, np.zeros((rows, cols), np.float32)
    weights = attended.query(*place)
    return Shows.WEIGHT, piece.crop(weights.mean(0) if request.head is None else weights[request.head])
