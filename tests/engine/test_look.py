"""Tests of sargui.engine.look: pictures are mean power in dB, in place, and their difference is the error."""

from threading import Event

import numpy as np
import pytest

from sargui.core.errors import MismatchError
from sargui.core.types import Kind, Window
from sargui.engine import picture as picture_module
from sargui.engine import scene
from sargui.engine.bench import Bench
from sargui.engine.look import look
from sargui.engine.requests import Look
from sargui.engine.tile_store import TileStore

ROWS, COLS = 203, 301


def picture(original, compressed, **options):
    with Bench() as bench:
        return look(Look(original, compressed, device="cpu", **options), lambda progress: None, Event(), bench)


@pytest.fixture(scope="module")
def values(power_of):
    values = np.rint(np.sqrt(power_of(ROWS, COLS))).astype(np.uint16)
    values[:60, :64] = 0
    return values


@pytest.fixture(scope="module")
def files(values, pack, write, tmp_path_factory):
    folder = tmp_path_factory.mktemp("look")
    source = write(folder / "scene.tif", values, nodata=0)
    return source, pack(source, folder / "scene.sarz", 60).target


def mean_db(values, step):
    """Mean power of blocks in dB by loops; NaN where all is 0."""
    rows, cols = -(-values.shape[0] // step), -(-values.shape[1] // step)
    result = np.full((rows, cols), np.nan)
    for row in range(rows):
        for col in range(cols):
            block = values[row * step : (row + 1) * step, col * step : (col + 1) * step].astype(float)
            if block.any():
                result[row, col] = 10 * np.log10(np.mean(block[block > 0] ** 2))
    return result


@pytest.mark.parametrize(("max_side", "step"), [(2048, 1), (301, 1), (151, 2), (80, 4)])
def test_an_original_is_shown_as_mean_power_and_nothing_where_nothing_was_measured(files, values, max_side, step):
    seen = picture(files[0], None, max_side=max_side)
    assert (seen.step, seen.window) == (step, Window(0, 0, ROWS, COLS))
    assert (seen.decoded_db, seen.error_db, seen.rmse_db) == (None, None, None)
    np.testing.assert_allclose(seen.original_db, mean_db(values, step), atol=1e-3)


def test_a_window_is_cut_out_where_it_lies(files, values):
    window = Window(50, 33, 90, 101)
    seen = picture(files[0], None, window=window, max_side=51)
    assert (seen.step, seen.window) == (2, window)
    np.testing.assert_allclose(seen.original_db, mean_db(values[50:140, 33:134], 2), atol=1e-3)


def test_the_decoded_picture_is_that_of_the_decompressed_raster(files, values, unpack, read, tmp_path):
    unpack(files[1], tmp_path / "back.tif")
    back, before = (np.square(pixels.astype(float)) for pixels in (read(tmp_path / "back.tif")[0], values))
    floor = 0.1 * np.quantile(before[before > 0], 0.02)  # both are shown as power + floor, as errors are measured
    place, window = np.s_[100:150, 100:160], Window(100, 100, 50, 60)
    alone = picture(None, files[1], window=window)
    assert (alone.original_db, alone.error_db) == (None, None)
    np.testing.assert_allclose(alone.decoded_db, 10 * np.log10(back[place] + floor), atol=2e-3)
    both = picture(*files, window=window)
    np.testing.assert_allclose(both.decoded_db, alone.decoded_db)
    error = 10 * np.log10((back[place] + floor) / (before[place] + floor))
    np.testing.assert_allclose(both.error_db, error, atol=2e-3)


@pytest.mark.parametrize("max_side", [301, 100])
def test_the_error_is_decoded_minus_original(files, max_side):
    seen = picture(*files, max_side=max_side)
    np.testing.assert_allclose(seen.error_db, seen.decoded_db - seen.original_db, atol=1e-5)
    np.testing.assert_array_equal(np.isnan(seen.decoded_db), np.isnan(seen.original_db))
    assert abs(np.nanmean(seen.error_db)) < 0.5
    assert 0.05 < np.nanstd(seen.error_db) < 2
    assert seen.rmse_db == pytest.approx(np.sqrt(np.nanmean(seen.error_db.astype(float) ** 2)))


def test_zoomed_far_out_both_pictures_still_agree(files, values):
    seen = picture(*files, max_side=30)
    assert seen.step > 4
    assert seen.original_db.shape == seen.decoded_db.shape == (-(-ROWS // seen.step), -(-COLS // seen.step))
    inner = np.s_[8:, 8:]
    assert np.sqrt(np.mean(seen.error_db[inner] ** 2)) < 1.5
    truth = mean_db(values, seen.step)[inner]
    np.testing.assert_allclose(seen.original_db[inner], truth, atol=1e-3)
    assert np.sqrt(np.mean((seen.decoded_db[inner] - truth) ** 2)) < 1.5


def test_of_many_pixels_that_would_have_to_be_decoded_a_rough_picture_is_the_overview(
    files, values, pack, tmp_path, monkeypatch
):
    monkeypatch.setattr(scene, "OVERVIEW_FROM", 200)
    target = pack(files[0], tmp_path / "with overview.sarz", 60).target
    monkeypatch.setattr(picture_module, "DECODED_AT_ONCE", ROWS * COLS - 1)
    levels = set()
    get = TileStore.get

    def watched(store, keys):
        levels.update(key.level for key in keys)
        return get(store, keys)

    monkeypatch.setattr(TileStore, "get", watched)
    rough = picture(None, target, max_side=151, rough=True)
    assert (rough.rough, rough.floor, levels) == (True, 0.0, {1})
    assert rough.decoded_db.shape == (102, 151)
    coarse = np.repeat(np.repeat(mean_db(values, 16), 8, axis=0), 8, axis=1)[:96, :144]
    assert np.sqrt(np.nanmean((rough.decoded_db[:96, :144] - coarse) ** 2)) < 1.5
    fine = picture(None, target, max_side=151)
    assert (fine.rough, levels) == (False, {0, 1})
    monkeypatch.setattr(picture_module, "DECODED_AT_ONCE", ROWS * COLS)
    assert not picture(None, target, max_side=151, rough=True).rough


def test_the_second_band_is_the_second_band(write, power_of, tmp_path):
    bands = np.stack([power_of(20, 30, 1), power_of(20, 30, 2)]).astype(np.float32)
    seen = picture(write(tmp_path / "two.tif", bands), None, band=1)
    np.testing.assert_allclose(seen.original_db, 10 * np.log10(bands[1]), atol=1e-3)
    assert seen.band == 1


def test_a_scene_compressed_as_decibels_is_looked_at_as_decibels(pack, write, power_of, tmp_path):
    decibels = (10 * np.log10(power_of(60, 70)) - 40).astype(np.float32)
    source = write(tmp_path / "scene.tif", decibels)
    box = pack(source, tmp_path / "scene.sarz", 90, kind=Kind.DB).target
    assert np.sqrt(np.mean(picture(source, box).error_db ** 2)) < 0.6


def test_two_sizes_are_not_one_scene(files, write, power_of, tmp_path):
    other = write(tmp_path / "other.tif", power_of(COLS, ROWS).astype(np.float32))
    with pytest.raises(MismatchError, match="another size"):
        picture(other, files[1])


def test_the_floor_that_was_added_can_be_taken_off_again(files, values):
    seen = picture(*files)
    assert seen.floor > 0
    expected = 20 * np.log10(np.maximum(values, 1).astype(float))
    found = 10 * np.log10(10 ** (seen.original_db.astype(float) / 10) - seen.floor)
    np.testing.assert_allclose(found[values > 0], expected[values > 0], atol=1e-3)
    assert picture(*files, max_side=40).floor == 0  # stored overviews have none
