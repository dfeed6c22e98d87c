"""Tests of the training data: what becomes of a folder of rasters, and how patches are drawn from it."""

import logging

import numpy as np
import pytest

from sargui.core.errors import InputError
from sargui.training import patches
from sargui.training.patches import Pools, load_pack, named_bands, pack, save_pack

SIDE = 64


def flat(value: float, rows: int, cols: int) -> np.ndarray:
    return np.full((rows, cols), value, np.float16)


@pytest.fixture
def as_they_are(monkeypatch):
    monkeypatch.setattr(patches, "SPECKLE_SHARE", 0.0)
    monkeypatch.setattr(patches, "SCATTERER_SHARE", 0.0)


# Drawing


def test_a_batch_depends_on_seed_and_step_alone(make_sampler):
    first, second = make_sampler(batch=8, seed=3), make_sampler(batch=8, seed=3)
    first.draw(0)
    first.draw(6)
    batch = first.draw(7)
    assert batch.shape == (8, 1, SIDE, SIDE)
    assert batch.equal(second.draw(7))
    assert not batch.equal(second.draw(8))
    assert not batch.equal(make_sampler(batch=8, seed=4).draw(7))


@pytest.mark.usefixtures("as_they_are")
def test_the_deep_pool_is_drawn_more_often_than_its_size(make_sampler):
    pools = Pools((flat(1, 64, 64),), (flat(-1, 640, 640),))
    means = make_sampler(batch=1000, images=pools).draw(0).mean((1, 2, 3)).numpy()
    assert np.allclose(np.abs(means), 1, atol=1e-3)
    assert np.mean(means > 0) == pytest.approx(0.6, abs=4 * np.sqrt(0.6 * 0.4 / 1000))


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.usefixtures("as_they_are")
def test_one_pool_alone_is_enough(deep, make_sampler):
    images = (flat(1, 64, 64),)
    batch = make_sampler(images=Pools(images, ()) if deep else Pools((), images)).draw(0)
    assert batch.mean().item() == pytest.approx(1, abs=1e-3)


def test_within_a_pool_images_are_drawn_by_their_size(make_sampler):
    pools = Pools((flat(1, 128, 192), flat(-1, 128, 64)), ())
    means = make_sampler(batch=1000, images=pools).draw(0).mean((1, 2, 3)).numpy()
    assert np.mean(means > 0) == pytest.approx(0.75, abs=4 * np.sqrt(0.75 * 0.25 / 1000))


@pytest.mark.parametrize("shape", [(40, 100), (100, 33), (40, 50)])
@pytest.mark.usefixtures("as_they_are")
def test_small_images_are_mirrored_to_the_size_of_a_patch(shape, make_sampler):
    image = np.arange(shape[0] * shape[1]).reshape(shape).astype(np.float16) / np.float16(64)
    padded = np.pad(image.astype(np.float32), [(0, max(SIDE - side, 0)) for side in shape], mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (SIDE, SIDE)).reshape(-1, SIDE, SIDE)
    for patch in make_sampler(batch=6, images=Pools((image,), ())).draw(0)[:, 0].numpy():
        flips = [patch[::down, ::across] for down in (1, -1) for across in (1, -1)]
        assert any((windows == flip).all((1, 2)).any() for flip in flips)


@pytest.mark.usefixtures("as_they_are")
def test_patches_are_flipped_in_all_four_ways_and_come_from_everywhere(make_sampler):
    rows, cols = np.mgrid[0:66, 0:66]
    image = (rows + 66 * cols).astype(np.float16)
    seen = make_sampler(batch=400, images=Pools((image,), ())).draw(0)[:, 0].numpy()
    down, across = np.sign(seen[:, 1, 0] - seen[:, 0, 0]), np.sign(seen[:, 0, 1] - seen[:, 0, 0])
    assert {*zip(down, across, strict=True)} >= {(1, 1), (1, -1), (-1, 1), (-1, -1)}
    assert (seen.min(), seen.max()) == (image.min(), image.max())


@pytest.mark.parametrize(("name", "share"), [("SPECKLE_SHARE", 0.25), ("SCATTERER_SHARE", 0.2)])
def test_so_many_patches_are_respeckled_or_get_scatterers(make_sampler, monkeypatch, name, share):
    for each in ("SPECKLE_SHARE", "SCATTERER_SHARE"):
        monkeypatch.setattr(patches, each, getattr(patches, each) if each == name else 0.0)
    batch = make_sampler(batch=1000, images=Pools((flat(1, 64, 64),), ())).draw(0)
    changed = np.mean(batch.std((1, 2, 3)).numpy() > 1e-3)
    assert changed == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 1000))


# A folder of rasters


def test_a_folder_becomes_full_depth_and_8_bit_images(write_raster, make_scene, tmp_path):
    power = make_scene(70, 80, 1)
    write_raster("a.tif", np.rint(3000 * np.sqrt(power)).astype(np.uint16))
    write_raster("deeper/b.tiff", power.astype(np.float32))
    write_raster("c.TIF", np.clip(np.rint(300 * np.sqrt(power)), 1, 255).astype(np.uint8))
    (tmp_path / "data" / "notes.txt").write_text("not a raster")
    pools = pack(tmp_path / "data")
    assert [image.shape for image in pools.deep] == [(70, 80)] * 2
    assert [image.shape for image in pools.eight_bit] == [(70, 80)]
    assert pools.pixels == 3 * 70 * 80
    decades = np.log10(power) - np.log10(power).mean()  # amplitude and power of one scene are the same picture
    for image in (*pools.deep, *pools.eight_bit):
        assert image.dtype == np.float16
        assert np.corrcoef(image.ravel().astype(float), decades.ravel())[0, 1] > 0.97
        assert abs(image.astype(float).mean()) < 0.01
    assert np.std(pools.deep[0].astype(float) - pools.deep[1].astype(float)) < 0.01


def test_bands_are_named_by_their_files(write_raster, make_scene, tmp_path):
    write_raster("second.tif", make_scene(64, 64, 1).astype(np.float32))
    write_raster("first.tif", np.full((64, 64), 9, np.uint16))
    assert [(name, dtype) for name, dtype, _ in named_bands(tmp_path / "data")] == [
        ("first", "uint16"),
        ("second", "float32"),
    ]


def test_8_bit_amplitude_is_dithered_by_one_code(write_raster, tmp_path):
    codes = np.repeat(np.arange(20, 84, dtype=np.uint8)[:, None], 64, axis=1)
    write_raster("codes.tif", codes)
    ((_, _, x),) = named_bands(tmp_path / "data")
    assert len(np.unique(x)) > 0.95 * x.size
    for row, code in zip(10 * x, codes[:, 0].astype(float), strict=True):
        assert 0 < np.ptp(row) < 20 * np.log10((code + 0.5) / (code - 0.5)) + 1e-4


def test_16_bit_amplitude_is_not_dithered(write_raster, tmp_path):
    write_raster("codes.tif", np.repeat(np.arange(20, 84, dtype=np.uint16)[:, None], 64, axis=1))
    ((_, _, x),) = named_bands(tmp_path / "data")
    assert len(np.unique(x)) == 64


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_border_of_zeros_is_filled_and_does_not_darken_the_picture(dtype, write_raster, make_scene, tmp_path):
    amplitude = np.clip(np.rint(300 * np.sqrt(make_scene(64, 96, 1))), 1, 255).astype(dtype)
    write_raster("whole.tif", amplitude[:, 24:])
    amplitude[:, :24] = 0
    write_raster("with_border.tif", amplitude)
    (_, _, whole), (_, _, border) = named_bands(tmp_path / "data")
    assert np.std(border[:, 24:] - whole) < 0.03  # another dither, but the same mean and floor
    assert border[:, :24].min() >= whole.min() - 0.03


def test_void_pixels_are_filled(write_raster, make_scene, tmp_path):
    power = make_scene(64, 64, 1).astype(np.float32)
    power[10:30, 5:40] = np.nan
    write_raster("holes.tif", power)
    ((_, _, x),) = named_bands(tmp_path / "data")
    assert np.isfinite(x).all()


@pytest.mark.parametrize("void", ["nan", "zero"])
def test_a_band_that_is_mostly_void_is_left_out(void, write_raster, make_scene, tmp_path):
    band = make_scene(64, 64, 1).astype(np.float32)
    band[:40] = np.nan if void == "nan" else 0
    write_raster("void.tif", band)
    assert list(named_bands(tmp_path / "data")) == []


def test_what_cannot_be_used_is_logged_and_left_out(write_raster, make_scene, tmp_path, caplog):
    write_raster("good.tif", make_scene(64, 64, 1).astype(np.float32))
    write_raster("single_look.tif", np.ones((64, 64), np.complex64))
    write_raster("unclear.tif", np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32))
    (tmp_path / "data" / "broken.tif").write_bytes(b"II*\0 and then nothing")
    with caplog.at_level(logging.WARNING):
        pools = pack(tmp_path / "data")
    assert len(pools.deep) == 1
    for name in ("single_look.tif", "unclear.tif", "broken.tif"):
        assert sum(name in record.getMessage() for record in caplog.records) == 1, name


@pytest.mark.parametrize("made", [True, False], ids=["empty", "missing"])
def test_a_folder_without_rasters_is_refused(made, tmp_path):
    folder = tmp_path / "nothing"
    if made:
        folder.mkdir()
    with pytest.raises(InputError, match="nothing"):
        pack(folder)


# Packs


def test_a_pack_comes_back_as_it_was(tmp_path):
    rng = np.random.default_rng(0)
    images = [rng.normal(size=(5 + i, 7)).astype(np.float16) for i in range(13)]
    pools = Pools(tuple(images[:11]), tuple(images[11:]))
    save_pack(pools, tmp_path / "new" / "pack.npz")
    back = load_pack(tmp_path / "new" / "pack.npz")
    for before, after in ((pools.deep, back.deep), (pools.eight_bit, back.eight_bit)):
        assert [image.dtype for image in after] == [np.float16] * len(before)
        assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))


class Trap:
    """Fails the test if it is ever unpickled."""

    def __reduce__(self):
        return pytest.fail, ("unpickled",)


def test_a_pack_of_pickled_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "pack.npz", deep_0=np.array([Trap()], dtype=object))
    with pytest.raises(InputError, match=r"pack\.npz"):
        load_pack(tmp_path / "pack.npz")


@pytest.mark.parametrize("content", [None, b"", b"no archive"], ids=["missing", "empty", "text"])
def test_a_file_that_is_no_pack_is_refused(content, tmp_path):
    path = tmp_path / "pack.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"pack\.npz"):
        load_pack(path)


def test_a_pack_of_nothing_is_refused(tmp_path):
    np.savez(tmp_path / "pack.npz", other=np.zeros(3))
    with pytest.raises(InputError, match=r"pack\.npz"):
        load_pack(tmp_path / "pack.npz")
