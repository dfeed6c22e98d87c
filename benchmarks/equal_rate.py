"""The setting at which another codec takes as many bits as sargui did."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.curves import rms
from benchmarks.peer_job import Codec
from benchmarks.peers import Scaled
from benchmarks.process import cores
from benchmarks.scene import Scene

ALIKE = 0.03  # by which two rates may differ and count as one
TOLERANCE = 0.01  # of the rate
TRIALS = 12


@dataclass(frozen=True, slots=True)
class Match:
    """A codec's setting, the bits per pixel that it takes there, and the error that this costs."""

    setting: float
    bits_per_pixel: float
    rmse_db: float


def match(codec: Codec, scene: Scene, rate: float) -> Match:
    """Return where a codec takes so many bits per pixel of a scene, or comes nearest to it; all cores are used."""
    image, contents = Scaled.of(scene.x, codec.bits), dict[float, bytes]()

    def rate_at(setting: float) -> float:
        contents[setting] = codec.encode(image, setting, len(cores()))
        return 8 * len(contents[setting]) / scene.x.size

    setting, reached = setting_for(rate, rate_at, codec.range)
    decoded = image.back(codec.decode(contents[setting], len(cores())))
    return Match(setting, reached, rms(decoded, scene.x, scene.valid))


def alike(first: float, second: float) -> bool:
    """Return whether two rates differ by less than 3 %."""
    return abs(math.log(first / second)) <= math.log1p(ALIKE)


def setting_for(rate: float, rate_at: Callable[[float], float], limits: tuple[float, float]) -> tuple[float, float]:
    """Return a setting, and the rate there, within 1 % of a rate if the codec can; else the nearest that was met.

    Args:
        rate: bits per pixel.
        rate_at: codes at a setting and returns its rate, which falls as the setting grows.
        limits: the least and the greatest setting.
    """
    low, high = (math.log(limit) for limit in limits)
    ends: dict[float, float] = {}  # log setting -> log rate over the one wanted, of the nearest ones on both sides
    best = (math.nan, math.inf)
    at = (low + high) / 2
    for _ in range(TRIALS):
        found = rate_at(math.exp(at))
        off = math.log(found / rate)
        if abs(off) < abs(math.log(best[1] / rate)):
            best = math.exp(at), found
        if abs(off) <= math.log1p(TOLERANCE):
            break
        low, high = (at, high) if off > 0 else (low, at)
        ends[at] = off
        at = _between(ends, low, high)
    return best


def _between(ends: dict[float, float], low: float, high: float) -> float:
    """Return where a line through both ends would meet the rate, away from them; the middle if one is not known."""
    if low not in ends or high not in ends:
        return (low + high) / 2
    share = ends[low] / (ends[low] - ends[high])
    return low + (high - low) * min(max(share, 0.1), 0.9)
