"""What kind of picture it is, in three numbers: how strong its speckle is, how wide its grain, how large its contrast.

They say whether a scene is like those that a checkpoint was trained on. Speckle and grain are looked for where the
picture is most homogeneous, in blocks of 8 × 8 pixels; in log intensity the deviation of speckle tells the number of
looks (Oliver and Quegan, Understanding SAR Images, 2004, ch. 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SIDE = 8  # pixels of a block
HOMOGENEOUS = 0.25  # the share of the blocks, those that vary least, in which speckle is measured
LEAST_BLOCKS = 16
TAIL = 0.01  # of the pictures on each side of each number that do not count as usual


class Texture(NamedTuple):
    """The three numbers: standard deviation of speckle in dB, correlation of neighbors (−1 to 1), contrast in dB."""

    speckle_db: float
    grain: float
    contrast_db: float


def texture(db: NDArray[np.floating], valid: NDArray[np.bool_] | None = None) -> Texture | None:
    """Return the texture of a picture in dB, (rows, cols); None if it has too few blocks of valid pixels.

    Args:
        db: the picture; void pixels may hold anything.
        valid: which pixels count, (rows, cols); all if None.
    """
    blocks = _blocks(np.asarray(db, np.float64))
    if valid is not None:
        blocks = blocks[_blocks(valid).all(axis=(1, 2))]
    blocks = blocks[np.isfinite(blocks).all(axis=(1, 2))]
    if len(blocks) < LEAST_BLOCKS:
        return None
    means = blocks.mean(axis=(1, 2))
    rest = blocks - means[:, None, None]
    variance = (rest**2).mean(axis=(1, 2))
    chosen = np.argsort(variance)[: max(LEAST_BLOCKS, int(HOMOGENEOUS * len(blocks)))]
    rest, level = rest[chosen], float(variance[chosen].mean())
    pairs = (rest[:, :, 1:] * rest[:, :, :-1]).mean() + (rest[:, 1:] * rest[:, :-1]).mean()
    return Texture(level**0.5, float(pairs / 2 / level) if level > 0 else 1.0, float(means.std()))


def domain(pictures: Iterable[Texture]) -> dict[str, list[float]]:
    """Return, for each of the three numbers, between what values nearly all of the pictures lie."""
    limits = np.quantile(np.array(list(pictures)), [TAIL, 1 - TAIL], axis=0).round(3)
    return {name: limits[:, number].tolist() for number, name in enumerate(Texture._fields)}


def median(pictures: Iterable[Texture]) -> Texture:
    """Return the median of each number."""
    return Texture(*np.median(np.array(list(pictures)), axis=0).tolist())


def unusual(picture: Texture, known: Mapping[str, Sequence[float]]) -> list[str]:
    """Return in words which numbers of a picture lie outside of a domain; numbers it does not know are usual."""
    words = {
        "speckle_db": ("speckle", " dB"),
        "grain": ("correlation of neighbors", ""),
        "contrast_db": ("contrast", " dB"),
    }
    found = []
    for name, value in picture._asdict().items():
        if name not in known:
            continue
        low, high = (round(limit, 2) for limit in known[name])  # as they are shown
        if not low <= round(value, 2) <= high:
            what, unit = words[name]
            found.append(f"{what} of {value:.2f}{unit} where {low:.2f} to {high:.2f} were seen")
    return found


def _blocks(picture: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return the whole blocks of a picture, (count, 8, 8)."""
    rows, cols = (side // SIDE for side in picture.shape)
    cut = picture[: rows * SIDE, : cols * SIDE].reshape(rows, SIDE, cols, SIDE)
    return cut.swapaxes(1, 2).reshape(-1, SIDE, SIDE)
