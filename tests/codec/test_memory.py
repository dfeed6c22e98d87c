"""Tests of what happens when a device's memory is full: the same results, in halves, at last on the CPU."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from sargui.codec.memory import in_halves
from sargui.codec.payload import Payload
from sargui.codec.tile_codec import TileCodec, TileFrame, full_cells

QUALITY = 6000


class Device:
    """Says when it was left; has room for so many items, and for any number afterwards."""

    def __init__(self, room: int) -> None:
        self.room, self.left, self.tried = room, False, []
        self.device, self.moving = torch.device("cuda"), threading.Lock()

    def leave_device(self) -> None:
        if self.left:
            raise MemoryError
        self.left, self.room, self.device = True, 10**9, torch.device("cpu")

    def run(self, part: slice) -> list[int]:
        items = list(range(part.start, part.stop))
        self.tried.append(len(items))
        if len(items) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return items


@pytest.mark.parametrize(("room", "tried", "left"), [(8, [5], False), (3, [5, 2, 3], False), (0, [5, 2, 1, 1], True)])
def test_a_batch_is_halved_until_it_fits_and_a_single_item_leaves(room, tried, left):
    device = Device(room)
    assert in_halves(device, 5, device.run, lambda first, second: first + second) == [0, 1, 2, 3, 4]
    assert device.tried[: len(tried)] == tried
    assert device.left is left


def test_what_fails_because_another_thread_left_the_device_is_done_where_that_went():
    device = Device(8)

    def run(part: slice) -> list[int]:
        if not device.left:
            device.leave_device()
            raise RuntimeError("Expected all tensors to be on the same device")
        return device.run(part)

    assert in_halves(device, 3, run, lambda first, second: first + second) == [0, 1, 2]


def test_what_fails_while_another_thread_leaves_the_device_waits_for_it():
    device = Device(8)
    failed = threading.Event()

    def leave():
        with device.moving:
            leaving.set()
            assert failed.wait(10)
            device.leave_device()

    def run(part: slice) -> list[int]:
        if not device.left:
            failed.set()
            raise RuntimeError("Expected all tensors to be on the same device")
        return device.run(part)

    leaving = threading.Event()
    other = threading.Thread(target=leave)
    other.start()
    assert leaving.wait(10)
    assert in_halves(device, 3, run, lambda first, second: first + second) == [0, 1, 2]
    other.join()


def test_two_threads_whose_memory_is_full_leave_the_device_once():
    device, both = Device(0), threading.Barrier(2)

    def run(part: slice) -> list[int]:
        if not device.left:
            both.wait(10)
        return device.run(part)

    with ThreadPoolExecutor(2) as threads:
        found = [threads.submit(in_halves, device, 1, run, lambda first, second: first + second) for _ in range(2)]
        assert [each.result() for each in found] == [[0], [0]]


def test_other_errors_pass(tiny):
    def broken(part: slice) -> None:
        raise RuntimeError("shapes do not fit")

    with pytest.raises(RuntimeError, match="shapes"):
        in_halves(tiny, 4, broken, lambda first, second: first)


@pytest.fixture
def small(tiny) -> TileCodec:
    """A codec that believes to be on a GPU, whose memory holds two tiles, or one picture of nothing."""
    return TileCodec(tiny.network, tiny.tables, torch.device("cpu"))


def fail_above(monkeypatch, codec, name, limit):
    """Let a method of the entropy network run out of memory for more than `limit` tiles."""
    whole = getattr(codec.network.entropy, name)

    def run(z, *rest):
        if len(z) > limit:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return whole(z, *rest)

    monkeypatch.setattr(codec.network.entropy, name, run)


def test_tiles_are_coded_and_read_in_halves_as_at_once(small, monkeypatch):
    v = 3 * torch.randn(5, 256, 32, 32, generator=torch.Generator().manual_seed(1))
    frames = [TileFrame(full_cells((32, 32)), (32, 32))] * 5
    expected, latents = small.quantize(v, frames, QUALITY)
    fail_above(monkeypatch, small, "features", 2)
    symbols, halves = small.quantize(v, frames, QUALITY)
    for one, other in zip(symbols.parts, expected.parts, strict=True):
        np.testing.assert_array_equal(one.symbols, other.symbols)
        np.testing.assert_array_equal(one.tables, other.tables)
    torch.testing.assert_close(halves.v_hat, latents.v_hat)
    payloads = [Payload.unpack(tile.payload) for tile in small.write(symbols, frames, QUALITY)]
    broken = payloads[3]
    payloads[3] = Payload(broken.profile, broken.quality, broken.checksum ^ 1, broken.void, None, broken.words, b"")
    found, failed = small.read(payloads, [(32, 32)] * 5)
    assert failed == [3]
    torch.testing.assert_close(found.v_hat[:3], latents.v_hat[:3])
    assert small.notice == ""


def test_too_large_a_picture_goes_on_on_the_cpu_and_says_so(small, monkeypatch):
    halo = small.analysis_halo
    x = np.random.default_rng(3).standard_normal((64 + 2 * halo, 64 + 2 * halo)).astype(np.float32)
    expected = small.analyze(x, QUALITY)
    whole, calls = small.network.scaled, []

    def scaled(*given):
        calls.append(small.device.type)
        if small.device.type != "cpu":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return whole(*given)

    monkeypatch.setattr(small.network, "scaled", scaled)
    monkeypatch.setattr(torch.Tensor, "to", lambda tensor, *_, **__: tensor)  # there is no such device here
    monkeypatch.setattr(torch, "tensor", lambda data, device=None: torch.as_tensor(data))
    small.device = torch.device("cuda:0")
    torch.testing.assert_close(small.analyze(x, QUALITY), expected)
    assert calls == ["cuda", "cpu"]
    assert small.device.type == small.coding_device.type == "cpu"
    assert "memory of the device 'cuda:0'" in small.notice


def test_too_large_a_picture_for_the_cpu_is_an_error(small, monkeypatch):
    def scaled(*given):
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(small.network, "scaled", scaled)
    with pytest.raises(MemoryError):
        small.analyze(np.zeros((64, 64), np.float32), QUALITY)
