"""Tests of sargui.engine.targets: what the user fixes is met by the file, or the sentence says what is possible."""

import math
import re
from dataclasses import dataclass, field

import numpy as np
import pytest

from sargui.core.errors import InfeasibleRateError, RequestError, SarguiError
from sargui.core.types import Effort
from sargui.engine import targets
from sargui.engine.requests import Rate, RateKind
from sargui.engine.targets import Aim, Budget, reach


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    """Two bands of unlike darkness with a corner of nodata."""
    bands = np.stack([power_of(200, 300, 1), 0.01 * power_of(200, 300, 2)]).astype(np.float32)
    bands[:, :90, :130] = 0
    return write(tmp_path_factory.mktemp("targets") / "scene.tif", bands, nodata=0)


@pytest.mark.parametrize("effort", list(Effort))
@pytest.mark.parametrize(
    ("kind", "value", "reached"),
    [
        (RateKind.BYTES, 15_000, "file_bytes"),
        (RateKind.RATIO, 25, "ratio"),
        (RateKind.BITS_PER_PIXEL, 0.9, "bits_per_pixel"),
    ],
)
def test_a_target_is_met_within_a_hundredth_and_not_exceeded(pack, scene, tmp_path, kind, value, reached, effort):
    result = pack(scene, tmp_path / "scene.sarz", rate=Rate(kind, value), effort=effort)
    off = getattr(result, reached) / value - 1
    assert 0 <= (off if kind is RateKind.RATIO else -off) <= 0.01
    assert [path.name for path in tmp_path.iterdir()] == ["scene.sarz"]


@pytest.mark.parametrize("rate", [Rate(RateKind.BYTES, 40_000), Rate(RateKind.RMSE_DB, 0.8)])
def test_a_target_is_met_where_the_sample_is_nothing_like_the_scene(
    pack, unpack, read, write, power_of, tmp_path, monkeypatch, rate
):
    monkeypatch.setattr(targets, "SAMPLE_WINDOWS", 1)  # of two: the one with less speckle
    monkeypatch.setattr(targets, "NETWORK_WINDOW", 512)
    power = np.concatenate([power_of(512, 256, looks=100), power_of(512, 256)]).astype(np.float32)
    seen = []
    source = write(tmp_path / "scene.tif", power)
    pack(source, tmp_path / "scene.sarz", rate=rate, report=lambda progress: seen.append(progress.stage))
    assert "compressing, pass 2" in seen
    if rate.kind is RateKind.BYTES:
        assert 0.99 * rate.value <= (tmp_path / "scene.sarz").stat().st_size <= rate.value
        return
    unpack(tmp_path / "scene.sarz", tmp_path / "back.tif")
    floor = 0.1 * np.quantile(power, 0.02)
    error = 10 * np.log10((read(tmp_path / "back.tif").astype(float) + floor) / (power + floor))
    assert np.sqrt(np.mean(error**2)) == pytest.approx(rate.value, rel=0.02)


def test_an_error_is_met_after_rounding_to_whole_numbers(pack, unpack, read, write, tmp_path):
    # At amplitudes around 8 rounding alone gives 0.3 dB.
    amplitude = np.sqrt(64 * np.random.default_rng(4).gamma(8, 1 / 8, (256, 256)))
    source = write(
        tmp_path / "dark.tif", np.maximum(np.rint(amplitude), 1).astype(np.uint8), tags={"SAR_KIND": "amplitude"}
    )
    pack(source, tmp_path / "dark.sarz", rate=Rate(RateKind.RMSE_DB, 0.7))
    unpack(tmp_path / "dark.sarz", tmp_path / "back.tif")
    before, after = (read(path).astype(float) ** 2 for path in (source, tmp_path / "back.tif"))
    floor = 0.1 * np.quantile(before, 0.02)
    error = np.sqrt(np.mean(np.square(10 * np.log10((after + floor) / (before + floor)))))
    assert 0.99 * 0.7 <= error <= 0.7 * 1.001


def test_a_target_error_is_met_by_what_comes_back(pack, unpack, read, scene, tmp_path):
    pack(scene, tmp_path / "scene.sarz", rate=Rate(RateKind.RMSE_DB, 0.9))
    unpack(tmp_path / "scene.sarz", tmp_path / "back.tif")
    before, after = read(scene).astype(float), read(tmp_path / "back.tif").astype(float)
    valid = before != 0
    floors = [0.1 * np.quantile(band[band > 0], 0.02) for band in before]  # docs: errors in dB of power + floor
    error = [10 * np.log10((a + floor) / (b + floor)) for a, b, floor in zip(after, before, floors, strict=True)]
    assert np.sqrt(np.mean(np.square(np.stack(error)[valid]))) == pytest.approx(0.9, rel=0.02)


def test_a_quality_is_taken_as_it_is(pack, scene, tmp_path):
    assert pack(scene, tmp_path / "scene.sarz", 12.34).quality == 12.34


@pytest.fixture(scope="module")
def smallest(pack, scene, tmp_path_factory):
    """The scene at the lowest quality."""
    return pack(scene, tmp_path_factory.mktemp("smallest") / "scene.sarz", 0)


@pytest.mark.parametrize(
    ("kind", "value"),
    [(RateKind.BYTES, 100), (RateKind.RATIO, 1e6), (RateKind.BITS_PER_PIXEL, 1e-4), (RateKind.RMSE_DB, 1e-3)],
)
def test_a_target_out_of_reach_is_one_sentence_that_says_what_is_possible(pack, scene, smallest, tmp_path, kind, value):
    with pytest.raises(InfeasibleRateError) as caught:
        pack(scene, tmp_path / "scene.sarz", rate=Rate(kind, value))
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not (tmp_path / "scene.sarz").exists()
    if kind is RateKind.RMSE_DB:
        return
    possible = float(re.findall(r"\d+(?:\.\d+)?", sentence)[-1])
    names = {RateKind.BYTES: "file_bytes", RateKind.RATIO: "ratio", RateKind.BITS_PER_PIXEL: "bits_per_pixel"}
    assert getattr(smallest, names[kind]) == pytest.approx(possible, rel=0.02)


@pytest.mark.parametrize("rate", [Rate(RateKind.QUALITY, -1), Rate(RateKind.QUALITY, 100.1), Rate(RateKind.BYTES, 0)])
def test_a_number_without_sense_is_refused(pack, scene, tmp_path, rate):
    with pytest.raises(SarguiError, match=f"{rate.value:g}"):
        pack(scene, tmp_path / "scene.sarz", rate=rate)


@pytest.mark.parametrize("kind", list(RateKind))
def test_not_a_number_is_refused(pack, scene, tmp_path, kind):
    with pytest.raises(SarguiError, match="nan"):
        pack(scene, tmp_path / "scene.sarz", rate=Rate(kind, float("nan")))


@dataclass
class Pretended:
    """A scene of which a sample foretells the size by a factor wrong, that counts how often it was coded."""

    truth: object  # quality -> bytes
    forecast: object
    coded: list = field(default_factory=list)
    left: set = field(default_factory=set)
    whole: bool = False

    def file_bytes(self, quality):
        return self.forecast(quality)

    def code(self, quality):
        self.coded.append(quality)
        self.left.add(quality)
        return PretendedAttempt(self, quality)


@dataclass
class PretendedAttempt:
    scene: Pretended
    quality: int

    @property
    def file_bytes(self):
        return self.scene.truth(self.quality)

    def discard(self):
        self.scene.left.remove(self.quality)


def smooth(quality):
    return 1000 * math.exp(quality / 2500)


def wavering(quality):
    return smooth(quality) * (1 + 0.002 * math.sin(quality / 3))


def aim_at(value):
    return Aim(Rate(RateKind.BYTES, value), Budget(10**6, 10**6, 100, 100, False))


@pytest.mark.parametrize("value", [1600, 5000, 20_000, 50_000])
@pytest.mark.parametrize("factor", [0.7, 0.95, 1.0, 1.05, 1.5])
@pytest.mark.parametrize("truth", [smooth, wavering])
def test_whatever_the_sample_says_the_target_is_met_in_few_passes(truth, factor, value):
    scene = Pretended(truth, lambda quality: factor * smooth(quality))
    result = reach(aim_at(value), scene, scene.code)
    assert 0.99 * value <= result.file_bytes <= value
    assert len(scene.coded) <= 4
    assert scene.left == {result.quality}


def test_a_sample_of_everything_is_believed():
    scene = Pretended(smooth, smooth, whole=True)
    with pytest.raises(InfeasibleRateError, match="needs 1000"):
        reach(aim_at(900), scene, scene.code)
    assert not scene.coded


@pytest.mark.parametrize("rate", [Rate(RateKind.RATIO, 5e-324), Rate(RateKind.BITS_PER_PIXEL, 1e308)])
def test_a_number_beyond_all_sense_is_refused(rate):
    with pytest.raises(RequestError, match="makes no sense"):
        Aim(rate, Budget(10**6, 10**6, 100, 100, False))


def test_where_the_steps_are_coarse_the_best_below_is_kept():
    def coarse(quality):
        return 1000 * 1.3 ** (quality // 500)

    scene = Pretended(coarse, coarse)
    result = reach(aim_at(2000), scene, scene.code)
    assert result.file_bytes == pytest.approx(1000 * 1.3**2)
    assert scene.left == {result.quality}


def test_a_step_that_the_sample_does_not_see_ends_below_the_target():
    scene = Pretended(lambda quality: 5000 if quality >= 4000 else 1000, lambda quality: 1 + quality)
    result = reach(aim_at(4900), scene, scene.code)
    assert result.file_bytes == 1000
    assert len(scene.coded) <= 10
    assert scene.left == {result.quality}


def test_a_target_that_nothing_uses_up_gets_the_best_quality_at_once():
    scene = Pretended(smooth, smooth)
    assert reach(aim_at(10**9), scene, scene.code).quality == 10_000
    assert scene.coded == [10_000]


def test_what_the_scene_takes_decides_whether_a_target_is_possible():
    for factor in (1.03, 1.5):
        doubtful = Pretended(smooth, lambda quality, factor=factor: factor * smooth(quality))
        assert reach(aim_at(1005), doubtful, doubtful.code).file_bytes <= 1005
    hopeful = Pretended(smooth, lambda quality: 0.9 * smooth(quality))
    with pytest.raises(InfeasibleRateError, match="needs 1000"):
        reach(aim_at(950), hopeful, hopeful.code)
    assert not hopeful.left
