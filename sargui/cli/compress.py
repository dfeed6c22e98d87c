"""`sargui compress`: a raster into a .sarz file, or many into a folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from sargui.cli import batch, jobs
from sargui.core.errors import JobCancelled, SarguiError
from sargui.core.types import Effort, Kind
from sargui.engine.requests import DEFAULT_QUALITY, Compress, Compressed, Rate, RateKind

RESUME_HELP = (
    "Go on where a run of the same was killed. A target counts as done if it is whole, not older than its source, "
    "describes it alike, and has the same checkpoint, quality or target, and choice about power."
)
DASK_HELP = (
    "Spread the files over the workers of this dask scheduler. If this program is killed, they finish the files they "
    "are at, and the rest is dropped."
)
_UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "ki": 2**10, "mi": 2**20, "gi": 2**30}


def byte_count(text: str) -> float:
    """Return the number of bytes in a text such as 500000, 500kB, 20MB or 19.5MiB."""
    match = re.fullmatch(r"\s*([0-9.]+)\s*([kmg]?i?)b?\s*", text.lower())
    try:
        return float(match[1]) * _UNITS[match[2]] if match else float(text)
    except (KeyError, ValueError):
        raise typer.BadParameter(f"'{text}' is no size; write it as 500kB, 20MB or 19.5MiB.") from None


def compress(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="IN [OUT]", help="A raster, and its .sarz, beside it if left out; or many of them."),
    ],
    out_dir: Annotated[Path | None, typer.Option(metavar="DIR", help="Compress all that are named into it.")] = None,
    model: Annotated[str | None, typer.Option(help="Checkpoint; see `sargui models`.")] = None,
    quality: Annotated[float | None, typer.Option(help="0 (smallest) to 100 (best).")] = None,
    target_size: Annotated[
        float | None, typer.Option(parser=byte_count, metavar="SIZE", help="Size of each file: 500kB, 20MB.")
    ] = None,
    target_ratio: Annotated[float | None, typer.Option(help="Raw bytes over the file's bytes.")] = None,
    target_bpp: Annotated[float | None, typer.Option(help="Bits per pixel and band, without metadata.")] = None,
    target_rmse_db: Annotated[float | None, typer.Option(help="Root-mean-square error in dB.")] = None,
    kind: Annotated[jobs.KindChoice | None, typer.Option(help="What the numbers mean, whatever the file says.")] = None,
    detect: Annotated[bool, typer.Option("--detect", help="Drop the phase of complex pixels for ever.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    effort: Annotated[Effort, typer.Option(help="Search for the smaller file, or be done sooner.")] = Effort.BEST,
    keep_power: Annotated[bool, typer.Option(help="Restore mean power, by a gain for each 64 × 64 pixels.")] = True,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite OUT.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help=RESUME_HELP)] = False,
    dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help=DASK_HELP)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Compress rasters. Fix one of quality, size, ratio, bits per pixel or error; the rest follows."""
    choices = {
        RateKind.QUALITY: quality,
        RateKind.BYTES: target_size,
        RateKind.RATIO: target_ratio,
        RateKind.BITS_PER_PIXEL: target_bpp,
        RateKind.RMSE_DB: target_rmse_db,
    }
    rate = _rate(choices)

    def request(source: Path, target: Path) -> Compress:
        kind_ = jobs.kind_of(kind)
        return Compress(source, target, model, rate, device, kind_, force, effort, detect, keep_power, resume)

    if out_dir is not None:
        _many(paths, out_dir, request, dask, as_json)
        return
    result = _one(request(paths[0], _target(paths, as_json)), dask, as_json)
    if as_json:
        jobs.print_json(_fields(result))
    else:
        print(_line(result))
        _say_notice(result)


def _target(paths: list[Path], as_json: bool) -> Path:
    """Return where one raster goes: the second path, if there is one, else beside it."""
    if len(paths) > 2:
        raise typer.BadParameter("Say where so many files go: --out-dir DIR.")
    try:
        return paths[1] if len(paths) == 2 else batch.beside(paths[0])
    except SarguiError as error:
        jobs.fail(error, as_json=as_json)


def _rate(choices: Mapping[RateKind, float | None]) -> Rate:
    """Return the one that is given, or the default quality."""
    given = [Rate(kind, value) for kind, value in choices.items() if value is not None]
    if len(given) > 1:
        raise typer.BadParameter("Fix one of quality, size, ratio, bits per pixel and error, not several.")
    return given[0] if given else Rate(RateKind.QUALITY, DEFAULT_QUALITY)


def _one(request: Compress, dask: str | None, as_json: bool) -> Compressed:
    """Return what came of one raster, here or on a cluster; on an error say it and exit with its code."""
    if dask is None:
        result: Compressed = jobs.run(request, as_json=as_json)
        return result
    try:
        done = batch.run([request], hidden=True, dask=dask)
    except SarguiError as error:
        jobs.fail(error, as_json=as_json)
    outcome = done[0][1] if done else JobCancelled("Cancelled; nothing was written.")
    if isinstance(outcome, SarguiError):
        jobs.fail(outcome, as_json=as_json)
    return outcome


def _many(
    sources: list[Path], folder: Path, request: Callable[[Path, Path], Compress], dask: str | None, as_json: bool
) -> None:
    """Compress all sources into a folder, say what came of each, and exit with the code of the first failure."""
    try:
        requests = [request(*pair) for pair in batch.targets(sources, folder).items()]
        done = batch.run(requests, hidden=as_json, dask=dask)
    except SarguiError as error:
        jobs.fail(error, as_json=as_json)
    results = [result for _, result in done if isinstance(result, Compressed)]
    if as_json:
        jobs.print_json([{"source": asked.source, **_outcome_fields(result)} for asked, result in done])
    else:
        for result in results:
            print(_line(result))
            _say_notice(result)
        if len(results) < len(requests):
            jobs.errors.print(f"{len(results)} of {len(requests)} files were compressed.")
    if code := batch.exit_code(done, len(requests)):
        raise typer.Exit(code)


def _say_notice(result: Compressed) -> None:
    if result.notice:
        jobs.say_notice(result.target, result.notice)


def _line(result: Compressed) -> str:
    return (
        f"{result.target}: {jobs.size(result.raw_bytes)} -> {jobs.size(result.file_bytes)}, {result.ratio:.1f}x, "
        f"{result.bits_per_pixel:.3f} bits per pixel and band, quality {result.quality:g}, {result.model}, "
        f"read as {_kinds(result)}, {_error(result)}{result.seconds['total']:.1f} s"
    )


def _kinds(result: Compressed) -> str:
    """Return what the measurements were taken for: one kind, unless the bands differ."""
    kinds = dict.fromkeys(band.kind.spelled for band in result.info.bands if band.kind is not Kind.EXACT)
    return " and ".join(kinds)


def _error(result: Compressed) -> str:
    return f"{result.error.rmse_db:.2f} dB rms, " if result.error is not None else ""


def _outcome_fields(result: Compressed | SarguiError) -> dict[str, object]:
    return jobs.error_fields(result) if isinstance(result, SarguiError) else _fields(result)


def _fields(result: Compressed) -> dict[str, object]:
    names = ("target", "file_bytes", "pixel_bytes", "raw_bytes", "bits_per_pixel", "estimated_bytes", "stream_bytes")
    more = ("quality", "model", "error", "notice", "seconds", "ratio")
    return {name: getattr(result, name) for name in names + more} | {"kinds": [band.kind for band in result.info.bands]}
