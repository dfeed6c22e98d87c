"""From results to what is read: all figures as JSON, a table in Markdown, and plots."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from sargui.training.experiment import plots
from sargui.training.experiment.compare import Interval
from sargui.training.experiment.gates import IDLE_GAMMA, IDLE_SPREAD
from sargui.training.experiment.results import Result, rounded, write_text
from sargui.training.experiment.rows import Row, rows

log = logging.getLogger("sargui.training")

DIGITS = 4  # of the figures in results.json
NOTHING = "–"
HEADINGS = (
    "arm",
    "seeds",
    "BD-rate %",
    "ΔSSIM ·1000",
    "encode ×",
    "decode ×",
    "parameters",
    "of attention",
    "peak MiB",
    "bypassed %",
    "spread or γ",
    "on edges",
    "channels on edges",
)


def write_report(results: Sequence[Result], folder: Path) -> None:
    """Write results.json, table.md and, with matplotlib, the plots; what was there is replaced."""
    found = rows(results)
    if not found:
        return
    text = json.dumps(rounded(_content(results, found), DIGITS), separators=(",", ":"))
    write_text(folder / "results.json", text.replace('{"arm":', '\n{"arm":') + "\n")
    write_text(folder / "table.md", table(found, results))
    if not plots.available():
        log.info("There is no matplotlib, so the plots are left as they were; pip install 'sargui[training]' has it.")
        return
    plots.bd_rates(found, folder / "bd_rate.svg")
    plots.rate_distortion(results, found, folder / "rate_distortion.svg")
    plots.edges(results, folder / "edges.svg")


def _content(results: Sequence[Result], found: Sequence[Row]) -> dict[str, object]:
    """Return all figures; the points with attention bypassed are left to the results they are compared in."""
    runs = []
    for result in results:
        measured = {key: value for key, value in asdict(result.measured).items() if key != "bypassed"}
        runs.append({"arm": result.arm.name, **asdict(result), "measured": measured} | {"arm": result.arm.label})
    return {"rows": [asdict(row) for row in found], "runs": runs}


def table(found: Sequence[Row], results: Sequence[Result]) -> str:
    """Return the table with its legend, in Markdown."""
    images = max(row.bd_rate.count for row in found)
    training = results[0].training
    lines = [
        "# What each attention variant brings and costs",
        "",
        "Made by `python -m sargui.training.experiment`; all figures are in results.json. Each arm was fine-tuned from "
        f"`{training['started_from']}` for {training['steps']} steps, as was its control `none`, and measured on "
        f"{images} held-out images with dependent quantization.",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "|---" + "|---:" * (len(HEADINGS) - 1) + "|",
        *("| " + " | ".join(_cells(row)) + " |" for row in found),
        "",
        *LEGEND,
    ]
    return "\n".join(lines) + "\n"


LEGEND = (
    "- BD-rate: rate at equal error against the control of the same seed; less than 0 is better. ΔSSIM: at equal rate, "
    "in thousandths; more than 0 is better. ± is the half of a 95 % confidence interval over images (paired, Student's "
    "t, each image's mean over seeds first); images of one scene are not independent, so the true one is wider. "
    "**Bold**: the interval excludes 0.",
    "- encode ×, decode ×: time against the control, 1024² pixels, measured by turns. Peak: all tensors that live at "
    "once in a network window of 1024² pixels and its halo.",
    "- bypassed: BD-rate of the same weights with their attention left out, against themselves; more than 0 means that "
    "the attention does something.",
    "- spread or γ: largest standard deviation of gates (at rest they are 1), or largest |γ| where attention is added. "
    f"*Idle*: every spread is below {IDLE_SPREAD:g}, or |γ| below {IDLE_GAMMA:g}.",
    "- on edges: correlation (Pearson) of the map over positions with edge strength, mean over modules. Channels on "
    "edges: mean correlation of a channel's gate with its response to edges, and in how many channels it is "
    "significantly positive (5 % by chance). Idle modules are left out.",
)


def _cells(row: Row) -> Iterable[str]:
    yield f"`{row.arm}`"
    yield ", ".join(map(str, row.seeds))
    control = row.attention_parameters == 0
    yield "0" if control else _interval(row.bd_rate, 2)
    yield "0" if control else _interval(row.ssim, 2, 1000)
    yield "1" if control else f"{row.encode_ratio:.2f}"
    yield "1" if control else f"{row.decode_ratio:.2f}"
    yield f"{row.parameters:,}"
    yield f"{row.attention_parameters:,}"
    yield f"{row.peak_mib:.0f}"
    yield NOTHING if row.bypassed is None else _interval(row.bypassed, 1)
    if row.spread is None:
        yield NOTHING
    else:
        yield f"{'γ ' if row.has_gamma else ''}{row.spread:.3f}{' *idle*' if row.idle else ''}"
    yield NOTHING if row.edges is None else f"{row.edges:+.2f}"
    yield NOTHING if row.channels is None else f"{row.channels:+.2f} ({100 * (row.channels_share or 0):.0f} %)"


def _interval(value: Interval, decimals: int, factor: float = 1.0) -> str:
    half = "" if value.half is None else f" ± {factor * value.half:.{decimals}f}"
    text = f"{round(factor * value.mean, decimals) + 0.0:+.{decimals}f}{half}"  # + 0.0: no −0
    return f"**{text}**" if value.excludes_zero else text
