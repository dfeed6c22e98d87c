"""How a test answers one of Qt's own questions, which would wait for ever."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox


def press(button: str, look: Callable[[QMessageBox], object]) -> None:
    """Press a button of the question that comes up next; `look` is given its box before."""

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        look(box)
        QTest.mouseClick(next(each for each in box.buttons() if each.text() == button), Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, answer)
