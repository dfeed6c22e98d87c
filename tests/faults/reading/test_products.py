"""SAFE products with traps that a real one never has: nothing outside of them is read, and nothing multiplies."""

import tracemalloc
import zipfile

import numpy as np
import pytest
import rasterio

from sargui.core.errors import SarguiError, UnreadableRasterError
from sargui.engine.locate import place
from sargui.io import open_product, read_calibration, with_annotated_place
from sargui.io.safe_files import MAX_FILES

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l11;</a>'
THIEF = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.fixture
def product(make_safe, tmp_path):
    return make_safe(tmp_path, 60, 50, ("vv",), points=False)


def packed(product):
    path = product.parent / "product.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(product.rglob("*")):
            archive.write(file, file.relative_to(product.parent))
    return path


@pytest.mark.parametrize("trap", [BOMB, THIEF])
@pytest.mark.parametrize("folded", [False, True])
def test_no_entity_is_expanded_wherever_it_is_declared(product, trap, folded, caplog):
    for file in (*product.glob("annotation/*.xml"), *product.glob("annotation/calibration/*.xml")):
        file.write_text(trap)
    with open_product(packed(product) if folded else product) as source:
        annexes = source.annexes()
        assert with_annotated_place(source.info, annexes) == source.info
        assert place(source.info, source.annexes) is None
        for name in [name for name in annexes if "calibration/" in name]:
            with pytest.raises(UnreadableRasterError, match="document type"):
                read_calibration({name.replace("noise", "calibration"): annexes[name]}, "VV")
    assert "document type" in caplog.text
    (product / "manifest.safe").write_text(trap)
    with pytest.raises(UnreadableRasterError, match="document type"):
        open_product(packed(product) if folded else product)


def test_a_nest_of_grids_does_not_multiply_their_points(product):
    depth, name = 3000, "annotation/s1b-iw-grd-vv.xml"
    point = b"<geolocationGridPoint><line>1</line></geolocationGridPoint>"
    nest = b"<geolocationGrid>" * depth + point * depth + b"</geolocationGrid>" * depth
    with open_product(product) as source:
        info = source.info
    tracemalloc.start()
    assert with_annotated_place(info, {name: b"<product>" + nest + b"</product>"}).shape == info.shape
    assert tracemalloc.get_traced_memory()[1] < 100 * len(nest)
    tracemalloc.stop()


def test_a_manifest_of_more_images_than_a_product_has_files_is_refused(product):
    path = product / "manifest.safe"
    text = path.read_text()
    start, stop = text.index("  <dataObjectSection>"), text.index("</dataObjectSection>")
    image = (
        '<dataObject repID="s1Level1MeasurementSchema"><byteStream><fileLocation href="{}"/></byteStream></dataObject>'
    )
    images = "".join(image.format(f"measurement/a-vv-{number}-001.tiff") for number in range(MAX_FILES + 1))
    path.write_text(f"{text[:start]}<dataObjectSection>{images}{text[stop:]}")
    with pytest.raises(UnreadableRasterError, match=f"more than {MAX_FILES} images"):
        open_product(product)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("folded", [False, True])
def test_an_image_that_names_another_file_is_not_followed(product, tmp_path, folded):
    secret = tmp_path / "secret.tif"
    with rasterio.open(secret, "w", driver="GTiff", count=1, height=60, width=50, dtype="uint16") as raster:
        raster.write(np.full((1, 60, 50), 777, np.uint16))
    next((product / "measurement").iterdir()).write_text(
        '<VRTDataset rasterXSize="50" rasterYSize="60"><VRTRasterBand dataType="UInt16" band="1"><SimpleSource>'
        f"<SourceFilename>{secret}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    with pytest.raises(SarguiError, match="is not a GeoTIFF"):
        open_product(packed(product) if folded else product)
