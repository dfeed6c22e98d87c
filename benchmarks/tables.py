"""The tables of a comparison, in Markdown."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from benchmarks.bound import rate_at
from benchmarks.curves import at_rate, in_range, is_monotone, moves
from benchmarks.results import (
    GROUPS,
    PEERS,
    POWER,
    RATES,
    Result,
    Value,
    curved,
    groups,
    mean_at,
    mean_of,
    title,
)

AT_RATES = (0.1, 0.25, 0.5, 1.0, 2.0)  # bits per pixel
AT_ERRORS_DB = (1.5, 1.0, 0.5)
BASELINE = "openjpeg"
NOTHING = "–"
Rows = Iterator[list[str]]


def markdown(headings: Sequence[str], rows: Rows) -> str:
    """Return a table; the first column is of words, the others of figures."""
    lines = [headings, ["---", *["---:"] * (len(headings) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def savings(results: Sequence[Result], model: str) -> str:
    """Return the BD-rate of a checkpoint against each peer, per image and mean."""

    def rows() -> Rows:
        for group, members in groups(results).items():
            for result in members:
                yield [result.name[:32], *(signed(result.saving(model, peer)) for peer in PEERS)]
            yield [f"**mean, {GROUPS[group]}**", *(mean_saving(members, model, peer) for peer in PEERS)]

    return markdown(["image", *PEERS.values()], rows())


def ranking(results: Sequence[Result]) -> str:
    """Return the mean BD-rate of every codec against OpenJPEG."""
    found = groups(results)
    codecs = [codec for codec in curved(results) if codec != BASELINE]
    headings = [f"against {title(BASELINE)}", *(GROUPS[group] for group in found)]
    return markdown(
        headings,
        ([title(codec), *(mean_saving(members, codec, BASELINE) for members in found.values())] for codec in codecs),
    )


def at_rates(results: Sequence[Result], codecs: Sequence[str], value: Value, form: Callable[[float], str]) -> str:
    """Return the mean of a figure at some rates for some codecs, over the images on which the first reaches the rate.

    How many these are stands beside the rate.
    """
    reached = {rate: [one for one in results if one.reaches(codecs[0], rate)] for rate in AT_RATES}
    return markdown(
        ["bits per pixel", *(f"{rate:g} ({len(members)})" for rate, members in reached.items())],
        (
            [title(codec), *(form(mean_at(members, codec, rate, value)) for rate, members in reached.items())]
            for codec in codecs
        ),
    )


def cost_of_power(results: Sequence[Result], model: str) -> str:
    """Return what the radiometric correction costs at each quality, mean over images."""
    pairs = [list(zip(result.curves[model], result.curves[model + POWER], strict=True)) for result in results]
    names = ("quality", "bits per pixel", "of these for the gains, thousandths", "rms without, dB", "rms more by, %")

    def rows() -> Rows:
        for at in zip(*pairs, strict=True):
            gains = 1000 * fmean(after.rate - before.rate for before, after in at)
            more = 100 * fmean(after.error_db / before.error_db - 1 for before, after in at)
            rate, error = fmean(before.rate for before, _ in at), fmean(before.error_db for before, _ in at)
            yield [f"{at[0][0].setting:g}", f"{rate:.3f}", f"{gains:.2f}", f"{error:.2f}", f"{more:+.2f}"]

    return markdown(names, rows())


def bounds(results: Sequence[Result], model: str) -> str:
    """Return rates at some errors: the Gaussian reference of homogeneous ground, and codecs on the whole image."""
    whose = ("ground", model, BASELINE)
    headings = ["image", "looks", *(f"{name} {error:g} dB" for error in AT_ERRORS_DB for name in whose)]

    def rows() -> Rows:
        for result in results:
            cells = [result.name[:32], plain(result.looks, 1)]
            for error in AT_ERRORS_DB:
                cells.append(NOTHING if result.reference is None else plain(rate_at(result.reference, error), 3))
                for codec in whose[1:]:
                    curve = [(error_db, rate) for rate, error_db in result.points(codec)]
                    cells.append(plain(at_rate(curve, error), 3))
            yield cells

    return markdown(headings, rows())


def losses(results: Sequence[Result], model: str) -> list[str]:
    """Return a sentence for every image on which a peer takes fewer bits, with or without the correction of power."""
    found = [
        (result.saving(codec, peer), codec, peer, result.name)
        for result in results
        for codec in (model, model + POWER)
        for peer in PEERS
    ]
    ahead = sorted((one for one in found if one[0] > 0), reverse=True)
    return [f"{title(peer)} on `{name}`: {title(codec)} takes {rate:.1f} % more." for rate, codec, peer, name in ahead]


def oddities(results: Sequence[Result]) -> list[str]:
    """Return a sentence for every curve that stands still, or on which more bits do not always help."""
    found = []
    for result in results:
        for codec in curved(results):
            points = result.points(codec)
            if not moves(points):
                found.append(f"`{result.name}`: {title(codec)} does not obey its setting.")
            elif not is_monotone(in_range(points, RATES)):
                found.append(f"`{result.name}`: the curve of {title(codec)} is not monotone.")
    return found


def ratio(value: float) -> str:
    """Return the number that a logarithm is of; a texture that is gone has looks without end."""
    return "> 100" if value > math.log(100) else plain(math.exp(value), 2)


def decibels(value: float) -> str:
    """Return dB with their sign."""
    return signed(value, 3)


def share(value: float) -> str:
    """Return an agreement."""
    return plain(value, 3)


def mean_saving(results: Sequence[Result], codec: str, reference: str) -> str:
    """Return the mean BD-rate over images, and over how many of them, if some have none."""
    mean, count = mean_of(result.saving(codec, reference) for result in results)
    return signed(mean) + (f" ({count} of {len(results)})" if 0 < count < len(results) else "")


def plain(value: float, digits: int) -> str:
    """Return a number, a dash where there is none."""
    return f"{value:.{digits}f}" if math.isfinite(value) else NOTHING


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, a dash where there is none."""
    return f"{value:+.{digits}f}" if math.isfinite(value) else NOTHING
