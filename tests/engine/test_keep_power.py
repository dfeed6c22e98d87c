"""Mean power is kept: by a file as by a look at a trial, in every part of a scene; and it can be left as it comes."""

from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.container import Reader
from sargui.core.errors import DamagedFileError
from sargui.core.tiling import windows
from sargui.core.types import Window
from sargui.engine.bench import Bench
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import NETWORK_WINDOW
from sargui.engine.plane_decoder import PlaneDecoder
from sargui.engine.requests import Trial
from sargui.engine.stages import Clock

ROWS, COLS = 1300, 1100  # 2 × 2 network windows, cells cut at two borders
QUALITY = 25


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    power = power_of(ROWS, COLS).astype(np.float32)
    power[400:900, 200:330] = 0
    return write(tmp_path_factory.mktemp("power") / "scene.tif", np.stack([power, 0.01 * power[::-1]]), nodata=0)


@pytest.fixture(scope="module")
def files(scene, pack):
    return {keep: pack(scene, scene.with_name(f"{keep}.sarz"), QUALITY, keep_power=keep) for keep in (True, False)}


def cell_bias_db(before, after):
    """Return the bias of mean power of the cells of 64 × 64 pixels that are whole and valid."""
    rows, cols = (side // 64 * 64 for side in before.shape)
    blocks = [x[:rows, :cols].reshape(rows // 64, 64, -1, 64) for x in (before.astype(float), after.astype(float))]
    whole = (blocks[0] > 0).all(axis=(1, 3))
    sums = [block.sum(axis=(1, 3))[whole] for block in blocks]
    return 10 * np.log10(sums[1] / sums[0])


@pytest.mark.parametrize("band", [0, 1])
def test_mean_power_comes_back_in_every_part_of_the_scene(scene, files, read, unpack, tmp_path, band):
    before, after = read(scene)[band], {}
    for keep, result in files.items():
        unpack(result.target, tmp_path / f"{keep}.tif")
        after[keep] = read(tmp_path / f"{keep}.tif")[band]
    assert np.quantile(np.abs(cell_bias_db(before, after[False])), 0.5) > 0.2  # or the test would prove nothing
    assert np.quantile(np.abs(cell_bias_db(before, after[True])), 0.95) < 0.1
    assert abs(10 * np.log10(after[True].sum(dtype=float) / before.sum(dtype=float))) < 0.02


def test_the_error_that_a_file_states_is_that_of_all_its_pixels(scene, files, read, unpack, tmp_path):
    before = read(scene).astype(float)
    for keep, result in files.items():
        unpack(result.target, tmp_path / f"{keep}.tif")
        after = read(tmp_path / f"{keep}.tif").astype(float)
        with Reader(result.target) as reader:
            floors = np.array([band.radiometry.floor for band in reader.header.bands])[:, None, None]
        error_db = 10 * np.log10((after + floors) / (before + floors))[before > 0]
        assert result.error.rmse_db == pytest.approx(np.sqrt(np.mean(error_db**2)), rel=0.003 if keep else 0.02)
        assert result.error.pixels == (before > 0).sum() or not keep


def test_it_costs_a_few_bits_for_each_cell(files):
    kept, plain = files[True], files[False]
    with Reader(kept.target) as reader, Reader(plain.target) as other:
        parts = reader.sizes()
        assert parts["correction"] < 2 * 21 * 18 * 4 / 8
        assert parts["tiles"] == other.sizes()["tiles"]
        assert kept.pixel_bytes == parts["pixels"] == other.sizes()["pixels"] + parts["correction"]
        assert not other.correction()


def test_windows_are_corrected_as_in_the_whole(files):
    with DecodedSource(files[True].target, "cpu") as source:
        whole = source.read(0, Window(0, 0, ROWS, COLS)).values
        for window in (Window(100, 700, 70, 90), Window(1000, 1000, 100, 100), Window(1299, 0, 1, 300)):
            place = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
            np.testing.assert_allclose(source.read(0, window).values, whole[place], rtol=1e-3)


def test_what_is_decoded_on_the_way_is_what_a_reader_decodes(scene, files):
    with Bench() as bench:
        live = bench.live(scene, None, Trial(quality=QUALITY), "cpu", Event())
        decoder = PlaneDecoder(live.codec, live.scene.planes[0], 2, 0, 100 * QUALITY, Clock())
        most = 0
        for window in windows(ROWS, COLS, NETWORK_WINDOW):
            key = 0, window.row // NETWORK_WINDOW, window.col // NETWORK_WINDOW
            decoder.add(live._coded.get(key, Event()))
            most = max(most, len(decoder._tiles))
    with Reader(files[True].target) as reader:
        gains = reader.correction()[0]
    assert np.abs(decoder.powers.gains_db() - gains).max() < 1 / 32 + 1e-3
    assert most < 9  # of the 9 tiles of the scene never all


def test_without_its_correction_a_damaged_file_is_still_read(files, unpack, tmp_path):
    data = bytearray(files[True].target.read_bytes())
    with Reader(files[True].target) as reader:
        place = reader._layers[4].offset
    data[place] ^= 0xFF
    broken = tmp_path / "broken.sarz"
    broken.write_bytes(data)
    window = Window(0, 0, 64, 64)
    with DecodedSource(broken, "cpu") as source, pytest.raises(DamagedFileError, match="correction layer"):
        source.read(0, window)
    with DecodedSource(broken, "cpu", lenient=True) as source, DecodedSource(files[False].target, "cpu") as plain:
        np.testing.assert_array_equal(source.read(0, window).values, plain.read(0, window).values)
        assert source.reader.damaged_layers() == [4]
    done = unpack(broken, tmp_path / "back.tif", window=window, cog=True)
    assert (done.damaged, done.lacks) == (("correction layer",), ("without the radiometric correction",))
    with rasterio.open(done.target) as dataset:
        assert not {"RMSE_DB", "RMSE_PIXELS"} & dataset.tags(ns="SARGUI").keys()
