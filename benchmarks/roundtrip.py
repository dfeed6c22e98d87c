"""What comes back of every kind of input, as plain rasterio reads it before and after: one row of Markdown each.

    python -m benchmarks.roundtrip [--model NAME] [--quality 50]

A fact that an input does not have (a mask where there is none) is not in its row. Values are lossy: the last column has
their root-mean-square error in dB; which pixels are NaN, infinite or nodata must be the same.
"""

from __future__ import annotations

import argparse
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import ColorInterp
from rasterio.errors import NotGeoreferencedWarning

import sargui
from benchmarks.inputs import Input, inputs
from sargui.io.names import gdal_name

FILE_NAMESPACES = {"IMAGE_STRUCTURE", "DERIVED_SUBDATASETS", "SUBDATASETS"}  # of the file, not of the product

Fact = Callable[[Any], Any]  # of an open dataset


def _tags(dataset: Any, bands: range) -> dict[tuple[int, str, str], str]:
    """Return the tags of some bands (0: the file's own) that say something, by band, namespace and key."""
    return {
        (band, namespace, key): value
        for band in bands
        for namespace in ("", *dataset.tag_namespaces(band))
        if namespace not in FILE_NAMESPACES and not namespace.startswith(("json:", "xml:VRT"))
        for key, value in dataset.tags(band, ns=namespace).items()
        if value
    }


def _points(dataset: Any) -> list[Any]:
    points, crs = dataset.gcps
    return [crs, *((p.row, p.col, p.x, p.y, p.z) for p in points)] if points else []


def _table(dataset: Any) -> dict[int, tuple[int, ...]]:
    return dict(dataset.colormap(1)) if dataset.colorinterp[0] is ColorInterp.palette else {}


def _void(dataset: Any) -> list[bytes]:
    """Return where the values of each band say that they are none, as bits."""
    values = np.abs(dataset.read()) if dataset.dtypes[0].startswith("complex") else dataset.read()
    nodata = [np.nan if value is None else value for value in dataset.nodatavals]
    void = [np.where(np.isfinite(band), band == no, True) for band, no in zip(values, nodata, strict=True)]
    masked = dataset.read_masks() == 0  # under a mask values are not kept
    return [np.packbits(band & ~mask).tobytes() if band.any() else b"" for band, mask in zip(void, masked, strict=True)]


def _mask(dataset: Any) -> list[bytes]:
    flags = [[flag.name for flag in found] for found in dataset.mask_flag_enums]
    return [] if all(found == ["all_valid"] for found in flags) else [repr(flags), dataset.read_masks().tobytes()]


def _alpha(dataset: Any) -> list[bytes]:
    bands = zip(dataset.indexes, dataset.colorinterp, strict=True)
    return [dataset.read(band).tobytes() for band, color in bands if color is ColorInterp.alpha]


FACTS: Mapping[str, Fact] = {
    "size": lambda d: (d.count, *d.shape),
    "type": lambda d: d.dtypes,
    "nodata": lambda d: [str(value) for value in d.nodatavals if value is not None],
    "void pixels": lambda d: [] if not any(_void(d)) else _void(d),
    "mask": _mask,
    "alpha": _alpha,
    "color interpretation": lambda d: d.colorinterp,
    "color table": _table,
    "CRS": lambda d: d.crs,
    "affine": lambda d: None if d.transform.is_identity else d.transform,
    "GCPs": _points,
    "RPCs": lambda d: d.rpcs and d.rpcs.to_dict(),
    "names": lambda d: d.descriptions if any(d.descriptions) else (),
    "units": lambda d: d.units if any(d.units) else (),
    "scale, offset": lambda d: () if set(d.scales) == {1} and set(d.offsets) == {0} else (d.scales, d.offsets),
    "tags": lambda d: _tags(d, range(1)),
    "tags of bands": lambda d: _tags(d, range(1, d.count + 1)),
}


def compare(before: Path | str, after: Path) -> tuple[list[str], list[str]]:
    """Return which facts of a raster came back in another, and which did not; tags may be more."""
    kept: list[str] = []
    lost: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(gdal_name(Path(before))) as old, rasterio.open(after) as new:
            for name, fact in FACTS.items():
                first, second = fact(old), fact(new)
                if name.startswith("tags"):
                    second = {key: second.get(key) for key in first}
                if first:
                    (kept if first == second else lost).append(name)
    return kept, lost


def send(item: Input, folder: Path, **options: Any) -> tuple[Path, Path]:
    """Send an input through a container; return that, and what came out. `options` are those of `sargui.compress`."""
    sarz, back = folder / "there.sarz", folder / "back.tif"
    sargui.compress(item.name, sarz, detect=item.detect, overwrite=True, **options)
    sargui.decompress(sarz, back, cog=item.cog, overwrite=True)
    return sarz, back


def lines(**options: Any) -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| input | came back | did not | rms dB |"
    yield "|---|---|---|---:|"
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        for item in inputs(Path(name)):
            sarz, back = send(item, Path(name), **options)
            kept, lost = compare(item.name, back)
            error = sargui.evaluate(item.name, sarz).rmse_db
            yield f"| {item.title} | {', '.join(kept)} | {', '.join(lost)} | {error:.2f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="checkpoint; the default one if left out")
    parser.add_argument("--quality", type=float, default=50.0)
    arguments = parser.parse_args()
    for line in lines(model=arguments.model, quality=arguments.quality):
        print(line, flush=True)


if __name__ == "__main__":
    main()
