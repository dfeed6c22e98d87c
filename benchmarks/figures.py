"""What is measured of a decoded image, of every codec alike, over valid pixels."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import downstream
from benchmarks.cache import digest
from benchmarks.curves import rms
from benchmarks.scene import Image, Scene
from sargui.core.types import Window
from sargui.quality import bias, looks
from sargui.quality.bias import BiasSums
from sargui.quality.looks import LooksSums

# Whatever is kept of measurements ends with the code that measured.
CODE = digest(*(Path(str(module.__file__)).read_bytes() for module in (downstream, bias, looks)))


@dataclass(frozen=True, slots=True)
class Figures:
    """One image, coded and decoded at one setting."""

    setting: float  # of the codec, in its own terms
    rate: float  # bits per pixel, counted from bytes
    error_db: float  # root-mean-square, in dB of (power + floor)
    bias_db: float  # of mean power
    cell_bias_db: float  # its absolute value in 64 × 64 pixels, the 95th percentile
    looks: float  # equivalent number, on homogeneous ground
    targets: float  # agreement with the original, 0..1: CFAR detections,
    water: float  # and water mask


class Judge:
    """Knows what is to be known of the original."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.power = scene.power(scene.x)
        sums = LooksSums()
        sums.add(self._whole, self.power, self.power, scene.valid)
        self.looks = sums.looks.original
        self._speckle = self.looks if self.looks >= 1 else 1.0  # without homogeneous ground: NaN, or too few
        self._targets = downstream.bright_targets(self.power, scene.valid, self._speckle)
        self._water = downstream.water(self.power, scene.valid)

    @property
    def targets(self) -> int:
        """How many bright targets the original has."""
        return downstream.objects(self._targets)

    @property
    def water_share(self) -> float:
        """The share of the valid pixels that the original's mask calls water."""
        return float(self._water.sum() / self.scene.valid.sum())

    def figures(self, setting: float, coded_bytes: int, decoded: Image) -> dict[str, float]:
        """Return the figures of a decoded image in network units, by name."""
        scene, power = self.scene, self.scene.power(decoded)
        bias_sums, looks_sums = BiasSums(), LooksSums()
        for sums in (bias_sums, looks_sums):
            sums.add(self._whole, self.power, power, scene.valid)
        targets = downstream.bright_targets(power, scene.valid, self._speckle)
        found = Figures(
            setting=setting,
            rate=8 * coded_bytes / scene.x.size,
            error_db=rms(decoded, scene.x, scene.valid),
            bias_db=bias_sums.bias_db,
            cell_bias_db=bias_sums.cells.p95_db,
            looks=looks_sums.looks.decoded,
            targets=downstream.same_objects(self._targets, targets),
            water=downstream.overlap(self._water, downstream.water(power, scene.valid)),
        )
        return asdict(found)

    @property
    def _whole(self) -> Window:
        return Window(0, 0, *self.scene.x.shape)
