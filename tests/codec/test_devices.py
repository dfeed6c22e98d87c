"""Tests of sargui.codec.devices: cores are shared while two stages compute, and given back whatever happens."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import torch

from sargui.codec.devices import sharing_cores, threads


@pytest.fixture(autouse=True)
def _as_before():
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


@pytest.mark.parametrize(("count", "shared"), [(1, 1), (2, 1), (3, 1), (8, 4)])
def test_each_of_two_stages_gets_half_of_the_cores_but_one_at_least(count, shared):
    torch.set_num_threads(count)
    with sharing_cores(), ThreadPoolExecutor(1) as other:
        assert torch.get_num_threads() == other.submit(torch.get_num_threads).result() == shared
        assert threads() == count
    assert torch.get_num_threads() == threads() == count


def test_cores_are_given_back_after_an_error():
    torch.set_num_threads(4)
    with pytest.raises(KeyError), sharing_cores():
        raise KeyError
    assert torch.get_num_threads() == 4


def test_jobs_that_overlap_do_not_halve_what_is_halved():
    torch.set_num_threads(8)
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(sharing_cores())
        second.enter_context(sharing_cores())
        assert (torch.get_num_threads(), threads()) == (4, 8)
        first.close()
        assert threads() == 8
    assert torch.get_num_threads() == threads() == 8
