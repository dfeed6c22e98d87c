"""What is asked when a report is to be written, and what comes back. Frozen, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sargui.engine.requests import QualityReport


@dataclass(frozen=True, slots=True)
class WriteReport:
    """Write what compression did to a scene as the page `target` (HTML), and the same as JSON beside it.

    `quality` is what Evaluate found. `settings` names what else is known of the compression, as effort and device,
    which the container does not say. The pictures show `band`.
    """

    original: Path
    compressed: Path
    target: Path
    quality: QualityReport
    band: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    device: str = "auto"
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """The two files of a report."""

    page: Path
    document: Path
