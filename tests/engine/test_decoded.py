"""Tests of sargui.engine.decoded: any window is a piece of the whole, read from few tiles, and damage stays local."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sargui.codec.power import AROUND
from sargui.container import Reader, TileKey
from sargui.core.errors import CheckpointError, DamagedFileError, NotASarzError
from sargui.core.tiling import TILE, place_in
from sargui.core.types import Void, Window
from sargui.engine.decoded import DecodedSource

ROWS, COLS = 530, 1090  # 2 × 3 tiles
REACH = 48  # pixels: three cells, the farthest that a latent is seen (ARCHITECTURE: synthesis halo)
CLOSE = {"rtol": 0, "atol": 1e-4}  # network units: a thousandth of a decibel


@pytest.fixture(scope="module")
def box(pack, write, power_of, tmp_path_factory):
    """A container of 2 × 3 tiles with a hole in tile (0, 1)."""
    folder = tmp_path_factory.mktemp("decoded")
    power = power_of(ROWS, COLS).astype(np.float32)
    power[200:300, 600:750] = np.nan
    return pack(write(folder / "scene.tif", power), folder / "scene.sarz", 70).target


@pytest.fixture(scope="module")
def source(box):
    with DecodedSource(box, "cpu") as source:
        yield source


@pytest.fixture(scope="module")
def whole(source):
    """The scene as one network window."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sargui.engine.synthesis.NETWORK_WINDOW", 2048)
        return source.read_network(0, Window(0, 0, ROWS, COLS))


@st.composite
def inside(draw):
    row, col = draw(st.integers(0, ROWS - 1)), draw(st.integers(0, COLS - 1))
    return Window(row, col, draw(st.integers(1, min(90, ROWS - row))), draw(st.integers(1, min(200, COLS - col))))


@settings(max_examples=15, deadline=None)
@given(inside())
def test_any_window_is_a_piece_of_the_whole(source, whole, window):
    place = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
    x, void = source.read_network(0, window)
    np.testing.assert_array_equal(void, whole[1][place])
    valid = void == Void.VALID
    np.testing.assert_allclose(x[valid], whole[0][place][valid], **CLOSE)


def test_windows_of_any_size_join_without_a_seam(source, whole, monkeypatch):
    monkeypatch.setattr("sargui.engine.synthesis.NETWORK_WINDOW", TILE)
    x, _ = source.read_network(0, Window(0, 0, ROWS, COLS))
    valid = whole[1] == Void.VALID
    np.testing.assert_allclose(x[valid], whole[0][valid], **CLOSE)


@pytest.mark.parametrize(
    "window",
    [Window(200, 200, 50, 60), Window(0, 0, 20, 20), Window(490, 490, 10, 10), Window(0, 1020, 530, 1)],
)
def test_a_window_reads_only_the_tiles_near_it(box, monkeypatch, window):
    seen = []
    payload = Reader.payload
    monkeypatch.setattr(Reader, "payload", lambda reader, key: seen.append(key) or payload(reader, key))
    with DecodedSource(box, "cpu") as fresh:
        fresh.read(0, window)
        first = list(seen)
        fresh.read(0, window)
    assert seen == first  # a tile that was decoded is at hand
    assert len(set(seen)) == len(seen)

    def tiles(margin):
        rows = range(max(0, window.row - margin), min(ROWS, window.row + window.rows + margin))
        cols = range(max(0, window.col - margin), min(COLS, window.col + window.cols + margin))
        return {TileKey(0, 0, row, col) for row in {r // TILE for r in rows} for col in {c // TILE for c in cols}}

    assert tiles(0) <= set(seen) <= tiles(REACH + 15)  # the halo counts from the border of the window's cells


@pytest.fixture(scope="module")
def broken(box):
    """The same container with one byte of tile (0, 0) flipped."""
    content = bytearray(box.read_bytes())
    with Reader(box) as reader:
        payload = reader.payload(TileKey(0, 0, 0, 0))
    content[content.find(payload) + len(payload) // 2] ^= 4
    path = box.with_name("broken.sarz")
    path.write_bytes(content)
    return path


def test_a_flipped_byte_costs_its_tile_and_three_cells_around_it_and_no_more(broken, box, whole):
    with DecodedSource(broken, "cpu", lenient=True) as lenient:
        x, void = lenient.read_network(0, Window(0, 0, ROWS, COLS))
        assert lenient.damaged == ["tile (0, 0) of band 1"]
        pixels = lenient.read(0, Window(0, 0, ROWS, COLS))
    lost = Void.NODATA + Void.MASKED
    near, nearer = np.s_[: TILE + REACH + AROUND, : TILE + REACH + AROUND], np.s_[: TILE + REACH, : TILE + REACH]
    assert (void[nearer] == lost).all()
    assert (pixels.void[near] == lost).all()
    beyond = np.ones((ROWS, COLS), bool)
    beyond[nearer] = False
    np.testing.assert_array_equal(void[beyond], whole[1][beyond])
    valid = beyond & (void == Void.VALID)
    np.testing.assert_allclose(x[valid], whole[0][valid], **CLOSE)
    with DecodedSource(box, "cpu") as sound:
        expected = sound.read(0, Window(0, 0, ROWS, COLS))
    beyond[near] = False
    np.testing.assert_array_equal(pixels.values[beyond], expected.values[beyond])
    np.testing.assert_array_equal(pixels.void[beyond], expected.void[beyond])


def test_a_window_near_a_lost_tile_is_as_void_as_in_the_whole(broken):
    whole_scene, beside = Window(0, 0, ROWS, COLS), Window(400, TILE + 30, 70, 80)
    with DecodedSource(broken, "cpu", lenient=True) as lenient:
        found = lenient.read(0, beside)
        expected = lenient.read(0, whole_scene).void[place_in(beside, whole_scene)]
    assert 0 < (found.void == Void.VALID).mean() < 1
    np.testing.assert_array_equal(found.void, expected)


def test_a_flipped_byte_stops_a_strict_reader_with_the_name_of_the_tile(broken):
    with DecodedSource(broken, "cpu") as strict, pytest.raises(DamagedFileError, match=r"tile \(0, 0\) of band 1"):
        strict.read(0, Window(0, 0, 10, 10))


def test_a_strict_reader_still_reads_what_is_whole(broken, whole):
    with DecodedSource(broken, "cpu") as strict:
        with pytest.raises(DamagedFileError):
            strict.read(0, Window(0, 0, 10, 10))
        x, _ = strict.read_network(0, Window(10, 1050, 30, 40))
    np.testing.assert_allclose(x, whole[0][10:40, 1050:1090], **CLOSE)


def test_a_preview_is_no_larger_than_asked_and_has_the_scenes_shape(source):
    for side in (1090, 200, 64, 1):
        rows, cols = source.preview(0, side).shape
        assert max(rows, cols) <= side
        assert rows == pytest.approx(cols * ROWS / COLS, abs=1)


@pytest.mark.parametrize("max_side", [256, 132, 70])
def test_the_preview_of_a_large_scene_is_its_mean_power(pack, write, power_of, tmp_path, max_side):
    power = power_of(2100, 80).astype(np.float32)
    with DecodedSource(pack(write(tmp_path / "s.tif", power), tmp_path / "s.sarz", 95).target, "cpu") as source:
        assert 1 in source.reader.levels
        seen = source.preview(0, max_side)
    assert max(seen.shape) <= max_side
    step = 16 if max_side >= 132 else 32
    full = power[: 2100 // step * step, : 80 // step * step].astype(float)
    blocks = full.reshape(len(full) // step, step, -1, step).mean(axis=(1, 3))
    error = seen[: blocks.shape[0], : blocks.shape[1]] - 10 * np.log10(blocks)
    assert np.sqrt(np.mean(error**2)) < 0.5


def test_what_is_not_a_container_is_said_so(tmp_path):
    (tmp_path / "x.sarz").write_text("hello")
    with pytest.raises(NotASarzError, match=r"x\.sarz"):
        DecodedSource(tmp_path / "x.sarz", "cpu")


def test_a_container_of_another_checkpoint_names_it(box, monkeypatch):
    monkeypatch.setattr("sargui.core.catalogue.model_folders", list)
    with pytest.raises(CheckpointError, match="tiny"):
        DecodedSource(box, "cpu")
