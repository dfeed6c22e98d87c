"""A report of one compressed scene: a page with pictures, and the same as JSON, for people and for programs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import sargui
from sargui.core import catalogue
from sargui.core.errors import TargetError, UnreadableRasterError
from sargui.core.paths import cannot_write, product_at
from sargui.core.placing import discard, place_files
from sargui.core.tiling import TILE, Tile, tile_window
from sargui.core.types import ModelCard, ProductInfo, Progress, Report
from sargui.engine.bench import Bench
from sargui.engine.compress import refuse_same_file
from sargui.engine.describe import describe
from sargui.engine.look import look
from sargui.engine.quality_words import groups
from sargui.engine.report_figures import figures_of, ranges_of
from sargui.engine.report_histogram import histogram
from sargui.engine.report_marks import marks
from sargui.engine.report_page import Shown, page
from sargui.engine.report_place import georeference
from sargui.engine.report_rate import rate_distortion
from sargui.engine.report_request import WriteReport, WrittenReport, check_report, document_of
from sargui.engine.requests import Describe, Look, Picture
from sargui.engine.stages import stop_if

FORM = 1  # of the JSON document; raised when a name in it changes its meaning
PICTURE_SIDE = 1024  # pixels; four of them make a page of a few megabytes
WORST_TILES = 10  # that are listed
CHUNK_BYTES = 8 << 20
STAGE, STEPS = "writing the report", 4


def write_report(request: WriteReport, report: Report, cancel: Event, bench: Bench) -> WrittenReport:
    """Write a report, both files or none.

    Raises:
        TargetError: one of them exists and may not be overwritten, or cannot be written.
        MismatchError: the compressed file is not of this scene.
        SarguiError: a file cannot be read; JobCancelled: `cancel` was set.
    """
    written = WrittenReport(request.target, document_of(request.target))
    for path in (written.page, written.document):
        for source in (request.original, request.compressed):
            refuse_same_file(source, path)
    check_report(request.target, request.overwrite)
    described = describe(Describe(request.compressed), report, cancel)
    report(Progress(1, STEPS, STAGE))
    pictures = [look(asked, report, cancel, bench) for asked in _looks(request, described.info)]
    report(Progress(2, STEPS, STAGE))
    ranges = [ranges_of(picture, request.quality.bands[request.band].rmse_db) for picture in pictures]
    document = _document(request, described.info, described.container)
    document["scene"]["georeference"] = georeference(
        described.info, bench.source(request.compressed, None, request.device).annexes
    )
    document["marks"] = marks(request, report, cancel, bench)
    document["pictures"] = {
        "band": _name(described.info, request.band),
        "remark": _remark(pictures[0], _name(described.info, request.band)),
        **ranges[0],
        "worst_tile": ranges[1] if len(ranges) > 1 else None,
    }
    document["files"] = {
        "original": _files(request.original, cancel),
        "compressed": _files(request.compressed, cancel),
    }
    for file in document["files"]["compressed"] if request.shown_as else ():
        file["name"] = request.shown_as
    report(Progress(3, STEPS, STAGE))
    plain = json.dumps(_plain(document), indent=1, ensure_ascii=False)
    shown = page(document, _shown(request, described.info, pictures, ranges))
    stop_if(cancel)
    _place({written.page: shown, written.document: plain + "\n"}, request.overwrite)
    report(Progress(4, STEPS, STAGE))
    return written


def _looks(request: WriteReport, info: ProductInfo) -> list[Look]:
    """Return what the pictures show: the scene, and as it is the tile of the band that errs most."""
    whole = Look(request.original, request.compressed, request.band, max_side=PICTURE_SIDE, device=request.device)
    worst = next((tile for tile in request.quality.worst if tile.band == request.band), None)
    if worst is None:
        return [whole]
    window = tile_window(Tile(worst.row // TILE, worst.col // TILE), *info.shape)
    return [whole, dataclasses.replace(whole, window=window)]


def _document(request: WriteReport, info: ProductInfo, said: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return all figures; `said` is what a container says, None of a raster. No quality is computed here."""
    return {
        "form": FORM,
        "title": f"Compression of {info.name if said else product_at(request.original).name}",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "software": f"sargui {sargui.__version__}",
        "scene": {
            "name": info.name,
            "rows": info.rows,
            "columns": info.cols,
            "driver": info.driver,
            "product": info.product,
            "bands": [
                {"name": _name(info, number), "dtype": band.dtype, "kind": str(band.kind)}
                for number, band in enumerate(info.bands)
            ],
        },
        "settings": (_settings(said) if said else {"format": info.driver}) | dict(request.settings),
        "sizes": {"raw_bytes": info.raw_bytes, **(_sizes(said) if said else _raster_sizes(info))},
        "rate_distortion": rate_distortion(said, request.quality.rmse_db, _card(said)) if said else None,
        "quality": {
            "rmse_db": request.quality.rmse_db,
            "bands": [
                {"name": _name(info, number), "figures": dataclasses.asdict(band)}
                for number, band in enumerate(request.quality.bands)
            ],
            "worst_tiles": [
                {"name": _name(info, tile.band), "row": tile.row, "column": tile.col, "rmse_db": tile.rmse_db}
                for tile in request.quality.worst[:WORST_TILES]
            ],
        },
    }


def _sizes(said: Mapping[str, Any]) -> dict[str, Any]:
    parts = dict(said["bytes"])
    file_bytes = parts.pop("total")
    return {
        "file_bytes": file_bytes,
        "parts": parts,
        "ratio": said["ratio"],
        "bits_per_pixel": said["bits_per_pixel"],
    }


def _raster_sizes(info: ProductInfo) -> dict[str, Any]:
    """Return the sizes of a raster that another program may have compressed: all of its bytes count for its pixels."""
    pixels = info.rows * info.cols * len(info.bands)
    ratio = info.raw_bytes / info.source_bytes if info.source_bytes else math.nan
    return {
        "file_bytes": info.source_bytes,
        "parts": {},
        "ratio": ratio,
        "bits_per_pixel": 8 * info.source_bytes / pixels,
    }


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    card = _card(said)
    return {
        "checkpoint": card.name,
        "checkpoint_sha256": card.sha256,
        "attention": card.attention if card.attention == "none" else f"{card.attention}, {card.placement}",
        "quality": said["quality"],
        "compressed_by": said["software"],
    }


def _card(said: Mapping[str, Any]) -> ModelCard:
    return catalogue.card_by_digest(said["model"], said["model_sha256"])


def _remark(picture: Picture, band: str) -> str:
    """Return what the pictures show, in a sentence."""
    area = f"the mean power of {picture.step} × {picture.step} pixels" if picture.step > 1 else "one pixel"
    return f"{band}: each pixel of the pictures is {area} of the scene; where nothing was measured they are empty."


def _shown(request: WriteReport, info: ProductInfo, pictures: Sequence[Picture], ranges: Sequence[Any]) -> Shown:
    """Return what the page shows and the document does not hold."""
    figures = [figures_of(*pair) for pair in zip(pictures, ranges, strict=True)]
    details = request.quality.bands[request.band].details
    return Shown(
        tables=[(_name(info, number), groups(band)) for number, band in enumerate(request.quality.bands)],
        scene=figures[0],
        worst=figures[1] if len(figures) > 1 else [],
        histogram=histogram(details.distributions) if details else "",
    )


def _name(info: ProductInfo, band: int) -> str:
    return info.bands[band].description or f"Band {band + 1}"


def _files(path: Path, cancel: Event) -> list[dict[str, Any]]:
    """Return name, size and SHA-256 of a file, or of each file of a product's folder; none of what is no file."""
    top = product_at(path)
    files = sorted(each for each in top.rglob("*") if each.is_file()) if top.is_dir() else [top]
    try:
        return [
            {
                "name": file.relative_to(top.parent).as_posix(),
                "bytes": file.stat().st_size,
                "sha256": _digest(file, cancel),
            }
            for file in files
            if file.is_file()
        ]
    except OSError as error:
        raise UnreadableRasterError(f"{path.name} cannot be read: {error.strerror}.") from error


def _digest(path: Path, cancel: Event) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            stop_if(cancel)
            digest.update(chunk)
    return digest.hexdigest()


def _place(texts: Mapping[Path, str], overwrite: bool) -> None:
    """Write files beside their places, and move them there when all are whole.

    Raises:
        TargetError: one cannot be written; none has been then.
    """
    parts = {path: path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part") for path in texts}
    try:
        for path, text in texts.items():
            with parts[path].open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        place_files(parts, overwrite)
    except OSError as error:
        raise TargetError(cannot_write(next(iter(texts)), error)) from error
    finally:
        for part in parts.values():
            discard(part)


def _plain(value: Any) -> Any:
    """Return a value in JSON's own types: what is not finite becomes its name, as on the command line."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
