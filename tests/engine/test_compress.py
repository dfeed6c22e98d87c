"""Tests of sargui.engine.compress: what is kept exactly, what is kept nearly, and what is left when it fails."""

from threading import Event

import numpy as np
import pytest
import torch

from sargui.codec.tile_codec import TileCodec
from sargui.container import Reader, TileKey
from sargui.core.errors import InputError, JobCancelled, SarguiError, TargetError
from sargui.core.types import Kind
from sargui.engine.api import compress
from sargui.engine.requests import Rate, RateKind


def rms(error):
    return float(np.sqrt(np.mean(np.square(error, dtype=np.float64))))


def amplitude(power, dtype, top):
    return np.clip(np.rint(np.sqrt(power)), 1, top).astype(dtype)


@pytest.mark.parametrize(("dtype", "top"), [("uint8", 255), ("uint16", 65535)])
def test_amplitude_in_whole_numbers_comes_back_within_a_decibel(through, power_of, dtype, top):
    values = amplitude(power_of(90, 130), dtype, top)
    back = through(values)[0]
    assert back.dtype == values.dtype
    assert rms(20 * np.log10(back / values.astype(float))) < 0.6


def test_two_bands_of_float_power_do_not_mix(through, power_of):
    bands = np.stack([power_of(100, 90, seed=1), 100 * power_of(100, 90, seed=2)]).astype(np.float32)
    back = through(bands)
    for band in (0, 1):
        assert rms(10 * np.log10(back[band] / bands[band])) < 0.6


@pytest.mark.parametrize("how", ["tag", "argument"])
def test_whole_decibels_are_decibels_if_the_file_or_the_user_says_so(through, power_of, how):
    decibels = np.rint(10 * np.log10(power_of(90, 130)) - 40).astype(np.int16)
    decibels[:20, :30] = -32768
    tags, kind = ({"SAR_KIND": "db"}, None) if how == "tag" else (None, Kind.DB)
    back = through(decibels, tags=tags, kind=kind, nodata=-32768)[0]
    void = decibels == -32768
    np.testing.assert_array_equal(back == -32768, void)
    assert rms((back.astype(float) - decibels)[~void]) < 0.8


def test_negative_numbers_without_a_kind_are_asked_about(through, power_of):
    with pytest.raises(InputError, match="--kind"):
        through((10 * np.log10(power_of(20, 20)) - 40).astype(np.float32))


def test_every_reason_for_a_void_pixel_is_kept_to_the_bit(through, power_of):
    values = power_of(70, 80).astype(np.float32)
    masks = np.random.default_rng(5).random((4, 70, 80)) > 0.9
    masks[:, 30:40, :] = False
    for mask, reason in zip(masks, (np.nan, np.inf, -np.inf, -9999), strict=True):
        values[mask] = reason
    back = through(values, nodata=-9999)[0]
    void = masks.any(axis=0)
    np.testing.assert_array_equal(back[void], values[void])
    assert np.isfinite(back[~void]).all()
    assert (back[~void] != -9999).all()


def test_no_measured_pixel_becomes_nodata_even_if_that_is_a_common_number(through, power_of):
    values = amplitude(power_of(120, 120), "uint8", 255)
    common = int(np.median(values))
    values[values == common] += 1
    values[40:70, 50:90] = common
    np.testing.assert_array_equal(through(values, quality=40, nodata=common)[0] == common, values == common)


def test_zeros_in_areas_are_not_measured_and_stay_where_they_are(through, power_of, tmp_path):
    values = amplitude(power_of(150, 160), "uint16", 65535)
    values[:, :50], values[:30] = 0, 0
    np.testing.assert_array_equal(through(values, quality=40)[0] == 0, values == 0)
    with Reader(tmp_path / "scene.sarz") as reader:
        assert reader.header.bands[0].radiometry.zero_is_void


def test_scattered_zeros_are_measurements(through, power_of, tmp_path):
    values = amplitude(power_of(150, 160), "uint16", 65535)
    values[::15, ::16] = 0
    through(values)
    with Reader(tmp_path / "scene.sarz") as reader:
        assert not reader.header.bands[0].radiometry.zero_is_void


@pytest.mark.parametrize("shape", [(1, 1), (17, 1), (1, 40), (16, 16), (31, 33), (513, 700)])
def test_any_size_comes_back_as_it_was(through, power_of, shape):
    values = power_of(*shape).astype(np.float32)
    back = through(values)[0]
    assert back.shape == shape
    assert rms(10 * np.log10(back / values)) < 0.6


@pytest.mark.parametrize(("value", "nodata"), [(0, 0), (0, None), (7, 7), (np.nan, None), (np.nan, np.nan)])
def test_a_scene_without_a_measurement_is_kept_in_a_few_bytes(through, tmp_path, value, nodata):
    dtype = np.float32 if np.isnan(value) else np.uint16
    values = np.full((530, 90), value, dtype)
    np.testing.assert_array_equal(through(values, nodata=nodata)[0], values)
    assert (tmp_path / "scene.sarz").stat().st_size < 1000


def test_a_constant_scene_stays_constant(through):
    back = through(np.full((100, 120), 7, np.float32))[0]
    assert np.abs(10 * np.log10(back / 7)).max() < 0.2


def test_the_same_scene_gives_the_same_file(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(300, 530).astype(np.float32))
    for name in ("one.sarz", "two.sarz"):
        pack(source, tmp_path / name)
    assert (tmp_path / "one.sarz").read_bytes() == (tmp_path / "two.sarz").read_bytes()


def test_the_sizes_in_the_result_are_those_of_the_file(pack, write, power_of, tmp_path):
    bands = np.stack([power_of(300, 530, seed) for seed in (1, 2)]).astype(np.float32)
    source = write(tmp_path / "scene.tif", bands)
    seen = []
    result = pack(source, tmp_path / "scene.sarz", 80, report=seen.append)
    assert result.file_bytes == (tmp_path / "scene.sarz").stat().st_size
    assert result.raw_bytes == bands.nbytes
    assert result.ratio == bands.nbytes / result.file_bytes
    assert result.bits_per_pixel == 8 * result.pixel_bytes / bands.size
    assert result.stream_bytes < result.pixel_bytes < result.file_bytes
    with Reader(tmp_path / "scene.sarz") as reader:
        assert result.pixel_bytes == reader.sizes()["pixels"]
    assert (seen[-1].done, seen[-1].pixels_done) == (seen[-1].total, bands.size)


def test_the_entropy_model_foretells_the_streams_within_a_hundredth(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(300, 530).astype(np.float32))
    for quality in (10, 90):
        result = pack(source, tmp_path / "scene.sarz", quality, overwrite=True)
        tiles, state_bytes = 2, 32  # what a rANS stream needs besides its information
        assert result.stream_bytes == pytest.approx(result.estimated_bytes, rel=0.01, abs=tiles * state_bytes)


def test_the_network_window_decides_the_speed_and_not_the_picture(pack, unpack, write, read, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(530, 60).astype(np.float32))
    pictures = []
    for side in (512, 1024):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sargui.engine.scene_job.NETWORK_WINDOW", side)
            pack(source, tmp_path / f"{side}.sarz", 70)
        unpack(tmp_path / f"{side}.sarz", tmp_path / f"{side}.tif")
        pictures.append(read(tmp_path / f"{side}.tif")[0])
    assert rms(10 * np.log10(pictures[0] / pictures[1])) < 0.02  # a symbol may fall to the other side of a threshold


def test_a_job_stopped_in_the_middle_leaves_no_file(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", np.stack([power_of(60, 70)] * 2).astype(np.float32))
    cancel = Event()
    with pytest.raises(JobCancelled):
        pack(source, tmp_path / "scene.sarz", report=lambda progress: cancel.set(), cancel=cancel)
    assert [path.name for path in tmp_path.iterdir()] == ["scene.tif"]


def test_a_job_stopped_in_the_middle_keeps_the_file_it_would_have_replaced(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", np.stack([power_of(60, 70)] * 2).astype(np.float32))
    target, cancel = tmp_path / "scene.sarz", Event()
    target.write_text("the old one")
    with pytest.raises(JobCancelled):
        pack(source, target, report=lambda progress: cancel.set(), cancel=cancel, overwrite=True)
    assert target.read_text() == "the old one"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_job_stopped_while_it_looks_for_the_quality_leaves_no_file(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(60, 70).astype(np.float32))
    cancel, stages = Event(), []

    def report(progress):
        stages.append(progress.stage)
        cancel.set()

    with pytest.raises(JobCancelled):
        pack(source, tmp_path / "x.sarz", rate=Rate(RateKind.BITS_PER_PIXEL, 2), report=report, cancel=cancel)
    assert stages == ["finding the quality"]
    assert [path.name for path in tmp_path.iterdir()] == ["scene.tif"]


def test_an_existing_target_is_refused_and_kept(pack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(20, 20).astype(np.float32))
    (tmp_path / "scene.sarz").write_text("precious")
    with pytest.raises(TargetError, match=r"scene\.sarz"):
        pack(source, tmp_path / "scene.sarz")
    assert (tmp_path / "scene.sarz").read_text() == "precious"


def test_a_source_is_never_its_own_target(pack, unpack, write, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power_of(20, 20).astype(np.float32))
    before = source.read_bytes()
    with pytest.raises(TargetError, match="is the file being read"):
        pack(source, tmp_path / "." / "scene.tif", overwrite=True)
    assert source.read_bytes() == before
    box = pack(source, tmp_path / "scene.sarz").target
    with pytest.raises(TargetError, match="is the file being read"):
        unpack(box, box, overwrite=True)


def test_an_existing_target_is_refused_before_any_work(power_of, write, pack, tmp_path, monkeypatch):
    source = write(tmp_path / "scene.tif", power_of(20, 20).astype(np.float32))
    (tmp_path / "scene.sarz").write_bytes(b"precious")
    monkeypatch.setattr(TileCodec, "load", None)  # a call would be a TypeError
    with pytest.raises(TargetError, match="exists already"):
        pack(source, tmp_path / "scene.sarz", rate=Rate(RateKind.RATIO, 10))


@pytest.mark.parametrize("device", ["cuda", "nonsense"])
def test_a_device_that_is_not_there_is_one_sentence(write, power_of, tmp_path, device):
    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("this machine has one")
    source = write(tmp_path / "scene.tif", power_of(20, 20).astype(np.float32))
    with pytest.raises(SarguiError, match=f"There is no device '{device}'"):
        compress(source, tmp_path / "scene.sarz", device=device)
    assert not (tmp_path / "scene.sarz").exists()


def test_a_large_scene_stores_an_overview_of_its_mean_power(pack, write, power_of, tmp_path):
    power = power_of(2100, 100).astype(np.float32)
    source = write(tmp_path / "scene.tif", power)
    result = pack(source, tmp_path / "scene.sarz", 90)
    with Reader(result.target) as reader:
        assert reader.levels == (0, 1)
        assert reader.has(TileKey(1, 0, 0, 0))
        assert 0 < reader.sizes()["overviews"] < 0.02 * result.file_bytes
