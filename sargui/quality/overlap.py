"""Neighborhoods across windows: each window joined with the last pixels above it and to its left.

A measure that looks at squares of (reach + 1)² pixels sees each square of the scene exactly once so, in the window that
holds its lower right corner; nothing is read twice, and what is kept are `reach` rows of the scene.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import Window

Array = NDArray[Any]


class Overlap:
    """Joins windows that come row by row, as `sargui.core.tiling.windows` yields them: a grid without gaps."""

    def __init__(self, reach: int) -> None:
        self._reach = reach
        self._above: dict[int, list[Array]] = {}  # column of a window -> the last rows down to its upper border
        self._left: list[Array] = []

    def join(self, window: Window, *pictures: Array) -> list[Array]:
        """Return pictures of a window, (rows, cols), with up to `reach` rows above and columns to the left of them.

        There are fewer at the upper and left border of the scene alone.
        """
        reach = self._reach
        above = self._above.get(window.col, []) if window.row else []
        tall = [np.concatenate(pair) for pair in zip(above, pictures, strict=True)] if above else list(pictures)
        self._above[window.col] = [picture[-reach:].copy() for picture in tall]
        if window.col:
            tall = [np.concatenate(pair, axis=1) for pair in zip(self._left, tall, strict=True)]
        self._left = [picture[:, -reach:].copy() for picture in tall]
        return tall
