"""What a checkpoint's card says of rate and error on its validation images, in the mean over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sargui.core.types import ModelCard

Point = tuple[float, float]  # bits per pixel, rms error in dB


@dataclass(frozen=True, slots=True)
class Validation:
    """Geometric means over so many images, without the radiometric correction: a point for each quality (0..100)."""

    images: int
    qualities: tuple[float, ...]
    points: tuple[Point, ...]


def validation_of(card: ModelCard) -> Validation | None:
    """Return the means of a card; None if it has no such figures, or what has been written there is none."""
    qualities: Any = card.validation.get("qualities")
    images: Any = card.validation.get("bpp_and_rmse_db")
    try:
        found = np.array(list(images.values()), np.float64)  # (images, qualities, 2)
        chosen = tuple(float(quality) for quality in qualities)
    except (AttributeError, TypeError, ValueError):
        return None
    if not found.size or found.shape[1:] != (len(chosen), 2) or not (np.isfinite(found) & (found > 0)).all():
        return None
    means = np.exp(np.log(found).mean(axis=0))
    return Validation(len(found), chosen, tuple((rate, error) for rate, error in means.tolist()))
