"""The measured layer: what error the encoder found."""

from __future__ import annotations

import math

from sargui.container.checked import DamageError
from sargui.container.layout import MAX_BANDS, MAX_PIXELS, MEASURED
from sargui.core.types import MeasuredError


def measured_to_bytes(error: MeasuredError) -> bytes:
    """Return the content of the layer, always of the same length."""
    return MEASURED.pack(error.rmse_db, error.pixels)


def measured_from_bytes(content: bytes) -> MeasuredError:
    """Return the error in the content of the layer.

    Raises:
        DamageError: it is none.
    """
    if len(content) != MEASURED.size:
        raise DamageError("its measured error has another length")
    rmse_db, pixels = MEASURED.unpack(content)
    if not (math.isfinite(rmse_db) and rmse_db >= 0 and 0 < pixels <= MAX_PIXELS * MAX_BANDS):
        raise DamageError("its measured error makes no sense")
    return MeasuredError(rmse_db, pixels)
