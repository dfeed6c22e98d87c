"""The ways to compare: which panes are seen, and where."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """What the center shows."""

    FOUR = "4-up"
    TWO = "2-up"  # original and reconstruction side by side
    SPLIT = "split"  # both in one pane, left and right of a divider
    BLINK = "blink"  # both in one pane, in turns
    DIFFERENCE = "difference"  # the error alone
    ORIGINAL = "original"
    RECONSTRUCTION = "reconstruction"
    ATTENTION = "attention"


CYCLE = (Mode.FOUR, Mode.TWO, Mode.SPLIT, Mode.BLINK, Mode.DIFFERENCE)
PAIRED = (Mode.TWO, Mode.SPLIT, Mode.BLINK)
SWAPPED = {Mode.ORIGINAL: Mode.RECONSTRUCTION, Mode.RECONSTRUCTION: Mode.ORIGINAL}


def after(mode: Mode) -> Mode:
    """Return the next mode in turn; after one pane alone comes the first."""
    return CYCLE[(CYCLE.index(mode) + 1) % len(CYCLE)] if mode in CYCLE else Mode.FOUR
