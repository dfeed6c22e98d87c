"""Floor 3: opens raster products and writes rasters back. Knows GDAL and files, but no compression, no torch, no Qt."""

from sargui.io.calibration import Calibration, Quantity, read_calibration
from sargui.io.places import Place, place_of
from sargui.io.product import open_product
from sargui.io.raster_writer import RasterWriter
from sargui.io.safe_places import with_annotated_place
from sargui.io.safe_writer import SafeWriter, safe_target

__all__ = [
    "Calibration",
    "Place",
    "Quantity",
    "RasterWriter",
    "SafeWriter",
    "open_product",
    "place_of",
    "read_calibration",
    "safe_target",
    "with_annotated_place",
]
