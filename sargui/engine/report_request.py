"""What is asked when a report is to be written, and what comes back. Frozen, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sargui.core.paths import check_writable
from sargui.core.types import Window
from sargui.engine.requests import QualityReport


@dataclass(frozen=True, slots=True)
class WriteReport:
    """Write what compression did to a scene as the page `target` (HTML), and the same as JSON beside it.

    `compressed` is a container or any raster of the same size; `quality` is what Evaluate found. `settings` names what
    else is known of the compression, as effort and device, which the container does not say. The pictures show `band`,
    in which `pins` (row and column) and `regions` are measured, by name. The compressed file is called `shown_as`,
    where its own name is one for the moment.
    """

    original: Path
    compressed: Path
    target: Path
    quality: QualityReport
    band: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)
    device: str = "auto"
    overwrite: bool = False
    pins: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    regions: Mapping[str, Window] = field(default_factory=dict)
    shown_as: str = ""


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """The two files of a report."""

    page: Path
    document: Path


def document_of(page: Path) -> Path:
    """Return where the same is written as JSON, beside a page."""
    return page.with_suffix(".json")


def check_report(page: Path, overwrite: bool) -> None:
    """Refuse a report that cannot be written, before anything is measured for it.

    Raises:
        TargetError: one of its files exists and may not be overwritten, or its folder is missing or read-only.
    """
    for path in (page, document_of(page)):
        check_writable(path, overwrite)
