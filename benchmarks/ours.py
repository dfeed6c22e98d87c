"""An image coded by sargui: compressed into a file, decoded from it, with and without the radiometric correction."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sargui
from benchmarks.cache import digest, source_digest
from benchmarks.scene import Image, Scene
from sargui.codec.power import contrast, correction
from sargui.core.types import ModelCard, Void, Window
from sargui.engine.decoded import DecodedSource

QUALITIES = (0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
PACKAGES = ("attention", "codec", "container", "core", "engine", "networks")  # what turns pixels into bytes and back


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """One quality. What counts is all that the pixels need: header, tiles, index, footer."""

    quality: float
    plain_bytes: int  # without the correction's gains
    gains_bytes: int
    file_bytes: int  # with metadata and overviews
    stream_bytes: int  # symbols alone
    estimated_bytes: int  # of the same, foretold by the tables
    plain: Image  # network output
    corrected: Image  # the same after the correction; it does not change what is coded


def qualities(card: ModelCard) -> tuple[float, ...]:
    """Return the qualities at which a checkpoint is measured: its only one, if it has one."""
    only = card.network.get("quality")  # in hundredths
    return QUALITIES if only is None else (only / 100,)


def code(scene: Scene, model: str, quality: float, device: str) -> Coded:
    """Return what becomes of a scene."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "coded.sarz"
        result = sargui.compress(scene.path, target, quality=quality, model=model, device=device, detect=True)
        with DecodedSource(target, device) as decoded:
            assert decoded.radiometry(0) == scene.scale, "the floor is that of the scene, at every quality"
            sizes, gains = decoded.reader.sizes(), decoded.reader.correction()
            whole = Window(0, 0, *decoded.info.shape)
            plain, void = decoded.read_network(0, whole)
        assert target.stat().st_size == result.file_bytes == sizes["total"]
    assert sizes["pixels"] == result.pixel_bytes
    corrected = plain
    if 0 in gains:
        corrected = plain + correction(gains[0], whole, contrast(plain, void == Void.VALID))
    return Coded(
        quality,
        sizes["pixels"] - sizes["correction"],
        sizes["correction"],
        result.file_bytes,
        result.stream_bytes,
        result.estimated_bytes,
        plain,
        corrected,
    )


@cache
def code_digest() -> str:
    """Return a digest of the code that our results depend on."""
    package = Path(sargui.__file__).parent
    return digest(source_digest(*(package / name for name in PACKAGES)), Path(__file__).read_bytes())
