"""PNG files, read back by Qt, which knows nothing of GDAL."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from sargui.io.png import png


@pytest.mark.parametrize("shape", [(1, 1), (1, 256), (300, 17)])
def test_another_reader_sees_the_same_colors(shape):
    rng = np.random.default_rng(3)
    levels, table = rng.integers(0, 256, shape).astype(np.uint8), rng.integers(0, 256, (256, 4)).astype(np.uint8)
    image = QImage.fromData(png(levels, table), "PNG").convertToFormat(QImage.Format.Format_RGBA8888)
    seen = np.frombuffer(image.constBits(), np.uint8).reshape(shape[0], image.bytesPerLine() // 4, 4)[:, : shape[1]]
    np.testing.assert_array_equal(seen, table[levels])


def test_noise_costs_hardly_more_than_a_byte_a_pixel():
    levels = np.random.default_rng(4).integers(0, 256, (200, 300)).astype(np.uint8)
    assert len(png(levels, np.full((256, 4), 255, np.uint8))) < 1.1 * levels.size
