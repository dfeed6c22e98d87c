"""Sentinel-1 products as they are delivered, in SAFE format: a band for each polarization, all files beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sargui.core.errors import UnreadableRasterError, UnsupportedRasterError
from sargui.core.kinds import Tags
from sargui.core.paths import MANIFEST
from sargui.core.types import (
    MISSING,
    OWN_TAGS,
    BandInfo,
    Kind,
    MaskKind,
    Pixels,
    ProductInfo,
    RasterSource,
    Window,
)
from sargui.io.gdal import SIDECARS
from sargui.io.gdal_raster import open_raster
from sargui.io.safe_files import SafeFiles, find_files
from sargui.io.safe_manifest import Manifest, Measurement, read_manifest
from sargui.io.safe_xml import MAX_XML_BYTES

PRODUCT = "sentinel-1-safe"  # in ProductInfo.product
MAX_ANNEXES_BYTES = 1 << 28  # of all files beside the images; a real product has some megabytes


def open_safe(path: Path, kind: Kind | None, detect: bool) -> SafeSource | None:
    """Return the Sentinel-1 product in a SAFE folder, its .zip or its manifest.safe; None if the path is none of them.

    `detect` makes no difference: complex products are refused, their images are opened one by one.

    Raises:
        UnreadableRasterError: something is missing, damaged, or leads out of the product.
        UnsupportedRasterError: a product of complex images, or of another satellite.
    """
    files = find_files(path)
    if files is None:
        return None
    try:
        return SafeSource(files, kind)
    except BaseException:
        files.close()
        raise


class SafeSource:
    """A `RasterSource` over the images of a ground range detected product."""

    def __init__(self, files: SafeFiles, kind: Kind | None) -> None:
        self._files = files
        if not 0 < files.sizes.get(MANIFEST, 0) <= MAX_XML_BYTES:
            raise UnreadableRasterError(f"{files.name} holds no {MANIFEST} of a sensible size.")
        manifest = read_manifest(files.read(MANIFEST), files.name)
        _refuse_complex(files.name, manifest)
        self._images = {image.path for image in manifest.measurements}
        self._sources: list[RasterSource] = []
        try:
            present, missing = _present(files, manifest)
            for image in present:
                self._sources.append(_open_image(files, image, kind))
            self._info = _product_info(files, present, [source.info for source in self._sources])
            if missing:
                self._info = replace(self._info, tags={**self._info.tags, OWN_TAGS: {MISSING: ", ".join(missing)}})
        except BaseException:
            self._close_images()
            raise

    @property
    def info(self) -> ProductInfo:
        """Describes the product; its bands are named by their polarizations."""
        return self._info

    def read(self, band: int, window: Window) -> Pixels:
        """Return the pixels of a polarization; see `GdalSource.read`."""
        return self._sources[band].read(0, window)

    def preview(self, band: int, max_side: int) -> NDArray[np.float32]:
        """Return about the mean power in dB at reduced size, NaN where void; see `GdalSource.preview`."""
        return self._sources[band].preview(0, max_side)

    def annexes(self) -> Mapping[str, bytes]:
        """Return every file of the product but its images, by relative path.

        Raises:
            UnreadableRasterError: one of them is damaged, or a link that leads elsewhere.
            UnsupportedRasterError: they are larger than files beside images can be.
        """
        beside = self._images | {path + end for path in self._images for end in SIDECARS}  # not the product's
        sizes = {path: size for path, size in self._files.sizes.items() if path not in beside}
        if sum(sizes.values()) > MAX_ANNEXES_BYTES:
            raise UnsupportedRasterError(
                f"{self._info.name} holds more than {MAX_ANNEXES_BYTES >> 20} MiB beside its images; "
                "remove what does not belong to the product."
            )
        return {path: self._files.read(path) for path in sorted(sizes)}

    def close(self) -> None:
        """Release all files."""
        self._close_images()
        self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _close_images(self) -> None:
        for source in self._sources:
            source.close()


def _refuse_complex(name: str, manifest: Manifest) -> None:
    if manifest.product_type == "GRD":
        return
    example = manifest.measurements[0].path
    if manifest.product_type == "SLC":
        raise UnsupportedRasterError(
            f"{name} is a product of {len(manifest.measurements)} complex images (SLC), which are opened one by one: "
            f"unpacked, {example} and so on, each with --detect, which keeps the amplitude and drops the phase."
        )
    raise UnsupportedRasterError(
        f"{name} is a Sentinel-1 product of type {manifest.product_type or 'unknown'}, of which only GRD is read."
    )


def _present(files: SafeFiles, manifest: Manifest) -> tuple[list[Measurement], list[str]]:
    """Return the images that are there, and the paths of those that the manifest names and that are not.

    Raises:
        UnreadableRasterError: none is there, or one does not say which polarization it is.
    """
    for image in manifest.measurements:
        if not image.polarization:
            raise UnreadableRasterError(f"{image.path} of {files.name} does not name its polarization.")
    present = [image for image in manifest.measurements if image.path in files.sizes]
    missing = [image.path for image in manifest.measurements if image.path not in files.sizes]
    if not present:
        raise UnreadableRasterError(f"{files.name} is incomplete: {missing[0]} is missing, which its manifest names.")
    return present, missing


def _open_image(files: SafeFiles, image: Measurement, kind: Kind | None) -> RasterSource:
    # GDAL goes by content, and what only calls itself .tiff might be of a format that names other files, or hosts.
    source = open_raster(files.for_gdal(image.path), kind or Kind.AMPLITUDE, driver="GTiff")
    if source is None:
        raise UnreadableRasterError(f"{image.path} of {files.name} is not a GeoTIFF.")
    if len(source.info.bands) != 1:
        source.close()
        raise UnsupportedRasterError(
            f"{image.path} of {files.name} holds {len(source.info.bands)} bands instead of one."
        )
    return source


def _product_info(files: SafeFiles, images: Sequence[Measurement], found: Sequence[ProductInfo]) -> ProductInfo:
    """Return one description of all images. The place is that of the first: all images of a product share it."""
    first = found[0]
    if any(info.shape != first.shape for info in found):
        raise UnsupportedRasterError(f"The images of {files.name} differ in size, which GRD products never do.")
    common = _common_tags([info.tags for info in found])
    return replace(
        first,
        name=files.name,
        bands=tuple(_band(image, info, common) for image, info in zip(images, found, strict=True)),
        tags=common,
        source_bytes=sum(files.sizes.values()),
        mask=MaskKind.BANDS if any(info.mask is not MaskKind.NONE for info in found) else MaskKind.NONE,
        product=PRODUCT,
    )


def _band(image: Measurement, info: ProductInfo, common: Tags) -> BandInfo:
    """Return the description of an image as a band: what its file alone says becomes tags of the band."""
    tags = {space: dict(values) for space, values in info.bands[0].tags.items()}
    for space, values in info.tags.items():
        own = {key: value for key, value in values.items() if key not in common.get(space, {})}
        if own:
            tags.setdefault(space, {}).update(own)
    return replace(info.bands[0], description=image.polarization, tags=tags)


def _common_tags(all_tags: Sequence[Tags]) -> dict[str, dict[str, str]]:
    first, *others = all_tags
    common = {
        space: {
            key: value for key, value in values.items() if all(tags.get(space, {}).get(key) == value for tags in others)
        }
        for space, values in first.items()
    }
    return {space: values for space, values in common.items() if values}
