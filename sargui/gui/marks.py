"""What the user has marked in the scene: pins, lettered regions, one line; and which of them is chosen."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, count, product
from string import ascii_uppercase

from PySide6.QtCore import QObject, Signal

from sargui.core.types import Window
from sargui.engine.readings import Point


class Tool(StrEnum):
    """What a drag in a pane draws."""

    NONE = ""
    REGION = "region"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Pin:
    """A pixel of the scene."""

    name: str
    row: int
    col: int


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of pixels; without a name it is nothing that the user has marked."""

    name: str
    window: Window


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two places, as the engine has them: integers are centers of pixels."""

    start: Point
    end: Point


Mark = Pin | Region | Line


class Marks(QObject):
    """Pins, regions and the line of the open scene."""

    changed = Signal()  # also when another is chosen

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pins: tuple[Pin, ...] = ()
        self.regions: tuple[Region, ...] = ()
        self.line: Line | None = None
        self.chosen: Mark | None = None
        self._shape = (0, 0)

    @property
    def all(self) -> tuple[Mark, ...]:
        """Every mark: pins first, the line last."""
        return (*self.pins, *self.regions, *(() if self.line is None else (self.line,)))

    def begin(self, shape: tuple[int, int]) -> None:
        """Forget everything: the scene is another, of (rows, cols)."""
        self.pins, self.regions, self.line, self.chosen, self._shape = (), (), None, None, shape
        self.changed.emit()

    def pin(self, row: int, col: int) -> Pin:
        """Mark a pixel and choose it; one that is marked already is only chosen."""
        pin = next((pin for pin in self.pins if (pin.row, pin.col) == (row, col)), None)
        if pin is None:
            pin = Pin(_unused(map(str, count(1)), self.pins), row, col)
            self.pins = tuple(sorted((*self.pins, pin), key=lambda one: int(one.name)))
        self.choose(pin)
        return pin

    def draw(self, tool: Tool, start: Point, end: Point) -> Region | Line | None:
        """Mark what was dragged, and choose it; None where that is nothing. For the places see `outlined`."""
        mark = self.outlined(tool, start, end)
        if isinstance(mark, Region):
            letters = chain(ascii_uppercase, map("".join, product(ascii_uppercase, repeat=2)))
            mark = Region(_unused(letters, self.regions), mark.window)
            self.regions = tuple(sorted((*self.regions, mark), key=lambda one: (len(one.name), one.name)))
        elif mark is not None:
            self.line = mark
        if mark is not None:
            self.choose(mark)
        return mark

    def outlined(self, tool: Tool, start: Point, end: Point) -> Region | Line | None:
        """Return what a drag from one place to another would mark, inside the scene; None for nothing.

        Places are (row, col) as panes draw them: pixel r reaches from r to r + 1.
        """
        rows, cols = self._shape
        (top, left), (bottom, right) = ((_clip(at[0], rows), _clip(at[1], cols)) for at in (start, end))
        if tool is Tool.NONE or (top, left) == (bottom, right):
            return None
        if tool is Tool.LINE:
            return Line((top - 0.5, left - 0.5), (bottom - 0.5, right - 0.5))
        row, last_row = sorted((math.floor(top), math.floor(bottom)))
        col, last_col = sorted((math.floor(left), math.floor(right)))
        return Region("", Window(row, col, last_row + 1 - row, last_col + 1 - col))

    def choose(self, mark: Mark | None) -> None:
        """Choose a mark, or none."""
        self.chosen = mark
        self.changed.emit()

    def remove(self, mark: Mark | None) -> None:
        """Take a mark away; the one before it, in its list, is chosen."""
        if mark is None or mark not in self.all:
            return
        listed: tuple[Mark, ...] = (*self.pins, *self.regions)
        at = listed.index(mark) if mark in listed else len(listed)
        self.pins = tuple(pin for pin in self.pins if pin != mark)
        self.regions = tuple(region for region in self.regions if region != mark)
        self.line = None if self.line == mark else self.line
        left: tuple[Mark, ...] = (*self.pins, *self.regions)
        self.choose(left[max(0, min(at, len(left)) - 1)] if left else None)


def _unused(names: Iterable[str], marks: Iterable[Pin | Region]) -> str:
    """Return the first name that no mark has."""
    used = {mark.name for mark in marks}
    return next(name for name in names if name not in used)


def _clip(at: float, side: int) -> float:
    """Return a place on the scene, nowhere but in one of its pixels."""
    return min(max(at, 0.0), math.nextafter(side, 0))
