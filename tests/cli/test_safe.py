"""A Sentinel-1 product in, and the product back, on the command line."""

import rasterio


def test_a_product_goes_in_and_comes_back(sargui, make_safe, tmp_path):
    product = make_safe(tmp_path, rows=80, cols=90)
    packed, out = product.with_suffix(".sarz"), tmp_path / "out"
    assert sargui("compress", product)[0] == 0
    code, words, _ = sargui("decompress", packed, out, "--safe")
    assert code == 0
    assert str(out / product.name) in words
    with rasterio.open(out / product.name) as dataset:
        assert (dataset.driver, dataset.count, dataset.shape) == ("SAFE", 2, (80, 90))
    code, _, words = sargui("decompress", packed, out, "--safe")
    assert code == 6
    assert "--force" in words
    assert sargui("decompress", packed, out, "--safe", "--force")[0] == 0
    assert "10 files of its product" in sargui("info", packed)[1]


def test_a_raster_is_no_product(sargui, raster, tmp_path):
    assert sargui("compress", raster, tmp_path / "scene.sarz")[0] == 0
    code, _, words = sargui("decompress", tmp_path / "scene.sarz", tmp_path / "out", "--safe")
    assert code == 2
    assert words.count("\n") == 1
    assert "was not made from a SAFE product" in words
