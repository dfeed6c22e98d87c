"""All that a comparison measured: for each image the curve of each codec, and what is drawn and told from many."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.curves import Point, at_rate, saving
from benchmarks.figures import Figures

RATES = 0.05, 2.5  # bits per pixel; what is compared
GROUPS = {"multi-look": "multi-look", "single-look": "complex, single-look"}
PEERS = {
    "openjpeg": "OpenJPEG",
    "htj2k": "HTJ2K",
    "jpegxl": "JPEG XL",
    "avif": "AVIF",
    "sperr": "SPERR",
    "sz3": "SZ3",
    "lerc": "LERC",
    "zfp": "ZFP",
}  # and what they are called; `peers` has the codecs
POWER = " + power"  # after a checkpoint's name: with the radiometric correction
DIGITS = 5  # significant ones, of the figures in JSON

Value = Callable[["Result", Figures], float]


@dataclass(frozen=True, slots=True)
class Result:
    """One image. `curves` has the checkpoints' first, then the peers'."""

    name: str
    group: str
    shape: tuple[int, int]
    looks: float  # of the original, on homogeneous ground
    targets: int  # bright ones in it
    water: float  # share of its valid pixels
    reference: list[Point] | None  # the Gaussian rate–distortion function of its homogeneous ground
    curves: Mapping[str, list[Figures]]

    def points(self, codec: str) -> list[Point]:
        """Return rate and error of a codec."""
        return [(one.rate, one.error_db) for one in self.curves[codec]]

    def reaches(self, codec: str, rate: float) -> bool:
        """Return whether a rate lies on the curve of a codec."""
        rates = [one.rate for one in self.curves[codec]]
        return min(rates) <= rate <= max(rates)

    def saving(self, codec: str, reference: str) -> float:
        """Return the BD-rate in percent of a codec against another; NaN where they have no error in common."""
        try:
            return saving(self.points(codec), self.points(reference), RATES)
        except ValueError:
            return math.nan

    def at(self, codec: str, rate: float, value: Value) -> float:
        """Return a figure of a codec at a rate; NaN beyond its curve."""
        return at_rate([(one.rate, value(self, one)) for one in self.curves[codec]], rate)


def curved(results: Sequence[Result]) -> list[str]:
    """Return the codecs that were measured at more than one setting."""
    return [codec for codec, curve in results[0].curves.items() if len(curve) > 1]


def title(codec: str) -> str:
    """Return what a codec is called."""
    return PEERS.get(codec) or f"sargui {codec}"


def groups(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Return the images of each group that has any."""
    found = {group: [result for result in results if result.group == group] for group in GROUPS}
    return {group: members for group, members in found.items() if members}


def mean_at(results: Sequence[Result], codec: str, rate: float, value: Value) -> float:
    """Return the mean over images of a figure at a rate; NaN if the curve of one does not reach there.

    Images that have no such figure (no bright target, no homogeneous ground) are left out.
    """
    having = [one for one in results if any(math.isfinite(value(one, point)) for point in one.curves[codec])]
    return fmean(result.at(codec, rate, value) for result in having) if having else math.nan


def mean_of(values: Iterable[float]) -> tuple[float, int]:
    """Return the mean of the finite ones of some values, NaN without any, and how many they are."""
    finite = [value for value in values if math.isfinite(value)]
    return (fmean(finite), len(finite)) if finite else (math.nan, 0)


def log_looks(result: Result, figures: Figures) -> float:
    """Return the logarithm of the equivalent number of looks, decoded over original."""
    return math.log(figures.looks / result.looks)


def bias(result: Result, figures: Figures) -> float:
    """Return the bias of mean power in dB."""
    return figures.bias_db


def cell_bias(result: Result, figures: Figures) -> float:
    """Return the 95th percentile of the absolute bias of cells in dB."""
    return figures.cell_bias_db


def targets(result: Result, figures: Figures) -> float:
    """Return the agreement of bright targets."""
    return figures.targets


def water(result: Result, figures: Figures) -> float:
    """Return the agreement of the water mask."""
    return figures.water


def write(results: Sequence[Result], about: Mapping[str, Any], path: Path) -> None:
    """Write everything measured as JSON; the figures of a point are a row, named by `columns`."""
    images = []
    for result in results:
        curves = {codec: [list(asdict(one).values()) for one in curve] for codec, curve in result.curves.items()}
        images.append(asdict(result) | {"curves": curves})
    content = {**about, "columns": [field.name for field in fields(Figures)], "images": images}
    text = json.dumps(_rounded(content), separators=(",", ":"), ensure_ascii=False)
    path.write_text(text.replace('{"name":', '\n{"name":') + "\n", encoding="utf-8")


def _rounded(content: Any) -> Any:
    """Return content for JSON: few digits, and null for what is no number."""
    if isinstance(content, Mapping):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    if isinstance(content, float):
        return float(f"{content:.{DIGITS}g}") if math.isfinite(content) else None
    return content
