"""Tests of sargui.engine.pictures: powers of both files on one scale, calibrated where the product is."""

import logging
from threading import Event

import numpy as np
import pytest

from sargui.core.errors import InputError, MismatchError, RequestError
from sargui.core.types import Kind, Window
from sargui.engine.bench import Bench
from sargui.engine.pictures import Pictures
from sargui.engine.readings import Pair, Unit

ROWS, COLS = 70, 90
WHOLE = Window(0, 0, ROWS, COLS)


@pytest.fixture
def pictures():
    """Open a pair on a bench that is cleared after the test."""
    with Bench() as bench:
        yield lambda original, compressed=None, **options: Pictures(
            Pair(original, compressed, device="cpu", **options), bench, Event()
        )


@pytest.fixture
def amplitude(power_of):
    values = np.rint(np.sqrt(power_of(ROWS, COLS))).astype(np.uint16)
    values[:20, :32] = 0
    return values


@pytest.mark.parametrize(
    ("dtype", "tags", "unit"),
    [
        ("uint16", {}, Unit.DIGITAL),
        ("int32", {"SAR_KIND": "int"}, Unit.DIGITAL),
        ("float32", {"SAR_KIND": "amp"}, Unit.PLAIN),
        ("float32", {}, Unit.PLAIN),
        ("float32", {"SAR_KIND": "db"}, Unit.PLAIN),
        ("int16", {"SAR_KIND": "db"}, Unit.PLAIN),
    ],
)
def test_decibels_are_called_what_they_are(pictures, write, tmp_path, dtype, tags, unit):
    values = np.arange(1, 101).reshape(10, 10).astype(dtype)
    opened = pictures(write(tmp_path / "scene.tif", values, tags))
    assert opened.unit is opened.plain_unit is unit
    kind = tags.get("SAR_KIND", "amp" if dtype == "uint16" else "int")
    truth = {"amp": values.astype(float) ** 2, "int": values, "db": 10 ** (values.astype(float) / 10)}[kind]
    np.testing.assert_allclose(opened.powers(Window(0, 0, 10, 10)), [truth], rtol=1e-6)
    assert str(unit) in ("DN dB", "dB")


def test_void_pixels_are_nan_and_what_the_container_calls_void_is_so_in_both(
    pictures, amplitude, write, pack, tmp_path
):
    source = write(tmp_path / "scene.tif", amplitude)
    alone = pictures(source)
    assert not np.isnan(alone.powers(WHOLE)).any()  # to a plain raster 0 is a number
    both = pictures(source, pack(source, tmp_path / "scene.sarz").target)
    first, second = both.powers(WHOLE)
    np.testing.assert_array_equal(np.isnan(first), amplitude == 0)
    np.testing.assert_array_equal(np.isnan(second), amplitude == 0)
    assert 0.8 < np.nanmean(second) / np.nanmean(first) < 1.25


def test_a_product_is_read_as_sigma_nought_and_so_is_its_container(pictures, make_safe, pack, tmp_path):
    product = make_safe(tmp_path)
    box = pack(product, tmp_path / "scene.sarz").target
    both, decoded = pictures(product, box, band=1), pictures(None, box, band=1)
    assert both.unit is decoded.unit is Unit.SIGMA0
    assert both.plain_unit is Unit.DIGITAL
    window = Window(31, 47, 20, 30)
    digital = both.original.read(1, window).values.astype(float)
    table = both.calibration.table(np.arange(31, 51), np.arange(47, 77), "sigmaNought")
    first, second = both.powers(window)
    np.testing.assert_allclose(first, digital**2 / table**2, rtol=1e-12)
    np.testing.assert_array_equal(decoded.powers(window), [second])


def test_a_damaged_calibration_is_said_and_done_without(pictures, make_safe, tmp_path, caplog):
    product = make_safe(tmp_path)
    for path in product.glob("annotation/calibration/calibration-*.xml"):
        path.write_text("<nothing/>")
    with caplog.at_level(logging.WARNING, "sargui"):
        assert pictures(product).unit is Unit.DIGITAL
    assert "without its calibration" in caplog.text


def test_two_rasters_can_be_a_pair(pictures, amplitude, write, tmp_path):
    first, second = write(tmp_path / "a.tif", amplitude), write(tmp_path / "b.tif", amplitude + 1)
    both = pictures(first, second)
    np.testing.assert_allclose(both.powers(WHOLE)[1], (amplitude + 1.0) ** 2, rtol=1e-6)


def test_the_kind_of_an_original_that_does_not_say_it_is_the_askers(pictures, write, tmp_path):
    decibels = np.linspace(-30, 5, 100, dtype=np.float32).reshape(10, 10)
    source = write(tmp_path / "scene.tif", decibels)
    with pytest.raises(InputError):
        pictures(source)
    opened = pictures(source, kind=Kind.DB)
    np.testing.assert_allclose(opened.powers(Window(0, 0, 10, 10))[0], 10 ** (decibels / 10), rtol=1e-5)


def test_what_does_not_fit_is_refused(pictures, amplitude, write, tmp_path):
    source = write(tmp_path / "scene.tif", amplitude)
    other = write(tmp_path / "other.tif", amplitude[:-1])
    with pytest.raises(MismatchError, match="another size"):
        pictures(source, other)
    with pytest.raises(MismatchError, match="no band 2 in both files"):
        pictures(source, source, band=1)
    with pytest.raises(RequestError, match="nothing to read"):
        pictures(None)
