"""Amplitude, power or dB? The rule by which a band's kind is decided.

1. What the user says wins.
2. Else the tag SAR_KIND (or KIND in the namespace SARGUI, which `RasterWriter` leaves), of the band, then of the file.
3. Else words in the band's unit or description: dB, then amplitude, then intensity or power.
4. Else integers are amplitude, as in Sentinel-1 GRD, and floats are power, as calibrated sigma, gamma and beta
   nought come from their processors; but if some of the numbers are negative, which neither can be, the file is
   ambiguous and the user is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from numpy.typing import NDArray

from sargui.core.errors import AmbiguousKindError, UnsupportedRasterError
from sargui.core.kinds import COMPLEX_WORDS, Tags, stated_kind, tag_word
from sargui.core.types import Kind


def band_kind(
    name: str, dtype: str, labels: Iterable[str], tags: Iterable[Tags], sample: Callable[[], NDArray[Any]]
) -> Kind:
    """Return the kind of a band of which the user has said nothing.

    Args:
        name: of the file, for messages.
        dtype: numpy name.
        labels: unit and description.
        tags: of the band, then of the file.
        sample: returns some valid values; asked only if nothing else decides.

    Raises:
        UnsupportedRasterError: the file says complex, but its numbers are not.
        AmbiguousKindError: nothing is said, and some numbers are negative.
    """
    tags = list(tags)
    if tag_word(tags) in COMPLEX_WORDS:
        raise UnsupportedRasterError(
            f"{name} says that it is complex, but its pixels are of type {dtype}: "
            "join real and imaginary parts to complex pixels, or pass --kind if they are something else."
        )
    if (said := stated_kind(labels, tags)) is not None:
        return said
    if not dtype.startswith("uint"):
        values = sample()
        if (values < 0).any():
            raise AmbiguousKindError(
                f"{name} holds negative numbers but does not say whether it is in dB: "
                "pass --kind amplitude, --kind power or --kind db.",
                values,
            )
    return Kind.POWER if dtype.startswith("float") else Kind.AMPLITUDE
