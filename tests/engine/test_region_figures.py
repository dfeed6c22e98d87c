"""What the window says of a region is what `evaluate` says of it."""

from threading import Event

import numpy as np
import pytest

from sargui.core.types import Window
from sargui.engine.bench import Bench
from sargui.engine.evaluate import evaluate
from sargui.engine.inspect import inspect_region
from sargui.engine.readings import InspectRegion, Pair, Unit
from sargui.engine.requests import Evaluate


def quiet(progress):
    pass


def shown(region, original, compressed):
    with Bench() as bench:
        return inspect_region(InspectRegion(Pair(original, compressed, device="cpu"), region), quiet, Event(), bench)


def said(region, original, compressed):
    report = evaluate(Evaluate(original, compressed, "cpu", (region,)), quiet, Event())
    return report.bands[0].details.regions[0]


def test_of_a_container_and_of_a_raster(pack, unpack, write, read, power_of, tmp_path):
    values = np.rint(np.sqrt(power_of(203, 301))).astype(np.uint16)
    values[:60, :64] = 0
    source = write(tmp_path / "scene.tif", values, nodata=0)
    container = pack(source, tmp_path / "scene.sarz", 60).target
    decoded = read(unpack(container, tmp_path / "back.tif").target)
    decoded[0, 110, 120] = 1  # next to no power: without a floor this pixel alone would decide the ratio
    raster = write(tmp_path / "other.tif", decoded, nodata=0)
    for other in (container, raster):
        for region in (Window(100, 100, 40, 50), Window(40, 40, 60, 60), ((90.0, 90.0), (150.0, 110.0), (95.0, 200.0))):
            window, report = shown(region, source, other), said(region, source, other)
            assert (window.original, window.decoded) == (report.original, report.decoded)
            assert window.comparison == report.comparison
            assert 0 < report.comparison.ratio_variance < 1


def test_of_a_product_the_ratio_is_the_same_with_its_calibration_and_without(make_safe, pack, tmp_path):
    product, region = make_safe(tmp_path), Window(20, 30, 25, 40)
    paths = product, pack(product, tmp_path / "scene.sarz").target
    window, report = shown(region, *paths), said(region, *paths)
    assert window.unit is Unit.SIGMA0
    for name in ("ratio_mean", "ratio_variance"):
        assert getattr(window.comparison, name) == pytest.approx(getattr(report.comparison, name), rel=1e-9)
