"""Tests of work on a GPU, in streams of its own: the symbols of the CPU, its pixels, and no thread in another's way."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import torch

from sargui.codec.payload import Payload
from sargui.codec.streams import own_stream, to_device, to_host
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.training.export import code_image

CPU = torch.device("cpu")
on_a_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")


def test_without_a_gpu_there_is_nothing_to_it():
    values = np.arange(6, dtype=np.float32).reshape(2, 3)

    with own_stream(CPU):
        there = to_device(values, CPU)

    assert to_host(there) is not None
    assert np.array_equal(to_host(there), values)
    assert there.device == CPU


@pytest.fixture
def codecs(tiny_models):
    """The tiny checkpoint on the CPU and on the GPU, in full precision."""
    card = catalogue.read_card(tiny_models / "tiny.json")
    both = [TileCodec.load(card, device) for device in ("cpu", "cuda")]
    for codec in both:
        codec.half_precision = False
    return both


@on_a_gpu
def test_a_gpu_reads_the_symbols_of_the_cpu_and_makes_its_pixels(codecs):
    cpu, gpu = codecs
    x = np.random.default_rng(5).normal(size=(512, 512)).astype(np.float32)
    symbols, latents, frames = code_image(cpu, x, 5000)
    payloads = [Payload.unpack(tile.payload) for tile in cpu.write(symbols, frames, 5000)]

    found, failed = gpu.read(payloads, [frame.extent for frame in frames])

    assert gpu.notice == ""
    assert failed == []
    assert torch.equal(found.index.cpu(), latents.index)
    pictures = [codec.synthesize_scene(part, 32, 32, 5000) for codec, part in ((cpu, latents), (gpu, found))]
    assert 10 * np.abs(pictures[0] - pictures[1]).max() < 0.001


@on_a_gpu
def test_threads_do_not_disturb_each_other_on_a_gpu(codecs):
    codec = codecs[1]
    images = [np.random.default_rng(seed).normal(size=(256, 256)).astype(np.float32) for seed in range(16)]

    def coded_and_back(x):
        _, latents, _ = code_image(codec, x, 5000)
        return codec.synthesize_scene(latents, 16, 16, 5000)

    alone = [coded_and_back(x) for x in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(coded_and_back, images))

    for one, other in zip(alone, together, strict=True):
        assert 10 * np.abs(one - other).max() < 0.001
    assert all(np.abs(one - other).max() > 0.1 for one, other in pairwise(alone))
