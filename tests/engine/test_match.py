"""Tests of sargui.engine.match: an original is known by what its container says of it."""

from threading import Event

import numpy as np
import pytest
from rasterio.transform import from_origin

from sargui.core.errors import InputError, MismatchError
from sargui.engine.match import match
from sargui.engine.views import Match

PLACE = {"crs": "EPSG:32633", "transform": from_origin(5e5, 5e6, 10, 10)}


def check(original, compressed):
    return match(Match(original, compressed), lambda progress: None, Event())


@pytest.fixture(scope="module")
def power(power_of):
    return power_of(40, 60).astype(np.float32)


@pytest.fixture(scope="module")
def box(pack, write, power, tmp_path_factory):
    folder = tmp_path_factory.mktemp("match")
    return pack(write(folder / "scene.tif", power, nodata=0.0, **PLACE), folder / "scene.sarz", 60).target


def test_the_original_itself_differs_in_nothing(box):
    assert check(box.with_name("scene.tif"), box) == ()


def test_other_tags_and_another_name_are_no_doubt(box, write, power, tmp_path):
    assert check(write(tmp_path / "copy.tif", power, {"NOTE": "mine"}, nodata=0.0, **PLACE), box) == ()


@pytest.mark.parametrize(
    ("changed", "differing"),
    [
        ({"nodata": -1.0}, ("nodata",)),
        ({"crs": "EPSG:32632"}, ("CRS",)),
        ({"transform": from_origin(5e5, 5e6, 20, 20)}, ("affine",)),
        ({"dtype": "float64", "nodata": None}, ("type", "nodata")),
    ],
)
def test_what_a_raster_says_otherwise_is_named(box, write, power, tmp_path, changed, differing):
    options = {"nodata": 0.0, **PLACE, **changed}
    assert (
        check(write(tmp_path / "other.tif", power.astype(options.get("dtype", "float32")), **options), box) == differing
    )


@pytest.mark.parametrize("shape", [(40, 61), (2, 40, 60)])
def test_another_size_or_number_of_bands_is_refused(box, write, tmp_path, shape):
    with pytest.raises(MismatchError, match=r"other\.tif is not the original of scene\.sarz: it has 40 × 6"):
        check(write(tmp_path / "other.tif", np.ones(shape, np.float32)), box)


def test_a_container_is_no_original(box):
    with pytest.raises(InputError):
        check(box, box)
