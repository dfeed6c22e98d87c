"""Tests of analysis and synthesis: where they start, and how far they see."""

import pytest
import torch

from sargui.networks import Autoencoder
from sargui.networks.quality import embedding
from sargui.networks.transforms import ANALYSIS_HALO, SYNTHESIS_HALO

QUALITY = embedding(torch.tensor([6000])) / 64


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
    halo = 16 * ANALYSIS_HALO
    whole = network.g_a(x, QUALITY)
    part = network.g_a(x[:, :, 96 - halo : 160 + halo, 112 - halo : 192 + halo], QUALITY)
    inner = part[:, :, ANALYSIS_HALO:-ANALYSIS_HALO, ANALYSIS_HALO:-ANALYSIS_HALO]
    torch.testing.assert_close(inner, whole[:, :, 6:10, 7:12], atol=1e-4, rtol=0)


@torch.inference_mode()
def test_pixels_beyond_the_halo_do_not_reach_the_latents(network):
    x = noise(1, 1, 256, 256)
    halo = 16 * ANALYSIS_HALO
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
    assert reach <= 16 * ANALYSIS_HALO
    assert reach >= 16 * (ANALYSIS_HALO - 1)  # and no cell of the halo is wasted


@torch.inference_mode()
def test_latents_beyond_the_halo_do_not_reach_the_pixels(network):
    y, scales = noise(1, 256, 17, 17), noise(1, 256, 17, 17, seed=2)
    keep = torch.zeros(17, 17, dtype=torch.bool)
    keep[8 - SYNTHESIS_HALO : 9 + SYNTHESIS_HALO, 8 - SYNTHESIS_HALO : 9 + SYNTHESIS_HALO] = True
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
        slice(6 - SYNTHESIS_HALO, 9 + SYNTHESIS_HALO),
        slice(5 - SYNTHESIS_HALO, 11 + SYNTHESIS_HALO),
    )
    whole = network.g_s(y, scales, QUALITY)
    halo = 16 * SYNTHESIS_HALO
    inner = network.g_s(y[part], scales[part], QUALITY)[:, :, halo:-halo, halo:-halo]
    torch.testing.assert_close(inner, whole[:, :, 96:144, 80:176], atol=1e-4, rtol=0)
