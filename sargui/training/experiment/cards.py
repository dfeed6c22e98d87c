"""From results to model cards: what a checkpoint's attention does, what it brought and what it cost."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sargui.core import catalogue
from sargui.networks import write_card
from sargui.training.experiment.arms import CONTROL
from sargui.training.experiment.compare import Interval
from sargui.training.experiment.measure import Measured
from sargui.training.experiment.results import Result, rounded
from sargui.training.experiment.rows import Row, rows
from sargui.training.export import summary

log = logging.getLogger("sargui.training")

DIGITS = 4
WORDS = {
    CONTROL: "no attention: the control of the attention experiment",
    "se": "gates on channels, from what all of them hold on average",
    "eca": "gates on channels, each from its neighbors' averages",
    "spatial": "gates on places, from the features around",
    "cbam": "gates on channels, then on places",
    "self": "adds to each place an average of those that match it",
    "local": "adds to each place an average of the matching ones around it",
    "gate": "gates on every latent, before quantization and after",
}


def validation(measured: Measured) -> Mapping[str, Any]:
    """Return the figures of a checkpoint as they stand in its card."""
    points = {name: [(point.rate, point.error_db) for point in row] for name, row in measured.points.items()}
    content = summary(points)
    if measured.gates:
        content["gates"] = rounded([asdict(module) for module in measured.gates], 3)
        content["idle"] = measured.idle
    return content


def note(results: Sequence[Result], folder: Path) -> list[str]:
    """Write what was found into the cards of the checkpoints in a folder, each that of an arm's first seed.

    What else a card knows stays, as its rate against other codecs; it is experimental if that is not better. Returns
    the names of the checkpoints.
    """
    found = {row.arm: row for row in rows(results)}
    names = []
    for result in results:
        path = folder / f"{result.checkpoint}.json"
        if result.arm.name not in found or not path.exists():
            continue
        card = catalogue.read_card(path)
        if card.sha256 != result.sha256:
            log.info("%s has other weights than the arm %s", card.name, result.arm.label)
            continue
        figures = {**card.validation, **validation(result.measured), "experiment": _figures(found[result.arm.name])}
        better = float(figures.get("bd_rate_openjpeg", 0.0)) < 0
        write_card(replace(card, description=WORDS[card.attention], experimental=not better, validation=figures))
        names.append(card.name)
    return names


def _figures(row: Row) -> dict[str, Any]:
    """Return what an arm brought and cost against its controls, over all its seeds."""
    content = {
        "seeds": list(row.seeds),
        "images": row.bd_rate.count,
        **_interval("bd_rate", row.bd_rate),
        **_interval("ssim", row.ssim),
        "encode_ratio": row.encode_ratio,
        "decode_ratio": row.decode_ratio,
        **(_interval("bypassed", row.bypassed) if row.bypassed is not None else {}),
        "attention_parameters": row.attention_parameters,
    }
    return dict(rounded(content, DIGITS))


def _interval(name: str, value: Interval) -> dict[str, float | None]:
    return {name: value.mean, f"{name}_half": value.half}
