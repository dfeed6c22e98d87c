"""Tests of the promise that files rest on: the same symbols whatever the layout, batch, threads or kernels."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from sargui.codec import devices
from sargui.codec.devices import pick_device
from sargui.codec.payload import Payload
from sargui.codec.symbols import Latents, Part, TileSymbols, dequantize
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells
from sargui.core.errors import SarguiError
from sargui.core.types import Effort

QUALITY = 5500
EFFORTS = [Effort.FAST, Effort.BEST]
FULL = full_cells((32, 32))
SLOPE = 0.65 * 12 / (2 * math.log(2))  # bits per step², of the search


def latents(tiles: int, seed: int = 0, channels: int = 256) -> torch.Tensor:
    """Return latents in steps whose deviation falls from 40 to 0.1 along the channels, as those of pictures do."""
    deviation = torch.logspace(1.6, -1, channels)[None, :, None, None]
    return torch.randn(tiles, channels, 32, 32, generator=torch.Generator().manual_seed(seed)) * deviation


def frames(tiles: int) -> list[TileFrame]:
    """Return frames of full tiles, but for the last, of which only a part is coded."""
    part = full_cells((20, 32)) & (np.add.outer(np.arange(32), np.arange(32)) > 12)
    return [TileFrame(FULL, (32, 32)) for _ in range(tiles - 1)] + [TileFrame(part, (20, 32))]


def with_effort(codec: TileCodec, effort: Effort) -> TileCodec:
    return TileCodec(codec.network, codec.tables, codec.device, effort)


@pytest.fixture(scope="module", params=["tiny fast", "tiny best", "shipped fast", "shipped best"])
def codec(request) -> TileCodec:
    name, effort = request.param.split()
    return with_effort(request.getfixturevalue(name), Effort(effort))


@pytest.fixture(scope="module", params=EFFORTS)
def tiny_codec(request, tiny) -> TileCodec:
    return with_effort(tiny, request.param)


@pytest.fixture(scope="module")
def sixteen(codec) -> tuple[TileSymbols, Latents]:
    """Sixteen tiles, coded at once."""
    return codec.quantize(latents(16), frames(16), QUALITY)


def chosen(codec: TileCodec, parts: list[Part], cells: torch.Tensor) -> list[np.ndarray]:
    """Return the indices that a decoder chooses when it is given these levels, z's left out."""
    levels, found = iter(parts[1:]), []

    def read(index: np.ndarray) -> np.ndarray:
        found.append(index)
        return next(levels).levels

    with torch.inference_mode():
        dequantize(codec.network, cells, QUALITY, codec.quantizer, parts[0].levels, read)
    return found


# From 16 tiles on, torch without oneDNN turns to NNPACK, whose fast convolutions are not exact.
@pytest.mark.filterwarnings("ignore:TF32 acceleration")
@pytest.mark.parametrize(
    ("layout", "onednn", "threads", "tiles"),
    [
        (torch.channels_last, True, 1, slice(8)),
        (torch.contiguous_format, True, 2, slice(15, None)),
        (torch.channels_last, False, 2, slice(16)),
        (torch.contiguous_format, False, 1, slice(16)),
        (torch.contiguous_format, False, 2, slice(15, None)),
    ],
    ids=[
        "batch of 8",
        "one tile, contiguous",
        "without oneDNN",
        "without oneDNN, contiguous",
        "one tile without oneDNN",
    ],
)
def test_every_decoder_chooses_the_same_tables(codec, sixteen, layout, onednn, threads, tiles):
    parts = sixteen[0].parts
    cells = torch.from_numpy(np.stack([frame.cells for frame in frames(16)])).float()
    torch.set_num_threads(threads)
    codec.network.to(memory_format=layout)
    try:
        with torch.backends.mkldnn.flags(enabled=onednn):
            given = [Part(part.symbols[tiles], part.tables[tiles], part.levels[tiles]) for part in parts]
            found = chosen(codec, given, cells[tiles])
    finally:
        torch.set_num_threads(1)
        codec.network.to(memory_format=torch.channels_last)
    for index, part in zip(found, given[1:], strict=True):
        np.testing.assert_array_equal(index, part.tables % 64)  # in each set of tables there are 64
    assert len(np.unique(np.concatenate([part.ravel() for part in found]))) > 30


def test_z_has_a_table_for_each_channel_wherever_one_of_its_cells_is_coded(codec, sixteen):
    tables = sixteen[0].parts[0].tables
    side = codec.network.config.side
    expected = np.broadcast_to(192 + np.arange(side)[:, None], (side, 64))
    np.testing.assert_array_equal(tables[0], expected)
    coded = frames(16)[-1].cells.reshape(8, 4, 8, 4).any(axis=(1, 3)).ravel()
    assert 0 < coded.sum() < 64
    np.testing.assert_array_equal(tables[-1], expected * coded)


def test_the_halves_of_each_group_are_coded_one_after_the_other(codec, sixteen):
    # Cells whose row and column sum up to an even number come first, each half in order of channels, rows, columns.
    symbols, decoded = sixteen
    halves = symbols.parts[1:]
    even = np.add.outer(np.arange(32), np.arange(32)) % 2 == 0
    starts = np.cumsum([0, *codec.network.config.groups])
    assert len(halves) == 2 * (len(starts) - 1)
    for group, (start, stop) in enumerate(pairwise(starts)):
        for half, places in enumerate((even, ~even)):
            part = halves[2 * group + half]
            np.testing.assert_array_equal(part.tables % 64, decoded.index[:, start:stop, places].numpy())
            if group > 0:  # the first has means
                values = decoded.v_hat[:, start:stop, places].numpy()
                np.testing.assert_allclose(part.levels * codec.quantizer.unit, values, rtol=1e-6)


def test_decoding_gives_back_the_exact_symbols_and_latents(codec):
    batch = frames(3)
    symbols, expected = codec.quantize(latents(3, seed=1), batch, QUALITY)
    written = codec.write(symbols, batch, QUALITY)
    payloads = [Payload.unpack(tile.payload) for tile in written]
    found, failed = codec.read(payloads, [frame.extent for frame in batch])
    assert failed == []
    torch.testing.assert_close(found.v_hat, expected.v_hat, atol=1e-4, rtol=0)  # the means are float
    assert torch.equal(found.index, expected.index)
    for number in range(3):
        assert payloads[number].checksum == symbols.checksum(number)


def test_latents_are_off_by_little_where_they_are_coded(codec):
    # Rounded: by half a step. Searched: a level is off by 2 of 0.9 steps at most, unless 0 costs less; that saves no
    # more than the 40 bits of the dearest symbol, worth a squared error of 40 / slope.
    v, batch = latents(2, seed=2), frames(2)
    _, decoded = codec.quantize(v, batch, QUALITY)
    cells = torch.from_numpy(np.stack([frame.cells for frame in batch]))[:, None]
    error = (decoded.v_hat - v)[(decoded.index > 0) & cells]
    rounded = codec.quantizer.profile == 0
    assert error.abs().max() <= (0.5 + 1e-5 if rounded else math.sqrt(1.8**2 + 40 / SLOPE))
    assert error.square().mean() < (1 / 12 if rounded else 0.22) + 1e-3
    assert not decoded.v_hat[(~cells).expand_as(decoded.v_hat)].any()
    assert not decoded.index[(~cells).expand_as(decoded.index)].any()


@pytest.mark.parametrize("magnitude", [3e4, 1e6])
def test_absurdly_large_latents_are_clipped_to_16_bits_and_decode(tiny_codec, magnitude):
    v, batch = latents(1, seed=3), [TileFrame(FULL, (32, 32))]
    v[0, :, ::7, ::5] = magnitude
    v[0, :, 1::7, 1::5] = -magnitude
    symbols, expected = tiny_codec.quantize(v, batch, QUALITY)
    payloads = [Payload.unpack(tile.payload) for tile in tiny_codec.write(symbols, batch, QUALITY)]
    found, failed = tiny_codec.read(payloads, [(32, 32)])
    assert failed == []
    assert torch.equal(found.index, expected.index)


def test_estimates_agree_with_the_bytes_written_to_one_percent(codec):
    batch = frames(4)
    symbols, _ = codec.quantize(latents(4, seed=4), batch, QUALITY)
    for tile in codec.write(symbols, batch, QUALITY):
        assert tile.stream_bytes == pytest.approx(tile.estimated_bits / 8, rel=0.01)
        assert tile.stream_bytes < len(tile.payload) < tile.stream_bytes + 200


@pytest.mark.parametrize("damage", ["words", "cut", "escapes", "checksum", "cells"])
def test_a_corrupted_stream_fails_alone(tiny_codec, damage):
    batch = frames(4)
    v = latents(4, seed=5)
    v[1, 40, 3, 3] = 9999.0  # an escape
    symbols, expected = tiny_codec.quantize(v, batch, QUALITY)
    payloads = [Payload.unpack(tile.payload) for tile in tiny_codec.write(symbols, batch, QUALITY)]
    good = payloads[1]
    words = good.words.copy()
    words[len(words) // 2] ^= 0x10
    payloads[1] = {
        "words": replace(good, words=words),
        "cut": replace(good, words=good.words[: len(words) // 2].copy()),
        "escapes": replace(good, escapes=b"\x80"),
        "checksum": replace(good, checksum=good.checksum ^ 1),
        "cells": replace(good, cells=full_cells((31, 31))),
    }[damage]
    found, failed = tiny_codec.read(payloads, [frame.extent for frame in batch])
    assert failed == [1]
    assert not found.v_hat[1].any()
    assert not found.index[1].any()
    for number in (0, 2, 3):
        torch.testing.assert_close(found.v_hat[number], expected.v_hat[number], atol=1e-4, rtol=0)
        assert torch.equal(found.index[number], expected.index[number])


def test_a_tile_read_as_of_the_other_profile_fails(tiny_codec):
    batch = [TileFrame(FULL, (32, 32))]
    symbols, _ = tiny_codec.quantize(latents(1), batch, QUALITY)
    (tile,) = tiny_codec.write(symbols, batch, QUALITY)
    payload = Payload.unpack(tile.payload)
    assert tiny_codec.read([replace(payload, profile=1 - payload.profile)], [(32, 32)])[1] == [0]


def test_a_codec_of_either_effort_reads_the_tiles_of_both(tiny, tiny_codec):
    batch = frames(2)
    symbols, expected = tiny_codec.quantize(latents(2, seed=6), batch, QUALITY)
    payloads = [Payload.unpack(tile.payload) for tile in tiny_codec.write(symbols, batch, QUALITY)]
    for effort in EFFORTS:
        found, failed = with_effort(tiny, effort).read(payloads, [frame.extent for frame in batch])
        assert failed == []
        assert torch.equal(found.index, expected.index)


def test_a_tile_without_a_coded_cell_is_its_mask_alone(tiny):
    batch = [TileFrame(full_cells((0, 0)), (32, 32), b"\x01")]
    symbols, _ = tiny.quantize(latents(1), batch, QUALITY)
    (tile,) = tiny.write(symbols, batch, QUALITY)
    assert len(tile.payload) <= 16
    assert (tile.stream_bytes, tile.estimated_bits) == (0, 0)
    found, failed = tiny.read([Payload.unpack(tile.payload)], [(32, 32)])
    assert failed == []
    assert not found.v_hat.any()


def test_analysis_and_synthesis_crop_their_halos(tiny):
    v = tiny.analyze(np.zeros((96 + 64, 96 + 32), np.float32), QUALITY)
    assert v.shape == (256, 4, 2)
    halo = tiny.synthesis_halo
    big = torch.zeros(256, 5 + 2 * halo, 3 + 2 * halo)
    assert tiny.synthesize(big, big, QUALITY).shape == (80, 48)


def test_half_precision_changes_pixels_by_little_and_symbols_not_at_all(shipped):
    codec = with_effort(shipped, Effort.FAST)
    frame = TileFrame(FULL, (32, 32))
    symbols, decoded = codec.quantize(latents(1), [frame], QUALITY)
    rows = {}
    for half in (True, False):
        codec.half_precision = half
        assert codec.half_precision is half
        pixels = codec.synthesize_scene(decoded, 32, 32, QUALITY)
        again, _ = codec.quantize(latents(1), [frame], QUALITY)
        rows[half] = pixels
        assert again.checksum(0) == symbols.checksum(0)
    codec.half_precision = devices.computes_halves(codec.device)
    error_db = 10 * np.abs(rows[True] - rows[False])
    assert 0 < np.sqrt(np.mean(error_db**2)) < 0.05


def test_half_precision_is_for_devices_that_have_it(monkeypatch):
    cpu = torch.device("cpu")
    for able in (True, False):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: {"avx512_bf16": able}, raising=False)
        assert devices.computes_halves(cpu) is able
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert not devices.computes_halves(cpu)
    assert devices.computes_halves(torch.device("cuda"))
    assert not devices.computes_halves(torch.device("mps"))


@pytest.mark.parametrize("name", ["cuda:99", "nonsense", "cpu:0:0", ""])
def test_a_device_that_is_not_there_is_one_sentence(name):
    with pytest.raises(SarguiError, match=f"no device '{name}' on this machine") as error:
        pick_device(name)
    assert "\n" not in str(error.value)


def test_auto_finds_some_device():
    assert pick_device("auto").type in {"cpu", "cuda", "mps"}
    assert pick_device("cpu").type == "cpu"
