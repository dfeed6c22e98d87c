"""GeoTIFFs of a few bytes that claim to be enormous, and places that are none: one sentence each, and no memory."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio

from sargui.container import layout
from sargui.core.errors import InputError, UnsupportedRasterError
from sargui.core.types import Window
from sargui.engine.sources import open_source
from sargui.io import gdal_raster, place_of

SIDE = 1_000_000
DEFLATE, JPEG, FLOAT = 8, 7, 3


def tiff(rows=SIDE, cols=SIDE, *, bits=16, form=1, packing=1, bands=1, strip=0, tile=0, blocks=1):
    """Return a TIFF of one directory that says all this, and holds two hundred zeros; its blocks lie beyond its end."""
    entries = {256: cols, 257: rows, 258: bits, 259: packing, 262: 1, 277: bands, 339: form}
    entries |= {322: tile, 323: tile, 324: 8, 325: 100} if tile else {278: strip or rows, 273: 8, 279: 100}
    of_blocks = (273, 279, 324, 325)
    directory = b"".join(
        struct.pack("<HHII", tag, 4, blocks if tag in of_blocks else 1, entries[tag]) for tag in sorted(entries)
    )
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + directory + struct.pack("<I", 0) + bytes(200)


def opened(path):
    with open_source(path) as source:
        return source.info, source.read(0, Window(0, 0, 512, 512))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (tiff(), "cut short"),
        (tiff(bits=32, form=FLOAT), "cut short"),
        (tiff(strip=1, blocks=SIDE), "cut short"),
        (tiff(tile=256, blocks=3907**2), "cut short"),
        (tiff(bits=8, packing=JPEG, tile=256), "cut short"),
        (tiff(packing=DEFLATE), "blocks of 1000000 × 1000000 pixels"),
        (tiff(packing=DEFLATE, strip=300), "blocks of 300 × 1000000 pixels"),
        (tiff(bits=32, form=FLOAT, packing=DEFLATE, tile=28_800, blocks=35**2), "blocks of 28800 × 28800 pixels"),
        (tiff(bits=8, packing=DEFLATE, tile=1024, bands=1000), "blocks of 1024 × 1024 pixels"),
        (tiff((1 << 31) - 1, (1 << 31) - 1, bits=8), "blocks of 1 × 2147483647 pixels"),
        (tiff((1 << 32) - 1, (1 << 32) - 1, bits=8), "not a raster"),
        (tiff(10_000, 10_000, bits=8, bands=65_535, tile=256), "65535 bands"),
    ],
)
def test_a_raster_that_is_not_there_is_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "claims.tif"
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        opened(path)


def test_as_many_bands_are_opened_as_a_container_holds(tmp_path):
    assert gdal_raster.MAX_BANDS == layout.MAX_BANDS
    path = tmp_path / "claims.tif"
    path.write_bytes(tiff(10_000, 10_000, bits=8, bands=layout.MAX_BANDS + 1, tile=256))
    with pytest.raises(UnsupportedRasterError, match="1025 bands"):
        opened(path)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("odd", ["nan", "inf", "-1e308"])
@pytest.mark.parametrize("of", ["Pixel", "Line", "X", "Y"])
def test_points_that_are_nowhere_place_nothing(tmp_path, odd, of):
    points = [{"Pixel": i % 3 * 9, "Line": i // 3 * 9, "X": i % 3, "Y": i // 3} for i in range(9)]
    points[4][of] = odd
    listed = "".join("<GCP " + " ".join(f'{key}="{value}"' for key, value in point.items()) + "/>" for point in points)
    with rasterio.open(tmp_path / "a.tif", "w", driver="GTiff", count=1, height=19, width=19, dtype="uint16") as raster:
        raster.write(np.ones((1, 19, 19), np.uint16))
    (tmp_path / "a.vrt").write_text(
        f'<VRTDataset rasterXSize="19" rasterYSize="19"><GCPList Projection="EPSG:4326">{listed}</GCPList>'
        '<VRTRasterBand dataType="UInt16" band="1"><SimpleSource><SourceFilename relativeToVRT="1">a.tif'
        "</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with open_source(tmp_path / "a.vrt") as source:
        assert len(source.info.georeference.gcps) == 9
        found = place_of(source.info)
    if found is not None:  # GDAL leaves such a point out, or bends everything; it need not be right, but finite
        with found:
            assert np.isfinite(found.lonlat([0, 18], [0, 18])).all()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_in_an_archive_that_python_does_not_read_is_of_unknown_size(tmp_path):
    with rasterio.open(tmp_path / "a.tif", "w", driver="GTiff", count=1, height=9, width=9, dtype="uint16") as raster:
        raster.write(np.ones((1, 9, 9), np.uint16))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.tif", "a.tif")
    content = bytearray((tmp_path / "a.zip").read_bytes())
    content[content.rindex(b"PK\1\2") + 6] = 200  # needs version 20.0 of ZIP, of which GDAL makes nothing
    (tmp_path / "a.zip").write_bytes(content)
    with open_source(Path(f"/vsizip/{tmp_path}/a.zip/a.tif")) as source:
        assert (source.info.shape, source.info.source_bytes) == ((9, 9), 0)
