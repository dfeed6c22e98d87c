"""The coding tables: integer frequencies for each scale index and each channel of z, fitted to counts.

Table i < 64 codes latents whose index is i where quantization is scalar, tables 64 + i and 128 + i where it is
dependent (one for each set of levels); table 192 + c codes channel c of z. Each has its own alphabet, as wide as its
scale asks for; what lies beyond is an escape and follows as plain bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr

from sargui.codec.quantizers import FIRST_Z_TABLE
from sargui.codec.rans import TOTAL
from sargui.core.errors import CheckpointError
from sargui.networks.entropy import HALF_STEP, INDEX_PER_NAT, SMALLEST_SCALE, TABLES, Z_LIMIT

WIDEST = 512  # largest half alphabet, and how far counts reach
SCALES_WIDE = 4.0  # an alphabet reaches this many standard deviations
PRIOR_WEIGHT = 20.0  # counts that the Gaussian prior is worth


def scales() -> NDArray[np.float64]:
    """Return the standard deviation of each scale table, in quantization steps."""
    return SMALLEST_SCALE * np.exp(np.arange(TABLES) / INDEX_PER_NAT)


@dataclass(frozen=True)
class CodingTables:
    """All tables flat: `cumulative[start[t] : start[t] + 2·half[t] + 3]` are table t's cumulative frequencies."""

    half: NDArray[np.int64]
    cumulative: NDArray[np.uint32]

    @cached_property
    def start(self) -> NDArray[np.int64]:
        """Where each table begins."""
        return np.concatenate([[0], np.cumsum(2 * self.half + 3)[:-1]]).astype(np.int64)

    @cached_property
    def cost(self) -> NDArray[np.float32]:
        """Bits of each symbol, laid out as `cumulative` (the last entry of each table has no meaning)."""
        frequency = np.diff(self.cumulative.astype(np.int64), append=TOTAL)
        return np.asarray(-np.log2(np.maximum(frequency, 1) / TOTAL), dtype=np.float32)

    def to_tensors(self) -> dict[str, torch.Tensor]:
        """Return the tables as they are stored with a checkpoint: alphabets and frequencies minus one."""
        frequency = np.diff(self.cumulative.astype(np.int64))
        keep = np.ones(len(frequency), bool)
        keep[self.start[1:] - 1] = False
        return {
            "half": torch.from_numpy(self.half.astype(np.int16)),
            "frequency": torch.from_numpy((frequency[keep] - 1).astype(np.uint16).view(np.int16)),
        }

    @staticmethod
    def from_tensors(tensors: Mapping[str, torch.Tensor], side: int) -> CodingTables:
        """Return the tables of a checkpoint with `side` channels of z.

        Raises:
            CheckpointError: missing, of the wrong shape, or not summing up.
        """
        try:
            stored = tensors["half"], tensors["frequency"]
        except KeyError:
            raise CheckpointError("This checkpoint has no coding tables.") from None
        if any(tensor.dtype != torch.int16 or tensor.dim() != 1 for tensor in stored):
            raise CheckpointError("The coding tables of this checkpoint have the wrong shape.")
        half = stored[0].numpy().astype(np.int64)
        frequency = stored[1].numpy().view(np.uint16).astype(np.int64) + 1
        sizes = 2 * half + 2
        if len(half) != FIRST_Z_TABLE + side or half.min() < 1 or half.max() > WIDEST or len(frequency) != sizes.sum():
            raise CheckpointError("The coding tables of this checkpoint have the wrong shape.")
        parts = np.split(frequency, np.cumsum(sizes)[:-1])
        if any(part.sum() != TOTAL for part in parts):
            raise CheckpointError("The coding tables of this checkpoint do not sum up.")
        return CodingTables(half, _cumulative(parts))


def _cumulative(parts: list[NDArray[np.int64]]) -> NDArray[np.uint32]:
    return np.concatenate([np.concatenate([[0], np.cumsum(part)]) for part in parts]).astype(np.uint32)


def empty_counts(side: int) -> NDArray[np.int64]:
    """Return counts of nothing, (tables, 2·WIDEST + 1), to be filled by `rans.count`."""
    return np.zeros((FIRST_Z_TABLE + side, 2 * WIDEST + 1), np.int64)


def fit(counts: NDArray[np.int64]) -> CodingTables:
    """Return tables fitted to counts, smoothed by a Gaussian; counts of nothing give the Gaussian tables themselves.

    Latents are as often positive as negative, so their counts are symmetrized; those of z are not.
    """
    parts, halves = [], []
    for table, row in enumerate(counts.astype(np.float64)):
        if table < FIRST_Z_TABLE:
            sigma = float(scales()[table % TABLES])
            edges = _edges(table // TABLES)
            half = int(np.clip(np.ceil(SCALES_WIDE * sigma / (edges[-1] - edges[-2])), 1, WIDEST))
            row = (row + row[::-1]) / 2
        else:
            place = np.arange(-WIDEST, WIDEST + 1)
            sigma = float(np.sqrt((row * place**2).sum() / row.sum())) if row.any() else 2.0
            edges = _edges(0)
            half = int(np.clip(np.ceil(SCALES_WIDE * sigma), 2, Z_LIMIT))
        halves.append(half)
        parts.append(_frequencies(row + PRIOR_WEIGHT * np.diff(ndtr(edges / max(sigma, 0.2))), half))
    return CodingTables(np.array(halves, np.int64), _cumulative(parts))


def _edges(levels: int) -> NDArray[np.float64]:
    """Return what bounds the values nearest to symbols −WIDEST..WIDEST, in steps: scalar, even levels, odd ones."""
    symbols = np.arange(-WIDEST - 1, WIDEST + 2)
    values = HALF_STEP * (2 * symbols - (levels - 1) * np.sign(symbols)) if levels else symbols.astype(np.float64)
    return np.asarray((values[1:] + values[:-1]) / 2)


def _frequencies(weight: NDArray[np.float64], half: int) -> NDArray[np.int64]:
    """Return 2·half + 2 frequencies of at least one that sum to TOTAL; the last is the escape."""
    inner = weight[WIDEST - half : WIDEST + half + 1]
    shares = np.append(inner, max(weight.sum() - inner.sum(), 0.0)) / weight.sum()
    frequency = np.floor(shares * (TOTAL - len(shares))).astype(np.int64) + 1
    frequency[np.argmax(frequency)] += TOTAL - frequency.sum()
    return np.asarray(frequency)
