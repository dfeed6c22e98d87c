"""The tables of several checkpoints side by side, in Markdown; of those of one quality, their points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean

from benchmarks.curves import at_rate
from benchmarks.figures import Figures
from benchmarks.results import GROUPS, PEERS, POWER, Result, groups, mean_of, title
from benchmarks.tables import BASELINE, Rows, markdown, mean_saving, plain, signed

USUAL_QUALITY = 50.0  # at which the cost of the correction is told of all


def against_peers(results: Sequence[Result], models: Sequence[str]) -> str:
    """Return the mean BD-rate of each checkpoint, without and with the correction, against each peer."""

    def rows() -> Rows:
        for group, members in groups(results).items():
            for codec in (name + suffix for name in models for suffix in ("", POWER)):
                yield [title(codec), GROUPS[group], *(mean_saving(members, codec, peer) for peer in PEERS)]

    return markdown(["checkpoint", "images", *PEERS.values()], rows())


def by_image(results: Sequence[Result], models: Sequence[str]) -> str:
    """Return the BD-rate of each checkpoint against OpenJPEG, per image and mean."""

    def rows() -> Rows:
        for group, members in groups(results).items():
            for result in members:
                yield [result.name[:32], *(signed(result.saving(model, BASELINE)) for model in models)]
            yield [f"**mean, {GROUPS[group]}**", *(mean_saving(members, model, BASELINE) for model in models)]

    return markdown(["image", *models], rows())


def cost_of_power(results: Sequence[Result], models: Sequence[str]) -> str:
    """Return what the radiometric correction costs each checkpoint at its usual quality, mean over images."""

    def rows() -> Rows:
        for model in models:
            for group, members in groups(results).items():
                pairs = [_usual(result, model) for result in members]
                more = 100 * fmean(after.error_db / before.error_db - 1 for before, after in pairs)
                gains = 1000 * fmean(after.rate - before.rate for before, after in pairs)
                rate = fmean(before.rate for before, _ in pairs)
                cells = f"{pairs[0][0].setting:g}", f"{rate:.3f}", f"{gains:.2f}", f"{more:+.2f}"
                yield [model, GROUPS[group], *cells]

    headings = ["checkpoint", "images", "quality", "bits per pixel", "of these for the gains, thousandths"]
    return markdown([*headings, "rms more by, %"], rows())


def points(results: Sequence[Result], model: str, first: str) -> str:
    """Return the one point of a checkpoint on each image, and how many bits more than others need for its error."""
    others = (BASELINE, first)

    def rows() -> Rows:
        for group, members in groups(results).items():
            for result in members:
                rate, error = result.points(model)[0]
                more = (_more(result, model, other) for other in others)
                yield [result.name[:32], plain(rate, 3), plain(error, 2), *(signed(one) for one in more)]
            means = (mean_of(_more(result, model, other) for result in members)[0] for other in others)
            yield [f"**mean, {GROUPS[group]}**", "", "", *(signed(mean) for mean in means)]

    headings = ["image", "bits per pixel", "rms, dB", *(f"bits more than {title(other)}, %" for other in others)]
    return markdown(headings, rows())


def _more(result: Result, model: str, other: str) -> float:
    """Return by how many percent a checkpoint's one point takes more bits than another codec at its error."""
    rate, error = result.points(model)[0]
    needed = at_rate([(error_db, math.log(bits)) for bits, error_db in result.points(other)], error)
    return 100 * math.expm1(math.log(rate) - needed)


def _usual(result: Result, model: str) -> tuple[Figures, Figures]:
    """Return what was measured at the usual quality, or the one that is nearest, without and with the correction."""
    pairs = list(zip(result.curves[model], result.curves[model + POWER], strict=True))
    return min(pairs, key=lambda pair: abs(pair[0].setting - USUAL_QUALITY))
