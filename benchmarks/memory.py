"""The memory of every attention variant at every place, in one network window: a table in Markdown.

    python -m benchmarks.memory > docs/attention/memory.md

Counted are the tensors that live at once in analysis or synthesis of 1024² pixels and their halo, in single precision,
without computing them. The weights come on top (5 MB), and the scratch space of the device's libraries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import torch

from sargui.attention import registry
from sargui.codec.tables import empty_counts, fit
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.networks import Autoencoder, NetworkConfig
from sargui.networks.config import PLACEMENTS
from sargui.training.experiment.cost import Memory, memory

GPU_MIB = 8 * 1024


def of(config: NetworkConfig) -> Memory:
    """Return what a network of this shape needs for one window; its weights do not matter."""
    codec = TileCodec(Autoencoder(config), fit(empty_counts(config.side)), torch.device("cpu"))
    return memory(codec, NETWORK_WINDOW)


def lines() -> Iterator[str]:
    """Yield the lines of the table: peak (largest tensor) in MiB for each variant and place."""
    base = NetworkConfig.from_card(catalogue.default_card().network)
    base = replace(base, attention="none", placement="bottleneck")
    variants = [name for name in registry.names() if name != "none"]
    found = {
        name: {place: of(replace(base, attention=name, placement=place)) for place in PLACEMENTS} for name in variants
    }
    none = of(base)
    worst = max(cost.peak_mib for row in found.values() for cost in row.values())
    yield "# Memory of a network window"
    yield ""
    yield "Made by `python -m benchmarks.memory`: all tensors that live at once (in brackets the largest of them), in"
    yield "MiB, for 1024² pixels and their halo, in single precision, beside 5 MiB of weights. Windows go through the"
    yield f"network one at a time, so a GPU of 8 GB takes all: the worst needs {100 * worst / GPU_MIB:.0f} % of it."
    yield ""
    yield "| variant | " + " | ".join(PLACEMENTS) + " |"
    yield "|---" + "|---:" * len(PLACEMENTS) + "|"
    yield "| `none` | " + " | ".join([_cell(none)] * len(PLACEMENTS)) + " |"
    for name, row in found.items():
        yield f"| `{name}` | " + " | ".join(_cell(row[place]) for place in PLACEMENTS) + " |"


def _cell(cost: Memory) -> str:
    return f"{cost.peak_mib:.0f} ({cost.largest_mib:.0f})"


if __name__ == "__main__":
    for line in lines():
        print(line)
