"""What a compression says of its source: sentences about what a user may not expect of the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sargui.core.kinds import stated_kind
from sargui.core.types import MISSING, OWN_TAGS, Kind, ProductInfo, RasterSource
from sargui.engine.decoded import DecodedSource
from sargui.engine.planes import BandPlane

LEAST_SHARE = 1e-4  # smaller ones are said to be less


def source_remarks(source: RasterSource, kind: Kind | None, planes: Sequence[BandPlane]) -> Iterator[str]:
    """Yield a sentence for each thing that there is to say, once the planes have been read; `kind` is the user's."""
    info = source.info
    if isinstance(source, DecodedSource) or info.decoded:
        yield (
            "The pixels come from a .sarz file already, so they lose for the second time: "
            "compress the original instead, if there is one."
        )
    if kind is not None and (stated := _stated_otherwise(info, kind)) is not None:
        yield f"The numbers were read as {kind.spelled}, as you said, but {info.name} calls them {stated.spelled}."
    if missing := info.tags.get(OWN_TAGS, {}).get(MISSING):
        yield f"The product is incomplete: {missing} is missing, which its manifest names."
    if remark := _unkept_remark(planes):
        yield remark


def _stated_otherwise(info: ProductInfo, kind: Kind) -> Kind | None:
    """Return what the file of a band says of its kind, if it was read as another because the user said so."""
    bands = [band for band in info.bands if band.kind is kind]
    stated = (stated_kind((band.unit, band.description), (band.tags, info.tags)) for band in bands)
    return next((found for found in stated if found not in (None, kind)), None)


def _unkept_remark(planes: Sequence[BandPlane]) -> str:
    """Return a sentence if pixels cannot be kept, with their share of the valid ones that were read."""
    valid = max(sum(plane.tally.valid for plane in planes), 1)
    shares = {
        "negative and come back as 0 or a little more": sum(plane.tally.negative for plane in planes) / valid,
        "too large or too small to be kept": sum(plane.tally.out_of_range for plane in planes) / valid,
    }
    found = " and ".join(f"{_percent(share)} are {what}" for what, share in shares.items() if share)
    return f'Of the pixels, {found}; if they mean "not measured", declare a nodata value first.' if found else ""


def _percent(share: float) -> str:
    return "less than 0.01 %" if share < LEAST_SHARE else f"{100 * share:.3g} %"
