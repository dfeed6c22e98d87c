"""The batch queue below the panes: a row for each file, the progress of all, and what can be done about them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from sargui.gui import wording
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.panels.facts import Elided, heading
from sargui.gui.queue_model import Column, Entry, Index, QueueModel, State
from sargui.gui.theme import colors_of

BAR_STEPS = 1000
ROWS_SHOWN = 4  # at first
WIDTHS = {Column.FILE: 46, Column.STATE: 11, Column.PROGRESS: 16, Column.SIZE: 11, Column.RATIO: 9}  # in letters
ADD_TIP = "Choose rasters to compress with the settings at the right; or drop several on the window"


class QueuePanel(QWidget):
    """Shows a queue and gives it its orders; what needs a question or a dialog is left to the window.

    `start_wanted` comes when the files that wait may be started: look at `queue.conflicts()`, ask, `queue.start`.
    """

    add_wanted = Signal()
    start_wanted = Signal()
    folder_wanted = Signal()  # one folder for all: ask, then `queue.choose_folder`
    open_wanted = Signal(Path)  # a file that is done

    def __init__(self, queue: BatchQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.queue = queue
        self.summary = QLabel()
        self.summary.setAccessibleName("State of the queue")
        self.bar = QProgressBar(textVisible=False, maximum=BAR_STEPS)
        self.bar.setFixedHeight(12)
        self.bar.setAccessibleName("Progress of all files")
        self.left = QLabel()
        self.left.setProperty("role", "dim")
        self.left.setAccessibleName("Time left")
        self.table = _Table(queue.model)
        self.note = Elided()
        self.note.setProperty("role", "alarm")
        self.note.setAccessibleName("Why the queue was not started")
        self.add = _button("&Add Files…", ADD_TIP)
        self.into = _button("", "Where the compressed files go")
        self.start = _button("&Start", "Compress the files that wait, with the settings at the right")
        self.start.setProperty("role", "primary")
        self.settings = Elided()
        self.settings.setProperty("role", "dim")
        self.settings.setAccessibleName("Settings of what is started")
        self.pause = _button("&Pause", "Stop after the tile under way, until Resume")
        self.cancel = _button("&Cancel", "Stop the selected files, or all; nothing of them is left behind")
        self.retry = _button("&Retry", "Let failed or cancelled files wait again, and start them")
        self.clear = _button("C&lear Done", "Take the files that are done off the list; they stay on the disk")
        self._orders = (self.start, self.pause, self.cancel, self.retry, self.clear)
        self._fill_into()
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def selected(self) -> list[Entry]:
        """The files of the selected rows, from top to bottom."""
        rows = self.table.selectionModel().selectedRows()
        return [self.queue.model.entries[row] for row in sorted(index.row() for index in rows)]

    def refresh(self) -> None:
        """Show how the queue stands, and allow what can be done; a button that has had its day leaves its keys."""
        queue, chosen = self.queue, self.selected
        pressed = next((button for button in self._orders if button is self.window().focusWidget()), None)
        ongoing = queue.count(State.RUNNING, State.WAITING)
        some = [entry for entry in chosen if entry.state in (State.RUNNING, State.WAITING)]
        self.summary.setText(_summary(queue))
        self.bar.setValue(round(BAR_STEPS * queue.fraction))
        self.bar.setVisible(queue.busy)
        seconds = None if queue.paused else queue.seconds_left
        self.left.setText("" if seconds is None else f"{wording.duration(seconds)} left")
        self.start.setEnabled(bool(queue.fresh))
        self.pause.setEnabled(queue.busy)
        self.pause.setText("&Resume" if queue.paused else "&Pause")
        self.cancel.setEnabled(ongoing > 0)
        self.cancel.setText("&Cancel Selected" if 0 < len(some) < ongoing else "&Cancel All")
        self.retry.setEnabled(bool(self._again()))
        self.clear.setEnabled(queue.count(State.DONE) > 0)
        if pressed is not None and not pressed.isEnabled():
            self.table.setFocus()  # Qt would take the next button, and Space would cancel
        where = "beside each file" if queue.folder is None else queue.folder.name or str(queue.folder)
        self.into.setText("&Into: " + where.replace("&", "&&"))
        self.into.setToolTip("Where the compressed files go" + (f": {queue.folder}" if queue.folder else ""))

    def show_settings(self, text: str) -> None:
        """Say with which settings files are started now."""
        self.settings.setText(text)
        self.settings.setToolTip(text)

    def complain(self, sentence: str) -> None:
        """Show one sentence about what went wrong; '' takes it away."""
        self.note.setText(sentence)
        self.note.setToolTip(sentence)
        self.note.setVisible(bool(sentence))

    def _again(self) -> list[Entry]:
        """Return what Retry is about: the selected files that came to nothing, or else all that failed."""
        chosen = [entry for entry in self.selected if entry.state in (State.FAILED, State.CANCELLED)]
        return chosen or [entry for entry in self.queue.model.entries if entry.state is State.FAILED]

    def _on_start(self) -> None:
        self.complain("")
        self.start_wanted.emit()

    def _on_pause(self) -> None:
        if self.queue.paused:
            self.queue.resume()
        else:
            self.queue.pause()

    def _on_cancel(self) -> None:
        chosen = [entry for entry in self.selected if entry.state in (State.RUNNING, State.WAITING)]
        self.queue.cancel(chosen or None)

    def _on_retry(self) -> None:
        self.queue.retry(self._again())
        if self.queue.fresh:
            self._on_start()

    def _on_open(self) -> None:
        for entry in self.selected[:1]:
            if entry.state is State.DONE:
                self.open_wanted.emit(entry.target)

    def _connect(self) -> None:
        self.queue.changed.connect(self.refresh)
        self.queue.refused.connect(self.complain)
        self.table.selectionModel().selectionChanged.connect(self.refresh)
        self.table.remove_wanted.connect(lambda: self.queue.remove(self.selected))
        self.table.open_wanted.connect(self._on_open)
        self.add.clicked.connect(self.add_wanted)
        self.start.clicked.connect(self._on_start)
        self.pause.clicked.connect(self._on_pause)
        self.cancel.clicked.connect(self._on_cancel)
        self.retry.clicked.connect(self._on_retry)
        self.clear.clicked.connect(self.queue.clear_done)

    def _fill_into(self) -> None:
        menu = QMenu(self)
        menu.addAction("&Beside Each File").triggered.connect(lambda: self.queue.choose_folder(None))
        menu.addAction("One &Folder…").triggered.connect(self.folder_wanted)
        self.into.setMenu(menu)

    def _lay_out(self) -> None:
        top, below = QHBoxLayout(), QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(heading("Queue"))
        top.addWidget(self.summary)
        top.addWidget(self.bar, 1)
        top.addWidget(self.left)
        top.addStretch()
        for button in (self.add, self.into, *self._orders):
            below.addWidget(button)
        below.insertWidget(2, self.settings, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addLayout(below)
        self.note.setVisible(False)


class _Table(QTableView):
    """The rows; Del removes the selected ones, Enter or a double-click opens one."""

    remove_wanted = Signal()
    open_wanted = Signal()

    def __init__(self, model: QueueModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setAccessibleName("Files in the queue")
        self.setAcceptDrops(False)  # drops are the window's
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)  # Tab leads on to the buttons
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegate(_Delegate(self))
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setHighlightSections(False)
        for column, letters in WIDTHS.items():
            self.setColumnWidth(column, letters * self.fontMetrics().averageCharWidth() + 12)
        self.doubleClicked.connect(self.open_wanted)

    def sizeHint(self) -> QSize:
        """Some rows: the panes above need the room more."""
        rows = ROWS_SHOWN * self.verticalHeader().defaultSectionSize()
        return QSize(super().sizeHint().width(), self.horizontalHeader().sizeHint().height() + rows)

    def minimumSizeHint(self) -> QSize:
        """One row."""
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height() // ROWS_SHOWN * 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Del and Enter; the rest moves the selection."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.open_wanted.emit()
        else:
            super().keyPressEvent(event)


class _Delegate(QStyledItemDelegate):
    """Draws a bar behind the percentage of a running file, and in the color of alarm what went wrong."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Color the text of a file that failed."""
        super().initStyleOption(option, index)
        entry = index.data(QueueModel.ENTRY_ROLE)
        if entry.state is State.FAILED and index.column() in (Column.STATE, Column.MESSAGE):
            option.palette.setColor(QPalette.ColorRole.Text, QColor(colors_of(option.widget).alarm))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell, and below its text how far the file is."""
        super().paint(painter, option, index)
        entry = index.data(QueueModel.ENTRY_ROLE)
        if entry.state is State.RUNNING and index.column() == Column.PROGRESS:
            groove = option.rect.adjusted(6, option.rect.height() - 4, -6, -1)
            colors = colors_of(option.widget)
            painter.fillRect(groove, QColor(colors.border))
            done = QRect(groove.topLeft(), groove.size())
            done.setWidth(round(groove.width() * entry.fraction))
            painter.fillRect(done, QColor(colors.accent))


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button


def _summary(queue: BatchQueue) -> str:
    """Return how the queue stands, in a few words."""
    total = len(queue.model.entries)
    if not total:
        return "Empty: add files, or drop several on the window."
    done, failed, cancelled = (queue.count(state) for state in (State.DONE, State.FAILED, State.CANCELLED))
    parts = [f"{done} of {total} {'file' if total == 1 else 'files'} done"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{cancelled} cancelled"] if cancelled else []
    parts += ["paused"] if queue.paused else []
    return ", ".join(parts)
