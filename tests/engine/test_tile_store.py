"""Tests of sargui.engine.tile_store: tiles are decoded each by the profile that it was coded with."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sargui.codec.payload import Payload
from sargui.codec.tile_codec import TileCodec
from sargui.container import Reader, Writer
from sargui.core.types import Effort, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.tile_store import TileStore

ROWS, COLS = 600, 1100  # 2 × 3 tiles
QUALITY = 70


@pytest.fixture(scope="module")
def files(pack, write, power_of, tmp_path_factory):
    """Return a container of each effort, and one whose tiles are by turns of one and of the other."""
    folder = tmp_path_factory.mktemp("profiles")
    power = power_of(ROWS, COLS).astype(np.float32)
    power[520:, 520:1030] = np.nan  # nearly all of tile (1, 1)
    scene = write(folder / "scene.tif", power)
    pure = {effort: pack(scene, folder / f"{effort}.sarz", QUALITY, effort=effort).target for effort in Effort}
    mixed = folder / "mixed.sarz"
    with Reader(pure[Effort.FAST]) as fast, Reader(pure[Effort.BEST]) as best, Writer(mixed, fast.header) as writer:
        for number, key in enumerate(fast.keys(0)):
            writer.append(key, (fast, best)[number % 2].payload(key))
        writer.finish()
    return pure | {"mixed": mixed}


def profiles(path):
    with Reader(path) as reader:
        return [Payload.unpack(reader.payload(key)).profile for key in reader.keys(0)]


def decoded(path):
    with DecodedSource(path, "cpu") as source:  # strict: damage raises
        return source.read_network(0, Window(0, 0, ROWS, COLS))


def test_the_effort_decides_the_profile_of_every_tile(files):
    assert profiles(files[Effort.FAST]) == [0] * 6
    assert profiles(files[Effort.BEST]) == [1] * 6
    assert profiles(files["mixed"]) == [0, 1, 0, 1, 0, 1]


def test_a_file_whose_tiles_mix_both_profiles_decodes_each_by_its_own(files):
    (mixed, void), (fast, fast_void), (best, _) = (decoded(files[name]) for name in ("mixed", Effort.FAST, Effort.BEST))
    np.testing.assert_array_equal(void, fast_void)
    row, col = np.mgrid[:ROWS, :COLS]
    expected = np.where((row // 512 * 3 + col // 512) % 2 == 0, fast, best)
    # Three cells beside a tile of the other profile see its latents, too.
    inner = np.ones((ROWS, COLS), bool)
    inner[512 - 48 : 512 + 48] = False
    for border in (512, 1024):
        inner[:, border - 48 : border + 48] = False
    valid = (void == 0) & inner
    assert valid.sum() > 0.6 * void.size
    np.testing.assert_allclose(mixed[valid], expected[valid], rtol=0, atol=1e-4)  # 0.001 dB
    assert np.abs(fast - best)[valid].max() > 0.01


def test_a_tile_that_several_threads_want_is_decoded_once(files, monkeypatch):
    asked, together = [], threading.Barrier(4)
    decode = TileStore._decode
    monkeypatch.setattr(TileStore, "_decode", lambda store, keys: asked.extend(keys) or decode(store, keys))
    with DecodedSource(files[Effort.FAST], "cpu") as source, ThreadPoolExecutor(4) as threads:
        keys = list(source.reader.keys(0))

        def get():
            together.wait(10)
            return source._store.get(keys)

        found = [each.result() for each in [threads.submit(get) for _ in range(4)]]
    assert sorted(asked) == sorted(keys)
    for others in found[1:]:
        assert all(others[key] is found[0][key] for key in keys)


def test_tiles_are_decoded_while_those_before_are_synthesized(files, monkeypatch):
    last_column = threading.Event()
    decode, synthesize = TileStore._decode, TileCodec.synthesize

    def watched_decode(store, keys):
        if any(key.col == 2 for key in keys):
            last_column.set()
        return decode(store, keys)

    def waiting_synthesize(codec, *args):
        assert last_column.wait(10), "the tiles of the next window were not decoded meanwhile"
        return synthesize(codec, *args)

    monkeypatch.setattr(TileStore, "_decode", watched_decode)
    monkeypatch.setattr(TileCodec, "synthesize", waiting_synthesize)
    places = [(0, Window(0, col, ROWS, width)) for col, width in ((0, 400), (400, COLS - 400))]
    with DecodedSource(files[Effort.FAST], "cpu") as source:
        found = [pixels.values for pixels in source.read_each(places, threading.Event())]
        expected = source.read(0, Window(0, 0, ROWS, COLS)).values
    np.testing.assert_allclose(np.concatenate(found, axis=1), expected, rtol=1e-4)


def test_a_tile_goes_once_no_later_window_needs_it(files, monkeypatch):
    kept = []
    keep = TileStore._keep
    monkeypatch.setattr(TileStore, "_keep", lambda store, tiles: keep(store, tiles) or kept.append(len(store._kept)))
    places = [(0, Window(0, col, ROWS, min(100, COLS - col))) for col in range(0, COLS, 100)]
    with DecodedSource(files[Effort.FAST], "cpu") as source:
        for _ in source.read_each(places, threading.Event()):
            pass
        assert max(kept) == 4  # of 6: two columns of tiles
        assert not source._store._kept
        source.decode(0, Window(0, 0, ROWS, COLS), 0)
        assert not source._store._kept
