"""Tests of the lapped transform: Malvar and Staelin, The LOT, 1989, as algebra."""

import math

import numpy as np
import pytest
import torch
from scipy.fft import dct

from sargui.networks.lapped import (
    CORRELATION,
    SIDE,
    LappedAnalysis,
    LappedSynthesis,
    extend_latents,
    extend_pixels,
    frequency_order,
    lapped_basis,
)

BASIS = lapped_basis()


@pytest.fixture
def analysis() -> LappedAnalysis:
    return LappedAnalysis().requires_grad_(False)


@pytest.fixture
def synthesis() -> LappedSynthesis:
    return LappedSynthesis().requires_grad_(False)


def whole_transform(side: int, cells: int) -> np.ndarray:
    """Return the transform of a periodic signal as a square matrix, each basis at each shift."""
    length = side * cells
    matrix = np.zeros((length, length))
    basis = lapped_basis(side)
    for cell in range(cells):
        for tap in range(2 * side):
            matrix[cell * side : (cell + 1) * side, (cell * side + tap) % length] += basis[:, tap]
    return matrix


@pytest.mark.parametrize("side", [4, 8, 16])
def test_the_basis_is_orthonormal(side):
    basis = lapped_basis(side)
    np.testing.assert_allclose(basis @ basis.T, np.eye(side), atol=1e-12)


@pytest.mark.parametrize("side", [4, 8, 16])
def test_overlapping_tails_of_neighboring_bases_are_orthogonal(side):
    # Malvar and Staelin, eq. 2: P0 P0' + P1 P1' = I and P0 P1' = 0 with the two halves of the bases.
    basis = lapped_basis(side)
    np.testing.assert_allclose(basis[:, side:] @ basis[:, :side].T, 0, atol=1e-12)


@pytest.mark.parametrize("side", [4, 8, 16])
def test_the_transform_of_a_whole_signal_is_an_orthogonal_matrix(side):
    matrix = whole_transform(side, 5)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(5 * side), atol=1e-12)
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(5 * side), atol=1e-12)


def test_even_bases_are_even_and_odd_bases_are_odd():
    for number, row in enumerate(BASIS):
        np.testing.assert_allclose(row[::-1], row if number % 2 == 0 else -row, atol=1e-12)


def test_bases_of_each_symmetry_are_ordered_by_falling_energy_of_the_signal_they_are_made_for():
    place = np.arange(2 * SIDE)
    covariance = CORRELATION ** np.abs(place[:, None] - place[None])
    energy = np.diag(BASIS @ covariance @ BASIS.T)
    assert (np.diff(energy[0::2]) < 0).all()
    assert (np.diff(energy[1::2]) < 0).all()


def test_frequency_rises_with_the_number_of_the_basis():
    spectrum = np.abs(np.fft.rfft(BASIS, 512, axis=1)) ** 2
    center = (spectrum * np.arange(257)).sum(1) / spectrum.sum(1)
    assert (np.diff(center) > 0).all()


def test_the_coding_gain_is_malvars():
    # Malvar, Signal Processing with Lapped Transforms, 1992, and Malvar and Staelin 1989, table I: for AR(1),
    # rho = 0.95 and 8 bands the DCT gains 8.83 dB and the optimal LOT 9.24 dB; we must be between, near the latter.
    basis = lapped_basis(8)
    place = np.arange(16)
    variances = np.diag(basis @ (0.95 ** np.abs(place[:, None] - place[None])) @ basis.T)
    gain = 10 * math.log10(variances.mean() / np.exp(np.log(variances).mean()))
    assert gain == pytest.approx(9.24, abs=0.02)
    cosine = dct(np.eye(8), norm="ortho", axis=0)
    variances = np.diag(cosine @ (0.95 ** np.abs(place[:8, None] - place[None, :8])) @ cosine.T)
    assert 10 * math.log10(variances.mean() / np.exp(np.log(variances).mean())) == pytest.approx(8.83, abs=0.01)


def test_latents_are_ordered_by_rising_sum_of_frequencies_and_hold_each_pair_once():
    pairs = frequency_order()
    assert {tuple(pair) for pair in pairs.tolist()} == {(row, col) for row in range(16) for col in range(16)}
    assert (np.diff(pairs.sum(1)) >= 0).all()
    assert pairs[0].tolist() == [0, 0]


def test_latents_equal_inner_products_with_products_of_bases(analysis):
    x = np.random.default_rng(0).standard_normal((48, 80))
    padded = np.pad(x, 8, mode="symmetric")
    found = analysis(torch.tensor(x[None, None], dtype=torch.float32))[0].numpy()
    assert found.shape == (256, 3, 5)
    for number, (row, col) in enumerate(frequency_order()):
        for down, across in ((0, 0), (1, 2), (2, 4)):
            part = padded[16 * down : 16 * down + 32, 16 * across : 16 * across + 32]
            assert found[number, down, across] == pytest.approx(BASIS[row] @ part @ BASIS[col], abs=1e-5)


@pytest.mark.parametrize("shape", [(16, 16), (16, 64), (32, 16), (48, 80), (128, 96)])
def test_reconstruction_is_perfect_up_to_the_border(shape, analysis, synthesis):
    x = torch.randn(2, 1, *shape, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(synthesis(analysis(x)), x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", [(16, 16), (64, 48)])
def test_synthesis_of_the_start_is_the_transpose_of_the_analysis(shape, analysis, synthesis):
    # <A x, y> = <x, S y> holds inside; it does up to the border as well for signals that vanish there.
    generator = torch.Generator().manual_seed(2)
    x, y = torch.zeros(1, 1, 128, 128), torch.zeros(1, 256, 8, 8)
    x[:, :, 32:-32, 32:-32] = torch.randn(64, 64, generator=generator)
    y[:, :, 2:-2, 2:-2] = torch.randn(256, 4, 4, generator=generator)
    assert float((analysis(x) * y).sum()) == pytest.approx(float((x * synthesis(y)).sum()), rel=1e-4)


def test_energy_is_kept_inside(analysis):
    x = torch.zeros(1, 1, 128, 128)
    x[:, :, 32:-32, 32:-32] = torch.randn(64, 64, generator=torch.Generator().manual_seed(3))
    assert float(analysis(x).square().sum()) == pytest.approx(float(x.square().sum()), rel=1e-5)


def test_latents_of_the_mirrored_picture_are_mirrored_latents_with_signs(analysis):
    x = torch.randn(1, 1, 64, 96, generator=torch.Generator().manual_seed(4))
    padded = torch.from_numpy(np.pad(x.numpy(), ((0, 0), (0, 0), (32, 32), (32, 32)), mode="symmetric"))
    expected = analysis(padded)[:, :, 1:-1, 1:-1]  # the outermost cells see beyond the padding
    torch.testing.assert_close(extend_latents(analysis(x), analysis.signs), expected, atol=1e-5, rtol=0)


def test_signs_are_those_of_the_bases(analysis):
    for number, (row, col) in enumerate(frequency_order()):
        mirror = [float(np.sign(BASIS[k] @ BASIS[k][::-1])) for k in (row, col)]
        assert analysis.signs[number].tolist() == mirror


def test_pixels_are_extended_as_numpy_does():
    x = np.random.default_rng(5).standard_normal((1, 1, 16, 20)).astype(np.float32)
    expected = np.pad(x, ((0, 0), (0, 0), (8, 8), (8, 8)), mode="symmetric")
    np.testing.assert_array_equal(extend_pixels(torch.from_numpy(x), 8).numpy(), expected)


def test_learned_bases_keep_their_symmetry(analysis):
    with torch.no_grad():
        analysis.quadrant += torch.randn(analysis.quadrant.shape, generator=torch.Generator().manual_seed(6))
    kernel = analysis.kernel().reshape(256, 16, 16, 2, 2).permute(0, 3, 1, 4, 2).reshape(256, 32, 32)
    signs = analysis.signs
    torch.testing.assert_close(kernel.flip(1), kernel * signs[:, :1, None], atol=0, rtol=0)
    torch.testing.assert_close(kernel.flip(2), kernel * signs[:, 1:, None], atol=0, rtol=0)
