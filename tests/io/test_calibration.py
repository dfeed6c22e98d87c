"""Calibration against an independent reading of the XML, by regular expressions and scipy's interpolators."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.interpolate import RegularGridInterpolator, interp1d

from sargui.core.errors import UnreadableRasterError, UnsupportedRasterError
from sargui.io import Quantity, open_product, read_calibration

SHARED = Path(__file__).parents[3] / "shared" / "data" / "safe"
TABLES = {Quantity.SIGMA0: "sigmaNought", Quantity.BETA0: "betaNought", Quantity.GAMMA0: "gamma"}


@pytest.fixture
def product(make_safe, tmp_path):
    return make_safe(tmp_path)


@pytest.fixture
def annexes(product):
    with open_product(product) as source:
        return source.annexes()


def text_of(annexes, what, polarization="vv"):
    (name,) = [name for name in annexes if re.search(rf"/{what}-[^/]*-{polarization}-", name)]
    return name, annexes[name].decode()


def numbers(text, tag):
    return [np.array(found.split(), float) for found in re.findall(rf"<{tag}[^>]*>([^<]*)</{tag}>", text)]


def table_by_scipy(text, tag, rows, cols):
    """Return a table's values at all crossings, by an interpolator over its grid; nearest beyond it."""
    lines, pixels = np.concatenate(numbers(text, "line")[: len(numbers(text, tag))]), numbers(text, "pixel")[0]
    grid = RegularGridInterpolator((lines, pixels), np.stack(numbers(text, tag)))
    at = np.meshgrid(np.clip(rows, lines[0], lines[-1]), np.clip(cols, pixels[0], pixels[-1]), indexing="ij")
    return grid(np.stack(at, axis=-1))


def noise_by_scipy(text, rows, cols):
    vectors, blocks = text.split("<noiseAzimuthVectorList")
    noise = table_by_scipy(vectors, "noiseRangeLut", rows, cols)
    for block in re.findall(r"<noiseAzimuthVector>.*?</noiseAzimuthVector>", blocks, re.DOTALL):
        first, last = (int(numbers(block, tag)[0][0]) for tag in ("firstRangeSample", "lastRangeSample"))
        factor = interp1d(numbers(block, "line")[0], numbers(block, "noiseAzimuthLut")[0])(rows)
        noise[:, (cols >= first) & (cols <= last)] *= factor[:, None]
    return noise


def everywhere(annexes, rows, cols, polarization="vv"):
    """Compare all tables of a product with the independent reading."""
    calibration = read_calibration(annexes, polarization.upper())
    assert calibration is not None
    assert calibration.has_noise
    text = text_of(annexes, "calibration", polarization)[1]
    digital = np.random.default_rng(1).integers(1, 2000, (rows.size, cols.size)).astype(np.uint16)
    for quantity, tag in TABLES.items():
        table = table_by_scipy(text, tag, rows, cols)
        assert_allclose(calibration.table(rows, cols, quantity), table, rtol=1e-12)
        power = digital.astype(float) ** 2 / table**2
        assert_allclose(calibration.power(digital, rows, cols, quantity), power, rtol=1e-12)
    noise = noise_by_scipy(text_of(annexes, "noise", polarization)[1], rows, cols)
    assert_allclose(calibration.noise(rows, cols), noise, rtol=1e-12)
    denoised = np.maximum(digital.astype(float) ** 2 - noise, 0) / table_by_scipy(text, "sigmaNought", rows, cols) ** 2
    assert_allclose(calibration.power(digital, rows, cols, remove_noise=True), denoised, rtol=1e-9, atol=1e-12)
    assert (denoised == 0).any()


@pytest.mark.parametrize("polarization", ["vv", "vh"])
def test_tables_are_what_an_independent_reading_says(annexes, polarization):
    everywhere(annexes, np.arange(200), np.arange(300), polarization)


def test_parts_of_an_image_get_the_values_of_the_whole(annexes):
    calibration = read_calibration(annexes, "VV")
    whole = calibration.table(np.arange(200), np.arange(300), Quantity.SIGMA0)
    part = calibration.table(np.arange(70, 71), np.arange(33, 101), Quantity.SIGMA0)
    np.testing.assert_array_equal(part, whole[70:71, 33:101])


def test_real_annotation_is_what_an_independent_reading_says():
    folders = sorted(SHARED.glob("*.SAFE")) if SHARED.is_dir() else []
    if not folders:
        pytest.skip("needs the real Sentinel-1 annotation of ../shared/data/safe")
    files = {path.relative_to(folders[0]).as_posix(): path.read_bytes() for path in folders[0].rglob("*.xml")}
    rng = np.random.default_rng(5)
    rows, cols = np.unique(rng.integers(0, 16705, 200)), np.unique(rng.integers(0, 26102, 200))
    calibration = read_calibration(files, "VV")
    for quantity, tag in TABLES.items():
        table = table_by_scipy(text_of(files, "calibration")[1], tag, rows, cols)
        assert_allclose(calibration.table(rows, cols, quantity), table, rtol=1e-12)
    noise = noise_by_loops(text_of(files, "noise")[1], rows, cols)
    assert_allclose(calibration.noise(rows, cols), noise, rtol=1e-12)
    assert 100 < np.median(noise) < 10_000  # squared digital numbers


def noise_by_loops(text, rows, cols):
    """Return noise where each vector has pixels of its own, as real ones do."""
    vectors, blocks = text.split("<noiseAzimuthVectorList")
    lines = np.concatenate(numbers(vectors, "line"))
    along = [
        interp1d(pixel, lut, bounds_error=False, fill_value=(lut[0], lut[-1]))(cols)
        for pixel, lut in zip(numbers(vectors, "pixel"), numbers(vectors, "noiseRangeLut"), strict=True)
    ]
    noise = interp1d(lines, np.stack(along), axis=0)(np.clip(rows, lines[0], lines[-1]))
    for block in re.findall(r"<noiseAzimuthVector>.*?</noiseAzimuthVector>", blocks, re.DOTALL):
        (first_row,), (last_row,), (first_col,), (last_col,) = (
            numbers(block, tag)[0]
            for tag in ("firstAzimuthLine", "lastAzimuthLine", "firstRangeSample", "lastRangeSample")
        )
        line, lut = numbers(block, "line")[0], numbers(block, "noiseAzimuthLut")[0]
        factor = interp1d(line, lut, bounds_error=False, fill_value=(lut[0], lut[-1]))
        for i, row in enumerate(rows):
            for j, col in enumerate(cols):
                if first_row <= row <= last_row and first_col <= col <= last_col:
                    noise[i, j] *= factor(row)
    return noise


def test_pixels_that_are_not_a_number_stay_so(annexes):
    power = read_calibration(annexes, "VV").power(
        np.array([[np.nan, 500.0]]), np.array([3]), np.array([8, 9]), remove_noise=True
    )
    assert np.isnan(power[0, 0])
    assert power[0, 1] > 0


def test_products_without_tables_have_no_calibration(annexes):
    assert read_calibration({}, "VV") is None
    assert read_calibration(annexes, "HH") is None
    bare = {name: content for name, content in annexes.items() if "noise-" not in name}
    calibration = read_calibration(bare, "VV")
    assert not calibration.has_noise
    assert (calibration.noise(np.arange(4), np.arange(5)) == np.zeros((4, 5))).all()


def test_noise_of_old_products_is_read(annexes):
    name, text = text_of(annexes, "noise")
    old = text.split("  <noiseAzimuthVectorList>")[0].replace("noiseRangeVector", "noiseVector") + "</noise>"
    old = old.replace("noiseRangeLut", "noiseLut")
    rows, cols = np.arange(200), np.arange(300)
    expected = table_by_scipy(old, "noiseLut", rows, cols)
    assert_allclose(read_calibration({**annexes, name: old.encode()}, "VV").noise(rows, cols), expected, rtol=1e-12)


def test_two_swaths_are_not_mixed(annexes):
    name, text = text_of(annexes, "calibration")
    with pytest.raises(UnsupportedRasterError, match="2 tables of calibration for VV"):
        read_calibration({**annexes, name.replace("-iw-", "-iw2-"): text.encode()}, "VV")


@pytest.mark.parametrize(
    ("what", "before", "after"),
    [
        ("calibration", r"<pixel count=\"\d+\">0 40", "<pixel>40 0"),
        ("calibration", r"<sigmaNought count=\"\d+\">\S+", "<sigmaNought>"),
        ("calibration", r"<sigmaNought count=\"\d+\">\S+", "<sigmaNought>nan"),
        ("calibration", r"<sigmaNought count=\"\d+\">\S+", "<sigmaNought>0"),
        ("calibration", r"<line>0</line>", "<line>zero</line>"),
        ("calibration", r"<line>0</line>", "<line>0 1</line>"),
        ("calibration", r"<line>0</line>", "<line>500</line>"),
        ("calibration", r"calibrationVector>", "other>"),
        ("calibration", r"</calibration>", ""),
        ("noise", r"<firstAzimuthLine>0</firstAzimuthLine>", ""),
        ("noise", r"<noiseAzimuthLut count=\"\d+\">\S+", "<noiseAzimuthLut>"),
    ],
)
def test_damaged_tables_are_one_sentence(annexes, what, before, after):
    name, text = text_of(annexes, what)
    damaged, changes = re.subn(before, after, text)
    assert changes
    with pytest.raises(UnreadableRasterError, match=re.escape(name)):
        read_calibration({**annexes, name: damaged.encode()}, "VV")
