"""Where a Sentinel-1 product says that its pixels lie, for images that carry no ground control points themselves.

Sentinel-1 Product Specification S1-RS-MDA-52-7441, 6.3.1.7, geolocation grid: lines and pixels count from 0 at the
center of the first pixel; latitude and longitude are on WGS 84, at the height of the terrain.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

import numpy as np

from sargui.core.errors import UnreadableRasterError
from sargui.core.types import Georeference, GroundControlPoint, ProductInfo
from sargui.io.places import WGS84
from sargui.io.safe_xml import parse_xml

_ANNOTATION = re.compile(r"annotation/s1[^/]*\.xml", re.IGNORECASE)  # all images of a product share their place
_POINTS = "geolocationGrid/geolocationGridPointList/geolocationGridPoint"  # with // a nest of grids would multiply
_TAGS = ("line", "pixel", "longitude", "latitude", "height")

log = logging.getLogger(__name__)


def with_annotated_place(info: ProductInfo, annexes: Mapping[str, bytes]) -> ProductInfo:
    """Return a description with the place that a product's annotation gives, if the images give none.

    For whoever shows places; what is stored and exported says what the images say. An annotation that cannot be used
    is a line in the log.
    """
    name = min(filter(_ANNOTATION.fullmatch, annexes), default=None)
    if name is None or info.georeference != Georeference():
        return info
    try:
        points = _points(parse_xml(annexes[name], name), name)
    except UnreadableRasterError as error:
        log.warning("%s is shown without the place of its annotation: %s", info.name, error)
        return info
    return replace(info, georeference=Georeference(gcps=points, gcps_crs_wkt=WGS84.wkt))


def _points(root: Element, name: str) -> tuple[GroundControlPoint, ...]:
    elements = root.findall(_POINTS)
    try:
        numbers = np.array([[float(element.findtext(tag, "")) for tag in _TAGS] for element in elements])
    except ValueError:
        numbers = np.array([np.nan])
    if not np.isfinite(numbers).all():
        raise UnreadableRasterError(f"{name} is damaged: its geolocation grid holds what are no numbers.")
    return tuple(
        GroundControlPoint(line + 0.5, pixel + 0.5, longitude, latitude, height)
        for line, pixel, longitude, latitude, height in numbers.tolist()
    )
