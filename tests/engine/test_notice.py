"""A device that does not compute exactly: its files are as good as any, and whoever waits for them is told."""

from threading import Event

import torch

from sargui.codec import self_test
from sargui.core.types import Kind
from sargui.engine.compress import compress
from sargui.engine.requests import Compress, Rate, RateKind

OTHER = "cpu:0"  # the CPU under another name: stands for a device that is not to be trusted


def test_a_job_says_that_the_cpu_did_the_work_of_the_device(tmp_path, power_of, write, pack, monkeypatch):
    source = write(tmp_path / "scene.tif", power_of(96, 80).astype("float32"))
    usual = pack(source, tmp_path / "usual.sarz", kind=Kind.POWER)
    monkeypatch.setattr(self_test, "passes", lambda _, device: device == torch.device("cpu"))
    request = Compress(source, tmp_path / "other.sarz", None, Rate(RateKind.QUALITY, 60.0), OTHER, Kind.POWER)
    done = compress(request, lambda _: None, Event())
    assert usual.notice == ""
    assert done.notice.startswith(f"The device '{OTHER}' does not compute coding tables exactly;")
    assert done.target.read_bytes() == usual.target.read_bytes()
