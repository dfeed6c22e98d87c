"""Numbers and sentences of the progress row."""

from sargui.core.types import Progress
from sargui.gui.panels.progress_row import ProgressRow, numbers


def plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("   ·   ", " | ")


def test_tiles_bytes_and_time_left():
    assert (
        plain(numbers(Progress(212, 408, "compressing", 1_900_000), 40.0))
        == "tile 212 of 408 | 1.9 MB written | 0:37 left"
    )


def test_no_time_left_before_it_can_be_known():
    assert plain(numbers(Progress(1, 408, "compressing"), 0.2)) == "tile 1 of 408"
    assert plain(numbers(Progress(408, 408, "compressing"), 9)) == "tile 408 of 408"


def test_saving_counts_bytes():
    assert plain(numbers(Progress(8_000_000, 20_000_000, "saving", 8_000_000), 0.1)) == "8.0 MB of 20.0 MB"


def test_the_row_keeps_its_height_and_shows_cancel_only_while_busy(qtbot):
    row = ProgressRow()
    qtbot.addWidget(row)
    row.show()
    height = row.height()
    row.show_busy(True)
    assert row.cancel.isVisible()
    assert row.bar.maximum() == 0
    row.show_progress(Progress(3, 10, "compressing"))
    assert (row.bar.value(), row.bar.maximum()) == (3, 10)
    assert row.sentence.text() == "Compressing…"
    row.show_busy(False)
    assert not row.cancel.isVisible()
    assert row.height() == height
    assert row.cancel.sizeHint().height() < height


def test_a_stage_is_said_once_it_begins_unless_that_has_been_done(qtbot):
    row = ProgressRow()
    qtbot.addWidget(row)
    row.show_progress(Progress(1, 20, "compressing"))
    assert row.sentence.text() == "Compressing…"
    row.show_busy(True, "measuring")
    row.say("Compressed to 1.6 MB. Measuring the error…")
    row.show_progress(Progress(1, 20, "measuring"))
    assert row.sentence.text() == "Compressed to 1.6 MB. Measuring the error…"
