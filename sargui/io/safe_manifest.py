"""What the manifest of a Sentinel-1 product says of its images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from sargui.core.archive import ArchiveError, check_paths
from sargui.core.errors import UnreadableRasterError, UnsupportedRasterError
from sargui.io.safe_files import MAX_FILES
from sargui.io.safe_xml import parse_xml

_IMAGE = "s1Level1MeasurementSchema"  # repID of a measurement
_NAME = re.compile(r"-(?P<polarization>hh|hv|vh|vv)-.*-(?P<number>\d{3})(-cog)?\.tiff?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One image: relative path of its file, polarization as VV."""

    path: str
    polarization: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Product type, as GRD or SLC, and images in the order in which they are numbered."""

    product_type: str
    measurements: tuple[Measurement, ...]


def read_manifest(content: bytes, product: str) -> Manifest:
    """Return what a manifest says; `product` names it in errors.

    Raises:
        UnreadableRasterError: it is damaged, or names files outside of the product.
        UnsupportedRasterError: it is not of Sentinel-1, or names no images.
    """
    root = parse_xml(content, f"The manifest of {product}")
    family = _text(root, ".//{*}platform/{*}familyName")
    if family != "SENTINEL-1":
        raise UnsupportedRasterError(
            f"{product} is a SAFE product of {family or 'an unknown satellite'}, not Sentinel-1."
        )
    paths = [
        location.get("href", "").removeprefix("./")
        for image in root.iterfind(f".//{{*}}dataObject[@repID='{_IMAGE}']")
        for location in image.iterfind("./{*}byteStream/{*}fileLocation")
    ]
    if len(paths) > MAX_FILES:
        raise UnreadableRasterError(f"The manifest of {product} names more than {MAX_FILES} images.")
    try:
        check_paths(paths)
    except ArchiveError as error:
        raise UnreadableRasterError(f"The manifest of {product} cannot be used: {error}.") from error
    if not paths:
        raise UnsupportedRasterError(f"{product} names no image in its manifest.")
    names = {path: _NAME.search(path) for path in paths}
    paths.sort(key=lambda path: (found["number"] if (found := names[path]) else "", path))
    images = [Measurement(path, found["polarization"].upper() if (found := names[path]) else "") for path in paths]
    return Manifest(_text(root, ".//{*}productType"), tuple(images))


def _text(root: Element, path: str) -> str:
    return (root.findtext(path) or "").strip()
