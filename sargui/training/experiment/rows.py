"""One row for each arm: its differences to the control over seeds and images, and its costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from sargui.training.experiment.arms import CONTROL
from sargui.training.experiment.compare import Interval, PerImage, bd_rates, interval, mean_of_seeds, ssim_gains
from sargui.training.experiment.gates import ModuleGates
from sargui.training.experiment.measure import Measured
from sargui.training.experiment.results import Result


@dataclass(frozen=True, slots=True)
class Row:
    """One arm over its seeds; differences are against the control of the same seed. None where there is no such thing.

    Intervals are over images, after each image's mean over the seeds. `spread` is the largest standard deviation of
    gates, or the largest |γ| where there is one, of all modules; `edges` the mean of Pearson's correlation of position
    maps with edge strength over modules, `channels` that of channel gates with their channel's response to edges,
    `channels_share` the share of channels in which it is significantly positive; idle modules do not count there.
    """

    arm: str
    seeds: tuple[int, ...]
    bd_rate: Interval  # percent
    bd_rate_by_image: PerImage
    ssim: Interval
    encode_ratio: float
    decode_ratio: float
    parameters: int
    attention_parameters: int
    largest_mib: float
    peak_mib: float
    bypassed: Interval | None  # percent
    spread: float | None
    has_gamma: bool
    idle: bool | None
    edges: float | None
    channels: float | None
    channels_share: float | None


def rows(results: Sequence[Result]) -> list[Row]:
    """Return a row for each arm whose control is done too, in the order of the results."""
    controls = {result.arm.seed: result for result in results if result.arm.attention == CONTROL}
    usable = [result for result in results if result.arm.seed in controls]
    names = dict.fromkeys(result.arm.name for result in usable)
    return [_row([result for result in usable if result.arm.name == name], controls) for name in names]


def _row(runs: Sequence[Result], controls: Mapping[int, Result]) -> Row:
    measured = [run.measured for run in runs]
    references = [controls[run.arm.seed].measured.points for run in runs]
    pairs = list(zip((one.points for one in measured), references, strict=True))
    by_image = mean_of_seeds([bd_rates(*pair) for pair in pairs])
    gains = mean_of_seeds([ssim_gains(*pair) for pair in pairs])
    modules = [module for one in measured for module in one.gates]
    gammas = _given(module.gamma for module in modules)
    strengths = gammas or _given(module.spread for module in modules)
    return Row(
        arm=runs[0].arm.name,
        seeds=tuple(run.arm.seed for run in runs),
        bd_rate=interval(list(by_image.values())),
        bd_rate_by_image=by_image,
        ssim=interval(list(gains.values())),
        encode_ratio=fmean(one.times.encode_ratio for one in measured),
        decode_ratio=fmean(one.times.decode_ratio for one in measured),
        parameters=measured[0].parameters,
        attention_parameters=measured[0].attention_parameters,
        largest_mib=measured[0].memory.largest_mib,
        peak_mib=measured[0].memory.peak_mib,
        bypassed=_bypassed(measured),
        spread=max(strengths, default=None),
        has_gamma=bool(gammas),
        idle=all(one.idle for one in measured) if modules else None,
        **_edges(modules),
    )


def _bypassed(measured: Sequence[Measured]) -> Interval | None:
    """Return the BD-rate without attention against with it; None without attention, or if they are too far apart."""
    losses = [bd_rates(one.bypassed, one.points) for one in measured if one.bypassed is not None]
    by_image = mean_of_seeds(losses) if losses else {}
    return interval(list(by_image.values())) if by_image else None


def _edges(modules: Iterable[ModuleGates]) -> dict[str, float | None]:
    """Return the means over modules; that of a gate which hardly moves would say nothing."""
    modules = [module for module in modules if not module.idle]
    return {
        "edges": _mean(module.pearson.mean for module in modules if module.pearson is not None),
        "channels": _mean(module.channel_correlation for module in modules),
        "channels_share": _mean(module.channel_share for module in modules),
    }


def _given(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean(values: Iterable[float | None]) -> float | None:
    given = _given(values)
    return fmean(given) if given else None
