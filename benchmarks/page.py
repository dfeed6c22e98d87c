"""The page that a comparison is read on: its tables, with what their figures mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks import checkpoints, tables
from benchmarks import results as of
from benchmarks.downstream import FALSE_ALARMS, GUARD, REACH, SMOOTH
from benchmarks.results import GROUPS, POWER, RATES, Result, Value, groups

DRAWN = ("openjpeg", "jpegxl", "avif")  # the peers whose downstream figures are told

RADIOMETRY: tuple[tuple[str, Value, Callable[[float], str]], ...] = (
    ("ENL, decoded over original", of.log_looks, tables.ratio),
    ("Bias of mean power, dB", of.bias, tables.decibels),
    ("Bias of 64 × 64 pixels, dB, 95th percentile", of.cell_bias, tables.share),
)
DOWNSTREAM: tuple[tuple[str, Value, Callable[[float], str]], ...] = (
    ("Bright targets, agreement", of.targets, tables.share),
    ("Water mask, agreement", of.water, tables.share),
)


def page(results: Sequence[Result], models: Sequence[str], split: str, peers: str, plots: Sequence[str]) -> str:
    """Return the page in Markdown; the first of the models is told of in detail, `peers` says who they are."""
    model = models[0]
    curved = of.curved(results)
    sections = [
        _opening(results, models, split, peers),
        _drawn(plots, "rate_distortion"),
        "## Rate at equal error\n",
        "BD-rate of `" + model + "` in %: less than 0 means that sargui takes fewer bits.\n",
        tables.savings(results, model),
        "Every codec against OpenJPEG, mean BD-rate in %:\n",
        tables.ranking(results),
        _drawn(plots, "relative"),
        _list(f"Where a peer takes fewer bits than `{model}`", tables.losses(results, model) or ["Nowhere."]),
        *_side_by_side(results, [name for name in models if name in curved]),
        *(_one_point(results, name, model) for name in models if name not in curved),
        "## The bound\n",
        _BOUND,
        tables.bounds(results, model),
        "## Speckle and mean power at equal rate\n",
        "Means over the images on which sargui reaches the rate (in brackets how many), of ENL geometric;\n"
        "– where the curve of another codec does not.\n",
        *_by_group(results, curved, RADIOMETRY),
        _drawn(plots, "radiometry"),
        *(
            f"What the radiometric correction costs `{model}`; {GROUPS[group]}, mean:\n\n"
            + tables.cost_of_power(members, model)
            for group, members in groups(results).items()
        ),
        _cost(results, models),
        "## What is done with the images\n",
        _DOWNSTREAM,
        *_by_group(results, [name + POWER for name in models if name in curved] + list(DRAWN), DOWNSTREAM),
        _drawn(plots, "downstream"),
        _list("Curves that are not what they should be", tables.oddities(results)),
        _images(results),
    ]
    return "\n".join(section for section in sections if section)


def _side_by_side(results: Sequence[Result], models: Sequence[str]) -> list[str]:
    """Return the tables of several checkpoints; none of one."""
    if len(models) < 2:
        return []
    return [
        "Every checkpoint against every other codec, mean BD-rate in %:\n",
        checkpoints.against_peers(results, models),
        "Every checkpoint against OpenJPEG, by image, without the radiometric correction:\n",
        checkpoints.by_image(results, models),
    ]


def _one_point(results: Sequence[Result], name: str, first: str) -> str:
    return (
        f"`{name}` has one quality: a point and no curve, so that there is no BD-rate of it. Its point on each image, "
        f"and what others need for the same error:\n\n{checkpoints.points(results, name, first)}"
    )


def _cost(results: Sequence[Result], models: Sequence[str]) -> str:
    if len(models) < 2:
        return ""
    return f"And what it costs each checkpoint:\n\n{checkpoints.cost_of_power(results, models)}"


def _opening(results: Sequence[Result], models: Sequence[str], split: str, peers: str) -> str:
    asked = " ".join(f"--model {name}" for name in models)
    return f"""# sargui beside other codecs, on {split}

Made by `python -m benchmarks.compare --split {split} {asked}`; all figures are in {split}.json.

- {len(results)} whole images. Complex ones are measured by their amplitude, and apart.
- Every codec codes the same dB image of (power + floor), smoothly filled where nothing was measured; the floor is the
  image's, and the same for all. Errors are over valid pixels, before rounding to the raster's type. Peers get the image
  as integers between its extremes.
- Bits per pixel are counted from bytes, from {RATES[0]} to {RATES[1]}: ours of files, with all that the pixels need
  (header, tiles, index, footer); the peers' of plain codestreams.
- Errors of `sargui` are without the radiometric correction; with it, and its bits, it is called "+ power".
- BD-rate: mean difference of log rate over the common range of log error, by piecewise cubics. – where there is none.
- JPEG XL and AVIF aim at what eyes see, and cannot be told otherwise here; LERC, SZ3 and ZFP at the largest error. All
  are compared at equal rms.
- Peers, through imagecodecs: {peers}.
- Not here: speed (`python -m benchmarks.speed`), large scenes (`python -m benchmarks.scale`) and attention
  (../attention.md).
"""


_BOUND = """Bits per pixel at an rms error. *ground*: the Gaussian rate–distortion function of the image's homogeneous
ground, by reverse water-filling on its spectrum; a reference, not a limit (log-speckle is not Gaussian, and the calmest
5 % of an image are not all of it). The codecs' are of the whole image, structure included.
"""

_DOWNSTREAM = f"""Agreement of what is found in the decoded image with what is found in the original; sargui with its
radiometric correction.

- Bright targets: cell-averaging CFAR, ring from {GUARD + 1} to {REACH} pixels, {FALSE_ALARMS:g} false alarms for
  speckle of the original's looks; F1 score of 8-connected objects, found if they touch one of the other image.
- Water mask: Otsu's threshold of the mean of {SMOOTH} × {SMOOTH} pixels in dB, found in each image anew; intersection
  over union. Dark ground where there is no water.
"""


def _by_group(
    results: Sequence[Result], codecs: Sequence[str], figures: Sequence[tuple[str, Value, Callable[[float], str]]]
) -> list[str]:
    return [
        f"{name}; {GROUPS[group]}:\n\n{tables.at_rates(members, codecs, value, form)}"
        for name, value, form in figures
        for group, members in groups(results).items()
    ]


def _drawn(plots: Sequence[str], name: str) -> str:
    return "".join(f"![{name.replace('_', ' ')}]({plot})\n" for plot in plots if name in plot)


def _list(heading: str, sentences: Sequence[str]) -> str:
    return "\n".join([f"{heading}:\n", *(f"- {sentence}" for sentence in sentences), ""]) if sentences else ""


def _images(results: Sequence[Result]) -> str:
    def row(one: Result) -> list[str]:
        size, dark = f"{one.shape[0]} × {one.shape[1]}", f"{100 * one.water:.0f} %"
        return [one.name, GROUPS[one.group], size, f"{one.looks:.1f}", str(one.targets), dark]

    headings = ["image", "group", "size", "looks", "bright targets", "water"]
    return "## The images\n\n" + tables.markdown(headings, map(row, results))
