"""An image as every codec of a comparison gets it: in dB of (power + floor), smooth where nothing was measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.cache import digest
from sargui.codec.fill import fill_void
from sargui.core import radiometry
from sargui.core.types import Radiometry, Void, Window
from sargui.engine.planes import sample_radiometry
from sargui.io import open_product

Image = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Scene:
    """The first band of a raster, of complex pixels their amplitude; its floor is the same for all codecs."""

    path: Path
    x: Image  # network input, (rows, cols); one unit is 10 dB
    valid: NDArray[np.bool_]
    scale: Radiometry

    @staticmethod
    def read(path: Path) -> Scene:
        """Return the whole of a raster."""
        with open_product(path, None, detect=True) as source:
            scale = sample_radiometry(source, 0, source.info.bands[0].kind)
            pixels = source.read(0, Window(0, 0, *source.info.shape))
        valid = radiometry.void_of(pixels, scale) == Void.VALID
        return Scene(path, fill_void(radiometry.to_network(pixels.values, scale), ~valid), valid, scale)

    @property
    def name(self) -> str:
        """The raster's name."""
        return self.path.stem

    @cached_property
    def digest(self) -> str:
        """Of the pixels and of how they became network input."""
        return digest(self.x, self.valid, repr(self.scale))

    def power(self, x: Image) -> NDArray[np.float64]:
        """Return linear power ≥ 0, without the floor, of an image in network units."""
        return np.maximum(10 ** (radiometry.to_db(x, self.scale).astype(np.float64) / 10) - self.scale.floor, 0)
