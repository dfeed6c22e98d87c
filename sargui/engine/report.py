"""A report of one compressed scene: a page with pictures, and the same as JSON, for people and for programs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

import sargui
from sargui.core import catalogue
from sargui.core.errors import NotASarzError, TargetError, UnreadableRasterError
from sargui.core.paths import product_at
from sargui.core.types import ProductInfo, Progress, Report
from sargui.engine import colors
from sargui.engine.bench import Bench
from sargui.engine.describe import describe
from sargui.engine.look import look
from sargui.engine.report_page import MINUS, Figure, page
from sargui.engine.report_request import WriteReport, WrittenReport
from sargui.engine.requests import Describe, Look, Picture
from sargui.engine.stages import stop_if
from sargui.io.png import png

FORM = 1  # of the JSON document; raised when a name in it changes its meaning
PICTURE_SIDE = 1024  # pixels; three of them make a page of a few megabytes
CHUNK_BYTES = 8 << 20
BAR = np.arange(1, 256, dtype=np.uint8)[None]  # all levels that are colors
STAGE, STEPS = "writing the report", 4


def write_report(request: WriteReport, report: Report, cancel: Event, bench: Bench) -> WrittenReport:
    """Write a report, both files or none.

    Raises:
        TargetError: one of them exists and may not be overwritten, or cannot be written.
        MismatchError: the compressed file is not of this scene.
        SarguiError: a file cannot be read; JobCancelled: `cancel` was set.
    """
    written = WrittenReport(request.target, request.target.with_suffix(".json"))
    for path in (written.page, written.document):
        if os.path.lexists(path) and not request.overwrite:
            raise TargetError(f"{path.name} exists already; choose another name or allow overwriting.")
    described = describe(Describe(request.compressed), report, cancel)
    if described.container is None:
        raise NotASarzError(f"{request.compressed.name} is no compressed file, so there is nothing to report.")
    report(Progress(1, STEPS, STAGE))
    look_at = Look(request.original, request.compressed, request.band, max_side=PICTURE_SIDE, device=request.device)
    picture = look(look_at, report, cancel, bench)
    report(Progress(2, STEPS, STAGE))
    document = _document(request, described.info, described.container, picture)
    document["files"] = {
        "original": _files(request.original, cancel),
        "compressed": _files(request.compressed, cancel),
    }
    report(Progress(3, STEPS, STAGE))
    plain = json.dumps(_plain(document), indent=1, ensure_ascii=False)
    shown = page(document, _figures(picture, document["pictures"]))
    stop_if(cancel)
    _place({written.page: shown, written.document: plain + "\n"})
    report(Progress(4, STEPS, STAGE))
    return written


def _document(request: WriteReport, info: ProductInfo, said: Mapping[str, Any], picture: Picture) -> dict[str, Any]:
    """Return all figures; none of them is computed here but for the ranges of the pictures' colors."""
    parts = dict(said["bytes"])
    return {
        "form": FORM,
        "title": f"Compression of {info.name}",
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
        "settings": _settings(said) | dict(request.settings),
        "sizes": {
            "raw_bytes": info.raw_bytes,
            "file_bytes": parts.pop("total"),
            "parts": parts,
            "ratio": said["ratio"],
            "bits_per_pixel": said["bits_per_pixel"],
        },
        "quality": {
            "rmse_db": request.quality.rmse_db,
            "bands": [
                {"name": _name(info, number), "figures": dataclasses.asdict(band)}
                for number, band in enumerate(request.quality.bands)
            ],
        },
        "pictures": _ranges(request, picture) | {"remark": _remark(picture, _name(info, request.band))},
    }


def _settings(said: Mapping[str, Any]) -> dict[str, Any]:
    card = catalogue.card_by_digest(said["model"], said["model_sha256"])
    return {
        "checkpoint": card.name,
        "checkpoint_sha256": card.sha256,
        "attention": card.attention if card.attention == "none" else f"{card.attention}, {card.placement}",
        "quality": said["quality"],
        "compressed_by": said["software"],
    }


def _ranges(request: WriteReport, picture: Picture) -> dict[str, Any]:
    """Return what the colors of the pictures mean, as in the window's panes."""
    rmse_db = request.quality.bands[request.band].rmse_db
    single = colors.round_up(colors.ERROR_SPREAD * rmse_db)  # an overview shows means, which err less than pixels
    return {
        "band": _name(picture.info, request.band),
        "step": picture.step,
        "stretch_db": colors.stretch_of(picture.original_db),
        "error_limit_db": max(colors.error_limit_of(picture.error_db), single),
    }


def _remark(picture: Picture, band: str) -> str:
    """Return what the pictures show, in a sentence."""
    area = f"the mean power of {picture.step} × {picture.step} pixels" if picture.step > 1 else "one pixel"
    return f"{band}: each pixel of the pictures is {area} of the scene; where nothing was measured they are empty."


def _figures(picture: Picture, ranges: Mapping[str, Any]) -> list[Figure]:
    low, high = ranges["stretch_db"]
    limit = ranges["error_limit_db"]
    gray = (f"{low:.1f} dB".replace("-", MINUS), f"{high:.1f} dB".replace("-", MINUS))
    signed = (f"{MINUS}{limit:g} dB", "0", f"+{limit:g} dB")
    return [
        _figure("Original", picture.original_db, low, high, colors.GRAY, gray),
        _figure("Reconstruction", picture.decoded_db, low, high, colors.GRAY, gray),
        _figure("Error (reconstruction minus original)", picture.error_db, -limit, limit, colors.DIVERGING, signed),
    ]


def _figure(
    title: str, db: NDArray[np.float32] | None, low: float, high: float, table: NDArray[np.uint8], ends: tuple[str, ...]
) -> Figure:
    assert db is not None, "both files were given"
    return Figure(title, png(colors.levels(db, low, high), table), png(BAR, table), ends)


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


def _place(texts: Mapping[Path, str]) -> None:
    """Write files beside their places, and move them there when all are whole.

    Raises:
        TargetError: one cannot be written; none has been then, unless the moving itself failed.
    """
    parts = {path: path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}.part") for path in texts}
    try:
        for path, text in texts.items():
            with parts[path].open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TargetError(f"{next(iter(texts)).name} cannot be written: {reason}; choose another place.") from error
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """Return a value in JSON's own types: what is not finite becomes its name, as on the command line."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
