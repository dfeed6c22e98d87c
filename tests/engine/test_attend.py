"""Tests of the pictures of attention: each module's own values, at their place in the scene, whatever the window."""

from threading import Event

import numpy as np
import pytest

from sargui.attention import attention_modules
from sargui.core.errors import RequestError
from sargui.core.types import Effort, Kind, Window
from sargui.engine import attend as attend_module
from sargui.engine.attend import attend, attended_window
from sargui.engine.bench import Bench
from sargui.engine.requests import Attend, Shows, Trial
from sargui.networks import NetworkConfig

SMALL = {"stages": (4, 8, 8, 16), "hyper": 16, "side": 8}
SHAPE = (700, 900)
TRIAL = Trial(quality=60, effort=Effort.FAST)
WHOLE = Window(0, 0, *SHAPE)


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    power = power_of(*SHAPE).astype(np.float32)
    power[:, 800:] = np.nan
    return write(tmp_path_factory.mktemp("attend") / "scene.tif", power)


@pytest.fixture
def bench():
    with Bench() as bench:
        yield bench


@pytest.fixture
def see(scene, bench, install):
    """Install a checkpoint with some attention; return a function that looks at it."""

    def make(attention, placement="bottleneck", **options):
        install(NetworkConfig(**SMALL, attention=attention, placement=placement, **options))

        def run(window=WHOLE, **request):
            asked = Attend(scene, None, window, trial=TRIAL, kind=Kind.POWER, device="cpu", **request)
            return attend(asked, lambda progress: None, Event(), bench)

        return run

    return make


def test_without_attention_there_is_no_module(see):
    seen = see("none")()
    assert (seen.modules, seen.module, seen.map, seen.channel_gates) == ((), "", None, None)


@pytest.mark.parametrize("module", ["g_a.attention.3", "g_s.attention.0"])
def test_a_spatial_gate_is_a_map_over_the_scene(see, module):
    seen = see("spatial")(module=module)
    assert [one.name for one in seen.modules] == ["g_a.attention.3", "g_s.attention.0"]
    assert (seen.window, seen.stride, seen.shows) == (WHOLE, 16, Shows.GATE)
    assert seen.map.shape == (44, 57)
    assert (np.nanmin(seen.map) > 0) & (np.nanmax(seen.map) < 2)
    assert np.nanstd(seen.map) > 0.01
    assert seen.channel_gates is None


@pytest.mark.parametrize(("attention", "placement"), [("spatial", "all"), ("cbam", "bottleneck"), ("gate", "latents")])
def test_a_part_shows_what_the_whole_shows_there(see, attention, placement):
    run = see(attention, placement)
    for module in [one.name for one in run().modules]:
        whole, part = run(module=module), run(Window(300, 270, 200, 150), module=module)
        row, col = (start // whole.stride for start in (part.window.row, part.window.col))
        place = np.s_[row : row + part.map.shape[0], col : col + part.map.shape[1]]
        np.testing.assert_allclose(part.map, whole.map[place], atol=2e-3)


def test_the_map_is_what_the_module_computes(see, bench, scene):
    seen = see("spatial")(module="g_a.attention.3")
    live = bench.live(scene, Kind.POWER, TRIAL, "cpu", Event())
    live.codec.half_precision = False
    module = attention_modules(live.codec.network)["g_a.attention.3"]
    kept = []
    handle = module.register_forward_hook(lambda _, given, result: kept.append((given[0], result)))
    live.analyze(0, WHOLE)
    handle.remove()
    before, after = kept[0]
    margin = live.codec.analysis_halo // 16
    ratio = (after / before)[0, :, margin : margin + 44, margin : margin + 57].median(0).values
    np.testing.assert_allclose(seen.map, ratio.numpy(), rtol=1e-3)


def test_channel_gates_are_means_over_the_window_and_a_channel_shows_its_features(see, bench, scene):
    run = see("se")
    seen = run(module="g_a.attention.3")
    assert (seen.map, seen.shows) == (None, None)
    assert seen.channel_gates.shape == (16,)
    assert 0.01 < seen.channel_gates.std() < 1
    one = run(module="g_a.attention.3", channel=5)
    assert one.shows is Shows.FEATURE
    assert one.map.shape == (44, 57)
    other = run(module="g_a.attention.3", channel=6)
    assert not np.allclose(one.map, other.map)
    with pytest.raises(RequestError, match="no channel 16 of 16"):
        run(module="g_a.attention.3", channel=16)


def test_a_gate_of_each_channel_and_place_shows_the_gate_of_a_channel(see):
    run, small = see("gate", "latents"), Window(256, 128, 32, 48)
    mean = run(small)
    gates = np.stack([run(small, channel=channel).map for channel in range(256)])
    assert run(small, channel=3).shows is Shows.GATE
    assert ((gates > 0) & (gates < 2)).all()
    assert mean.channel_gates.shape == (256,)
    np.testing.assert_allclose(mean.map, gates.mean(0), atol=1e-4)


@pytest.mark.parametrize(("attention", "options", "heads"), [("self", {}, 1), ("multihead", {"heads": 4}, 4)])
def test_a_query_row_sums_to_one_around_its_pixel(see, attention, options, heads):
    run = see(attention, **options)
    seen = run(query=(333, 444))
    assert (seen.shows, seen.query) == (Shows.WEIGHT, (333, 444))
    assert [one.heads for one in seen.modules] == [heads, heads]
    assert all(isinstance(one.gamma, float) for one in seen.modules)
    assert seen.map.sum() == pytest.approx(1, abs=1e-3)
    reach = 256 // 16
    rows, cols = np.nonzero(seen.map)
    assert np.abs(rows - 333 // 16).max() <= reach
    assert np.abs(cols - 444 // 16).max() <= reach
    single = [run(query=(333, 444), head=head).map for head in range(heads)]
    np.testing.assert_allclose(np.mean(single, axis=0), seen.map, atol=1e-6)
    with pytest.raises(RequestError, match=f"no head {heads}"):
        run(head=heads)


def test_without_a_query_the_middle_is_asked_for(see):
    seen = see("local")(Window(100, 200, 320, 160))
    assert seen.query == (96 + seen.window.rows // 2, 192 + seen.window.cols // 2)
    rows, cols = np.nonzero(seen.map)
    assert np.ptp(rows) == np.ptp(cols) == 6  # it sees 7 × 7


def test_several_network_windows_make_one_map(see, monkeypatch):
    run = see("cbam")
    whole = run()
    monkeypatch.setattr(attend_module, "NETWORK_WINDOW", 256)
    pieces = run()
    np.testing.assert_allclose(pieces.map, whole.map, atol=2e-3)
    np.testing.assert_allclose(pieces.channel_gates, whole.channel_gates, atol=0.05)  # means of means with halos


def test_where_nothing_was_measured_there_is_no_map(see):
    seen = see("spatial")(Window(0, 848, 60, 50))
    assert (seen.map, seen.shows, len(seen.modules)) == (None, None, 2)


def test_a_container_alone_shows_the_decoder(see, scene, pack, bench, tmp_path):
    both = see("cbam")(module="g_s.attention.0")
    box = pack(scene, tmp_path / "scene.sarz", 60.0, effort=Effort.FAST, kind=Kind.POWER).target
    alone = attend(Attend(None, box, WHOLE, device="cpu"), lambda progress: None, Event(), bench)
    assert [one.name for one in alone.modules] == ["g_s.attention.0"]
    np.testing.assert_allclose(alone.map, both.map, atol=1e-4)


def test_an_unknown_module_is_refused(see):
    with pytest.raises(RequestError, match="no attention 'g_x'"):
        see("se")(module="g_x")


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (Window(0, 0, 5000, 6000), Window(1408, 1920, 2048, 2048)),
        (Window(130, 700, 300, 400), Window(128, 640, 384, 512)),
        (Window(4900, 5990, 100, 10), Window(4864, 5888, 136, 112)),
        (Window(0, 0, 10, 10), Window(0, 0, 128, 128)),
    ],
)
def test_the_attended_window_begins_at_a_step_and_is_no_larger_than_allowed(view, expected):
    assert attended_window(view, (5000, 6000), 128) == expected
