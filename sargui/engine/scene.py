"""A scene to be coded: its bands, its header, and what lies beside its pixels, whatever the quality."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Event

import sargui
from sargui.container import (
    BandHeader,
    Header,
    LayerKind,
    annexes_to_bytes,
    fixed_bytes,
    layer_bytes,
    measured_to_bytes,
    product_to_bytes,
)
from sargui.core.errors import UnsupportedRasterError
from sargui.core.tiling import GAIN_SIDE, grid_shape, windows
from sargui.core.types import Kind, MeasuredError, ModelCard, ProductInfo, RasterSource
from sargui.engine.encoding import NETWORK_WINDOW, encode_exact_tiles
from sargui.engine.planes import BandPlane, ExactBand, measured_bands, sample_radiometry
from sargui.engine.stages import stop_if
from sargui.engine.targets import TILE_BYTES, Budget
from sargui.networks.quality import QUALITY_MAX

OVERVIEW_FROM = 2048  # pixels: a scene with a longer side stores an overview
GAIN_BITS = 3.0  # of a gain of the radiometric correction, about
GAINS_BYTES = 5  # before those of a band


@dataclass(frozen=True, slots=True)
class Scene:
    """What is coded, whatever the quality: bands, and what lies beside them."""

    info: ProductInfo
    card: ModelCard
    planes: Sequence[BandPlane | ExactBand]
    layers: Mapping[LayerKind, bytes]

    @staticmethod
    def of(source: RasterSource, card: ModelCard, cancel: Event) -> Scene:
        """Return what is coded of a source.

        Raises:
            UnsupportedRasterError: none of its bands holds measurements.
        """
        return Scene(source.info, card, _planes(source, cancel), _layers(source))

    @property
    def pixels(self) -> int:
        """The pixels of all bands."""
        return self.info.rows * self.info.cols * len(self.planes)

    @property
    def measured(self) -> list[BandPlane]:
        """The bands that go through the network."""
        return [plane for plane in self.planes if isinstance(plane, BandPlane)]

    @property
    def has_overview(self) -> bool:
        """Whether the file stores one."""
        return max(self.info.shape) > OVERVIEW_FROM

    def header(self, quality: int) -> Header:
        """Return the header of a file of this quality."""
        bands = tuple(
            BandHeader(band.dtype, band.nodata, plane.radiometry)
            for band, plane in zip(self.info.bands, self.planes, strict=True)
        )
        software = f"sargui {sargui.__version__}"
        return Header(self.info.rows, self.info.cols, bands, self.card.name, self.card.sha256, quality, software)

    def budget(self, cancel: Event, *, keep_power: bool) -> Budget:
        """Return what the file will have besides the tiles of the network; exact bands are coded for it."""
        fixed = fixed_bytes(self.header(QUALITY_MAX))
        fixed += sum(_exact_bytes(plane, cancel) for plane in self.planes if isinstance(plane, ExactBand))
        layers = layer_bytes([*self.layers.values(), measured_to_bytes(MeasuredError(0.0, 1))])
        if keep_power:
            gains = math.prod(grid_shape(*self.info.shape, GAIN_SIDE))
            fixed += len(self.measured) * (GAINS_BYTES + math.ceil(gains * GAIN_BITS / 8))
            layers += layer_bytes([b""])
        return Budget(self.info.raw_bytes, self.pixels, fixed, layers, self.has_overview)


def _layers(source: RasterSource) -> dict[LayerKind, bytes]:
    """Return what the file holds beside pixels: the product's description, and its files if it has some."""
    layers = {LayerKind.METADATA: product_to_bytes(source.info)}
    if annexes := source.annexes():
        layers[LayerKind.ANNEXES] = annexes_to_bytes(annexes)
    return layers


def _planes(source: RasterSource, cancel: Event) -> list[BandPlane | ExactBand]:
    """Return the bands as they are coded.

    Raises:
        UnsupportedRasterError: none of them holds measurements.
    """
    if not measured_bands(source.info):
        raise UnsupportedRasterError(
            f"{source.info.name} has no band of measurements, only what is kept bit for bit, as alpha; "
            "another program compresses it better."
        )
    planes: list[BandPlane | ExactBand] = []
    for band, info in enumerate(source.info.bands):
        stop_if(cancel)
        exact = info.kind is Kind.EXACT
        planes.append(
            ExactBand(source, band) if exact else BandPlane(source, band, sample_radiometry(source, band, info.kind))
        )
    return planes


def _exact_bytes(band: ExactBand, cancel: Event) -> int:
    """Return the bytes that an exact band will take, by coding it once."""
    total = 0
    for window in windows(*band.shape, NETWORK_WINDOW):
        stop_if(cancel)
        total += sum(len(payload) + TILE_BYTES for _, payload in encode_exact_tiles(window, band.read(window)))
    return total
