"""What every codec is given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from benchmarks.scene import Scene


def write(path: Path, values: NDArray[Any], **more: Any) -> Path:
    rows, cols = values.shape
    with rasterio.open(path, "w", "GTiff", cols, rows, 1, dtype=values.dtype, **more) as raster:
        raster.write(values, 1)
        raster.update_tags(SAR_KIND="amp")
    return path


@pytest.fixture
def amplitude() -> NDArray[np.float32]:
    return np.sqrt(np.random.default_rng(2).gamma(4, 100, (96, 130))).astype(np.float32)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_power_is_what_amplitude_is_the_root_of(tmp_path: Path, amplitude: NDArray[np.float32]) -> None:
    scene = Scene.read(write(tmp_path / "a.tif", amplitude))
    assert scene.name == "a"
    assert scene.power(scene.x) == pytest.approx(amplitude.astype(np.float64) ** 2, rel=1e-4)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_what_was_not_measured_is_filled_and_does_not_count(tmp_path: Path, amplitude: NDArray[np.float32]) -> None:
    amplitude[10:30, 40:60] = -1
    scene = Scene.read(write(tmp_path / "a.tif", amplitude, nodata=-1))
    assert np.count_nonzero(~scene.valid) == 400
    assert not scene.valid[10:30, 40:60].any()
    assert np.isfinite(scene.x).all()
    assert scene.x.min() == scene.x[scene.valid].min()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_complex_pixels_are_measured_by_their_amplitude(tmp_path: Path, amplitude: NDArray[np.float32]) -> None:
    phase = np.random.default_rng(3).uniform(-np.pi, np.pi, amplitude.shape)
    turned = Scene.read(write(tmp_path / "c.tif", (amplitude * np.exp(1j * phase)).astype(np.complex64)))
    plain = Scene.read(write(tmp_path / "a.tif", amplitude))
    assert turned.x == pytest.approx(plain.x, abs=1e-4)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_other_pixels_have_another_digest(tmp_path: Path, amplitude: NDArray[np.float32]) -> None:
    first = Scene.read(write(tmp_path / "a.tif", amplitude)).digest
    assert Scene.read(write(tmp_path / "b.tif", amplitude)).digest == first
    amplitude[0, 0] += 1
    assert Scene.read(write(tmp_path / "c.tif", amplitude)).digest != first
