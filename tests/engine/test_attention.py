"""Tests of checkpoints with attention, and of the textbook one, through whole files."""

import numpy as np
import pytest

from sargui.core.errors import RequestError
from sargui.core.types import Kind, Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.requests import Rate, RateKind
from sargui.networks import NetworkConfig

SMALL = {"stages": (4, 8, 8, 16), "hyper": 16, "side": 8}
CLASSIC = NetworkConfig((4, 8, 8, 4), groups=(4,), hyper=8, side=4, attention="cbam", preset="classic", quality=5000)
SHAPE = (700, 900)  # more than an attention window of 256, and no multiple of anything


@pytest.mark.parametrize("attention", ["cbam", "self", "gate", "spatial"])
def test_a_part_of_a_scene_decodes_as_in_the_whole(attention, install, write, pack, power_of, tmp_path):
    placement = "latents" if attention == "gate" else "bottleneck"
    model = install(NetworkConfig(**SMALL, attention=attention, placement=placement))
    source = write(tmp_path / "scene.tif", power_of(*SHAPE).astype(np.float32))
    pack(source, tmp_path / "scene.sarz", 60.0, model=model, kind=Kind.POWER)
    with DecodedSource(tmp_path / "scene.sarz", "cpu") as decoded:
        whole, _ = decoded.read_network(0, Window(0, 0, *SHAPE))
        for window in (Window(0, 0, 40, 40), Window(333, 407, 70, 130), Window(650, 860, 50, 40)):
            part, _ = decoded.read_network(0, window)
            place = np.s_[window.row : window.row + window.rows, window.col : window.col + window.cols]
            np.testing.assert_allclose(part, whole[place], atol=1e-4)


def test_the_textbook_network_codes_at_its_one_quality(install, write, pack, power_of, tmp_path):
    model = install(CLASSIC)
    source = write(tmp_path / "scene.tif", power_of(300, 200).astype(np.float32))
    done = pack(source, tmp_path / "scene.sarz", 50.0, model=model, kind=Kind.POWER)
    assert done.quality == 50.0
    with DecodedSource(tmp_path / "scene.sarz", "cpu") as decoded:
        x, _ = decoded.read_network(0, Window(0, 0, 300, 200))
    assert np.isfinite(x).all()
    assert np.abs(x).max() <= 3.0  # the sigmoid


@pytest.mark.parametrize("rate", [Rate(value=70.0), Rate(RateKind.RATIO, 10.0)])
def test_the_textbook_network_is_not_asked_for_another(rate, install, write, pack, power_of, tmp_path):
    model = install(CLASSIC)
    source = write(tmp_path / "scene.tif", power_of(64, 64).astype(np.float32))
    with pytest.raises(RequestError, match="one fixed quality, 50"):
        pack(source, tmp_path / "scene.sarz", rate=rate, model=model, kind=Kind.POWER)
    assert not (tmp_path / "scene.sarz").exists()
