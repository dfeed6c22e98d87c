"""Tests of the coding tables: the sums and bounds that the coder relies on, and Gaussians by SciPy."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from sargui.codec.tables import WIDEST, CodingTables, empty_counts, fit, scales
from sargui.core.errors import CheckpointError

SIDE = 8
LEVEL = 0.9  # of a step: what levels of dependent quantization count


def parts(coding: CodingTables) -> list[np.ndarray]:
    sizes = 2 * coding.half + 3
    return [np.diff(part.astype(np.int64)) for part in np.split(coding.cumulative, np.cumsum(sizes)[:-1])]


def counted(seed: int) -> np.ndarray:
    """Return counts of Laplacian symbols, some tables without any."""
    rng, counts = np.random.default_rng(seed), empty_counts(SIDE)
    for table in range(0, len(counts), 2):
        scale = scales()[table % 64] if table < 192 else 3.0
        symbols = np.clip(np.rint(rng.laplace(0, scale, 3000)), -WIDEST, WIDEST).astype(int)
        np.add.at(counts[table], symbols + WIDEST, 1)
    return counts


@pytest.mark.parametrize("counts", [empty_counts(SIDE), counted(0), counted(1)], ids=["none", "some", "others"])
def test_every_table_sums_to_65536_and_leaves_no_symbol_without_a_code(counts):
    coding = fit(counts)
    assert len(coding.half) == 3 * 64 + SIDE
    for part, half in zip(parts(coding), coding.half, strict=True):
        assert len(part) == 2 * half + 2
        assert part.sum() == 65536
        assert part.min() >= 1


def test_tables_of_no_counts_are_gaussians_of_their_scales():
    coding = fit(empty_counts(SIDE))
    for table in (8, 20, 40, 50):
        sigma, half = scales()[table], coding.half[table]
        edges = (np.arange(-half, half + 2) - 0.5) / max(sigma, 0.2)
        expected = np.append(np.diff(norm.cdf(edges)), 2 * norm.sf((half + 0.5) / max(sigma, 0.2)))
        # A code of at least 1/65536 for each of the symbols is taken from all.
        np.testing.assert_allclose(parts(coding)[table] / 65536, expected, atol=2.5 * len(expected) / 65536)


@pytest.mark.parametrize("odd", [0, 1], ids=["even levels", "odd levels and zero"])
def test_tables_of_dependent_levels_are_gaussians_over_what_is_nearest_to_each(odd):
    coding = fit(empty_counts(SIDE))
    for index in (20, 40, 50):
        sigma, half = scales()[index], int(coding.half[64 * (1 + odd) + index])
        symbols = np.arange(-half - 1, half + 2)
        values = LEVEL * (2 * symbols - odd * np.sign(symbols))
        edges = (values[1:] + values[:-1]) / 2 / sigma
        expected = np.append(np.diff(norm.cdf(edges)), 2 * norm.sf(edges[-1]))
        found = parts(coding)[64 * (1 + odd) + index] / 65536
        np.testing.assert_allclose(found, expected, atol=2.5 * len(expected) / 65536)


def test_latents_are_as_often_negative_as_positive():
    for part in parts(fit(counted(2)))[: 3 * 64]:
        np.testing.assert_allclose(part[:-1], part[:-1][::-1], atol=len(part) + 1)  # the largest takes the remainder


def test_alphabets_reach_four_deviations_from_1_to_512():
    half = fit(empty_counts(SIDE)).half
    assert half[0] == 1
    assert half[:64].max() == 512
    np.testing.assert_array_equal(half[:64], np.clip(np.ceil(4 * scales()), 1, 512))
    for first in (64, 128):  # symbols of dependent quantization lie two levels apart
        np.testing.assert_array_equal(half[first : first + 64], np.clip(np.ceil(2 * scales() / LEVEL), 1, 512))


def test_counts_make_the_code_of_what_was_counted_shorter():
    counts = counted(3)
    fitted, gaussian = parts(fit(counts)), parts(fit(empty_counts(SIDE)))
    for table in (30, 40, 50, 100, 160):
        half = fit(counts).half[table]
        seen = counts[table, WIDEST - half : WIDEST + half + 1]
        assert -(seen * np.log2(fitted[table][:-1])).sum() < -(seen * np.log2(gaussian[table][:-1])).sum()


def test_tables_survive_the_checkpoint_exactly():
    coding = fit(counted(4))
    tensors = coding.to_tensors()
    again = CodingTables.from_tensors(tensors, SIDE)
    np.testing.assert_array_equal(again.half, coding.half)
    np.testing.assert_array_equal(again.cumulative, coding.cumulative)
    np.testing.assert_array_equal(again.start, coding.start)
    assert all(tensor.dtype == torch.int16 for tensor in tensors.values())


def test_costs_are_the_information_of_each_symbol():
    coding = fit(counted(5))
    for part, start in zip(parts(coding), coding.start, strict=True):
        np.testing.assert_allclose(coding.cost[start : start + len(part)], -np.log2(part / 65536), rtol=1e-6)


def tampered(change) -> dict[str, torch.Tensor]:
    tensors = {name: value.clone() for name, value in fit(empty_counts(SIDE)).to_tensors().items()}
    change(tensors)
    return tensors


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop("half"),
        lambda t: t.pop("frequency"),
        lambda t: t.clear(),
        lambda t: t["frequency"].__setitem__(3, t["frequency"][3] + 1),
        lambda t: t["half"].__setitem__(0, 0),
        lambda t: t["half"].__setitem__(0, -1),
        lambda t: t["half"].__setitem__(0, 2),
        lambda t: t["half"].__setitem__(40, 32767),
        lambda t: t.update(half=t["half"][:-1]),
        lambda t: t.update(half=torch.zeros(0, dtype=torch.int16)),
        lambda t: t.update(frequency=t["frequency"][:-1]),
        lambda t: t.update(frequency=t["frequency"].to(torch.int8)),
        lambda t: t.update(frequency=t["frequency"].to(torch.float32)),
        lambda t: t.update(frequency=t["frequency"].to(torch.bfloat16)),
        lambda t: t.update(half=t["half"].to(torch.bfloat16)),
        lambda t: t.update(half=t["half"][None]),
        lambda t: t.update(frequency=t["frequency"][:, None]),
    ],
)
def test_tampered_tables_are_refused_in_one_sentence(change):
    with pytest.raises(CheckpointError, match=r"coding tables.*\.$"):
        CodingTables.from_tensors(tampered(change), SIDE)


def test_tables_for_another_number_of_side_channels_are_refused():
    with pytest.raises(CheckpointError, match="wrong shape"):
        CodingTables.from_tensors(fit(empty_counts(SIDE)).to_tensors(), SIDE + 1)
