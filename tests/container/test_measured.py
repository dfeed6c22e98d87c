"""The measured layer: comes back as it was, and what is none is refused or, in a file, left out."""

import math
import struct

import pytest

from sargui.container import Reader, layout, measured_to_bytes
from sargui.container.checked import DamageError
from sargui.container.measured import measured_from_bytes
from sargui.core.types import MeasuredError

from . import handmade

ERROR = MeasuredError(0.9371, 1 << 40)


def container_with(tmp_path, content):
    path = tmp_path / "a.sarz"
    path.write_bytes(handmade.container(layers=[(layout.LayerKind.MEASURED, 0, content)]))
    return path


def test_it_comes_back(tmp_path):
    with Reader(container_with(tmp_path, measured_to_bytes(ERROR))) as reader:
        assert reader.measured() == ERROR
        assert reader.sizes()["layers"] == 16


@pytest.mark.parametrize(
    "content",
    [b"", bytes(15), bytes(17), bytes(16)]
    + [struct.pack("<dQ", error, 9) for error in (math.nan, math.inf, -1.0)]
    + [struct.pack("<dQ", 1.0, (1 << 64) - 1)],
)
def test_what_is_none_is_left_out(tmp_path, content):
    with pytest.raises(DamageError):
        measured_from_bytes(content)
    with Reader(container_with(tmp_path, content)) as reader:
        assert reader.measured() is None
