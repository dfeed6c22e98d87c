"""Tests of what happens to a network after its training: tables, figures on validation images, half of a card."""

import json
import math

import numpy as np
import pytest
import torch

from sargui.codec.payload import Payload
from sargui.codec.tables import empty_counts, fit
from sargui.codec.tile_codec import TileCodec
from sargui.core.types import Effort
from sargui.training.export import (
    VALIDATION_QUALITIES,
    as_float32,
    code_image,
    crop,
    fit_tables,
    rate_and_error,
    summary,
    validate,
)

CPU = torch.device("cpu")


@pytest.fixture
def network(make_network):
    return as_float32(make_network())


@pytest.fixture
def gaussian_codec(network):
    return TileCodec(network, fit(empty_counts(network.config.side)), CPU)


@pytest.fixture
def rounding_codec(network):
    return TileCodec(network, fit(empty_counts(network.config.side)), CPU, Effort.FAST)


def bits(codec, image, quality) -> float:
    symbols, _, frames = code_image(codec, image, quality)
    return sum(tile.estimated_bits for tile in codec.write(symbols, frames, quality))


def test_fitted_tables_need_fewer_bits_for_their_own_kind_of_data(network, gaussian_codec, make_sampler, make_image):
    tables = fit_tables(network, make_sampler(side=128, batch=2), batches=1)
    image = make_image(128, 128, 77)  # not among the patches
    for effort in Effort:
        gaussian, fitted = (TileCodec(network, each, CPU, effort) for each in (gaussian_codec.tables, tables))
        for quality in (1000, 5000, 9000):
            assert bits(fitted, image, quality) < 0.98 * bits(gaussian, image, quality)


def test_tables_of_either_effort_are_fitted_to_their_own_symbols(network, make_sampler, monkeypatch):
    # Each third of the tables, and those of z, must differ from the Gaussians that they start from.
    gaussian, fitted = (
        fit(empty_counts(network.config.side)),
        fit_tables(network, make_sampler(side=128, batch=1), batches=1),
    )
    changed = np.array(
        [
            not np.array_equal(
                *(part[start : start + 2 * half + 3] for part in (gaussian.cumulative, fitted.cumulative))
            )
            for start, half in zip(gaussian.start[:192], gaussian.half[:192], strict=True)
        ]
    )
    assert (gaussian.half[:192] == fitted.half[:192]).all()
    for first in (0, 64, 128):
        assert changed[first : first + 64].sum() > 5


def test_tables_are_fitted_to_patches_that_training_has_not_drawn(network, make_sampler, monkeypatch):
    sampler, steps = make_sampler(batch=1), []
    draw = sampler.draw
    monkeypatch.setattr(sampler, "draw", lambda step: steps.append(step) or draw(step))
    fit_tables(network, sampler, batches=2)
    assert len(set(steps)) == 2
    assert min(steps) > 1e9


def test_rate_rises_and_error_falls_with_quality(gaussian_codec, make_image):
    figures = validate(gaussian_codec, [("one", make_image(128, 192, 7)), ("two", make_image(64, 64, 8))])
    assert list(figures) == ["one", "two"]
    for points in figures.values():
        rates, errors = np.array(points).T
        assert len(rates) == len(VALIDATION_QUALITIES)
        assert (np.diff(rates) > 0).all()
        assert (np.diff(errors) < 0).all()


@pytest.mark.parametrize("quality", [7670, 9260])
def test_at_high_rate_the_error_of_the_start_is_that_of_uniform_quantization(quality, rounding_codec, make_image):
    # D = Δ²/12 and Δ² = 12 / (2 ln 2 · λ): the error is 1 / √(2 ln 2 · λ) dB.
    _, error = rate_and_error(rounding_codec, make_image(128, 128, 7), quality)
    assert error == pytest.approx(1 / math.sqrt(2 * math.log(2) * 0.02 * 1000 ** (quality / 10000)), rel=0.05)


@pytest.mark.parametrize("shape", [(128, 128), (64, 576)], ids=["one tile", "two tiles"])
def test_the_rate_is_that_of_payloads_which_decode_to_the_latents(shape, gaussian_codec, make_image):
    image, quality = make_image(*shape, 7), 5000
    rate, _ = rate_and_error(gaussian_codec, image, quality)
    symbols, latents, frames = code_image(gaussian_codec, image, quality)
    payloads = [tile.payload for tile in gaussian_codec.write(symbols, frames, quality)]
    assert rate == 8 * sum(map(len, payloads)) / image.size
    decoded, failed = gaussian_codec.read([Payload.unpack(payload) for payload in payloads], [f.extent for f in frames])
    assert failed == []
    assert decoded.v_hat.equal(latents.v_hat)
    assert decoded.index.equal(latents.index)


@pytest.mark.parametrize(
    ("shape", "cropped"), [((64, 127), (64, 64)), ((1100, 1023), (1024, 960)), ((5000, 128), (1024, 128))]
)
def test_validation_images_are_cropped_to_multiples_of_64_up_to_1024(shape, cropped):
    x = np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape)
    assert np.array_equal(crop(x), x[: cropped[0], : cropped[1]])


def test_the_summary_is_what_a_card_can_hold():
    figures = {"scene": [(0.123456, 2.0000049), (1.0, 0.5)]}
    assert json.loads(json.dumps(summary(figures))) == {
        "qualities": [10.0, 23.3, 36.56, 49.24, 62.5, 76.7, 92.6],
        "bpp_and_rmse_db": {"scene": [[0.1235, 2.0], [1.0, 0.5]]},
    }


def test_the_validation_qualities_stand_for_the_lambdas_in_their_comment():
    multipliers = [0.02 * 1000 ** (quality / 10000) for quality in VALIDATION_QUALITIES]
    assert multipliers == pytest.approx([0.04, 0.1, 0.25, 0.6, 1.5, 4, 12], rel=0.01)


def test_an_exported_network_computes_in_full_precision_and_learns_no_more(make_network):
    network = make_network().train()
    network.g_a.reduced = network.g_s.reduced = True
    as_float32(network)
    assert [network.training, network.g_a.reduced, network.g_s.reduced] == [False] * 3
    assert not any(value.requires_grad for value in network.parameters())
