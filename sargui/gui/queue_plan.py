"""Where the files of the queue go and which of those names are taken, before anything is coded; why one failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sargui.core.errors import AmbiguousKindError, ComplexPixelsError, SarguiError
from sargui.core.paths import compressed_beside
from sargui.engine.leftovers import interrupted
from sargui.engine.requests import Compress
from sargui.gui.queue_model import Entry, State


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file whose output cannot simply be written: it exists, or an earlier file of the queue takes its name."""

    entry: Entry
    rival: Entry | None = None  # None if the output exists

    @property
    def sentence(self) -> str:
        """What is wrong, with what, what now."""
        name = self.entry.target.name
        if self.rival is None:
            return f"{name} exists already and was kept; allow overwriting, or choose another folder."
        return f"{self.rival.source.name} becomes {name} too; compress them into different folders."


def output_of(source: Path, folder: Path | None) -> Path:
    """Return where a file's .sarz goes: into `folder`, or beside it and never into a product's own folder."""
    beside = compressed_beside(source.absolute())
    return folder.absolute() / beside.name if folder is not None else beside


def find_conflicts(fresh: Sequence[Entry], accepted: Sequence[Entry]) -> list[Conflict]:
    """Return which of the fresh files need an answer first; `accepted` ones have their names already."""
    taken = {_key(entry): entry for entry in accepted if entry.state in (State.WAITING, State.RUNNING)}
    found = []
    for entry in fresh:
        if (rival := taken.setdefault(_key(entry), entry)) is not entry:
            found.append(Conflict(entry, rival))
        elif os.path.lexists(entry.target):
            found.append(Conflict(entry))
    return found


def interrupted_runs(entries: Iterable[Entry], recipe: Callable[..., Compress]) -> dict[str, float]:
    """Return how much was done, 0 to 1, of the outputs that earlier runs of the same recipe were killed at, by name."""
    runs = ((entry, interrupted(recipe(entry.source, entry.target))) for entry in entries)
    return {entry.target.name: run.fraction for entry, run in runs if run is not None}


def _key(entry: Entry) -> str:
    """Return what two outputs have in common that are one file: some file systems do not tell a from A."""
    return str(entry.target).casefold()


def why(source: Path, error: SarguiError) -> str:
    """Return why a file failed; where only the user knows more, that the window asks when it is opened by itself."""
    match error:
        case AmbiguousKindError():
            what = "does not say what its values are"
        case ComplexPixelsError():
            what = "holds complex pixels, whose phase would be lost"
        case _:
            return str(error)
    return f"{source.name} {what}; open it by itself, and the window asks."
