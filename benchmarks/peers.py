"""The codecs we are compared with, on the same dB image: OpenJPEG (JPEG 2000, 9/7 wavelet) and JPEG XL, effort 7.

The image is scaled to 16 bits between its extremes, which costs less than 0.001 dB. Bytes are those of the plain
codestream, without a box or a place on the ground; errors are of the decoded 16-bit image, in dB.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from benchmarks.curves import Point, rms

Image = NDArray[np.float32]
Codes = NDArray[np.uint16]

CACHE = Path(__file__).parent / ".cache" / "peers.json"  # nothing but a rerun's time depends on it
TARGET_ERRORS_DB = (0.25, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5, 1.8, 2.1, 2.5, 3.0, 3.6, 4.3)  # what OpenJPEG is asked for
DISTANCES = (0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 4.5, 7.0, 10.0, 15.0, 20.0, 25.0)  # what JPEG XL is asked for
JPEGXL_EFFORT = 7  # libjxl's default


@dataclass(frozen=True, slots=True)
class Scaled:
    """A dB image as integer codes, and how to get back."""

    codes: Codes
    low: float
    span: float  # network units (10 dB)
    bits: int

    @staticmethod
    def of(x: Image, bits: int = 16) -> Scaled:
        """Return network input (rows, cols), scaled to integers of so many bits."""
        low, span = float(x.min()), float(x.max() - x.min()) or 1.0
        deepest = 2**bits - 1
        return Scaled(np.rint((x - low) / span * deepest).astype(np.uint16), low, span, bits)

    def back(self, codes: Codes) -> Image:
        """Return decoded codes in network units."""
        deepest = np.float32(2**self.bits - 1)
        return np.asarray(codes.astype(np.float32) / deepest * np.float32(self.span) + np.float32(self.low))


def openjpeg(image: Scaled, error_db: float) -> bytes:
    """Return a JPEG 2000 codestream with about this rms error."""
    level = 20 * np.log10(10 * image.span / error_db)  # peak signal-to-noise ratio
    coded = imagecodecs.jpeg2k_encode(
        image.codes, level=level, reversible=False, codecformat="J2K", numthreads=1, bitspersample=image.bits
    )
    return bytes(coded)


def jpegxl(image: Scaled, distance: float) -> bytes:
    """Return a JPEG XL codestream of a Butteraugli distance."""
    coded = imagecodecs.jpegxl_encode(
        image.codes, distance=distance, effort=JPEGXL_EFFORT, usecontainer=False, numthreads=1
    )
    return bytes(coded)


Encode = Callable[[Scaled, float], bytes]
Decode = Callable[[bytes], Codes]
PEERS: dict[str, tuple[Encode, Decode, tuple[float, ...]]] = {
    "openjpeg": (openjpeg, imagecodecs.jpeg2k_decode, TARGET_ERRORS_DB),
    "jpegxl": (jpegxl, imagecodecs.jpegxl_decode, DISTANCES),
}


def curves(x: Image, valid: NDArray[np.bool_]) -> dict[str, list[Point]]:
    """Return (bits per pixel, rms error in dB over valid pixels) of each peer on network input (rows, cols)."""
    known: dict[str, dict[str, list[Point]]] = {}
    if CACHE.exists():
        known = json.loads(CACHE.read_text(encoding="utf-8"))
    key = _digest(x, valid)
    if key not in known:
        known[key] = {name: _curve(name, x, valid) for name in PEERS}
        CACHE.parent.mkdir(exist_ok=True)
        CACHE.write_text(json.dumps(known), encoding="utf-8")
    return {name: [(rate, error) for rate, error in points] for name, points in known[key].items()}


def versions() -> dict[str, str]:
    """Return the versions of the peers."""
    return {
        "imagecodecs": imagecodecs.__version__,
        "openjpeg": str(imagecodecs.jpeg2k_version()),
        "jpegxl": str(imagecodecs.jpegxl_version()),
    }


def _curve(name: str, x: Image, valid: NDArray[np.bool_]) -> list[Point]:
    encode, decode, settings = PEERS[name]
    image = Scaled.of(x)
    points = []
    for setting in settings:
        coded = encode(image, setting)
        points.append((8 * len(coded) / x.size, rms(image.back(decode(coded)), x, valid)))
    return points


def _digest(x: Image, valid: NDArray[np.bool_]) -> str:
    settings = [versions(), [(name, peer[2]) for name, peer in PEERS.items()], JPEGXL_EFFORT, x.shape]
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(x).tobytes())
    digest.update(np.packbits(valid).tobytes())
    return digest.hexdigest()
