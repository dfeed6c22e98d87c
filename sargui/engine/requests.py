"""What can be asked of the engine, and what comes back. Frozen, comparable, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sargui.core.types import BandInfo, Effort, Kind, MeasuredError, ProductInfo, Window
from sargui.engine.areas import Region
from sargui.engine.quality_report import BandQuality as BandQuality
from sargui.engine.quality_report import QualityReport as QualityReport

DEFAULT_QUALITY = 50.0


class RateKind(StrEnum):
    """What the user fixes; the rest follows."""

    QUALITY = "quality"  # 0..100
    BYTES = "bytes"  # of the file
    RATIO = "ratio"  # raw bytes over the file's bytes
    BITS_PER_PIXEL = "bpp"  # of everything the pixels need
    RMSE_DB = "rmse_db"  # root-mean-square error in dB


@dataclass(frozen=True, slots=True)
class Rate:
    """One number the user fixes."""

    kind: RateKind = RateKind.QUALITY
    value: float = DEFAULT_QUALITY


@dataclass(frozen=True, slots=True)
class Compress:
    """Compress `source` into `target`; `model` None is the default checkpoint; `kind` overrides what the file says.

    `effort` is the encoder's alone: files of any effort are decoded alike. `detect` takes the amplitude of complex
    pixels and drops their phase for ever; without it they are refused. `keep_power` stores gains that make mean power
    that of the original (a radiometric correction); all must be decoded for that. `resume` goes on with what a run of
    the same was killed at, and keeps what one has finished; without it, what is left of a killed run is deleted.
    """

    source: Path
    target: Path
    model: str | None = None
    rate: Rate = Rate()
    device: str = "auto"
    kind: Kind | None = None
    overwrite: bool = False
    effort: Effort = Effort.BEST
    detect: bool = False
    keep_power: bool = True
    resume: bool = False


@dataclass(frozen=True, slots=True)
class Compressed:
    """A written container. `pixel_bytes` is what the pixels need; the rest is metadata and overviews.

    One that was `kept` had been there, complete; of its streams nothing is known then, and their sizes are 0.
    """

    target: Path
    file_bytes: int
    pixel_bytes: int
    raw_bytes: int
    bits_per_pixel: float
    estimated_bytes: int  # by the entropy model, of the tile streams
    stream_bytes: int  # as written, of the same
    quality: float
    model: str
    info: ProductInfo
    error: MeasuredError | None = None  # of all valid pixels or a sample; None without any
    seconds: Mapping[str, float] = field(default_factory=dict)  # stage -> seconds
    notices: tuple[str, ...] = ()  # what the device could not do, what the scene holds that is unusual or not kept, …
    kept: bool = False

    @property
    def notice(self) -> str:
        """All notices as one text."""
        return " ".join(self.notices)

    @property
    def ratio(self) -> float:
        """Raw bytes over file bytes."""
        return self.raw_bytes / self.file_bytes


@dataclass(frozen=True, slots=True)
class Decompress:
    """Write the raster in the container `source` as GeoTIFF `target`, or only `window` of it.

    `cog` makes it a cloud-optimized one, with overviews. `safe` writes the product that it came from instead, a SAFE
    folder, into the folder `target`.
    """

    source: Path
    target: Path
    window: Window | None = None
    device: str = "auto"
    overwrite: bool = False
    cog: bool = False
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Decompressed:
    """A written raster; `damaged` names tiles and layers of its container, `lacks` says what it is without for that."""

    target: Path
    file_bytes: int
    info: ProductInfo
    damaged: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()

    @property
    def rest(self) -> str:
        """What is said of the rest where something is damaged."""
        return ", ".join(("the rest was written", *self.lacks))


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Measure what compression does: `original` against `compressed` (a container or any raster of the same size).

    `regions` are measured apart as well, in every band.
    """

    original: Path
    compressed: Path
    device: str = "auto"
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class Verify:
    """Check every checksum of a container, decode every tile; compare with `against` if given."""

    source: Path
    against: Path | None = None
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Verified:
    """What verification found; `damaged` is empty when all is well, and so is `differing`.

    `differing` names what the container says otherwise than the original ("type", "CRS", …).
    """

    tiles: int
    damaged: tuple[str, ...]
    quality: QualityReport | None = None
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Describe:
    """Say what a container or a raster holds, without decoding pixels; `check` looks for damaged tiles, too."""

    source: Path
    kind: Kind | None = None
    check: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """What a file holds; `container` (None for a raster) has its sizes, checkpoint and quality, ready for JSON."""

    info: ProductInfo
    container: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Settings that are tried on what is looked at, before anything is written; as in `Compress`."""

    model: str | None = None
    quality: float = DEFAULT_QUALITY  # 0..100
    effort: Effort = Effort.BEST
    detect: bool = False
    keep_power: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """Show `window` of one band at no more than `max_side` pixels a side: original, decoded, and their difference.

    At least one of the two paths is given; `window` None is the whole scene. With a `trial` in the place of
    `compressed`, the window is coded and decoded here and now, exactly as in the file that would be written. A `rough`
    picture of much comes at once: not all pixels of an original are read, no tile of a compressed file but those of its
    overview. Of complex pixels it is their amplitude.
    """

    original: Path | None
    compressed: Path | None
    band: int = 0
    window: Window | None = None
    max_side: int = 2048
    kind: Kind | None = None
    device: str = "auto"
    trial: Trial | None = None
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What Look shows, (rows, cols) float32 in dB, NaN where void; `error_db` is decoded minus original.

    `band_info` and `info` describe the scene; `window` is what the arrays cover, at `step` scene pixels per
    array pixel (1: full resolution). `rough` says that its pixels are no means of all those of the original, or
    of the compressed file's overview, which is coarser than `step`.
    """

    info: ProductInfo
    band_info: BandInfo
    window: Window
    step: int
    original_db: NDArray[np.float32] | None
    decoded_db: NDArray[np.float32] | None
    error_db: NDArray[np.float32] | None
    bits: NDArray[np.float64] | None = None  # of a trial: of each cell of 16² scene pixels that the window touches
    band: int = 0  # its index
    rmse_db: float | None = None  # of `error_db`
    rough: bool = False
    floor: float = 0.0  # power that was added to original and decoded, so that next to none is no deep hole
    notice: str = ""  # what the device could not do


class Shows(StrEnum):
    """What the values of an attention map are."""

    GATE = "gate"  # 0..2, at rest 1
    WEIGHT = "weight"  # of the average that is added at the query; over the whole map they sum to 1
    FEATURE = "feature"  # what a channel holds before its gate, without unit


@dataclass(frozen=True, slots=True)
class Attend:
    """Show what a checkpoint's attention looks at in `window` of a band: of an original and a trial, or of a container.

    A container alone shows only the decoder's. `module` is a name that `AttentionPicture.modules` gives, empty for the
    first; `channel` shows that one's gates, or its features if they have one gate in common; `query` is the pixel of
    the scene whose weights are shown, None the middle; `head` None is the mean of all.
    """

    original: Path | None
    compressed: Path | None
    window: Window
    band: int = 0
    trial: Trial | None = None
    module: str = ""
    channel: int | None = None
    query: tuple[int, int] | None = None
    head: int | None = None
    kind: Kind | None = None
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class AttentionModule:
    """One place of the network that attends; `gamma` is the weight of what a mixing variant adds, else None."""

    name: str
    heads: int = 0
    gamma: float | None = None


@dataclass(frozen=True, slots=True)
class AttentionPicture:
    """What Attend shows: a map (rows, cols) over `window`, one value every `stride` pixels, and the channels' gates.

    `map` is NaN where nothing was measured; None if the module has no map, as it gates channels alone.
    """

    modules: tuple[AttentionModule, ...]
    module: str
    window: Window
    stride: int = 1
    shows: Shows | None = None
    map: NDArray[np.float32] | None = None
    channel_gates: NDArray[np.float32] | None = None  # (channels,), means over the window
    query: tuple[int, int] | None = None


Request = Compress | Decompress | Evaluate | Verify | Describe | Look | Attend
