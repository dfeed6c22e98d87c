"""The codecs we are compared with, from imagecodecs, on the same dB image at 16 bits, or what they can.

The image is scaled to integers between its extremes, which at 16 bits costs less than 0.001 dB and at 12 less than
0.01. Bytes are those of the plain codestream, without a box or a place on the ground; errors are of the decoded image,
in dB. Settings reach from below 0.05 to above 2.5 bits per pixel where the codec does. OpenJPEG (9/7 wavelet), SPERR,
SZ3, LERC and ZFP aim at squared or largest error, as we do; JPEG XL (effort 7) and AVIF (speed 6) aim at what eyes see,
and cannot be told otherwise through imagecodecs.
"""

from __future__ import annotations

import inspect
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from benchmarks.cache import digest

Image = NDArray[np.float32]
Codes = NDArray[Any]  # uint16, or float32 from a codec of floats

JPEGXL_EFFORT = 7  # libjxl's default
AVIF_SPEED = 6  # libavif's default
TARGET_ERRORS_DB = (0.1, 0.15, 0.25, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5, 1.8, 2.1, 2.5, 3.0, 3.6, 4.3, 5.0, 5.5, 6.0)
STEPS_DB = (0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 15.0, 20.0)  # of the wavelet coefficients
DISTANCES = (0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 3.0, 4.5, 7.0, 10.0, 15.0, 20.0, 25.0)  # 25 is the greatest
QUALITIES = (0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90)
LARGEST_ERRORS_DB = (0.3, 0.45, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0, 30.0)
RATES = (0.045, 0.07, 0.1, 0.14, 0.2, 0.3, 0.45, 0.65, 0.9, 1.3, 1.8, 2.5)
TOLERANCES_DB = (0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6)  # it knows powers of two alone


@dataclass(frozen=True, slots=True)
class Scaled:
    """A dB image as integer codes, and how to get back."""

    codes: NDArray[np.uint16]
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

    def of_db(self, db: float) -> float:
        """Return a difference in dB as one of codes."""
        return float(db / (10 * self.span) * (2**self.bits - 1))


def openjpeg(image: Scaled, error_db: float) -> bytes:
    """Return a JPEG 2000 codestream with about this rms error."""
    level = 20 * np.log10(10 * image.span / error_db)  # peak signal-to-noise ratio
    coded = imagecodecs.jpeg2k_encode(
        image.codes, level=level, reversible=False, codecformat="J2K", numthreads=1, bitspersample=image.bits
    )
    return bytes(coded)


def htj2k(image: Scaled, step_db: float) -> bytes:
    """Return a high-throughput JPEG 2000 codestream with this quantization step."""
    return bytes(imagecodecs.htj2k_encode(image.codes, level=step_db / (10 * image.span), reversible=False))


def jpegxl(image: Scaled, distance: float) -> bytes:
    """Return a JPEG XL codestream of a Butteraugli distance."""
    coded = imagecodecs.jpegxl_encode(
        image.codes, distance=distance, effort=JPEGXL_EFFORT, usecontainer=False, numthreads=1
    )
    return bytes(coded)


def avif(image: Scaled, quality: float) -> bytes:
    """Return an AVIF file of a quality, monochrome.

    imagecodecs codes an image of one channel without loss, whatever the level; of three equal ones it is lossy, and
    AV1 gets but their luma.
    """
    gray = np.repeat(image.codes[:, :, None], 3, axis=2)
    coded = imagecodecs.avif_encode(
        gray, level=int(quality), speed=AVIF_SPEED, bitspersample=image.bits, pixelformat="400", numthreads=1
    )
    return bytes(coded)


def lerc(image: Scaled, error_db: float) -> bytes:
    """Return a LERC blob with this largest error, compressed further by Zstandard."""
    return bytes(imagecodecs.lerc_encode(image.codes, level=image.of_db(error_db), compression="zstd"))


def sz3(image: Scaled, error_db: float) -> bytes:
    """Return an SZ3 stream with this largest error."""
    return bytes(imagecodecs.sz3_encode(image.codes.astype(np.float32), "abs", image.of_db(error_db)))


def sperr(image: Scaled, rate: float) -> bytes:
    """Return a SPERR stream of so many bits per pixel."""
    return bytes(imagecodecs.sperr_encode(image.codes.astype(np.float32), rate, "bpp"))


def zfp(image: Scaled, error_db: float) -> bytes:
    """Return a ZFP stream with at most this error, of codes around 0, which takes it less than codes above 0."""
    around_0 = image.codes.astype(np.float32) - _middle(image)
    return bytes(imagecodecs.zfp_encode(around_0, image.of_db(error_db), mode="accuracy"))


def mdat_bytes(coded: bytes) -> int:
    """Return how many bytes of an ISO base media file (ISO/IEC 14496-12) are media data: of an AVIF, the codestream."""
    place = total = 0
    while place < len(coded):
        size, kind = struct.unpack_from(">I4s", coded, place)
        total += size - 8 if kind == b"mdat" else 0
        place += size if size else len(coded)  # 0: to the end
    return total


def _middle(image: Scaled) -> np.float32:
    return np.float32(2 ** (image.bits - 1))


@dataclass(frozen=True, slots=True)
class Peer:
    """A codec: how it codes and decodes, and the settings that make its curve."""

    encode: Callable[[Scaled, float], bytes]
    decode: Callable[[bytes, Scaled], Codes]
    settings: tuple[float, ...]
    version: Callable[[], Any]
    bits: int = 16
    counted: Callable[[bytes], int] = len  # bytes of what was coded

    def digest(self) -> str:
        """Of all that its results depend on but image and setting."""
        code = [inspect.getsource(part) for part in (self.encode, self.decode)]
        return digest(imagecodecs.__version__, str(self.version()), self.bits, *code, JPEGXL_EFFORT, AVIF_SPEED)


def _sz3_decode(coded: bytes, image: Scaled) -> Codes:
    return np.asarray(imagecodecs.sz3_decode(coded, image.codes.shape, np.float32))


def _zfp_decode(coded: bytes, image: Scaled) -> Codes:
    return np.asarray(imagecodecs.zfp_decode(coded) + _middle(image))


def _decode(function: Callable[[bytes], Any]) -> Callable[[bytes, Scaled], Codes]:
    return lambda coded, _: np.asarray(function(coded))


PEERS: dict[str, Peer] = {
    "openjpeg": Peer(openjpeg, _decode(imagecodecs.jpeg2k_decode), TARGET_ERRORS_DB, imagecodecs.jpeg2k_version),
    "htj2k": Peer(htj2k, _decode(imagecodecs.htj2k_decode), STEPS_DB, imagecodecs.htj2k_version),
    "jpegxl": Peer(jpegxl, _decode(imagecodecs.jpegxl_decode), DISTANCES, imagecodecs.jpegxl_version),
    "avif": Peer(avif, _decode(imagecodecs.avif_decode), QUALITIES, imagecodecs.avif_version, 12, mdat_bytes),
    "sperr": Peer(sperr, _decode(imagecodecs.sperr_decode), RATES, imagecodecs.sperr_version),
    "sz3": Peer(sz3, _sz3_decode, LARGEST_ERRORS_DB, imagecodecs.sz3_version),
    "lerc": Peer(lerc, _decode(imagecodecs.lerc_decode), LARGEST_ERRORS_DB, imagecodecs.lerc_version),
    "zfp": Peer(zfp, _zfp_decode, TOLERANCES_DB, imagecodecs.zfp_version),
}


def coded(name: str, image: Scaled, setting: float) -> tuple[int, Image]:
    """Return the bytes that a peer takes at a setting, and the decoded image in network units."""
    peer = PEERS[name]
    content = peer.encode(image, setting)
    return peer.counted(content), image.back(peer.decode(content, image))


def versions() -> dict[str, str]:
    """Return the versions of the peers."""
    return {"imagecodecs": imagecodecs.__version__, **{name: str(peer.version()) for name, peer in PEERS.items()}}


def described() -> str:
    """Return the versions and the depths of the peers, in words."""
    return ", ".join(f"{peer.version()} ({peer.bits} bits)" for peer in PEERS.values())
