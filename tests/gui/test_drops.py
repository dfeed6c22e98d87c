"""What can be dropped, and where; what cannot is refused with its reason, and never the end of the program."""

import pytest
from PySide6.QtCore import QMimeData, QUrl

from sargui.gui import main_window


@pytest.mark.parametrize("place", ["pane", "spin box", "slider"])
def test_a_drop_anywhere_reaches_the_window(opened, scene, drop_files, qtbot, place):
    widget = {
        "pane": opened.grid.decoded.surface,
        "spin box": opened.settings.rates.spin,
        "slider": opened.settings.rates.slider,
    }[place]
    at = widget.mapTo(opened, widget.rect().center())
    with qtbot.waitSignal(opened.session.opened):
        assert drop_files(opened, scene, at=at) is opened


def test_a_refused_drop_says_why(window, tmp_path, drop_files, qtbot):
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"")
    with qtbot.waitSignal(window.session.failed):
        drop_files(window, broken)
    assert window.empty.sentence.text() == "broken.tif cannot be read: it is not a raster."
    drop_files(window, tmp_path)
    qtbot.waitUntil(lambda: "is a folder" in window.empty.sentence.text())
    assert window.session.scene is None


def test_text_and_web_addresses_are_refused_with_a_reason(window, drop_data, qtbot):
    from_web = QMimeData()
    from_web.setUrls([QUrl("https://example.org/a.tif")])
    text = QMimeData()
    text.setText("hello")
    nothing = QMimeData()  # a list of addresses without any
    nothing.setData("text/uri-list", b"")
    assert nothing.hasUrls()
    for data, reason in ((from_web, "not on this computer"), (text, "Only files"), (nothing, "Only files")):
        drop_data(window, data)
        qtbot.waitUntil(lambda reason=reason: reason in window.empty.sentence.text())


@pytest.mark.qt_no_exception_capture
def test_a_bug_in_a_drop_is_logged_and_the_window_lives_on(window, scene, drop_files, monkeypatch, caplog, qtbot):
    def broken(data):
        raise IndexError("list index out of range")

    with monkeypatch.context() as patch:
        patch.setattr(main_window, "read_drop", broken)
        drop_files(window, scene)
    assert "uncaught exception in dropEvent" in caplog.text
    with qtbot.waitSignal(window.session.opened):
        drop_files(window, scene)
