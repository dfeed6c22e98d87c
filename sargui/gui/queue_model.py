"""The files of the batch queue, as a table for Qt: name, state, progress, size, ratio and message of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from sargui.engine.requests import Compress, Compressed
from sargui.gui import wording

Index = QModelIndex | QPersistentModelIndex


class State(StrEnum):
    """Where a file is on its way."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(eq=False, slots=True)
class Entry:
    """A file in the queue. The queue alone changes it, in the thread of the window."""

    source: Path
    target: Path
    state: State = State.WAITING
    message: str = ""
    request: Compress | None = None  # once it may be coded: its name is free, and the disk has room
    pixels: int = 0  # of all bands; 0 until the file has been looked at
    pixels_done: int = 0
    result: Compressed | None = None
    leaving: bool = False  # removed while it ran: it goes when it has stopped

    @property
    def fraction(self) -> float:
        """How much of the file is done, 0 to 1."""
        if self.state is State.DONE:
            return 1.0
        return self.pixels_done / self.pixels if self.pixels else 0.0


def pixels_of(entries: Iterable[Entry]) -> tuple[int, int]:
    """Return how many pixels are done, of how many, of the files that were started and have not come to nothing."""
    counted = [e for e in entries if e.request is not None and e.state not in (State.FAILED, State.CANCELLED)]
    return round(sum(entry.fraction * entry.pixels for entry in counted)), sum(entry.pixels for entry in counted)


class Column(IntEnum):
    """What the table says of a file."""

    FILE = 0
    STATE = 1
    PROGRESS = 2
    SIZE = 3
    RATIO = 4
    MESSAGE = 5


NUMBERS = (Column.PROGRESS, Column.SIZE, Column.RATIO)


class QueueModel(QAbstractTableModel):
    """A row for each file, in the order in which they were added. Beside texts, an index gives its `Entry`."""

    ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None, paused: Callable[[], bool] = bool) -> None:
        """Start empty; `paused` says whether the file that runs stands still."""
        super().__init__(parent)
        self.entries: list[Entry] = []
        self._paused = paused

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of files."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Return the number of columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object | None:
        """Return the name of a column."""
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(Column(section))
        return Column(section).name.capitalize() if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object | None:
        """Return what a cell shows; the tip is the whole path, or the whole message and the settings."""
        if not index.isValid():
            return None
        entry, column = self.entries[index.row()], Column(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            still = column is Column.STATE and entry.state is State.RUNNING and self._paused()
            return "Paused" if still else _text(entry, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(entry.source) if column is Column.FILE else _tip(entry)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return entry if role == self.ENTRY_ROLE else None

    def append(self, entries: Iterable[Entry]) -> None:
        """Add files at the end."""
        added = list(entries)
        if added:
            first = len(self.entries)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self.entries.extend(added)
            self.endInsertRows()

    def remove(self, entries: Iterable[Entry]) -> None:
        """Take files out of the list."""
        for entry in entries:
            row = self.entries.index(entry)
            self.beginRemoveRows(QModelIndex(), row, row)
            del self.entries[row]
            self.endRemoveRows()

    def show(self, entry: Entry) -> None:
        """Have the row of a file drawn again: it has changed."""
        row = self.entries.index(entry)
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(Column) - 1))


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _tip(entry: Entry) -> str:
    settings = f"with {wording.settings(entry.request)}" if entry.request is not None else ""
    return "\n".join(filter(None, (entry.message, settings)))


def _text(entry: Entry, column: Column) -> str:
    match column:
        case Column.FILE:
            return entry.source.name
        case Column.STATE:
            return entry.state.capitalize()
        case Column.PROGRESS:
            return (
                f"{int(100 * entry.fraction)}\N{NO-BREAK SPACE}%" if entry.state in (State.RUNNING, State.DONE) else ""
            )
        case Column.SIZE:
            return wording.size(entry.result.file_bytes) if entry.result else ""
        case Column.RATIO:
            return f"{entry.result.ratio:.1f}\N{NO-BREAK SPACE}×" if entry.result else ""
        case Column.MESSAGE:
            return entry.message
