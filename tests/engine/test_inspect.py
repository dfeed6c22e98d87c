"""Tests of sargui.engine.inspect: regions, lines and pixels are what NumPy says of the rasters read by rasterio."""

import re
from pathlib import Path
from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.core.errors import JobCancelled, RequestError
from sargui.core.types import Window
from sargui.engine import inspect
from sargui.engine.bench import Bench
from sargui.engine.inspect import inspect_region, profile, read_pixel
from sargui.engine.pictures import Pictures
from sargui.engine.readings import InspectRegion, Pair, Profile, ReadPixel, Unit
from sargui.engine.requests import Trial

ROWS, COLS = 203, 301
SAMPLE = Path(__file__).parents[2] / "resources" / "sample.tif"


def quiet(progress):
    pass


def run(job, request, report=quiet, cancel=None):
    with Bench() as bench:
        return job(request, report, cancel or Event(), bench)


def measure(region, *paths, **options):
    return run(inspect_region, InspectRegion(Pair(*paths, device="cpu", **options), region))


def along(start, end, *paths, **options):
    return run(profile, Profile(Pair(*paths, device="cpu", **options), start, end))


def pixel(row, col, *paths, **options):
    return run(read_pixel, ReadPixel(Pair(*paths, device="cpu", **options), row, col))


@pytest.fixture(scope="module")
def values(power_of):
    values = np.rint(np.sqrt(power_of(ROWS, COLS))).astype(np.uint16)
    values[:60, :64] = 0
    return values


@pytest.fixture(scope="module")
def files(values, pack, write, tmp_path_factory):
    folder = tmp_path_factory.mktemp("inspect")
    source = write(folder / "scene.tif", values, nodata=0)
    return source, pack(source, folder / "scene.sarz", 60).target


@pytest.fixture(scope="module")
def powers(files, values, unpack, read, tmp_path_factory):
    back = unpack(files[1], tmp_path_factory.mktemp("back") / "back.tif").target
    return [np.where(pixels == 0, np.nan, pixels.astype(float) ** 2) for pixels in (values, read(back)[0])]


@pytest.fixture(scope="module")
def floor(values):
    """Return what is added to power in every ratio: a tenth of the 2 % quantile of the scene's."""
    return 0.1 * np.quantile(values[values > 0].astype(float) ** 2, 0.02)


def check_region(found, first, second, floor):
    """Compare with formulas over the whole; first and second are powers in the region, NaN where void."""
    valid = ~np.isnan(first)
    first, second = first[valid], second[valid]
    for statistics, power in ((found.original, first), (found.decoded, second)):
        assert statistics.pixels == valid.sum()
        assert statistics.mean_db == pytest.approx(10 * np.log10(power.mean()), rel=1e-6)
        assert statistics.looks == pytest.approx(power.mean() ** 2 / power.var(), rel=1e-6)
        assert statistics.deviation_db == pytest.approx(np.std(10 * np.log10(power)), rel=1e-6)
    ratio = (first + floor) / (second + floor)
    assert found.comparison.bias_db == pytest.approx(10 * np.log10(second.mean() / first.mean()), abs=1e-6)
    assert found.comparison.ratio_mean == pytest.approx(ratio.mean(), rel=1e-6)
    assert found.comparison.ratio_variance == pytest.approx(ratio.var(), rel=1e-6)
    for counts, power in ((found.original_counts, first), (found.decoded_counts, second)):
        truth = np.histogram(10 * np.log10(power), found.edges_db)[0]
        assert np.abs(counts - truth).sum() <= 0.001 * power.size  # numbers at an edge, to the last digit
        assert counts.sum() >= 0.998 * power.size - 2
    assert found.edges_db.size <= 257


@pytest.mark.parametrize("side", [1024, 64])
def test_a_rectangle_is_measured_as_numpy_does_whatever_the_parts(files, powers, floor, monkeypatch, side):
    monkeypatch.setattr(inspect, "NETWORK_WINDOW", side)
    found = measure(Window(50, 33, 90, 201), *files)
    assert found.unit is Unit.DIGITAL
    check_region(found, *(power[50:140, 33:234] for power in powers), floor)
    assert found.original.pixels == 90 * 201 - 10 * 31


@pytest.mark.parametrize("side", [1024, 64])
def test_a_polygon_is_measured_where_its_centers_are(files, powers, floor, monkeypatch, side):
    monkeypatch.setattr(inspect, "NETWORK_WINDOW", side)
    triangle = ((20.0, 30.0), (150.0, 30.0), (20.0, 290.0))  # its sides: row 20, column 30, and the slope between
    rows, cols = np.mgrid[:ROWS, :COLS]
    inside = (rows >= 20) & (cols >= 30) & ((rows - 20) / 130 + (cols - 30) / 260 < 1)
    found = measure(triangle, *files)
    check_region(found, *(power[inside] for power in powers), floor)


def test_a_region_is_cut_at_the_border_of_the_scene(files, powers, floor):
    found = measure(Window(-20, 250, 90, 400), *files)
    check_region(found, *(power[:70, 250:] for power in powers), floor)
    found = measure(((-50.0, 200.0), (-50.0, 999.0), (100.0, 999.0), (100.0, 200.0)), *files)
    check_region(found, *(power[:100, 200:] for power in powers), floor)


def test_one_file_alone_is_measured_without_the_other(files, powers):
    window = Window(100, 100, 50, 60)
    both, original, decoded = (measure(window, *paths) for paths in (files, (files[0], None), (None, files[1])))
    assert (original.decoded, original.comparison, original.decoded_counts) == (None, None, None)
    assert (decoded.original, decoded.comparison, decoded.original_counts) == (None, None, None)
    assert original.original == both.original
    assert decoded.decoded == both.decoded
    assert original.original_counts.sum() > 0.99 * 3000


def test_a_trial_reads_what_its_file_would_hold(files, values, write, tmp_path):
    window, trial = Window(50, 33, 90, 201), Trial(quality=60)
    tried, written = measure(window, files[0], None, trial=trial), measure(window, *files)
    assert (tried.original, tried.unit) == (written.original, written.unit)
    assert tried.decoded.pixels == written.decoded.pixels
    assert tried.decoded.mean_db == pytest.approx(written.decoded.mean_db, abs=1 / 32)  # files round gains to 1/16 dB
    assert tried.comparison.ratio_variance == pytest.approx(written.comparison.ratio_variance, rel=0.02)
    found = pixel(120, 200, files[0], None, trial=trial)
    assert found.decoded.number == pytest.approx(pixel(120, 200, *files).decoded.number, abs=1)  # a number's rounding


def test_a_region_without_measurements_has_no_numbers(files):
    found = measure(Window(5, 5, 20, 20), *files)
    assert found.original.pixels == 0
    assert np.isnan([found.original.looks, found.decoded.mean_db, found.comparison.bias_db]).all()
    assert found.edges_db.size == found.original_counts.size == 0


@pytest.mark.parametrize("region", [Window(ROWS, 0, 5, 5), Window(5, 5, 0, 9), ((500.0, 500.0), (600.0, 500.0)), ()])
def test_a_region_outside_of_the_scene_is_refused(files, region):
    with pytest.raises(RequestError, match="no pixel inside"):
        measure(region, *files)


def test_a_large_region_is_read_in_parts_of_a_megapixel(write, monkeypatch, tmp_path):
    values = np.random.default_rng(0).integers(1, 1000, (2100, 2300)).astype(np.uint16)
    read = []
    powers = Pictures.powers
    monkeypatch.setattr(Pictures, "powers", lambda self, window: read.append(window) or powers(self, window))
    found = measure(Window(0, 0, 2100, 2300), write(tmp_path / "scene.tif", values), None)
    assert max(window.rows * window.cols for window in read) <= 1 << 20
    assert sum(window.rows * window.cols for window in read) == found.original.pixels == values.size
    power = values.astype(float) ** 2
    assert found.original.looks == pytest.approx(power.mean() ** 2 / power.var(), rel=1e-9)


def test_the_sample_scene_is_what_numpy_says():
    with rasterio.open(SAMPLE) as dataset:
        values = dataset.read(1).astype(float)
        valid = dataset.read_masks(1) != 0
    found = measure(Window(200, 100, 300, 400), SAMPLE, None)
    power = values[200:500, 100:500][valid[200:500, 100:500]] ** 2
    assert found.unit is Unit.DIGITAL
    assert found.original.pixels == power.size
    assert found.original.mean_db == pytest.approx(10 * np.log10(power.mean()))
    assert found.original.looks == pytest.approx(power.mean() ** 2 / power.var())
    line = along((200, 100), (200, 499), SAMPLE, None)
    with np.errstate(divide="ignore"):
        truth = np.where(valid[200, 100:500], 20 * np.log10(values[200, 100:500]), np.nan)
    np.testing.assert_allclose(line.original_db, truth, rtol=1e-6)


@pytest.mark.parametrize(
    ("start", "end"), [((70.2, 280.4), (150.4, 3.3)), ((202.4, 0.0), (-0.5, 300.4)), ((9, 9), (9, 9))]
)
def test_a_line_takes_the_pixel_that_each_sample_lies_in(files, powers, start, end, monkeypatch):
    monkeypatch.setattr(inspect, "SEGMENT", 50)
    found = along(start, end, *files)
    count = int(np.ceil(np.hypot(end[0] - start[0], end[1] - start[1]))) + 1
    assert (found.averaged, found.rows.size) == (1, count)
    for number in range(count):
        share = number / max(count - 1, 1)
        row, col = (first + share * (last - first) for first, last in zip(start, end, strict=True))
        assert (found.rows[number], found.cols[number]) == pytest.approx((row, col))
        assert found.distance_px[number] == pytest.approx(share * np.hypot(end[0] - start[0], end[1] - start[1]))
        at = min(int(np.floor(found.rows[number] + 0.5)), ROWS - 1), int(np.floor(found.cols[number] + 0.5))
        for seen, power in zip((found.original_db, found.decoded_db), powers, strict=True):
            assert seen[number] == pytest.approx(10 * np.log10(power[at]), rel=1e-6, nan_ok=True)


def test_a_long_line_is_thinned_by_averaging_power(write, tmp_path):
    values = np.random.default_rng(1).integers(1, 1000, (3, 10_001)).astype(np.uint16)
    found = along((1, 0), (1, 10_000), write(tmp_path / "long.tif", values), None)
    assert (found.averaged, found.rows.size) == (3, 3334)
    power = values[1].astype(float) ** 2
    truth = [10 * np.log10(power[first : first + 3].mean()) for first in range(0, 10_001, 3)]
    np.testing.assert_allclose(found.original_db, truth, rtol=1e-9)
    np.testing.assert_allclose(found.cols[:-1], 1 + 3 * np.arange(3333))
    assert found.cols[-1] == found.distance_px[-1] == pytest.approx(9999.5)


@pytest.mark.parametrize("ends", [((-1, 0), (5, 5)), ((5, 5), (5, COLS)), ((float("nan"), 5), (5, 5))])
def test_a_line_that_leaves_the_scene_is_refused(files, ends):
    with pytest.raises(RequestError, match="has no row"):
        along(*ends, *files)


def test_a_pixel_has_its_numbers_decibels_and_error(files, values, powers):
    found = pixel(120, 200, *files)
    assert (found.row, found.col, found.unit) == (120, 200, Unit.DIGITAL)
    assert found.original.number == values[120, 200]
    assert found.decoded.number == np.sqrt(powers[1][120, 200])
    assert found.original.db == pytest.approx(20 * np.log10(values[120, 200]))
    assert found.error_db == pytest.approx(20 * np.log10(found.decoded.number / found.original.number))
    assert found.original.sigma0_db is found.decoded.sigma0_db is None
    assert found.longitude is found.latitude is None


def test_a_void_pixel_keeps_its_number_and_has_no_decibels(files):
    found = pixel(3, 3, *files)
    assert found.original.number == found.decoded.number == 0
    assert np.isnan([found.original.db, found.decoded.db, found.error_db]).all()


def test_a_pixel_of_one_file_has_no_error(files):
    assert pixel(120, 200, files[0], None).error_db is pixel(120, 200, files[0], None).decoded is None
    assert pixel(120, 200, None, files[1]).original is None


@pytest.mark.parametrize("place", [(-1, 0), (0, COLS), (ROWS, 0)])
def test_a_pixel_outside_of_the_scene_is_refused(files, place):
    with pytest.raises(RequestError, match="has no row"):
        pixel(*place, *files)


def test_a_product_is_measured_as_sigma_nought_at_its_place(make_safe, pack, tmp_path):
    product = make_safe(tmp_path)
    paths = product, pack(product, tmp_path / "scene.sarz").target
    text = next(product.glob("annotation/calibration/calibration-*-vv-*.xml")).read_text()
    lines, pixels, tables = (
        [np.array(found.split(), float) for found in re.findall(rf"<{tag}[^>]*>([^<]*)<", text)]
        for tag in ("line", "pixel", "sigmaNought")
    )
    row, col = int(lines[1][0]), int(pixels[1][2])  # where the table needs no interpolation
    found = pixel(row, col, *paths)
    tried = pixel(row, col, product, None, trial=Trial(quality=60))
    assert tried.decoded.sigma0_db == pytest.approx(found.decoded.sigma0_db, abs=0.1)  # a number's rounding
    for values in (found.original, found.decoded):
        assert values.sigma0_db == pytest.approx(20 * np.log10(values.number / tables[1][2]))
    assert found.unit is Unit.DIGITAL
    assert found.longitude == pytest.approx(15.3 - 1.2e-4 * col - 2e-5 * row, abs=1e-7)
    assert found.latitude == pytest.approx(42.4 - 9e-5 * row + 2e-5 * col, abs=1e-7)
    elsewhere = make_safe(tmp_path / "without points", points=False)
    placed = pixel(row, col, elsewhere, None)
    assert (placed.longitude, placed.latitude) == pytest.approx((found.longitude, found.latitude), abs=1e-9)
    line, region = along((row, col), (row, col), *paths), measure(Window(row, col, 1, 1), *paths)
    assert line.unit is region.unit is Unit.SIGMA0
    assert line.original_db[0] == region.original.mean_db == pytest.approx(found.original.sigma0_db)
    assert line.decoded_db[0] == region.decoded.mean_db == pytest.approx(found.decoded.sigma0_db)


def test_jobs_stop_when_asked_and_say_how_far_they_are(files):
    cancel, seen = Event(), []
    cancel.set()
    pair = Pair(*files, device="cpu")
    jobs = [
        (inspect_region, InspectRegion(pair, Window(0, 0, ROWS, COLS))),
        (profile, Profile(pair, (0, 0), (200, 300))),
    ]
    for job, request in jobs:
        with pytest.raises(JobCancelled):
            run(job, request, cancel=cancel)
        run(job, request, seen.append)
        assert seen[-1].done == seen[-1].total > 0
