"""What can be asked before anything is written, and what comes back. Frozen, comparable, without torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sargui.core.types import Kind
from sargui.engine.requests import Trial

FIRST_WINDOWS = 8


@dataclass(frozen=True, slots=True)
class ListDevices:
    """Say what the network can run on: a tuple of Device."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device by the name that requests take, and in words: name and memory."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Match:
    """Say in what a raster differs from what a container says of its original: a tuple of names; see `match`."""

    original: Path
    compressed: Path


@dataclass(frozen=True, slots=True)
class Estimate:
    """Foretell the size of a trial's file from so many network windows of 1024² pixels; with `errors` the error too."""

    original: Path
    trial: Trial
    windows: int = FIRST_WINDOWS
    kind: Kind | None = None
    device: str = "auto"
    errors: bool = False  # half as much work again


@dataclass(frozen=True, slots=True)
class Estimated:
    """A size foretold: the file is within `file_bytes` ± `half_width_bytes` with 95 % confidence.

    `windows` of `of_windows` were coded; if all were, nothing but the overview is foretold. The interval of a single
    one of several is infinite.
    """

    file_bytes: int
    half_width_bytes: float
    bits_per_pixel: float  # of everything that the pixels need
    raw_bytes: int
    windows: int
    of_windows: int
    rmse_db: float | None = None  # of the windows that were coded, before any radiometric correction

    @property
    def ratio(self) -> float:
        """Raw bytes over file bytes."""
        return self.raw_bytes / self.file_bytes
