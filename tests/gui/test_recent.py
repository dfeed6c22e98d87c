"""Recent files, in the settings and in the menu."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow

from sargui.gui.recent import RecentFiles, RecentMenu

offscreen = pytest.mark.qt_log_ignore("This plugin does not support")  # raise() and grabbing the keyboard, for menus


@pytest.fixture
def reread(tmp_path):
    """The recent files as the next start of the program finds them."""

    def make():
        return RecentFiles(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))

    return make


@pytest.fixture
def files(tmp_path):
    def make(*names):
        for name in names:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(b"")
        return [tmp_path / name for name in names]

    return make


@pytest.fixture
def menu(reread, qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    menu = RecentMenu(reread(), window)
    window.menuBar().addMenu("&File").addMenu(menu)
    window.show()
    qtbot.waitExposed(window)
    yield menu
    menu.close()


def open_menu(menu, qtbot):
    with qtbot.waitSignal(menu.aboutToShow):
        menu.popup(menu.parentWidget().mapToGlobal(menu.parentWidget().rect().center()))
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_none_one_and_two_files_come_back_from_the_file(reread, files):
    a, b = files("a.tif", "b, with a comma and äöü.tif")
    assert reread().paths() == []
    recent = reread()
    recent.add(a)
    recent._settings.sync()
    assert reread().paths() == [a]
    recent.add(b)
    recent._settings.sync()
    assert reread().paths() == [b, a]
    recent.clear()
    recent._settings.sync()
    assert reread().paths() == []


def test_the_newest_ten_are_kept_each_once(reread, files):
    recent, paths = reread(), files(*(f"{number}.tif" for number in range(12)))
    for path in [*paths, paths[5]]:
        recent.add(path)
    assert recent.paths() == [paths[5], *(paths[number] for number in (11, 10, 9, 8, 7, 6, 4, 3, 2))]


def test_a_vanished_file_is_left_out_but_not_forgotten(reread, files):
    recent, (a, b) = reread(), files("a.tif", "b.tif")
    recent.add(a)
    recent.add(b)
    a.unlink()
    assert recent.paths() == [b]
    recent.add(b)
    files("a.tif")
    assert recent.paths() == [b, a]


@pytest.mark.parametrize("content", [7, True, {"a": 1}, [1, None, "", ["x"]], b"\xff\x00", None])
def test_whatever_the_settings_hold_there_is_a_list(reread, files, content):
    recent, (a,) = reread(), files("a.tif")
    recent._settings.setValue("recent", content)
    recent._settings.sync()
    assert reread().paths() == []
    recent.add(a)
    assert recent.paths()[0] == a


def test_a_relative_path_is_remembered_with_its_folder(reread, files, monkeypatch, tmp_path):
    files("a.tif")
    monkeypatch.chdir(tmp_path)
    recent = reread()
    recent.add(Path("a.tif"))
    assert recent.paths() == [tmp_path / "a.tif"]


@offscreen
def test_the_menu_lists_what_is_there_whenever_it_opens(menu, files, qtbot):
    assert open_menu(menu, qtbot) == ["No Recent Files", "&Clear List"]
    assert [action.isEnabled() for action in menu.actions() if action.text()] == [False, False]
    menu.close()
    one, other, odd = files("one/a.tif", "two/a.tif", "R&D.tif")
    for path in (one, other, odd):
        menu._files.add(path)
    assert open_menu(menu, qtbot) == [
        "&1 R&&D.tif",
        f"&2 a.tif ({other.parent})",
        f"&3 a.tif ({one.parent})",
        "&Clear List",
    ]


@offscreen
def test_a_key_opens_a_file_and_the_list_can_be_cleared(menu, files, qtbot):
    paths = files(*(f"{number}.tif" for number in range(10)))
    for path in paths:
        menu._files.add(path)
    open_menu(menu, qtbot)
    with qtbot.waitSignal(menu.open_wanted) as opened:
        QTest.keyClick(menu, Qt.Key.Key_0)  # the tenth
    assert opened.args == [paths[0]]
    open_menu(menu, qtbot)
    QTest.keyClick(menu, Qt.Key.Key_C)
    assert menu._files.paths() == []
    assert open_menu(menu, qtbot)[0] == "No Recent Files"
