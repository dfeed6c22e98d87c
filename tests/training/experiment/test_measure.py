"""Tests of the figures of one checkpoint, on a tiny network."""

import json
import math

import numpy as np
import pytest

from sargui.core.errors import InputError
from sargui.quality.ssim import ssim
from sargui.training.experiment.arms import Arm
from sargui.training.experiment.compare import bd_rates, ssim_gains
from sargui.training.experiment.measure import curves, held_out, measure, point
from sargui.training.experiment.results import Result, read, rounded, write
from sargui.training.export import VALIDATION_QUALITIES, rate_and_error


def no_pause() -> None:
    pass


@pytest.fixture
def images(make_image):
    return {"one": make_image(64, 64, 1), "two": make_image(64, 128, 2)}


def numbers(value):
    """Yield every number in what JSON holds."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, int | float):
        yield value


@pytest.mark.usefixtures("_quick")
def test_a_control_differs_from_itself_by_exactly_nothing(make_codec, images):
    codec = make_codec()
    measured = measure(codec, codec, images, no_pause)
    assert bd_rates(measured.points, measured.points) == {"one": 0, "two": 0}
    assert ssim_gains(measured.points, measured.points) == {"one": 0, "two": 0}
    assert measured.bypassed is None
    assert measured.idle is None
    assert measured.attention_parameters == 0


@pytest.mark.usefixtures("_quick")
def test_every_figure_is_finite_and_survives_its_file(make_codec, images, tmp_path):
    codec, control = make_codec(attention="gate", placement="latents"), make_codec()
    measured = measure(codec, control, images, no_pause)
    result = Result(Arm("gate", "latents"), "gate@latents-1", "0" * 64, {"steps": 2}, measured)
    write(result, tmp_path)
    assert all(map(math.isfinite, numbers(json.loads((tmp_path / "result.json").read_text()))))
    assert read(tmp_path / "result.json").measured.gates == tuple(
        type(module)(**rounded({name: getattr(module, name) for name in module.__slots__})) for module in measured.gates
    )
    assert measured.idle
    assert measured.attention_parameters == 2 * (16 + 1) * 256 < measured.parameters  # two 1×1 convolutions
    assert measured.bypassed == measured.points  # a gate at rest is no attention


def test_points_are_those_of_the_training_program_and_their_similarity(make_codec, make_image):
    codec, x = make_codec(), make_image(64, 64, 3)
    found = point(codec, x, 5000)
    assert (found.rate, found.error_db) == pytest.approx(rate_and_error(codec, x, 5000))
    assert 0 < found.ssim < 1
    assert ssim(10 * x, 10 * x) > point(codec, x, 9000).ssim > found.ssim


def test_curves_have_a_point_for_each_quality(make_codec, make_image):
    pauses = []
    found = curves(make_codec(), {"one": make_image(64, 64, 3)}, lambda: pauses.append(1))
    assert len(found["one"]) == len(VALIDATION_QUALITIES)
    assert len(pauses) == 1
    assert np.all(np.diff([point.rate for point in found["one"]]) > 0)


def test_small_rasters_are_not_measured_on(write_raster, make_scene):
    folder = write_raster("small.tif", make_scene(40, 200, 1).astype(np.float32)).parent
    with pytest.raises(InputError, match="no raster of at least 64 pixels"):
        held_out(folder)
    write_raster("large.tif", make_scene(100, 200, 1).astype(np.float32))
    assert {name: x.shape for name, x in held_out(folder).items()} == {"large": (64, 192)}


@pytest.mark.parametrize("text", ["", "{}", '{"arm": {"attention": "none", "color": 3}}', "[1"])
def test_a_broken_result_is_named(text, tmp_path):
    (tmp_path / "result.json").write_text(text)
    with pytest.raises(InputError, match=r"result\.json cannot be used"):
        read(tmp_path / "result.json")
