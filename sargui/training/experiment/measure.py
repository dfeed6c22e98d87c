"""All that is measured of one fine-tuned checkpoint on the validation images, the control's beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sargui.attention import attention_modules, bypassed
from sargui.codec.tile_codec import TileCodec
from sargui.core.errors import InputError
from sargui.core.tiling import CELL
from sargui.quality.ssim import ssim
from sargui.training.experiment import cost, gates
from sargui.training.experiment.compare import Curves, Point
from sargui.training.experiment.looks import Image
from sargui.training.export import VALIDATION_QUALITIES, code_image, crop
from sargui.training.patches import named_bands

LEAST_SIDE = 64  # pixels, of an image that is measured on
Pause = Callable[[], None]  # called between images; raises to stop


@dataclass(frozen=True, slots=True)
class Measured:
    """One checkpoint: points by image, the same with its attention bypassed (None without attention), and its costs."""

    points: Curves
    bypassed: Curves | None
    times: cost.Times
    memory: cost.Memory
    parameters: int
    attention_parameters: int
    gates: tuple[gates.ModuleGates, ...]

    @property
    def idle(self) -> bool | None:
        """Whether all of its attention modules are idle; None without attention."""
        return all(module.idle for module in self.gates) if self.gates else None


def held_out(folder: Path) -> dict[str, Image]:
    """Return the images to measure on, as network input, by name.

    Raises:
        InputError: there is none.
    """
    images = {name: crop(x) for name, _, x in named_bands(folder) if min(x.shape) >= LEAST_SIDE}
    if not images:
        raise InputError(f"There is no raster of at least {LEAST_SIDE} pixels a side to measure on in {folder}.")
    return images


def measure(codec: TileCodec, control: TileCodec, images: Mapping[str, Image], pause: Pause) -> Measured:
    """Return what is measured of `codec`; `control` gives the times to compare with."""
    modules = attention_modules(codec.network)
    largest = max(images.values(), key=np.size)
    seconds = cost.times(codec, control, cost.square(largest, cost.WINDOW), cost.REPETITIONS)
    pause()
    return Measured(
        curves(codec, images, pause),
        curves(codec, images, pause, bypassed(codec.network)) if modules else None,
        seconds,
        cost.memory(codec, cost.WINDOW),
        cost.parameters([codec.network]),
        cost.parameters(list(modules.values())),
        gates.study(codec, images),
    )


def curves(
    codec: TileCodec,
    images: Mapping[str, Image],
    pause: Pause,
    changed: AbstractContextManager[None] | None = None,
) -> dict[str, list[Point]]:
    """Return the points of each image at the validation qualities, with the network `changed` meanwhile."""
    result = {}
    with changed or nullcontext():
        for name, x in images.items():
            pause()
            result[name] = [point(codec, x, quality) for quality in VALIDATION_QUALITIES]
    return result


def point(codec: TileCodec, x: Image, quality: int) -> Point:
    """Return rate (counted from payloads), error and similarity of network input (rows, cols), multiples of 16."""
    symbols, latents, frames = code_image(codec, x, quality)
    payload_bytes = sum(len(tile.payload) for tile in codec.write(symbols, frames, quality))
    x_hat = codec.synthesize_scene(latents, x.shape[0] // CELL, x.shape[1] // CELL, quality)
    error = 10 * (x_hat.astype(np.float64) - x)
    return Point(8 * payload_bytes / x.size, float(np.sqrt(np.mean(error**2))), ssim(10 * x, 10 * x_hat))
