"""Training on what the encoder really writes: dependent quantization and the bits of its own tables.

Nothing of it is differentiable. The levels pass their gradient straight through; the bits teach the entropy network
by the difference between neighboring tables, and the analysis by the noisy Gaussian that stands for rounding.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from torch import Tensor

from sargui.codec.quantizers import DEPENDENT, FIRST_Z_TABLE
from sargui.codec.symbols import search_levels
from sargui.codec.tables import WIDEST, CodingTables
from sargui.networks.autoencoder import Quantized, noisy_bits
from sargui.networks.entropy import HALF_STEP, TABLES


class DependentQuantizer:
    """The quantizer that `Autoencoder.forward` takes, by the trellis search with given tables."""

    profile = DEPENDENT.profile

    def __init__(self, tables: CodingTables) -> None:
        self._tables = tables
        self._cost = torch.from_numpy(dense_costs(tables))
        self._pool = ThreadPoolExecutor(torch.get_num_threads())

    def levels(self, values: Tensor, index: Tensor) -> Quantized:
        """Return what values become; each sample is coded in order of channels, rows and columns."""
        part = search_levels(values, index, self._tables, self._pool)
        found = (part.symbols, part.tables, part.levels)
        symbols, chosen, levels = (torch.from_numpy(array).to(values.device) for array in found)
        through = (values - values.detach()) / HALF_STEP * (index > 0)
        return Quantized(levels.to(values.dtype) + through, symbols.to(torch.int64), chosen.to(torch.int64))

    def bits(self, values: Tensor, index: Tensor, quantized: Quantized) -> Tensor:
        """Return the bits of each level by its table; where nothing is coded, those of the noisy Gaussian."""
        table, size = quantized.tables, quantized.symbols.abs().clamp(max=WIDEST)
        first = table // TABLES * TABLES
        cost = self._cost.to(values.device)
        above = cost[torch.minimum(table + 1, first + TABLES - 1), size]
        below = cost[torch.maximum(table - 1, first + 1), size]
        hard = cost[table, size] + (index - index.detach()) * (above - below) / 2
        soft = noisy_bits(values, index.detach())
        return torch.where(table > 0, hard + (soft - soft.detach()), noisy_bits(values, index))


def dense_costs(tables: CodingTables) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return bits by table of y and size of the symbol, (192, 513); beyond an alphabet those of the escape."""
    result = np.empty((FIRST_Z_TABLE, WIDEST + 1), np.float32)
    for table in range(FIRST_Z_TABLE):
        start, half = int(tables.start[table]), int(tables.half[table])
        result[table] = tables.cost[start + 2 * half + 1] + 8
        result[table, : half + 1] = tables.cost[start + half : start + 2 * half + 1]
    return result
