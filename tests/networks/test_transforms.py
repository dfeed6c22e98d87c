"""Tests of analysis and synthesis: where they start, and how far they see."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from sargui import attention
from sargui.attention import bypassed
from sargui.networks import Autoencoder, NetworkConfig, layers
from sargui.networks.config import PLACEMENTS
from sargui.networks.quality import embedding
from sargui.networks.transforms import (
    Analysis,
    Synthesis,
    analysis_halo,
    grid,
    synthesis_halo,
)

QUALITY = embedding(torch.tensor([6000])) / 64
HALO = 3  # cells beyond which nothing reaches, without attention
SMALL_WINDOW = 64  # pixels, so that pictures of many attention windows are small
VARIANTS = [name for name in attention.names() if name != "none"]
CASES = [(name, place) for name in VARIANTS for place in PLACEMENTS]
IDS = [f"{name}-{place}" for name, place in CASES]


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(16, 16), (32, 16), (64, 64), (48, 112)])
def test_an_untrained_network_reconstructs_perfectly_up_to_the_border(shape, config):
    network = Autoencoder(config).requires_grad_(False)
    x = noise(1, 1, *shape)
    y = network.g_a(x, QUALITY)
    assert y.shape == (1, 256, shape[0] // 16, shape[1] // 16)
    torch.testing.assert_close(network.g_s(y, torch.zeros_like(y), QUALITY), x, atol=1e-5, rtol=0)


@torch.inference_mode()
def test_the_analysis_of_a_part_needs_only_its_halo(network):
    x = noise(1, 1, 256, 288)
    halo = 16 * HALO
    whole = network.g_a(x, QUALITY)
    part = network.g_a(x[:, :, 96 - halo : 160 + halo, 112 - halo : 192 + halo], QUALITY)
    inner = part[:, :, HALO:-HALO, HALO:-HALO]
    torch.testing.assert_close(inner, whole[:, :, 6:10, 7:12], atol=1e-4, rtol=0)


@torch.inference_mode()
def test_pixels_beyond_the_halo_do_not_reach_the_latents(network):
    x = noise(1, 1, 256, 256)
    halo = 16 * HALO
    keep = torch.zeros(256, 256, dtype=torch.bool)
    keep[128 - halo : 144 + halo, 128 - halo : 144 + halo] = True
    other = torch.where(keep, x, noise(1, 1, 256, 256, seed=1))
    first, second = network.g_a(x, QUALITY), network.g_a(other, QUALITY)
    torch.testing.assert_close(first[:, :, 8, 8], second[:, :, 8, 8], atol=1e-5, rtol=0)
    assert (first[:, :, 8, 4] - second[:, :, 8, 4]).abs().max() > 0.1


def test_the_analysis_sees_43_pixels_beyond_its_cell(network):
    # The design's number, from the layers: found here by the gradient of one latent.
    network.requires_grad_(True)
    x = noise(1, 1, 256, 256).requires_grad_()
    network.g_a(x, QUALITY)[:, :, 8, 8].square().sum().backward()
    rows = x.grad[0, 0].abs().sum(1).nonzero()[:, 0]
    reach = max(128 - rows.min().item(), rows.max().item() - 143)
    assert reach <= 16 * HALO
    assert reach >= 16 * (HALO - 1)  # and no cell of the halo is wasted


@torch.inference_mode()
def test_latents_beyond_the_halo_do_not_reach_the_pixels(network):
    y, scales = noise(1, 256, 17, 17), noise(1, 256, 17, 17, seed=2)
    keep = torch.zeros(17, 17, dtype=torch.bool)
    keep[8 - HALO : 9 + HALO, 8 - HALO : 9 + HALO] = True
    other_y = torch.where(keep, y, noise(1, 256, 17, 17, seed=3))
    other_scales = torch.where(keep, scales, noise(1, 256, 17, 17, seed=4))
    first, second = network.g_s(y, scales, QUALITY), network.g_s(other_y, other_scales, QUALITY)
    torch.testing.assert_close(first[:, :, 128:144, 128:144], second[:, :, 128:144, 128:144], atol=1e-5, rtol=0)
    assert (first[:, :, 128:144, 64:80] - second[:, :, 128:144, 64:80]).abs().max() > 0.1


@torch.inference_mode()
def test_the_synthesis_of_a_part_needs_only_its_halo(network):
    y, scales = noise(1, 256, 18, 16), noise(1, 256, 18, 16, seed=2)
    part = (
        slice(None),
        slice(None),
        slice(6 - HALO, 9 + HALO),
        slice(5 - HALO, 11 + HALO),
    )
    whole = network.g_s(y, scales, QUALITY)
    halo = 16 * HALO
    inner = network.g_s(y[part], scales[part], QUALITY)[:, :, halo:-halo, halo:-halo]
    torch.testing.assert_close(inner, whole[:, :, 96:144, 80:176], atol=1e-4, rtol=0)


def attentive(name: str, placement: str, **options: object) -> tuple[Analysis, Synthesis, NetworkConfig]:
    """Return a small network with attention, every parameter and statistic moved away from its start."""
    config = NetworkConfig(
        stages=(4, 8, 8, 16), hyper=16, side=8, heads=4, attention=name, placement=placement, **options
    )
    torch.manual_seed(0)
    networks = Analysis(config), Synthesis(config)
    with torch.no_grad():
        for network in networks:
            for key, value in network.state_dict().items():
                if value.is_floating_point() and not key.endswith("quadrant"):
                    value += (0.2 if "attention" in key else 0.05) * torch.randn_like(value)
            network.eval().requires_grad_(False)
    return *networks, config


@pytest.fixture
def small_windows(monkeypatch):
    monkeypatch.setattr(layers, "ATTENTION_WINDOW", SMALL_WINDOW)


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize(("name", "placement"), [*CASES, ("none", "all")], ids=[*IDS, "none"])
@torch.inference_mode()
def test_a_part_with_its_halo_is_as_in_the_whole(name, placement):
    g_a, g_s, config = attentive(name, placement)
    upright = placement in ("encoder", "bottleneck")  # along rows here, along columns elsewhere

    def strip(x):
        return x.transpose(2, 3) if upright else x

    def parts(halo):
        """The whole, the part with its halo, and what is wanted of it, in cells."""
        start = 2 * grid(config)
        return start + 2 * halo + 6 * grid(config) + 3, slice(start, start + 2 * halo + 2 * grid(config)), halo

    length, part, halo = parts(analysis_halo(config))
    x = noise(1, 1, 64, 16 * length)
    whole = strip(g_a(strip(x), QUALITY))
    found = strip(g_a(strip(x[..., 16 * part.start : 16 * part.stop]), QUALITY))
    torch.testing.assert_close(found[..., halo:-halo], whole[..., part][..., halo:-halo], atol=1e-4, rtol=1e-5)

    length, part, halo = parts(synthesis_halo(config))
    y, scales = noise(1, 256, 4, length), noise(1, 256, 4, length, seed=2)
    whole = strip(g_s(strip(y), strip(scales), QUALITY))[..., 16 * part.start : 16 * part.stop]
    found = strip(g_s(strip(y[..., part]), strip(scales[..., part]), QUALITY))
    inner = slice(16 * halo, -16 * halo)
    torch.testing.assert_close(found[..., inner], whole[..., inner], atol=1e-4, rtol=1e-5)


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize(("name", "placement"), CASES, ids=IDS)
@torch.inference_mode()
def test_attention_placed_somewhere_is_at_work_there_and_can_be_bypassed(name, placement):
    g_a, g_s, _ = attentive(name, placement)
    x, y = noise(1, 1, 96, 80), noise(1, 256, 6, 5)
    for network, given, absent in ((g_a, (x, QUALITY), "decoder"), (g_s, (y, y.abs(), QUALITY), "encoder")):
        before = network(*given)
        with bypassed(network):
            without = network(*given)
        assert torch.equal(before, without) == (placement == absent)


@pytest.mark.parametrize("name", VARIANTS)
def test_attention_brings_parameters_only_where_it_is_placed(name):
    plain = Analysis(NetworkConfig()).state_dict().keys() | Synthesis(NetworkConfig()).state_dict().keys()
    for placement in PLACEMENTS:
        config = NetworkConfig(attention=name, placement=placement)
        for network in (Analysis(config), Synthesis(config)):
            found = {key.split(".")[0] for key in network.state_dict().keys() - plain}
            latents = {"latent_attention", "latent_blocks"} if placement == "latents" else set()
            assert found <= (latents or {"attention"})


def test_gates_on_the_latents_read_the_features_of_the_branch():
    config = NetworkConfig(attention="gate", placement="latents")
    g_a, g_s = Analysis(config), Synthesis(config)
    for network in (g_a, g_s):
        assert network.latent_attention.attention.conv.weight.shape == (256, 192, 1, 1)
    assert len(g_s.latent_blocks) == 1
    with torch.no_grad():
        g_a.latent_attention.attention.conv.bias[7] = 1.0
    x = noise(1, 1, 64, 64)
    expected = (
        g_a.lapped(x) * torch.where(torch.arange(256) == 7, 2 * torch.sigmoid(torch.tensor(1.0)), 1.0)[:, None, None]
    )
    torch.testing.assert_close(g_a(x, QUALITY), expected)


@pytest.mark.parametrize(("name", "placement"), CASES, ids=IDS)
def test_latents_and_pixels_keep_full_precision_beside_a_reduced_branch(name, placement):
    g_a, g_s, _ = attentive(name, placement)
    x = noise(1, 1, 64, 48)
    y = g_a(x, QUALITY)
    picture = g_s(y, y.abs(), QUALITY)
    g_a.reduced = g_s.reduced = True
    half_y, half_picture = g_a(x, QUALITY), g_s(y, y.abs(), QUALITY)
    assert half_y.dtype == half_picture.dtype == torch.float32
    assert (half_y - y).square().mean() < 0.01 * y.square().mean()
    assert (half_picture - picture).square().mean() < 0.01 * picture.square().mean()


def test_halos_without_attention_are_those_of_the_convolutions():
    assert (analysis_halo(NetworkConfig()), synthesis_halo(NetworkConfig())) == (3, 3)
    assert grid(NetworkConfig()) == 1


@pytest.mark.parametrize(
    ("name", "placement", "expected"),
    [
        ("local", "bottleneck", (1, 6, 6)),  # 43 + 3·16 px; 3 + 3 cells
        ("gate", "latents", (1, 3, 3)),
        ("spatial", "latents", (1, 6, 5)),  # 43 + 3·16 px; 22 px, so 2 cells, + 3
        ("cbam", "bottleneck", (8, 16, 16)),  # (128 + 43) px; 34 px up to 128, + 128
        ("cbam", "decoder", (8, 8, 64)),  # windows of four stages, one after another
        ("self", "decoder", (8, 8, 40)),  # of at most 32 positions, so of 64 and 128 px at the first two
    ],
)
def test_halos_follow_from_the_card(name, placement, expected):
    config = NetworkConfig(attention=name, placement=placement)
    assert (grid(config), analysis_halo(config), synthesis_halo(config)) == expected


class Largest(TorchDispatchMode):
    """Remembers the largest tensor and the largest matrix (the last two axes) that any operation returns."""

    def __init__(self) -> None:
        super().__init__()
        self.values = self.matrix = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, tuple | list) else [result]:
            if isinstance(tensor, torch.Tensor) and tensor.ndim > 2:
                self.values = max(self.values, tensor.numel())
                self.matrix = max(self.matrix, tensor.shape[-1] * tensor.shape[-2])
        return result


def largest_allocations(config: NetworkConfig, pixels: int, cells: int) -> Largest:
    """Return what the analysis of square pictures and the synthesis of cells allocate, without computing it."""
    with FakeTensorMode(), torch.no_grad():
        g_a, g_s, quality = Analysis(config), Synthesis(config), torch.empty(1, 8)
        with Largest() as seen:
            g_a(torch.empty(1, 1, pixels, pixels), quality)
            g_s(torch.empty(1, 256, cells, cells), torch.empty(1, 256, cells, cells), quality)
    return seen


@pytest.mark.parametrize("placement", ["all", "latents"])
@pytest.mark.parametrize("name", VARIANTS)
def test_no_matrix_of_all_pairs_of_positions_is_ever_built(name, placement):
    # In 576 px there are 36² positions at 1/16, which make 1.7 million pairs; 1024² are allowed in a window.
    config = NetworkConfig(stages=(8, 8, 16, 16), attention=name, placement=placement)
    assert largest_allocations(config, 576, 36).matrix <= 1024**2


@pytest.mark.long
@pytest.mark.parametrize(("name", "placement"), CASES, ids=IDS)
def test_no_tensor_of_a_network_window_is_larger_than_256_mib(name, placement):
    config = NetworkConfig(attention=name, placement=placement)
    seen = largest_allocations(config, 1024 + 32 * analysis_halo(config), 64 + 2 * synthesis_halo(config))
    assert seen.values * 4 <= 256 * 2**20


def test_a_module_of_a_network_says_what_it_attended_to():
    g_a, _, _ = attentive("gate", "latents")
    given = []
    slot = g_a.latent_attention.attention
    slot.register_forward_pre_hook(lambda module, inputs: given.append(inputs))
    g_a(noise(1, 1, 64, 48), QUALITY)
    found = slot.attended(*given[0])
    assert found.channel_gates.shape == (1, 256)
    assert found.position_map.shape == (1, 4, 3)
