"""Tests of the decorator for compiled loops."""

import numba
import pytest

from sargui.codec.compiled import compiled


def test_a_loop_that_cannot_be_kept_is_compiled_all_the_same():
    space = {}
    exec("def triple(x): return 3 * x", space)  # from no file, so that numba finds no place beside it
    with pytest.raises(RuntimeError, match="no locator available"):
        numba.njit(cache=True)(space["triple"])
    assert compiled()(space["triple"])(14) == 42
