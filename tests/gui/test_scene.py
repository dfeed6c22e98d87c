"""What the session holds: values without the floor that pictures have, and what settings ask for."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sargui.core.types import BandInfo, Effort, Kind, ProductInfo, Window
from sargui.engine.requests import Compress, Picture, Rate, Trial
from sargui.gui.scene import Settings, read_out

INFO = ProductInfo("a", 1, 3, (BandInfo("uint16", Kind.AMPLITUDE),))


def test_a_read_out_is_that_of_a_pin_which_has_no_floor():
    numbers, decoded, floor = np.array([[160.0, 9.0, 0.0]]), np.array([[166.0, 8.0, 0.0]]), 240.0
    original_db, decoded_db = (np.float32(10 * np.log10(values**2 + floor)) for values in (numbers, decoded))
    error_db = decoded_db - original_db
    picture = Picture(INFO, INFO.bands[0], Window(0, 0, 1, 3), 1, original_db, decoded_db, error_db, floor=floor)
    for col, (number, other) in enumerate([(160, 166), (9, 8)]):
        values = read_out([picture], 0, col)
        assert values.original_db == pytest.approx(20 * math.log10(number), abs=2e-3)
        assert values.decoded_db == pytest.approx(20 * math.log10(other), abs=2e-3)
        assert values.error_db == pytest.approx(20 * math.log10(other / number), abs=4e-3)
    nothing = read_out([replace(picture, original_db=np.full((1, 3), np.float32(10 * np.log10(floor))))], 0, 2)
    assert nothing.original_db < 20 * math.log10(1)  # less than the smallest number
    assert read_out([replace(picture, floor=0.0)], 0, 0).original_db == original_db[0, 0]


def test_settings_ask_for_all_that_is_chosen():
    settings = Settings("none-3", Rate(value=20.0), Effort.FAST, "cpu", keep_power=False)
    asked = Compress(None, None, **settings.asked)
    assert (asked.model, asked.rate, asked.effort, asked.device) == ("none-3", Rate(value=20.0), Effort.FAST, "cpu")
    assert not asked.keep_power
    assert Settings.of(Trial("none-3", 20.0, Effort.FAST, keep_power=False)) == replace(settings, device="auto")
