"""Tests of the memory that attention takes in one network window: none exceeds a small GPU, no matrix a window's."""

from dataclasses import replace

import pytest

from benchmarks import memory
from sargui.attention import registry
from sargui.networks import NetworkConfig
from sargui.networks.config import PLACEMENTS

LARGEST_MIB, PEAK_MIB = 128, 512  # of one window; a GPU of 8 GB has sixteen times that
VARIANTS = [name for name in registry.names() if name != "none"]
SMALL = NetworkConfig(stages=(4, 8, 16, 16), hyper=8, side=4)


def test_attention_costs_memory_where_it_looks_at_neighbors():
    assert memory.of(replace(SMALL, attention="local", placement="all")).peak_mib > memory.of(SMALL).peak_mib


@pytest.mark.long
@pytest.mark.parametrize("placement", PLACEMENTS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_fits_a_small_gpu_at_every_place(variant, placement):
    found = memory.of(replace(NetworkConfig(), attention=variant, placement=placement))
    assert 0 < found.largest_mib <= LARGEST_MIB
    assert found.largest_mib <= found.peak_mib <= PEAK_MIB
