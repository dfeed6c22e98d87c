"""What the window remembers, and that no file can stop it from opening."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize

from sargui.gui.layout import first_size
from sargui.gui.theme import Choice
from sargui.gui.window_state import WindowState


def test_size_and_theme_come_back(make_window, engine):
    window = make_window(engine)
    window.resize(1111, 777)
    window.commands.themes[Choice.DARK].trigger()
    window.close()
    again = make_window(engine)
    assert again.state.theme is Choice.DARK
    assert again.commands.themes[Choice.DARK].isChecked()
    assert again.settings.width() > 100


def test_a_hidden_panel_stays_hidden_until_the_layout_is_reset(make_window, engine):
    window = make_window(engine)
    view = next(action.menu() for action in window.menuBar().actions() if action.text() == "&View")
    panel = next(action for action in view.actions() if action.text() == "Scene Panel")
    panel.trigger()
    assert not window.scene_panel.isVisible()
    window.close()
    again = make_window(engine)
    assert not again.scene_panel.isVisible()
    again.commands.reset.trigger()
    assert again.scene_panel.isVisible()


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff\x13\x37" * 500,
        b"[General]\ngeometry=5\nlayout=@ByteArray(nonsense)\ntheme=@Invalid()\nfolder=1, 2, 3\n",
        b"[General]\ngeometry=@Variant(\\0\\0\\0\\x1)\ntheme=mauve\nfolder=/nowhere/at/all\nlayout=true\n",
        b"not an ini file",
    ],
)
def test_a_corrupt_file_is_as_good_as_none(make_window, engine, settings_file, content):
    settings_file.write_bytes(content)
    window = make_window(engine)
    assert window.isVisible()
    assert window.state.theme is Choice.SYSTEM
    assert window.state.folder == Path.home()
    window.close()


def test_reads_are_typed(tmp_path):
    settings = QSettings(str(tmp_path / "a.ini"), QSettings.Format.IniFormat)
    settings.setValue("folder", ["a", "b"])
    settings.setValue("theme", 7)
    settings.setValue("geometry", "text")
    state = WindowState(settings)
    assert state.folder == Path.home()
    assert state.theme is Choice.SYSTEM
    assert state._bytes("geometry").isEmpty()


@pytest.mark.parametrize(
    ("screen", "size"),
    [((1280, 800), (1280, 760)), ((1366, 728), (1280, 688)), ((1920, 1040), (1440, 800)), ((2560, 1440), (1920, 1080))],
)
def test_the_first_window_fits_the_screen_with_its_title_bar(screen, size):
    assert first_size(QSize(*screen)) == QSize(*size)


def test_it_can_be_as_small_as_that(window):
    assert window.minimumSizeHint().width() <= 1280
    assert window.minimumSizeHint().height() <= 688
