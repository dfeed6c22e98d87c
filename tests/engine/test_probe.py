"""Tests of what a coding job measures on the way: the error that is in the file, and scenes that are unusual."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
import rasterio

from sargui.container import Reader
from sargui.core import catalogue
from sargui.engine import encoding, probe
from sargui.engine.evaluate import evaluate
from sargui.engine.requests import Evaluate

DOMAIN = {"speckle_db": [0.5, 5.0], "grain": [-0.1, 0.8], "contrast_db": [0.2, 8.0]}


@pytest.fixture
def scene(power_of, write, tmp_path):
    return write(tmp_path / "scene.tif", np.sqrt(power_of(300, 420)).astype(np.uint16))


@pytest.fixture
def known(monkeypatch):
    """The tiny checkpoint, with a domain in its card."""
    card = replace(catalogue.default_card(), training={"domain": DOMAIN})
    monkeypatch.setattr(catalogue, "default_card", lambda: card)


def test_the_error_of_a_small_scene_is_measured_whole(scene, pack, tmp_path):
    target = tmp_path / "scene.sarz"
    result = pack(scene, target)
    report = evaluate(Evaluate(scene, target, "cpu"), lambda progress: None, Event())
    assert result.error.rmse_db == pytest.approx(report.rmse_db, rel=1e-3)
    assert result.error.pixels == report.bands[0].valid_pixels
    with Reader(target) as reader:
        assert reader.measured() == result.error


def test_of_a_large_scene_a_sample_is_measured(power_of, write, pack, tmp_path, monkeypatch):
    for module in (encoding, probe):
        monkeypatch.setattr(module, "NETWORK_WINDOW", 512)
    monkeypatch.setattr("sargui.engine.scene_job.NETWORK_WINDOW", 512)
    monkeypatch.setattr(probe, "WINDOWS", 2)
    source = write(tmp_path / "large.tif", np.sqrt(power_of(1024, 1024)).astype(np.uint16))
    sampled = pack(source, tmp_path / "a.sarz", keep_power=False)  # or all would be decoded
    report = evaluate(Evaluate(source, sampled.target, "cpu"), lambda progress: None, Event())
    assert 0 < sampled.error.pixels < report.bands[0].valid_pixels / 2  # two of four, and not their borders
    assert sampled.error.rmse_db == pytest.approx(report.rmse_db, rel=0.1)
    monkeypatch.setattr(probe, "WINDOWS", 4)
    assert pack(source, tmp_path / "b.sarz", keep_power=False).error.pixels == 2 * sampled.error.pixels


def test_nothing_is_measured_where_nothing_is_valid(write, pack, tmp_path):
    source = write(tmp_path / "void.tif", np.full((40, 50), np.nan, np.float32))
    result = pack(source, tmp_path / "void.sarz")
    assert result.error is None
    with Reader(result.target) as reader:
        assert reader.measured() is None


def test_an_export_says_what_was_measured(scene, pack, unpack, tmp_path):
    result = pack(scene, tmp_path / "scene.sarz")
    unpack(result.target, tmp_path / "back.tif")
    with rasterio.open(tmp_path / "back.tif") as dataset:
        tags = dataset.tags(ns="SARGUI")
    assert float(tags["RMSE_DB"]) == pytest.approx(result.error.rmse_db, rel=1e-3)
    assert int(tags["RMSE_PIXELS"]) == result.error.pixels


def test_a_usual_scene_needs_no_remark(scene, pack, tmp_path, known):
    assert pack(scene, tmp_path / "scene.sarz").notice == ""


def test_an_unusual_scene_is_said_to_be_one(write, pack, tmp_path, known):
    speckle = np.random.default_rng(1).gamma(0.2, 5, (300, 300))  # a fifth of a look
    result = pack(write(tmp_path / "odd.tif", (speckle * 1e4 + 1).astype(np.float32)), tmp_path / "odd.sarz")
    assert "unlike those that tiny was trained on (speckle of" in result.notice
    assert f"{result.error.rmse_db:.2f} dB rms" in result.notice
