"""Containers from another day and perhaps another machine: their symbols must decode, their pixels be nearly the same.

tests/data/make_tiny_model.py made them, in format version 1; they are never made again.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from sargui.core.types import Void, Window
from sargui.engine.decoded import DecodedSource

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.filterwarnings("ignore:TF32 acceleration")
@pytest.mark.parametrize("onednn", [True, False])
@pytest.mark.parametrize("name", ["golden", "golden_fast"])
def test_a_golden_file_decodes_to_its_golden_pixels(name, onednn):
    with torch.backends.mkldnn.flags(enabled=onednn), DecodedSource(DATA / f"{name}.sarz", "cpu") as source:
        source.codec.half_precision = False
        x, void = source.read_network(0, Window(0, 0, 100, 130))  # strict: a wrong symbol raises
    expected_void = np.zeros((100, 130), np.uint8)
    expected_void[70:, 90:] = Void.NAN
    np.testing.assert_array_equal(void, expected_void)
    valid = void == Void.VALID
    np.testing.assert_allclose(x[valid], np.load(DATA / f"{name}.npy")[valid], rtol=0, atol=1e-4)  # 0.001 dB
