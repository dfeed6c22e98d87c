"""One step of Viterbi's algorithm in all states at once, written in LLVM's vectors (a quarter of the time of a loop).

The states before neighboring ones are no neighbors, which numba's vectorizer gives up on; as a fixed shuffle of a
vector LLVM turns it into a few instructions of whatever processor there is.

numba keeps compiled code by the date of the file that calls: after a change here, `make clean`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.errors import TypingError
from numba.extending import intrinsic

from sargui.codec.quantizers import DEPENDENT, STATES

BEFORE = np.argsort(DEPENDENT.machine[:, :2].T)  # the state from which a symbol leads to a state, by its parity
_KINDS = (types.float32, 1), (types.float32, 2), (types.float32, 1), (types.uint8, 1)
_FLOAT, _INT, _BYTE = ir.FloatType(), ir.IntType(32), ir.IntType(8)


@intrinsic  # type: ignore[untyped-decorator]
def advance(
    typing: object, total: types.Array, price: types.Array, after: types.Array, odd: types.Array
) -> tuple[Any, Callable[..., Any]]:
    """Fill the cost of the best way `after` one more symbol into each state, and whether that symbol is `odd`.

    Args:
        typing: numba's.
        total: float32 (STATES,), the cost of the best way into each state so far.
        price: float32 (2, 2), of a symbol by the level set, which is the parity of the state before, and its parity.
        after: float32 (STATES,), filled.
        odd: uint8 (STATES,), filled with 0 and 1.
    """

    for array, (dtype, ndim) in zip((total, price, after, odd), _KINDS, strict=True):
        if (array.dtype, array.ndim, array.layout) != (dtype, ndim, "C"):
            raise TypingError(f"{array} is not what a step of the trellis works on")

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, values: Sequence[ir.Value]) -> Any:
        places = [
            context.make_array(kind)(context, builder, value).data
            for kind, value in zip(signature.args, values, strict=True)
        ]
        _write(builder, *places)
        return context.get_dummy_value()

    return types.void(total, price, after, odd), generate


def _write(builder: ir.IRBuilder, total: ir.Value, price: ir.Value, after: ir.Value, odd: ir.Value) -> None:
    """Write the instructions, given where the data of the four arrays begin."""
    costs = ir.VectorType(_FLOAT, STATES)
    before = builder.load(builder.bitcast(total, costs.as_pointer()), align=4)
    prices = builder.load(builder.bitcast(price, ir.VectorType(_FLOAT, 4).as_pointer()), align=4)
    by_even, by_odd = (
        builder.fadd(_shuffled(builder, before, BEFORE[parity]), _shuffled(builder, prices, of_level_set))
        for parity, of_level_set in enumerate(np.repeat([[0, 2], [1, 3]], STATES // 2, axis=1))
    )
    is_odd = builder.fcmp_ordered("<", by_odd, by_even)
    builder.store(builder.select(is_odd, by_odd, by_even), builder.bitcast(after, costs.as_pointer()), align=4)
    flags = ir.VectorType(_BYTE, STATES)
    builder.store(builder.zext(is_odd, flags), builder.bitcast(odd, flags.as_pointer()), align=1)


def _shuffled(builder: ir.IRBuilder, vector: ir.Value, order: Sequence[int]) -> ir.Value:
    mask = ir.Constant(ir.VectorType(_INT, len(order)), [int(place) for place in order])
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), mask)
