"""A target that an earlier run of the same has finished: known by what both files say, without coding a pixel."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import replace

from sargui.container import LayerKind, Reader, is_sarz, product_to_bytes
from sargui.core import catalogue
from sargui.core.errors import SarguiError
from sargui.core.types import ModelCard, ProductInfo
from sargui.engine.requests import Compress, Compressed, Rate, RateKind
from sargui.engine.source_state import states
from sargui.engine.sources import open_source
from sargui.engine.targets import TOLERANCE
from sargui.networks import NetworkConfig


def finished(request: Compress) -> Compressed | None:
    """Return what is at the target, if it is whole and what the request asks for; None if one cannot be sure.

    It is not older than its source and describes it to the byte; checkpoint, quality or target, and the choice about
    power are the same. The effort is not known of a file, nor are pixels compared.
    """
    start = time.perf_counter()
    if not is_sarz(request.target) or not _as_new(request):
        return None
    with suppress(SarguiError), Reader(request.target) as reader:  # compressing it will say what is wrong
        card = catalogue.card(request.model) if request.model else catalogue.default_card()
        with open_source(request.source, request.kind, request.device, request.detect) as source:
            info = source.info
        found = _described(request, reader, info)
        if (
            reader.header.model_sha256 == card.sha256
            and reader.layer(LayerKind.METADATA) == product_to_bytes(info)
            and (reader.sizes()["correction"] > 0) == request.keep_power
            and _meets(found, request.rate, card)
            and not reader.damaged()
            and not reader.damaged_layers()
        ):
            return replace(found, seconds={"total": time.perf_counter() - start})
    return None


def _as_new(request: Compress) -> bool:
    """Say whether the target is not older than any file of its source; of what GDAL alone knows nothing can be said."""
    changed = [changed_ns for _, changed_ns, _ in states(request.source).values()]
    return bool(changed) and os.stat(request.target).st_mtime_ns >= max(changed)


def _described(request: Compress, reader: Reader, info: ProductInfo) -> Compressed:
    sizes = reader.sizes()
    return Compressed(
        target=request.target,
        file_bytes=sizes["total"],
        pixel_bytes=sizes["pixels"],
        raw_bytes=info.raw_bytes,
        bits_per_pixel=8 * sizes["pixels"] / (info.rows * info.cols * len(info.bands)),
        estimated_bytes=0,
        stream_bytes=0,
        quality=reader.header.quality / 100,
        model=reader.header.model,
        info=info,
        error=reader.measured(),
        notices=("It was complete already, made from the same source with the same settings, so it was kept.",),
        kept=True,
    )


def _meets(found: Compressed, rate: Rate, card: ModelCard) -> bool:
    """Say whether a file has the quality that is asked for, or lies as closely below a target as one is met."""
    if rate.kind is RateKind.QUALITY:
        only = NetworkConfig.from_card(card.network).quality
        return found.quality == round(100 * rate.value) / 100 or (only is not None and rate == Rate())
    reached, target = {
        RateKind.BYTES: (found.file_bytes, rate.value),
        RateKind.RATIO: (rate.value, found.ratio),
        RateKind.BITS_PER_PIXEL: (found.bits_per_pixel, rate.value),
        RateKind.RMSE_DB: (found.error.rmse_db if found.error else 0.0, rate.value),
    }[rate.kind]
    return target * (1 - TOLERANCE) <= reached <= target
