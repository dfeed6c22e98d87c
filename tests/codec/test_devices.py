"""Tests of sargui.codec.devices: cores are shared while two stages compute, and given back whatever happens."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from sargui.codec.devices import sharing_cores


@pytest.fixture(autouse=True)
def _as_before():
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(("threads", "shared"), [(1, 1), (2, 1), (3, 1), (8, 4)])
def test_each_of_two_stages_gets_half_of_the_cores_but_one_at_least(threads, shared):
    torch.set_num_threads(threads)
    with sharing_cores(), ThreadPoolExecutor(1) as other:
        assert torch.get_num_threads() == other.submit(torch.get_num_threads).result() == shared
    assert torch.get_num_threads() == threads


def test_cores_are_given_back_after_an_error():
    torch.set_num_threads(4)
    with pytest.raises(KeyError), sharing_cores():
        raise KeyError
    assert torch.get_num_threads() == 4
