"""What the result of a compression says of its source: what is not kept, or called otherwise, or lost before."""

import numpy as np
import pytest

from sargui.core.types import Kind


@pytest.fixture
def notice(write, pack, tmp_path):
    """Compress pixels and return the notice."""

    def run(values, kind=None, tags=None, **options):
        source = write(tmp_path / "scene.tif", values, tags, **options)
        return pack(source, tmp_path / "scene.sarz", kind=kind, overwrite=True).notice

    return run


def power(power_of, rows=64, cols=64):
    return power_of(rows, cols).astype(np.float32)


def test_of_an_ordinary_scene_nothing_is_said(notice, power_of):
    assert notice(power(power_of)) == ""
    assert notice(power(power_of), Kind.AMPLITUDE) == ""


@pytest.mark.parametrize("kind", [Kind.AMPLITUDE, Kind.POWER])
def test_the_share_of_negative_pixels_is_said(notice, power_of, kind):
    values = power(power_of)
    values[:16] = -9999
    assert notice(values, kind) == (
        "Of the pixels, 25 % are negative and come back as 0 or a little more; "
        'if they mean "not measured", declare a nodata value first.'
    )


def test_a_declared_fill_value_is_not_counted(notice, power_of):
    values = power(power_of)
    values[:16] = -9999
    assert notice(values, Kind.POWER, nodata=-9999) == ""


def test_the_share_is_of_the_valid_pixels_of_all_bands(notice, power_of):
    bands = np.stack([power(power_of)] * 2)
    bands[0, :32] = np.nan
    bands[1, :12] = -1
    assert "12.5 % are negative" in notice(bands, Kind.POWER)


@pytest.mark.parametrize(("value", "kind"), [(9.96921e36, Kind.AMPLITUDE), (1e-28, Kind.AMPLITUDE), (-9999, Kind.DB)])
def test_power_that_float32_cannot_hold_is_said(notice, power_of, value, kind):
    values = power(power_of) if kind is Kind.AMPLITUDE else 10 * np.log10(power(power_of))
    values[:16] = value
    assert "25 % are too large or too small to be kept" in notice(values, kind)


def test_very_few_pixels_are_said_too(notice, power_of):
    values = power(power_of, 200, 200)
    values[7, 9] = -1
    assert "less than 0.01 % are negative" in notice(values, Kind.POWER)


def test_a_user_who_overrides_the_file_is_told_what_it_says(notice, power_of):
    said = "The numbers were read as power, as you said, but scene.tif calls them dB."
    assert notice(power(power_of), Kind.POWER, {"SAR_KIND": "db"}) == said
    assert notice(power(power_of), Kind.POWER, {"SAR_KIND": "power"}) == ""


def test_a_second_loss_is_said(write, pack, unpack, power_of, tmp_path):
    source = write(tmp_path / "scene.tif", power(power_of))
    assert pack(source, tmp_path / "first.sarz").notice == ""
    unpack(tmp_path / "first.sarz", tmp_path / "back.tif")
    for again in ("first.sarz", "back.tif"):
        assert "lose for the second time" in pack(tmp_path / again, tmp_path / "second.sarz", overwrite=True).notice
