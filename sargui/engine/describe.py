"""What a file holds, without decoding a pixel."""

from __future__ import annotations

from threading import Event

from sargui.container import Reader, layer_name
from sargui.container.part_file import claims_sarz
from sargui.core.errors import DamagedFileError
from sargui.core.types import Report
from sargui.engine.requests import Describe, Described
from sargui.io import open_product


def describe(request: Describe, report: Report, cancel: Event) -> Described:
    """Return what a container or a raster says of itself; the container's checkpoint need not be installed.

    A container's "damaged_layers" are named, and with `check` in "damaged" the tiles that fail their checksum.
    """
    if not claims_sarz(request.source):
        with open_product(request.source, request.kind) as source:
            return Described(source.info)
    with Reader(request.source) as reader:
        header, sizes, info = reader.header, dict(reader.sizes()), reader.product()
        measured = reader.measured()
        pixels = info.rows * info.cols * len(info.bands)
        return Described(
            info,
            {
                "model": header.model,
                "model_sha256": header.model_sha256,
                "quality": header.quality / 100,
                "software": header.software,
                "tiles": sum(1 for _ in reader.keys(0)),
                "bytes": sizes,
                "annexes": _annex_sizes(reader),
                "bits_per_pixel": 8 * sizes["pixels"] / pixels,
                "ratio": info.raw_bytes / sizes["total"],
                "rmse_db": measured.rmse_db if measured else None,
                "rmse_pixels": measured.pixels if measured else 0,
                "damaged_layers": [layer_name(kind) for kind in reader.damaged_layers()],
                **({"damaged": [str(key) for key in reader.damaged()]} if request.check else {}),
            },
        )


def _annex_sizes(reader: Reader) -> dict[str, int]:
    """Return the bytes of the product's files beside its rasters; none if they are damaged, which `verify` says."""
    try:
        return {path: len(content) for path, content in reader.annexes().items()}
    except DamagedFileError:
        return {}
