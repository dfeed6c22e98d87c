"""Floor 3: opens raster products and writes rasters back. Knows GDAL and files, but no compression, no torch, no Qt."""

from sargui.io.product import open_product
from sargui.io.raster_writer import RasterWriter

__all__ = ["RasterWriter", "open_product"]
