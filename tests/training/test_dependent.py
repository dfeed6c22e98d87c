"""Tests of training on dependent quantization: what is counted is what the codec writes, and gradients pass."""

import numpy as np
import pytest
import torch

from sargui.codec import rans, trellis
from sargui.codec.tables import empty_counts, fit
from sargui.networks.entropy import log_scale
from sargui.training.dependent import DependentQuantizer, dense_costs
from sargui.training.loop import Plan, Trainer

CODING = fit(empty_counts(8))
LEVEL = 0.9  # of a step


@pytest.fixture(scope="module")
def quantizer():
    return DependentQuantizer(CODING)


def drawn(shape=(2, 5, 8, 6)) -> tuple[torch.Tensor, torch.Tensor]:
    """Return values and indices; every fourth index is 0."""
    generator = torch.Generator().manual_seed(3)
    index = torch.randint(4, 48, shape, generator=generator) * (torch.rand(shape, generator=generator) > 0.25)
    values = torch.randn(shape, generator=generator) * torch.exp(log_scale(index))
    return values.requires_grad_(), index.float().requires_grad_()


def test_each_sample_is_searched_in_order_of_channels_rows_and_columns(quantizer):
    values, index = drawn()
    quantized = quantizer.levels(values, index)
    for sample in range(2):
        found = [np.empty(values[0].numel(), kind) for kind in (np.int16, np.uint8, np.int16)]
        given = values[sample].detach().numpy().ravel(), index[sample].detach().numpy().astype(np.uint8).ravel()
        trellis.search(*given, CODING.start, CODING.half, CODING.cost, *found)
        parts = (quantized.symbols, quantized.tables, quantized.levels.detach())
        for part, expected in zip(parts, found, strict=True):
            np.testing.assert_array_equal(part[sample].numpy().ravel(), expected)


def test_the_bits_of_what_is_coded_are_those_of_its_tables(quantizer):
    values, index = drawn()
    quantized = quantizer.levels(values, index)
    found = quantizer.bits(values, index, quantized)[index > 0].sum().item()
    flat = quantized.symbols.numpy().astype(np.int16).ravel(), quantized.tables.numpy().astype(np.uint8).ravel()
    assert found == pytest.approx(rans.bits(*flat, CODING.start, CODING.half, CODING.cost), rel=1e-4)


def test_dense_costs_are_those_of_the_tables_and_of_their_escapes():
    dense = dense_costs(CODING)
    assert dense.shape == (192, 513)
    for table in (30, 90, 150):
        for symbol in (0, 1, int(CODING.half[table]), int(CODING.half[table]) + 1):
            one = np.array([symbol], np.int16), np.array([table], np.uint8)
            assert dense[table, symbol] == pytest.approx(rans.bits(*one, CODING.start, CODING.half, CODING.cost))


def test_levels_pass_their_gradient_straight_through_where_they_are_coded(quantizer):
    values, index = drawn()
    (LEVEL * quantizer.levels(values, index).levels).sum().backward()
    torch.testing.assert_close(values.grad, (index > 0).float())


def test_bits_pull_the_index_to_the_scale_of_the_values(quantizer):
    # Values of half of the scale that the index stands for need a lower one, values of twice the scale a higher.
    unit = torch.randn(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    for factor, sign in ((0.5, 1), (2.0, -1)):
        index = torch.full_like(unit, 30.0).requires_grad_()
        values = factor * unit * torch.exp(log_scale(index.detach()))
        quantizer.bits(values, index, quantizer.levels(values, index)).sum().backward()
        assert sign * index.grad.mean() > 0.01


def test_a_trainer_takes_it(quantizer, make_network, make_sampler, tmp_path):
    network = make_network()
    trainer = Trainer(network, make_sampler(batch=2), Plan(steps=2, linear_share=0.0), tmp_path, quantizer)
    before = network.gain.clone()
    trainer.run(lambda state, progress: None)
    assert np.isfinite(trainer.state.loss)
    assert not torch.equal(network.gain, before)
