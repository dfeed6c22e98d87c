"""Tests of the list of devices: what is offered can be used, and GPUs are named with their memory."""

from threading import Event
from types import SimpleNamespace

import torch

from sargui.codec.devices import pick_device
from sargui.engine.devices import devices
from sargui.engine.dispatch import execute, use_threads
from sargui.engine.views import ListDevices


def test_auto_is_first_and_says_what_it_is():
    first, *others = execute(ListDevices(), lambda progress: None, Event())
    assert first.name == "auto"
    assert first.description == f"auto: {others[0].description}"
    assert others[-1].name == "cpu"


def test_each_device_that_is_offered_can_be_picked():
    for device in devices():
        assert pick_device(device.name) is not None


def test_a_gpu_has_its_name_and_memory(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    properties = SimpleNamespace(name="NVIDIA Something", total_memory=8 << 30)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda number: properties)
    names = {device.name: device.description for device in devices()}
    assert names["cuda:1"] == "NVIDIA Something, 8 GiB"
    assert names["auto"] == "auto: NVIDIA Something, 8 GiB"


def test_jobs_take_as_many_threads_as_they_are_told():
    before = torch.get_num_threads()
    try:
        for count in (2, 1):
            use_threads(count)
            assert torch.get_num_threads() == count
    finally:
        use_threads(before)
