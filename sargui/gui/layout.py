"""Where things stand in the window: docks at the sides, panes in the center, progress and read-out below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QDockWidget,
    QFrame,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

LEFT_PX, RIGHT_PX = 236, 270
SIZE_PX = (1280, 800)
FRAME_PX = (0, 40)  # that a window manager adds to the window, about: a title bar, and thin sides
SCREEN_SHARE = 0.75  # of a large screen, at the first start


def add_dock(window: QMainWindow, title: str, width_px: int, area: Qt.DockWidgetArea, *panels: QWidget) -> QAction:
    """Put panels below each other into a dock without a title bar; return the command that shows and hides it."""
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for index, panel in enumerate(panels):
        if index:
            column.addWidget(_rule())
        column.addWidget(panel)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidget(content)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setMinimumWidth(width_px)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keys
    dock = QDockWidget(title, window)
    dock.setObjectName(title)  # saveState needs it
    dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)  # from the menu only
    dock.setTitleBarWidget(QWidget())
    dock.setWidget(scroll)
    window.addDockWidget(area, dock)
    window.resizeDocks([dock], [width_px], Qt.Orientation.Horizontal)
    return dock.toggleViewAction()


def above(upper: QWidget, lower: QWidget) -> QSplitter:
    """Put a widget above another; the upper one has what the other leaves."""
    splitter = QSplitter(Qt.Orientation.Vertical)
    for index, widget in enumerate((upper, lower)):
        splitter.addWidget(widget)
        splitter.setStretchFactor(index, 1 - index)
    splitter.setChildrenCollapsible(False)
    return splitter


def add_queue(window: QMainWindow, panel: QWidget) -> QDockWidget:
    """Put the queue below the panes, between the docks at the sides, hidden until it is wanted."""
    dock = QDockWidget("Queue", window)
    dock.setObjectName("Queue")
    dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
    dock.setTitleBarWidget(QWidget())
    dock.setWidget(panel)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    dock.hide()
    return dock


def add_toolbar(window: QMainWindow, title: str, area: Qt.ToolBarArea) -> QToolBar:
    """Add a toolbar that stays where it is."""
    bar = QToolBar(title, window)
    bar.setObjectName(title)
    bar.setMovable(False)
    bar.toggleViewAction().setVisible(False)
    window.addToolBar(area, bar)
    return bar


def add_band_picker(bar: QToolBar) -> tuple[QComboBox, list[QAction]]:
    """Put a list of bands at the right of a toolbar; the actions hide it for scenes of one band."""
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    label = QLabel("&Band ")
    label.setProperty("role", "dim")
    picker = QComboBox()
    label.setBuddy(picker)
    picker.setAccessibleName("Band, or two as a color composite")
    picker.setToolTip("The band that the panes show; two are a composite in color")
    picker.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return picker, [bar.addWidget(label), bar.addWidget(picker)]


def first_size(available: QSize) -> QSize:
    """Return the size of a window that has none to remember, on a screen with so much room; its frame takes some."""
    room = available - QSize(*FRAME_PX)
    return (available * SCREEN_SHARE).expandedTo(QSize(*SIZE_PX)).boundedTo(room)


def reset_docks(window: QMainWindow) -> None:
    """Bring docks back to where and as wide as they were at first."""
    sides = (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
    docks = [dock for dock in window.findChildren(QDockWidget) if window.dockWidgetArea(dock) in sides]
    for dock, width_px in zip(docks, (LEFT_PX, RIGHT_PX), strict=True):
        dock.setVisible(True)
        window.resizeDocks([dock], [width_px], Qt.Orientation.Horizontal)


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    rule.setFrameShadow(QFrame.Shadow.Plain)
    rule.setProperty("role", "rule")
    return rule
