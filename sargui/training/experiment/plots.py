"""Plots of the results, as SVG files that come out the same each time; they need matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.training.experiment.arms import CONTROL
from sargui.training.experiment.compare import Curves
from sargui.training.experiment.gates import ModuleGates
from sargui.training.experiment.results import Result
from sargui.training.experiment.rows import Row

try:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter, ScalarFormatter
except ImportError:
    Figure = None

Array = NDArray[np.float64]
MeanCurve = tuple[Array, Array, Array]  # rate, error, SSIM

STYLE = {"svg.hashsalt": "sargui", "svg.fonttype": "none", "font.size": 9}
BITS = "bits per pixel"
INK, ACCENT, MUTED = "#222222", "#c1272d", "#888888"


def available() -> bool:
    """Return whether there is matplotlib."""
    return Figure is not None


def bd_rates(found: Sequence[Row], path: Path) -> None:
    """Draw the BD-rate of each arm with its interval over images."""
    arms = [row for row in found if row.arm != CONTROL]
    figure, (axes,) = _figure(1, height=1 + 0.28 * max(len(arms), 3))
    for place, row in enumerate(arms):
        color = ACCENT if row.bd_rate.excludes_zero else INK
        axes.errorbar(row.bd_rate.mean, place, xerr=row.bd_rate.half or 0, fmt="o", color=color, ms=4, capsize=2)
        axes.plot(list(row.bd_rate_by_image.values()), [place] * row.bd_rate.count, "|", color=MUTED, alpha=0.5, ms=6)
    axes.axvline(0, color=MUTED, lw=0.8)
    axes.set_yticks(range(len(arms)), [row.arm for row in arms])
    axes.invert_yaxis()
    axes.set_xlabel("BD-rate against the control in %; bars: 95 %; ticks: images; red: not 0")
    _write(figure, path)


def rate_distortion(results: Sequence[Result], found: Sequence[Row], path: Path) -> None:
    """Draw the mean curves of the control and of the arm with the lowest BD-rate, and the rate between them."""
    arms = [row for row in found if row.arm != CONTROL]
    best = min(arms, key=lambda row: row.bd_rate.mean).arm if arms else CONTROL
    curves = {result.arm.name: mean_curve(result.measured.points) for result in results if result.arm.seed == 0}
    figure, (errors, similarities, differences) = _figure(3, height=3.2)
    for name, color in ((CONTROL, INK), (best, ACCENT)):
        if name in curves:
            rate, error, ssim = curves[name]
            errors.plot(rate, error, "o-", color=color, ms=3, lw=1, label=name)
            similarities.plot(rate, ssim, "o-", color=color, ms=3, lw=1)
            differences.plot(error, rate_difference(curves[name], curves[CONTROL]), "o-", color=color, ms=3, lw=1)
    figure.legend(*errors.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    texts = (
        ("rms error, dB", BITS),
        ("SSIM of the dB picture (range 40 dB)", BITS),
        ("rate at equal error, %", "rms error, dB"),
    )
    for axes, (title, below) in zip((errors, similarities, differences), texts, strict=True):
        axes.set_title(title, fontsize=9)
        axes.set_xlabel(below)
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(ScalarFormatter())
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.grid(alpha=0.3)
    _write(figure, path)


def rate_difference(curve: MeanCurve, control: MeanCurve) -> Array:
    """Return, at each point of a curve, its rate against the control's at the same error in %; NaN beyond its ends."""
    (rate, error, _), (other_rate, other_error, _) = curve, control
    order = np.argsort(other_error)
    known = np.log(other_error[order]), np.log(other_rate[order])
    return 100 * np.expm1(np.log(rate) - np.interp(np.log(error), *known, left=np.nan, right=np.nan))


def mean_curve(curves: Curves) -> MeanCurve:
    """Return rate and error (geometric means over images) and SSIM (mean), at each quality."""
    points = np.array([list(map(tuple, row)) for row in curves.values()])  # (images, qualities, 3)
    rate, error = np.exp(np.log(points[:, :, :2]).mean(0)).T
    return rate, error, points[:, :, 2].mean(0)


def edges(results: Sequence[Result], path: Path) -> None:
    """Draw, for each module of each arm (seed 0), the correlation of its map and of its channel gates with edges."""
    modules = [
        (f"{result.arm.name}, {_place(module.module)}", module)
        for result in results
        if result.arm.seed == 0
        for module in result.measured.gates
        if module.pearson is not None or module.channel_correlation is not None
    ]
    figure, (axes,) = _figure(1, height=1 + 0.2 * max(len(modules), 3))
    for place, (_, module) in enumerate(modules):
        _draw_module(axes, place, module)
    axes.axvline(0, color=MUTED, lw=0.8)
    axes.set_yticks(range(len(modules)), [name for name, _ in modules], fontsize=7)
    axes.invert_yaxis()
    axes.set_xlim(-1, 1)
    axes.set_xlabel("correlation with edges; dots: maps, 95 % over images; squares: channel gates; gray: idle")
    _write(figure, path)


def _place(module: str) -> str:
    """Return where a module is, in words, of its name in the network."""
    room, _, rest = module.partition(".")
    number = "".join(filter(str.isdigit, rest))
    return {"g_a": "analysis", "g_s": "synthesis"}.get(room, room) + (f" {int(number) + 1}" if number else "")


def _draw_module(axes: Any, place: int, module: ModuleGates) -> None:
    dot, square = (MUTED, MUTED) if module.idle else (ACCENT, INK)
    if module.pearson is not None:
        axes.errorbar(module.pearson.mean, place, xerr=module.pearson.half or 0, fmt="o", color=dot, ms=4, capsize=2)
    if module.channel_correlation is not None:
        axes.plot(module.channel_correlation, place, "s", color=square, ms=4)


def _figure(count: int, height: float) -> tuple[Any, list[Any]]:
    figure = Figure(figsize=(8, height), layout="constrained")
    return figure, [figure.add_subplot(1, count, place + 1) for place in range(count)]


def _write(figure: Any, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    with rc_context(STYLE):
        FigureCanvasSVG(figure).print_svg(part, metadata={"Date": None})
    part.replace(path)
