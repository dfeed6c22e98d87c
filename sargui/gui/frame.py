"""The widgets of the window and where they stand; nothing here acts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget

from sargui.core import catalogue
from sargui.gui import layout
from sargui.gui.actions import Actions
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.panels.attention_panel import AttentionPanel
from sargui.gui.panels.banner import Banner
from sargui.gui.panels.empty_state import EmptyState
from sargui.gui.panels.marks_panel import MarksPanel
from sargui.gui.panels.plots import Plots
from sargui.gui.panels.progress_row import ProgressRow
from sargui.gui.panels.queue_panel import QueuePanel
from sargui.gui.panels.result_panel import ResultPanel
from sargui.gui.panels.scene_panel import ScenePanel
from sargui.gui.panels.settings_panel import SettingsPanel
from sargui.gui.recent import RecentFiles, RecentMenu
from sargui.gui.views.pane_grid import PaneGrid


class Frame(QMainWindow):
    """Scene at the left, settings and result at the right, panes or the drop target in the center, progress below."""

    def __init__(self, queue: BatchQueue, recent: RecentFiles) -> None:
        super().__init__()
        self.recent = recent
        self.setWindowTitle("sargui")
        self.commands = Actions(self)
        self.grid = PaneGrid()
        self.empty = EmptyState(icon())
        self.scene_panel = ScenePanel()
        self.marks_panel = MarksPanel()
        self.attention_panel = AttentionPanel()
        self.settings = SettingsPanel()
        self.result_panel = ResultPanel()
        self.progress = ProgressRow()
        self.queue_panel = QueuePanel(queue)
        self.center = QStackedWidget()
        self.center.addWidget(self.empty)
        self.plots = Plots()
        self.looking = layout.above(self.grid, self.plots)
        self.center.addWidget(self.looking)
        self.banner = Banner(self.center)
        self.setCentralWidget(self.center)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        shown = self.scene_panel, self.marks_panel, self.attention_panel
        panels = [
            layout.add_dock(self, "Scene Panel", layout.LEFT_PX, left, *shown),
            layout.add_dock(self, "Settings Panel", layout.RIGHT_PX, right, self.settings, self.result_panel),
        ]
        self.queue_dock = layout.add_queue(self, self.queue_panel)
        panels.append(self.queue_dock.toggleViewAction())
        bar = layout.add_toolbar(self, "Commands", Qt.ToolBarArea.TopToolBarArea)
        self.commands.fill_toolbar(bar)
        self.bands, self._band_actions = layout.add_band_picker(bar)
        self.recent_menu = RecentMenu(self.recent, self)
        self.commands.fill_menus(panels, self.recent_menu)
        self.result_panel.offer_exports(self.commands.exports)
        below = layout.add_toolbar(self, "Progress", Qt.ToolBarArea.BottomToolBarArea)
        below.addWidget(self.progress)
        self.cursor_label = QLabel()
        self.cursor_label.setProperty("role", "dim")
        self.cursor_label.setAccessibleName("Values under the cursor")
        self.cursor_label.setToolTip("The values under the cursor; of two bands: original | reconstruction")
        self.statusBar().addWidget(self.cursor_label, 1)
        self.cursor_label.setContentsMargins(16, 0, 16, 2)  # under the sentence of the row above
        self.statusBar().setSizeGripEnabled(False)
        self.show_bands([])
        self.resize(layout.first_size(self.screen().availableSize()))

    def show_bands(self, names: list[str]) -> None:
        """List the bands; a single one needs no list."""
        self.bands.clear()
        self.bands.addItems(names)
        for action in self._band_actions:
            action.setVisible(len(names) > 1)


def icon() -> QIcon:
    """Return the program's icon, an empty one if the installation lacks it."""
    try:
        return QIcon(str(catalogue.resource("sargui.svg")))
    except FileNotFoundError:
        return QIcon()
