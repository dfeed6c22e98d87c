"""What a killed run left: whether it is of what is asked now, whether it is gone on with, and what is said of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Self

from sargui.container import Journal, has_header, leftovers
from sargui.core import catalogue
from sargui.core.errors import CheckpointError
from sargui.core.paths import product_at
from sargui.core.types import ModelCard
from sargui.engine.requests import Compress
from sargui.engine.source_state import in_words, states

CHANGED = "its source has changed since"
DAMAGED = "it is damaged"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A run that was killed when so much of its `target` was done, 0 to 1."""

    target: Path
    fraction: float


class Leftovers:
    """What killed runs left of a target; a context manager that deletes what nobody went on with."""

    def __init__(self, request: Compress, stamp: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Take what is left and was begun with the same stamp, if the request is to resume; delete the rest.

        `say` hears each sentence for the user when it has become true.
        """
        self._say = say
        self._dropped: list[str] = []
        self._resumed = ""
        self._name = request.target.name
        self._left: list[Journal] = []
        for journal in _of(request.target):
            others = [name for name in stamp if stamp[name] != journal.purpose.stamp.get(name)]
            if request.resume and journal.marks and not others:
                self._left.append(journal)
            elif request.resume:
                self._drop(journal, f"it was begun with another {' and another '.join(others)}")
            else:
                self._drop(journal, "this run was not to resume it")

    @property
    def notes(self) -> list[str]:
        """What became of it, in sentences for the user."""
        return [*self._dropped, self._resumed]

    def take(self, beginning: bytes) -> Journal | None:
        """Return what is left of a file that begins so, None if nothing is; it is the caller's now."""
        fitting = [journal for journal in self._left if journal.begins_with(beginning)]
        if not fitting:
            return None
        journal = max(fitting, key=lambda each: len(each.marks))
        self._left.remove(journal)
        return journal

    def resumed(self, journal: Journal) -> None:
        """Take note that what was taken is gone on with, as far as it was found to be whole."""
        if not journal.marks:
            self.doubt(DAMAGED)
            return
        self._resumed = f"An interrupted run was resumed at {100 * journal.fraction:.0f} %."
        self._say(self._resumed)

    def doubt(self, reason: object) -> None:
        """Take note that what was taken is of no use."""
        self._resumed = ""
        self._note(reason)

    def close(self) -> None:
        """Delete what nobody took, as it begins otherwise than what was coded."""
        while self._left:
            journal = self._left.pop()
            self._drop(journal, CHANGED if has_header(journal.part) else DAMAGED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for journal in self._left:  # the job has failed, and nobody knows whether they were of use
            journal.discard()

    def _drop(self, journal: Journal, reason: str) -> None:
        if journal.marks and journal.begins_with(b""):  # else it was killed before anything was done, or at its end
            self._note(reason)
        journal.discard()

    def _note(self, reason: object) -> None:
        self._dropped.append(f"What an interrupted run had left of {self._name} was deleted: {reason}.")
        self._say(self._dropped[-1])


def asked(request: Compress, card: ModelCard) -> dict[str, str]:
    """Return what a request says of the file that is wanted; the names complete "another "."""
    source = product_at(request.source)
    return {
        "source": os.path.abspath(source),
        "state of its source": in_words(states(source)),
        "checkpoint": f"{card.name} {card.sha256}",
        "quality": f"{request.rate.kind} {request.rate.value!r}",
        "kind of values": f"{request.kind or 'as stated'}{', detected' if request.detect else ''}",
        "effort": str(request.effort),
        "choice about power": str(request.keep_power),
    }


def interrupted(request: Compress, folders: Iterable[Path] | None = None) -> Interrupted | None:
    """Return the run that got furthest of those that were killed while they did what a request asks, None without any.

    It is one of the request's target or, in some `folders`, of any. Whether it can be gone on with is seen when its
    source is read; nothing is loaded for this.
    """
    try:
        card = catalogue.card(request.model) if request.model else catalogue.default_card()
    except CheckpointError:
        return None  # who compresses will be told
    wanted = asked(request, card).items()
    found = []
    for journal in _of(request.target) if folders is None else chain.from_iterable(map(leftovers, folders)):
        if wanted <= journal.purpose.stamp.items() and journal.marks and journal.begins_with(b""):
            found.append(Interrupted(journal.part.with_name(journal.target), journal.fraction))
        journal.close()
    return max(found, key=lambda each: each.fraction, default=None)


def forget(target: Path) -> None:
    """Delete what killed runs left of a target."""
    for journal in _of(target):
        journal.discard()


def _of(target: Path) -> list[Journal]:
    place = Path(os.path.realpath(target))
    return list(leftovers(place.parent, place.name))
