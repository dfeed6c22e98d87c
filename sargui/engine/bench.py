"""What a worker keeps at hand between jobs: open rasters, checkpoints on their device, windows already coded."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from types import TracebackType
from typing import Self

from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.core.errors import RequestError
from sargui.core.types import Effort, Kind, ModelCard, RasterSource
from sargui.engine.decoded import DecodedSource
from sargui.engine.encoding import Encoder
from sargui.engine.live import CodedScene, LiveSource
from sargui.engine.planes import measured_kind
from sargui.engine.readings import Pair
from sargui.engine.requests import Attend, Look, Rate, Trial
from sargui.engine.scene import Scene
from sargui.engine.shelf import Shelf, identity
from sargui.engine.sources import open_source
from sargui.engine.stages import Clock
from sargui.engine.targets import Budget, given_quality

SUBJECTS, CODECS, TRIALS = 4, 2, 2  # how many of each are kept; two checkpoints can be compared


class _Subject:
    """An open file, and what was made of it."""

    def __init__(self, source: RasterSource) -> None:
        self.source = source
        self.scene: Scene | None = None
        self.budgets: dict[bool, Budget] = {}  # by whether power is kept
        self.trials: Shelf[CodedScene] = Shelf(TRIALS)


class Bench:
    """For one thread. What it hands out stays its own, and is good until others have taken its place."""

    def __init__(self) -> None:
        self._subjects: Shelf[_Subject] = Shelf(SUBJECTS, lambda subject: subject.source.close())
        self._codecs: Shelf[TileCodec] = Shelf(CODECS)

    def source(self, path: Path, kind: Kind | None, device: str, *, detect: bool = False) -> RasterSource:
        """Return an open raster or container, of which what is lost is void; see `open_source`."""
        return self._subject(path, kind, device, detect).source

    def codec(self, card: ModelCard, device: str, effort: Effort) -> TileCodec:
        """Return a checkpoint on a device."""
        return self._codecs.get((card.sha256, device, effort), lambda: TileCodec.load(card, device, effort))

    def live(self, path: Path, kind: Kind | None, trial: Trial, device: str, cancel: Event) -> LiveSource:
        """Return a scene as a trial would compress it, coded where it is read.

        Raises:
            SarguiError: the scene cannot be read or compressed, or the trial asks for what the checkpoint has not.
        """
        card = catalogue.card(trial.model) if trial.model else catalogue.default_card()
        codec = self.codec(card, device, trial.effort)
        quality = given_quality(Rate(value=trial.quality), codec.only_quality)
        assert quality is not None
        subject = self._subject(path, kind, device, trial.detect)
        scene = subject.scene = subject.scene or Scene.of(subject.source, card, cancel)
        key = (card.sha256, device, trial.effort, quality, trial.keep_power)

        def coded() -> CodedScene:
            return CodedScene(scene, Encoder(codec, Clock()), quality, keep_power=trial.keep_power)

        return LiveSource(subject.trials.get(key, coded), cancel)

    def budget(self, path: Path, kind: Kind | None, trial: Trial, device: str, cancel: Event) -> Budget:
        """Return what the file of a scene will have besides its tiles, whatever the quality; see `live`."""
        subject = self._subject(path, kind, device, trial.detect)
        if trial.keep_power not in subject.budgets:
            scene = self.live(path, kind, trial, device, cancel).scene
            subject.budgets[trial.keep_power] = scene.budget(cancel, keep_power=trial.keep_power)
        return subject.budgets[trial.keep_power]

    def pair(self, asked: Look | Attend | Pair, cancel: Event) -> tuple[RasterSource | None, RasterSource | None]:
        """Return the original and what was or would be decoded, as far as they are asked for.

        Raises:
            SarguiError: one of them cannot be opened, or a trial has no original.
        """
        kind, detect = asked.kind, asked.trial is None or asked.trial.detect  # to be looked at alone, nothing is lost
        decoded: RasterSource | None = None
        if asked.trial is not None:
            if asked.original is None:
                raise RequestError("Settings can be tried on an original alone.")
            decoded = self.live(asked.original, kind, asked.trial, asked.device, cancel)
        elif asked.compressed is not None:
            decoded = self.source(asked.compressed, None, asked.device)
            kind = measured_kind(decoded.info) if isinstance(decoded, DecodedSource) else kind
        if asked.original is None:
            return None, decoded
        return self.source(asked.original, kind, asked.device, detect=detect), decoded

    def _subject(self, path: Path, kind: Kind | None, device: str, detect: bool) -> _Subject:
        key = (identity(path), kind, device, detect)
        return self._subjects.get(key, lambda: _Subject(open_source(path, kind, device, detect, lenient=True)))

    def close(self) -> None:
        """Close all files and forget everything."""
        self._subjects.clear()
        self._codecs.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
