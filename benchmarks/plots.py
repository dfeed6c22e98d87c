"""Plots of a comparison, as SVG files that come out the same each time; they need matplotlib."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from benchmarks import results as of
from benchmarks.curves import at_rate, in_range
from benchmarks.results import GROUPS, PEERS, POWER, RATES, Result, Value, groups, mean_at, title
from sargui.training.experiment.plots import ACCENT, BITS, INK, MUTED, STYLE, available

try:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter, ScalarFormatter
except ImportError:
    Figure = None

COLUMNS, LEGEND_COLUMNS = 3, 5
HEADROOM = 1.15  # above our coarsest point; LERC and ZFP go far beyond
COLORS = {  # Okabe and Ito's, which the color-blind tell apart; a checkpoint has the accent
    "openjpeg": INK,
    "htj2k": MUTED,
    "jpegxl": "#0072b2",
    "avif": "#009e73",
    "sperr": "#e69f00",
    "sz3": "#56b4e9",
    "lerc": "#cc79a7",
    "zfp": "#d0c000",
}
TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)  # bits per pixel
GRID = np.geomspace(0.06, 2.4, 30)  # where means are drawn


Line = Callable[[Sequence[Result], str, float], float]  # of images, a codec and a rate


@dataclass(frozen=True, slots=True)
class Panel:
    """What is drawn over the rate, and how; what leaves the limits is left out."""

    name: str
    line: Line
    limits: tuple[float, float]
    scale: str = "linear"


def draw(results: Sequence[Result], model: str, folder: Path, prefix: str) -> list[str]:
    """Draw a checkpoint among the peers and return the names of the files; without matplotlib nothing, and none."""
    if not available():
        return []
    ours = [model, model + POWER]
    drawn = {
        "rate_distortion": _images(results, [*ours, *PEERS]),
        "relative": _means(results, [*ours, *PEERS], RELATIVE),
        "radiometry": _means(results, [*ours, *PEERS], RADIOMETRY),
        "downstream": _means(results, [model + POWER, "openjpeg", "jpegxl", "avif"], DOWNSTREAM),
    }
    names = []
    for name, figure in drawn.items():
        names.append(f"{prefix}_{name}.svg")
        _write(figure, folder / names[-1])
    return names


def _mean(value: Value) -> Line:
    return lambda results, codec, rate: mean_at(results, codec, rate, value)


def _ratio(results: Sequence[Result], codec: str, rate: float) -> float:
    return math.exp(mean_at(results, codec, rate, of.log_looks))


def _relative(results: Sequence[Result], codec: str, rate: float) -> float:
    """Return the mean of the codec's rate against OpenJPEG's in %, at the error that OpenJPEG has at a rate."""

    def one(result: Result) -> float:
        error = at_rate(result.points("openjpeg"), rate)
        rate_of = [(error_db, math.log(bits)) for bits, error_db in in_range(result.points(codec), RATES)]
        return at_rate(rate_of, error) - math.log(rate) if math.isfinite(error) else math.nan

    return 100 * math.expm1(fmean(one(result) for result in results))


RELATIVE = [Panel("rate at equal error against OpenJPEG, %", _relative, (-60, 100))]
RADIOMETRY = [
    Panel("ENL, decoded over original", _ratio, (0.3, 30), "log"),
    Panel("bias of mean power, dB", _mean(of.bias), (-1.5, 0.5)),
]
DOWNSTREAM = [
    Panel("bright targets, agreement", _mean(of.targets), (0, 1)),
    Panel("water mask, agreement", _mean(of.water), (0.75, 1)),
]


def _images(results: Sequence[Result], codecs: Sequence[str]) -> Any:
    """Return a figure with rate and error of all codecs on each image, and the reference of its ground."""
    rows = math.ceil(len(results) / COLUMNS)
    figure = Figure(figsize=(9, 2.6 * rows + 0.5), layout="constrained")
    for place, result in enumerate(results):
        axes = figure.add_subplot(rows, COLUMNS, place + 1)
        for codec in codecs:
            points = in_range(sorted(result.points(codec)), RATES)
            axes.plot(*zip(*points, strict=True), **_look(codec)) if points else None
        if result.reference is not None:
            points = in_range(result.reference, RATES)
            axes.plot(*zip(*points, strict=True), ":", color=INK, lw=1.2, label="Gaussian reference of the ground")
        axes.set_title(f"{result.name[:30]} ({result.looks:.1f} looks)", fontsize=8)
        axes.set_ylim(0, HEADROOM * max(error for _, error in in_range(result.points(codecs[0]), RATES)))
        _axes(axes, "rms error, dB" if place % COLUMNS == 0 else "")
    return _with_legend(figure)


def _means(results: Sequence[Result], codecs: Sequence[str], panels: Sequence[Panel]) -> Any:
    """Return a figure with a row for each figure and a column for each group of images."""
    found = groups(results)
    figure = Figure(figsize=(4.5 * len(found), 2.8 * len(panels) + 0.6), layout="constrained")
    for row, panel in enumerate(panels):
        for column, (group, members) in enumerate(found.items()):
            axes = figure.add_subplot(len(panels), len(found), row * len(found) + column + 1)
            for codec in codecs:
                axes.plot(GRID, [panel.line(members, codec, rate) for rate in GRID], **_look(codec, marker=""))
            axes.set_title(f"{GROUPS[group]}, mean of {len(members)}", fontsize=8)
            _axes(axes, panel.name if column == 0 else "")
            axes.set_yscale(panel.scale)
            axes.set_ylim(panel.limits)
    return _with_legend(figure)


def _look(codec: str, marker: str = "o") -> dict[str, Any]:
    """Return how a codec is drawn: a checkpoint thick, with the radiometric correction in dashes."""
    if codec in COLORS:
        return {"label": title(codec), "color": COLORS[codec], "lw": 1}
    line = {"ls": "--"} if codec.endswith(POWER) else {"marker": marker, "ms": 2.5}
    return {"label": title(codec), "color": ACCENT, "lw": 1.8, **line}


def _axes(axes: Any, beside: str) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*RATES)
    axes.set_xticks(TICKS)
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(labelsize=7)
    axes.set_xlabel(BITS, fontsize=8)
    axes.set_ylabel(beside, fontsize=8)
    axes.grid(alpha=0.3)


def _with_legend(figure: Any) -> Any:
    labels: dict[str, Any] = {}
    for axes in figure.axes:
        labels |= {label: line for line, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    columns = LEGEND_COLUMNS if figure.get_figwidth() > 6 else 3
    figure.legend(labels.values(), labels, loc="outside lower center", ncols=columns, frameon=False, fontsize=8)
    return figure


def _write(figure: Any, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    with rc_context(STYLE):
        FigureCanvasSVG(figure).print_svg(part, metadata={"Date": None})
    part.replace(path)
