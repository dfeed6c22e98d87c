"""Tests of what a checkpoint costs: tensors counted, parameters counted, times by turns."""

import numpy as np
import pytest
import torch
from torch import nn

from sargui.training.experiment import cost
from sargui.training.experiment.cost import TensorWatch, memory, parameters, square, times

KIB = 1024


def test_tensors_are_counted_while_they_live():
    with TensorWatch() as watch:
        first = torch.zeros(KIB)  # 4 KiB
        second = first + 1
        del first
        second.view(2, -1)  # no bytes of its own
        third = torch.cat([second, second])  # 8 KiB, beside 4
        del second, third
        torch.ones(KIB)
    assert watch.largest == 8 * KIB
    assert watch.peak == 12 * KIB


def test_the_largest_tensor_of_a_window_is_at_least_that_of_its_first_layer(make_codec):
    codec = make_codec()
    found = memory(codec, 64)
    side = 64 + 2 * codec.analysis_halo
    assert found.largest_mib >= round(4 * (side // 2) ** 2 * 4 / cost.MIB, 2)  # 4 channels of float32 at 1/2
    assert found.peak_mib >= found.largest_mib


def test_parameters_are_counted_once():
    layer = nn.Linear(3, 2)
    assert parameters([layer, nn.Sequential(layer, nn.Linear(2, 1, bias=False))]) == 8 + 2


def test_small_images_are_mirrored_to_the_size_asked_for():
    x = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    filled = square(x, 5)
    assert filled.shape == (5, 5)
    assert filled[:2].tolist() == [[0, 1, 2, 2, 1], [3, 4, 5, 5, 4]]
    assert square(np.zeros((8, 3), np.float32), 4).shape == (4, 4)


def test_a_codec_against_itself_takes_the_same_time(make_codec, make_image, monkeypatch):
    ticks = iter(range(1000))
    monkeypatch.setattr(cost.time, "perf_counter", lambda: float(next(ticks)))
    codec = make_codec()
    found = times(codec, codec, make_image(64, 64, 1), 2)
    assert (found.encode_s, found.decode_s, found.encode_ratio, found.decode_ratio) == pytest.approx((1, 1, 1, 1))
