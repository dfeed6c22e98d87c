"""Tests of a codec on a GPU: it reads the symbols of the CPU and makes its pixels, in however many threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from sargui.codec.layout import cut_tiles
from sargui.codec.payload import Payload
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells
from sargui.core import catalogue
from sargui.training.export import code_image

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")

QUALITY = 5000
SIDE = 512


@pytest.fixture
def codecs(tiny_models):
    """The tiny checkpoint on the CPU and on the GPU, in full precision."""
    card = catalogue.read_card(tiny_models / "tiny.json")
    both = [TileCodec.load(card, device) for device in ("cpu", "cuda")]
    for codec in both:
        codec.half_precision = False
    return both


def picture(seed):
    return np.random.default_rng(seed).normal(size=(SIDE, SIDE)).astype(np.float32)


def test_it_reads_the_symbols_of_the_cpu_and_makes_its_pixels(codecs):
    cpu, gpu = codecs
    symbols, latents, frames = code_image(cpu, picture(5), QUALITY)
    payloads = [Payload.unpack(tile.payload) for tile in cpu.write(symbols, frames, QUALITY)]

    found, failed = gpu.read(payloads, [frame.extent for frame in frames])

    assert gpu.notice == ""
    assert failed == []
    assert torch.equal(found.index.cpu(), latents.index)
    pictures = [codec.synthesize_scene(part, 32, 32, QUALITY) for codec, part in ((cpu, latents), (gpu, found))]
    assert 10 * np.abs(pictures[0] - pictures[1]).max() < 0.001


def test_what_one_thread_analyzes_another_codes_and_a_third_synthesizes(codecs):
    codec, halo = codecs[1], codecs[1].analysis_halo
    frame = TileFrame(full_cells((32, 32)), (32, 32))

    def analyzed(seed):
        return cut_tiles(codec.analyze(np.pad(picture(seed), halo, mode="symmetric"), QUALITY))

    def coded(v):
        return codec.quantize(v.result(), [frame], QUALITY)[1]

    def synthesized(latents):
        return codec.synthesize_scene(latents.result(), 32, 32, QUALITY)

    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second, ThreadPoolExecutor(1) as third:
        halves = [second.submit(coded, first.submit(analyzed, seed)) for seed in range(12)]
        together = [found.result() for found in [third.submit(synthesized, half) for half in halves]]

    for seed, found in enumerate(together):
        _, latents, _ = code_image(codec, picture(seed), QUALITY)
        alone = codec.synthesize_scene(latents, 32, 32, QUALITY)
        assert np.sqrt(np.mean(np.square(found - alone))) < 0.01, seed
