"""Containers that claim much: sizes that are not there, scenes of holes alone, layers that unpack to gigabytes."""

import io
import struct
import tracemalloc
import zipfile
from contextlib import contextmanager
from threading import Event

import numpy as np
import pytest
import torch

from sargui.codec.quantizers import SCALAR
from sargui.codec.symbols import Part, quantize
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells
from sargui.core import catalogue
from sargui.core.errors import DamagedFileError
from sargui.core.types import Effort, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.decompress import decompress
from sargui.engine.describe import describe
from sargui.engine.requests import Decompress, Describe, Verify
from sargui.engine.verify import verify
from tests.container import handmade

NODATA_TILE = struct.pack("<BBHIIB", 0, 1, 2000, 0, 1, 1)  # quality 20, and a mask of one byte: all of it is nodata


def nothing(progress):
    pass


@contextmanager
def at_most(count):
    """See that not more than so many bytes are allocated at once, as far as Python and NumPy do it."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < count


@pytest.mark.parametrize(
    "claims",
    [
        {"rows": 1 << 20, "cols": 1 << 20},
        {"rows": (1 << 31) - 1, "cols": 512},
        {"rows": (1 << 31) - 1, "cols": (1 << 31) - 1},
        {"bands": 1024},
    ],
)
def test_a_petabyte_that_is_not_there_is_one_sentence(parts, written, tmp_path, claims):
    if "bands" in claims:
        claims = {"rows": 1 << 18, "cols": 1 << 18, "bands": parts["content"]["bands"][:1] * claims["bands"]}
    path = written(handmade.container(**{**parts, "content": {**parts["content"], **claims}}))
    for job in (
        lambda: describe(Describe(path), nothing, Event()),
        lambda: verify(Verify(path, device="cpu"), nothing, Event()),
        lambda: decompress(Decompress(path, tmp_path / "a.tif", device="cpu"), nothing, Event()),
    ):
        with at_most(2 << 20), pytest.raises(DamagedFileError, match="damaged"):
            job()
    assert not list(tmp_path.iterdir())


def test_a_picture_of_a_gigapixel_of_holes_is_made_strip_by_strip(parts, written):
    side = 64 * 512  # with an overview of 2048 × 2048 pixels
    content = {**parts["content"], "rows": side, "cols": side, "bands": parts["content"]["bands"][:1]}
    path = written(handmade.container(content, dict.fromkeys(range(64**2 + 16), NODATA_TILE), layers=[]))
    assert path.stat().st_size < 200_000
    with DecodedSource(path, "cpu") as source, at_most(2048 * 512 * 40):
        seen = source.preview(0, 512)
    assert seen.shape == (512, 512)
    assert np.isnan(seen).all()


def test_annexes_that_unpack_to_more_than_they_may_are_left_packed(parts, written):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(2):
            with archive.open(f"{number}.xml", "w") as file:
                for _ in range(129):
                    file.write(bytes(1 << 20))
    layers = [(5, 0, buffer.getvalue())]
    path = written(handmade.container(**{**parts, "layers": layers}))
    with at_most(8 << 20):
        assert describe(Describe(path), nothing, Event()).container["annexes"] == {}
        assert verify(Verify(path, device="cpu"), nothing, Event()).damaged == ("annexes layer",)


def test_an_archive_among_the_annexes_stays_an_archive(parts, written):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../evil", b"x")
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    with DecodedSource(written(handmade.container(**{**parts, "layers": [(5, 0, outer.getvalue())]})), "cpu") as source:
        assert source.annexes() == {"inner.zip": inner.getvalue()}


def test_more_points_colors_and_tags_than_anyone_has_are_read(parts, written):
    count = 5_000
    described = {**handmade.METADATA, "rows": 24, "cols": 640, "tags": {"": {str(n): "x" for n in range(count)}}}
    band = {**handmade.METADATA["bands"][0], "color_table": [[0, 1, 2, 3, 4]] * count}
    points = [[n, n % 7, n % 5, n % 11, 0, "", ""] for n in range(count)]
    described["georeference"] = {
        **described["georeference"],
        "affine": None,
        "gcps": points,
        "gcps_crs_wkt": "x" * count,
    }
    layer = handmade.pack_json({**described, "bands": [band, band]})
    path = written(handmade.container(**{**parts, "layers": [(1, 0, layer)]}))
    with at_most(50 << 20):
        info = describe(Describe(path), nothing, Event()).info
    assert (len(info.georeference.gcps), len(info.bands[0].color_table)) == (count, count)
    with DecodedSource(path, "cpu") as source:
        assert source.info == info


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("sign", [1, -1, 0])
def test_levels_as_large_as_any_decode_to_pixels_of_the_type(parts, written, sign):
    def choose(values, index):
        tables = index.to(torch.uint8).numpy()
        signs = np.where(np.indices(tables.shape).sum(axis=0) % 2, 1, -1) if sign == 0 else sign
        levels = (32767 * signs * (tables > 0)).astype(np.int16)
        return Part(levels, tables, levels)

    frame = TileFrame(full_cells((2, 32)), (2, 32))
    loaded = TileCodec.load(catalogue.card("tiny"), "cpu")
    codec = TileCodec(loaded.network, loaded.tables, loaded.device, Effort.FAST)
    steps = torch.full((1, 256, 32, 32), 1e4)
    with torch.inference_mode():
        symbols, _ = quantize(codec.network, steps, torch.from_numpy(frame.cells)[None].float(), 2000, SCALAR, choose)
    tiles = {**parts["tiles"], 0: codec.write(symbols, [frame], 2000)[0].payload}
    with DecodedSource(written(handmade.container(**{**parts, "tiles": tiles})), "cpu") as source:
        values = source.read(0, Window(0, 0, 24, 640)).values
    assert values.dtype == np.uint16
    assert {1, 65535} <= set(values[:, :400].ravel().tolist())  # 0 is nodata, and they are valid
