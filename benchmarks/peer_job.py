"""One job of another codec in a process of its own: a raster to a file and back, as `benchmarks.job` is for sargui.

    python -m benchmarks.peer_job encode RASTER FILE --codec openjpeg --setting 0.8
    python -m benchmarks.peer_job decode FILE RASTER --codec openjpeg

The first band becomes the dB image that all codecs of `benchmarks.compare` get, as integers, and comes back from it as
numbers of the raster's type. What is read and written is so strip by strip; the stage "code" is the codec alone, in
memory. Without torch.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import imagecodecs
import numpy as np
import rasterio
import typer
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window as RasterWindow

from benchmarks.peers import JPEGXL_EFFORT, Codes, Scaled
from benchmarks.process import tell
from sargui.codec.fill import fill_void
from sargui.core import radiometry
from sargui.core.types import BandInfo, Kind, Radiometry, RasterSource, Void, Window
from sargui.engine.planes import sample_radiometry
from sargui.engine.stages import Clock
from sargui.io import open_product

STRIP = 1024  # rows that are read or written at once

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec of integers; `range` are the settings that give the most and the fewest bits."""

    title: str
    bits: int
    range: tuple[float, float]
    encode: Callable[[Scaled, float, int], bytes]  # image, setting, threads
    decode: Callable[[bytes, int], Any]  # content, threads
    version: Callable[[], Any]


def _openjpeg(image: Scaled, error_db: float, threads: int) -> bytes:
    coded = imagecodecs.jpeg2k_encode(
        image.codes,
        level=20 * np.log10(10 * image.span / error_db),  # peak signal-to-noise ratio
        reversible=False,
        codecformat="J2K",
        numthreads=threads,
        bitspersample=image.bits,
    )
    return bytes(coded)


def _jpegxl(image: Scaled, distance: float, threads: int) -> bytes:
    coded = imagecodecs.jpegxl_encode(
        image.codes, distance=distance, effort=JPEGXL_EFFORT, usecontainer=False, numthreads=threads
    )
    return bytes(coded)


CODECS = {
    "openjpeg": Codec(
        "OpenJPEG",
        12,  # as small as from 16 bits, and a third faster
        (0.05, 8.0),
        _openjpeg,
        lambda content, threads: imagecodecs.jpeg2k_decode(content, numthreads=threads),
        imagecodecs.jpeg2k_version,
    ),
    "jpegxl": Codec(
        f"JPEG XL, effort {JPEGXL_EFFORT}",
        16,
        (0.1, 25.0),
        _jpegxl,
        lambda content, threads: imagecodecs.jpegxl_decode(content, numthreads=threads),
        imagecodecs.jpegxl_version,
    ),
}


@app.command()
def encode(
    source: Path,
    target: Path,
    codec: Annotated[str, typer.Option()],
    setting: Annotated[float, typer.Option()],
    threads: Annotated[int, typer.Option()] = 1,
) -> None:
    """Encode the first band of a raster."""
    clock = Clock()
    with clock("total"):
        with clock("read"), open_product(source, None, detect=True) as opened:
            band = opened.info.bands[0]
            scale = sample_radiometry(opened, 0, band.kind)
            image = scaled(opened, scale, CODECS[codec].bits)
        with clock("code"):
            content = CODECS[codec].encode(image, setting, threads)
        target.write_bytes(content)
    said = {"low": image.low, "span": image.span, "dtype": band.dtype, "nodata": band.nodata, "scale": asdict(scale)}
    _beside(target).write_text(json.dumps(said), encoding="utf-8")
    tell(image.codes.size, len(content), clock.seconds)


@app.command()
def decode(
    source: Path,
    target: Path,
    codec: Annotated[str, typer.Option()],
    threads: Annotated[int, typer.Option()] = 1,
) -> None:
    """Decode what `encode` wrote into a GeoTIFF."""
    clock = Clock()
    said = json.loads(_beside(source).read_text(encoding="utf-8"))
    scale = Radiometry(Kind(said["scale"].pop("kind")), **said["scale"])
    with clock("total"):
        content = source.read_bytes()
        with clock("code"):
            codes = CODECS[codec].decode(content, threads)
        with clock("write"):
            image = Scaled(codes, said["low"], said["span"], CODECS[codec].bits)
            _write(image, target, scale, BandInfo(said["dtype"], scale.kind, said["nodata"]))
    tell(codes.size, len(content), clock.seconds)


def scaled(source: RasterSource, scale: Radiometry, bits: int) -> Scaled:
    """Return the dB image of a raster's first band as integers; smooth where nothing was measured."""
    x = np.empty(source.info.shape, np.float32)
    for strip in _strips(*source.info.shape):
        pixels = source.read(0, strip)
        valid = radiometry.void_of(pixels, scale) == Void.VALID
        x[strip.row : strip.row + strip.rows] = fill_void(radiometry.to_network(pixels.values, scale), ~valid)
    return Scaled(*_integers(x, bits), bits)


def _integers(x: NDArray[np.float32], bits: int) -> tuple[NDArray[np.uint16], float, float]:
    """Return network input as integers, the number that becomes 0, and the range; as `Scaled.of`, strip by strip."""
    low, span = float(x.min()), float(x.max() - x.min()) or 1.0
    codes = np.empty(x.shape, np.uint16)
    for strip in _strips(*x.shape):
        rows = slice(strip.row, strip.row + strip.rows)
        codes[rows] = np.rint((x[rows] - np.float32(low)) / np.float32(span) * np.float32(2**bits - 1))
    return codes, low, span


def _write(image: Scaled, target: Path, scale: Radiometry, band: BandInfo) -> None:
    """Write decoded integers as the numbers that they stand for."""
    rows, cols = image.codes.shape
    profile = {"driver": "GTiff", "height": rows, "width": cols, "count": 1, "dtype": band.dtype, "nodata": band.nodata}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # it is here for its pixels alone
        raster = rasterio.open(target, "w", BIGTIFF="IF_SAFER", **profile)
    with raster:
        for strip in _strips(rows, cols):
            codes: Codes = image.codes[strip.row : strip.row + strip.rows]
            values = radiometry.from_network(image.back(codes), np.zeros(codes.shape, np.uint8), scale, band)
            raster.write(values, 1, window=RasterWindow(0, strip.row, cols, strip.rows))


def _strips(rows: int, cols: int) -> Iterator[Window]:
    for row in range(0, rows, STRIP):
        yield Window(row, 0, min(STRIP, rows - row), cols)


def _beside(path: Path) -> Path:
    """Return where stands what turns a file's integers into numbers again."""
    return path.with_name(f"{path.name}.json")


if __name__ == "__main__":
    app()
