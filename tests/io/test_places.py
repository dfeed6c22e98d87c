"""Tests of sargui.io.places against scipy's thin-plate spline, closed formulas and published lengths of a degree."""

import logging
import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.testing import assert_allclose
from rasterio.crs import CRS
from scipy.interpolate import RBFInterpolator

from sargui.core.types import Georeference, GroundControlPoint, ProductInfo
from sargui.io import open_product
from sargui.io.places import place_of

SHARED = Path(__file__).parents[3] / "shared" / "data"
METERS_PER_DEGREE = 111_320.0  # of longitude at the equator; enough for errors
DESCENDING = np.array([[-2e-5, -1.2e-4], [-9e-5, 2e-5]])  # degrees a row and a column: a quarter of a product's turn


def wkt(code):
    return CRS.from_epsg(code).wkt


def info(georeference, rows=1000, cols=2000):
    return ProductInfo("scene.tif", rows, cols, (), georeference)


def by_affine(code, *coefficients, **size):
    return place_of(info(Georeference(wkt(code), coefficients), **size))


def by_points(points, code=4326, **size):
    gcps = tuple(GroundControlPoint(row, col, x, y) for row, col, x, y in points)
    return place_of(info(Georeference(gcps=gcps, gcps_crs_wkt=wkt(code)), **size))


def orbit_like(longitude=15.0, latitude=42.0):
    """Return 10 × 21 points over 16,705 × 26,102 pixels, bent as by range geometry: (row, col, longitude, latitude)."""
    row, col = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 16704, 10), np.linspace(0, 26101, 21)))
    bend = 0.02 * (col / 26102) ** 2 + 0.004 * np.sin(row / 6000) * (1 + np.cos(col / 9000))
    east, north = DESCENDING @ np.stack([row, col]) + [bend, -bend / 2]
    return np.stack([row + 0.5, col + 0.5, (longitude + east + 180) % 360 - 180, latitude + north], axis=1)


def meters_apart(first, second):
    """Return how far places (longitude, latitude) are apart, on a sphere, for short ways."""
    east = (np.asarray(first[0]) - second[0] + 180) % 360 - 180
    return np.hypot(east * np.cos(np.radians(second[1])), np.asarray(first[1]) - second[1]) * METERS_PER_DEGREE


def test_a_geographic_affine_is_its_own_answer_at_the_centers_of_pixels():
    with by_affine(4326, 0.001, 0.0, 10.0, 0.0, -0.002, 50.0) as place:
        assert_allclose(place.lonlat([0, 10], [0, 20]), [[10.0005, 10.0205], [49.999, 49.979]], rtol=1e-14)
        assert_allclose(place.rowcol(*place.lonlat(7.25, 3.5)), [7.25, 3.5], atol=1e-8)


def test_rows_and_columns_are_broadcast_and_keep_their_shape():
    with by_affine(4326, 0.001, 0.0, 10.0, 0.0, -0.002, 50.0) as place:
        longitude, latitude = place.lonlat(np.arange(3)[:, None], np.arange(4))
        assert longitude.shape == latitude.shape == (3, 4)
        assert_allclose(longitude[2], 10.0005 + 0.001 * np.arange(4))
        assert place.lonlat(1, 2)[0].shape == place.rowcol(10, 50)[0].shape == ()


def test_a_rotated_affine_turns():
    angle = np.radians(30)
    turn = 1e-4 * np.array([[np.cos(angle), np.sin(angle)], [np.sin(angle), -np.cos(angle)]])
    (a, b), (d, e) = turn
    with by_affine(4326, a, b, 10.0, d, e, 50.0) as place:
        row, col = np.array([0.0, 5, 999]), np.array([3.0, 0, 1999])
        truth = turn @ np.stack([col + 0.5, row + 0.5]) + [[10.0], [50.0]]
        assert_allclose(place.lonlat(row, col), truth, rtol=1e-13)
        assert_allclose(place.rowcol(*truth), [row, col], atol=1e-7)


def test_the_central_meridian_of_utm_and_its_scale_are_where_they_are_defined():
    with by_affine(32633, 10.0, 0.0, 500_000.0 - 10_005.0, 0.0, -10.0, 5_005.0, rows=1001, cols=2001) as place:
        longitude, latitude = place.lonlat(500, 1000)  # false easting 500 km, northing 0
        assert (longitude, latitude) == pytest.approx((15.0, 0.0), abs=1e-9)
        assert place.meters_per_pixel == pytest.approx((10 / 0.9996, 10 / 0.9996), rel=1e-6)


def test_polar_stereographic_is_true_at_its_standard_parallel():
    """EPSG 3413: true at 70° north, 45° west straight down; distance of that parallel by Snyder (1987), eq. 21-33."""
    e = np.sqrt(0.00669437999014)
    down = 6378137 * np.cos(np.radians(70)) / np.sqrt(1 - (e * np.sin(np.radians(70))) ** 2)
    with by_affine(3413, 20.0, 0.0, 0.0, 0.0, -40.0, -down, rows=1, cols=1) as place:
        assert place.lonlat(-0.5, -0.5) == (pytest.approx(-45.0), pytest.approx(70.0, abs=1e-8))
        assert place.meters_per_pixel == pytest.approx((40.0, 20.0), rel=1e-5)


def test_the_pole_itself_has_a_scale():
    with by_affine(3413, 30.0, 0.0, -15_015.0, 0.0, -30.0, 15_015.0, rows=1001, cols=1001) as place:
        assert place.lonlat(500, 500)[1] == pytest.approx(90.0)
        assert place.meters_per_pixel == pytest.approx((30 / 0.96986, 30 / 0.96986), rel=1e-3)  # eq. 21-35 at 90°


@pytest.mark.parametrize(
    ("latitude", "north_m", "east_m"),
    [(0, 110_574.3, 111_319.5), (45, 111_131.8, 78_846.8), (60, 111_412.3, 55_800.0)],
)
def test_a_degree_is_as_long_as_tables_say(latitude, north_m, east_m):
    with by_affine(4326, 1e-3, 0.0, 20.0 - 5e-4, 0.0, -1e-3, latitude + 5e-4, rows=1, cols=1) as place:
        down, across = place.meters_per_pixel
        assert (down * 1000, across * 1000) == pytest.approx((north_m, east_m), abs=15)


def test_a_scene_across_the_antimeridian_is_one_piece():
    with by_affine(4326, 0.01, 0.0, 179.0, 0.0, -0.01, 1.0, rows=200, cols=200) as place:
        assert_allclose(place.lonlat([50, 50], [0, 199])[0], [179.005, -179.005])
        assert_allclose(place.rowcol([179.005, -179.005], [0.495, 0.495]), [[50, 50], [0, 199]], atol=1e-6)
        assert place.meters_per_pixel[1] == pytest.approx(1113.2, rel=1e-4)


def test_points_across_the_antimeridian_are_one_piece():
    points = orbit_like(longitude=-178.5)
    assert points[:, 2].min() < -179 < 179 < points[:, 2].max()
    size = {"rows": 16705, "cols": 26102}
    here, there = by_points(orbit_like(longitude=-100), **size), by_points(points, **size)
    with here, there:
        rng = np.random.default_rng(1)
        row, col = rng.uniform(0, 16704, 200), rng.uniform(0, 26101, 200)
        longitude, latitude = here.lonlat(row, col)
        shifted = (longitude - 78.5 + 180) % 360 - 180
        assert meters_apart(there.lonlat(row, col), (shifted, latitude)).max() < 1e-3
        assert_allclose(there.rowcol(*there.lonlat(row, col)), [row, col], atol=0.1)
        assert there.meters_per_pixel == pytest.approx(here.meters_per_pixel, rel=1e-6)


def test_the_spline_is_that_of_scipy_and_passes_through_its_points():
    compare_with_scipy(orbit_like(), (16705, 26102))


def test_the_spline_finds_points_that_it_has_not_seen():
    points = orbit_like()
    errors = leave_one_out(points, (16705, 26102))
    assert 0 < errors[inside(points)].max() < 10  # of a bend of 1700 m across the scene


def compare_with_scipy(points, shape):
    rows, cols = shape
    rng = np.random.default_rng(1)
    at = np.stack([rng.uniform(0, rows - 1, 300), rng.uniform(0, cols - 1, 300)], axis=1)
    spline = RBFInterpolator(points[:, 2:], points[:, :2], kernel="thin_plate_spline")  # from the ground, as GDAL's
    with by_points(points, rows=rows, cols=cols) as place:
        through = place.lonlat(points[:, 0] - 0.5, points[:, 1] - 0.5)
        assert meters_apart(through, points[:, 2:].T).max() < 0.01
        ground = np.stack(place.lonlat(*at.T), axis=1)
        assert_allclose(spline(ground) - 0.5, at, atol=1e-4)
        assert_allclose(place.rowcol(*ground.T), at.T, atol=1e-4)


def leave_one_out(points, shape):
    """Return the errors in meters at points that the spline was not given."""
    errors = []
    for number, (row, col, *truth) in enumerate(points):
        with by_points(np.delete(points, number, axis=0), rows=shape[0], cols=shape[1]) as place:
            errors.append(float(meters_apart(place.lonlat(row - 0.5, col - 0.5), truth)))
    return np.array(errors)


def inside(points):
    """Return which points do not lie on the border of the grid."""
    return np.all([(axis > axis.min()) & (axis < axis.max()) for axis in points[:, :2].T], axis=0)


def test_the_points_of_a_real_sentinel_1_product_are_met_and_missed_only_by_unknown_terrain():
    """Left out, a point in the mountains is missed by up to 700 m: by the height that its neighbors do not tell of.

    In ground range terrain of height h is displaced by h / tan(incidence): Oliver and Quegan (2004), chapter 2.
    """
    annotations = sorted(SHARED.glob("safe/*.SAFE/annotation/s1*.xml")) if SHARED.is_dir() else []
    if not annotations:
        pytest.skip("needs the real Sentinel-1 annotation of ../shared/data/safe")
    text = annotations[0].read_text().split("<geolocationGridPointList")[1]
    tags = ("line", "pixel", "longitude", "latitude", "height", "incidenceAngle")
    line, pixel, longitude, latitude, height, incidence = (
        np.array(re.findall(rf"<{tag}>([^<]+)</{tag}>", text), float) for tag in tags
    )
    points = np.stack([line + 0.5, pixel + 0.5, longitude, latitude], axis=1)
    assert points.shape == (210, 4)
    compare_with_scipy(points, (16705, 26102))
    unknown = [
        RBFInterpolator(*(np.delete(values, at, axis=0) for values in (points[:, 2:], height)))(points[at : at + 1, 2:])
        for at in range(210)
    ]
    displaced = np.abs(np.ravel(unknown) - height) / np.tan(np.radians(incidence))
    errors = leave_one_out(points, (16705, 26102))
    assert np.median(np.abs(errors - displaced)) < 10
    assert np.abs(errors - displaced)[inside(points)].max() < 40
    with by_points(points, rows=16705, cols=26102) as place:
        assert place.meters_per_pixel == pytest.approx((10, 10), rel=0.02)  # the product's pixel spacing


def test_a_pixel_takes_less_than_a_millisecond():
    with by_points(orbit_like(), rows=16705, cols=26102) as place:
        place.lonlat(0, 0)
        seconds = []
        for number in range(100):
            start = time.perf_counter()
            place.lonlat(number, number)
            seconds.append(time.perf_counter() - start)
    assert np.median(seconds) < 1e-3


def test_a_spline_goes_through_a_part_of_very_many_points():
    row, col = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 999, 80), np.linspace(0, 1999, 90)))
    points = np.stack([row + 0.5, col + 0.5, 15 + 1e-4 * col, 42 - 9e-5 * row], axis=1)
    with by_points(points) as place:
        assert_allclose(place.lonlat([0, 700], [0, 1200]), [[15, 15.12], [42, 41.937]], atol=1e-6)


def test_a_place_found_in_one_thread_can_be_used_in_another():
    with ThreadPoolExecutor(1) as thread:
        place = thread.submit(by_points, orbit_like()).result()
        there = thread.submit(place.lonlat, [3, 70], [5, 9]).result()
    with place:
        np.testing.assert_array_equal(place.lonlat([3, 70], [5, 9]), there)


def test_a_safe_product_lies_where_its_annotation_says(make_safe, tmp_path):
    with open_product(make_safe(tmp_path)) as source, place_of(source.info) as place:
        assert_allclose(place.lonlat([0, 199], [0, 299]), [[15.3, 15.26014], [42.4, 42.38807]], atol=1e-8)


def test_points_in_a_projected_crs_are_projected():
    utm = [(row + 0.5, col + 0.5, 400_000 + 10 * col + row, 4_500_000 - 10 * row) for row in (0, 99) for col in (0, 99)]
    with by_points(utm, 32633) as place, by_affine(32633, 10, 1, 399_994.5, 0, -10, 4_500_005) as same:
        assert_allclose(place.lonlat([3, 50], [70, 20]), same.lonlat([3, 50], [70, 20]), rtol=1e-10)


@pytest.mark.parametrize(
    "georeference",
    [
        Georeference(),
        Georeference(affine=(1.0, 0.0, 0.0, 0.0, -1.0, 0.0)),
        Georeference(crs_wkt=wkt(4326)),
        Georeference(gcps=(GroundControlPoint(0, 0, 0, 0),) * 4),
    ],
)
def test_without_a_georeference_there_is_no_place(georeference, caplog):
    assert place_of(info(georeference)) is None
    assert caplog.records == []


LINE = tuple(GroundControlPoint(at, 2 * at, 10 + at / 100, 50) for at in range(5))
LOCAL = 'LOCAL_CS["plan of a town",UNIT["metre",1]]'


@pytest.mark.parametrize(
    "georeference",
    [
        Georeference("no coordinate system", (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)),
        Georeference(LOCAL, (1.0, 0.0, 0.0, 0.0, -1.0, 0.0)),
        Georeference(wkt(4326), (1.0, 1.0, 0.0, 1.0, 1.0, 0.0)),
        Georeference(wkt(32633), (1e9, 0.0, 1e12, 0.0, -1e9, 1e12)),
        Georeference(gcps=LINE, gcps_crs_wkt=wkt(4326)),
        Georeference(gcps=LINE[:1], gcps_crs_wkt=wkt(4326)),
        Georeference(gcps=(*LINE, GroundControlPoint(0, 9, float("nan"), 3)), gcps_crs_wkt=wkt(4326)),
    ],
)
def test_what_gdal_can_make_nothing_of_is_no_place_and_is_logged(georeference, caplog, capfd):
    with caplog.at_level(logging.WARNING, "sargui"):
        assert place_of(info(georeference)) is None
    assert sum(record.name == "sargui.io.places" for record in caplog.records) == 1
    assert "scene.tif has no place" in caplog.text
    assert capfd.readouterr() == ("", "")


def test_a_pixel_off_the_map_is_nan_and_its_neighbors_are_not(capfd):
    with by_affine(32633, 1e6, 0.0, 0.0, 0.0, -1e6, 1e6, rows=2, cols=2) as place:
        longitude, latitude = place.lonlat([0, 0, 0], [0, 900_000, 0])
        np.testing.assert_array_equal(np.isnan(longitude), [False, True, False])
        np.testing.assert_array_equal(np.isnan(latitude), [False, True, False])
    assert capfd.readouterr() == ("", "")


def test_a_closed_place_answers_no_more_and_may_be_closed_again():
    place = by_points(orbit_like())
    place.close()
    place.close()
    with pytest.raises(ValueError, match="transformer"):
        place.lonlat(0, 0)


def test_gdal_at_large_agrees_on_a_written_raster(make_raster, plainly):
    path = make_raster(
        np.zeros((50, 60), np.float32), crs="EPSG:32633", transform=rasterio.Affine(10, 2, 5e5, 1, -12, 5e6)
    )
    with open_product(path) as source, place_of(source.info) as place, plainly(path) as dataset:
        x, y = dataset.xy([0, 20], [7, 59])
        truth = rasterio.warp.transform(dataset.crs, "EPSG:4326", x, y)
        assert_allclose(place.lonlat([0, 20], [7, 59]), truth, rtol=1e-13)
