"""The quantizers that a file can be coded with, each a small state machine that encoder and decoder walk alike.

A state says which levels a symbol stands for and which tables code it; the parity of the symbol leads to the next
state. Scalar quantization has one state. Dependent quantization (Marcellin and Fischer 1990, "trellis coded
quantization"; Schwarz 2019 and ITU-T H.266 for this form) has two sets of levels, the even multiples of a finer step
and the odd ones with zero, and the encoder looks for the path that costs least (trellis.py). Its states are those of
Ungerboeck's convolutional code (1987, part II, table I, one dimension): more of them cost the encoder alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sargui.networks.entropy import LEVEL_UNITS, TABLES

FIRST_Z_TABLE = 3 * TABLES  # after those of the three sets of levels


@dataclass(frozen=True, slots=True, eq=False)
class Quantizer:
    """A coder profile's number, and its machine.

    Rows of `machine` are states: next state after an even symbol, after an odd one, first table, scale and shift of
    the levels: symbol s stands for level scale·s − shift·sign(s).
    """

    profile: int
    machine: NDArray[np.int64]

    @property
    def unit(self) -> float:
        """How many quantization steps a level is worth."""
        return LEVEL_UNITS[self.profile]


STATES = 128
FEEDBACK = 0o235 >> 1  # the code's polynomials h0 and h1 without their last digit: what an odd state
BRANCH = 0o126 >> 1  # and an odd symbol add to the next state


def _dependent() -> NDArray[np.int64]:
    state = np.arange(STATES)
    odd = state % 2
    even_next = (state >> 1) ^ (odd * FEEDBACK)
    return np.stack([even_next, even_next ^ BRANCH, TABLES * (1 + odd), np.full(STATES, 2), odd], axis=1)


SCALAR = Quantizer(0, np.array([[0, 0, 0, 1, 0]], np.int64))
DEPENDENT = Quantizer(1, _dependent())
QUANTIZERS = {quantizer.profile: quantizer for quantizer in (SCALAR, DEPENDENT)}
