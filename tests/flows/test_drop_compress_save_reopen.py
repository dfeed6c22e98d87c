"""The main story, in the window and with the real engine: drop, compress, look, save, drop what was saved, export."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from .hands import CTRL, TIMEOUT_MS


def test_drop_compress_save_reopen_export(make_window, answers, scene, drop_files, tmp_path, qtbot):
    window = make_window()
    with qtbot.waitSignal(window.session.opened, timeout=TIMEOUT_MS):
        drop_files(window, scene)
    qtbot.waitUntil(lambda: not window.session.busy)
    facts = window.scene_panel.facts
    assert facts.text("Pixels") == "260 × 300"
    assert facts.text("Type") == "uint16"
    assert facts.text("Georeference") == "yes (affine)"

    with qtbot.waitSignal(window.session.evaluated, timeout=TIMEOUT_MS):
        QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not window.session.busy)
    result, picture = window.session.result, window.session.pictures.overview.picture
    assert result.compressed.file_bytes == result.compressed.target.stat().st_size
    assert result.compressed.file_bytes < 0.5 * result.compressed.raw_bytes
    assert np.array_equal(np.isnan(picture.original_db), np.isnan(picture.decoded_db))
    assert np.isnan(picture.original_db[:, :20]).all()
    measured = float(np.sqrt(np.nanmean(picture.error_db.astype(float) ** 2)))
    assert measured == pytest.approx(result.quality.rmse_db, rel=0.2)  # the report adds a floor to the power
    assert "dB" in window.result_panel.facts.text("RMS error")
    assert window.grid.error.bar.range[1] == -window.grid.error.bar.range[0]

    answers.save_path = tmp_path / "kept.sarz"
    with qtbot.waitSignal(window.session.saved, timeout=TIMEOUT_MS):
        QTest.keyClick(window, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: not window.session.busy)
    assert answers.save_path.read_bytes() == result.compressed.target.read_bytes()
    assert window.close()

    again = make_window()
    with qtbot.waitSignal(again.session.described, timeout=TIMEOUT_MS):
        drop_files(again, tmp_path / "kept.sarz")
    qtbot.waitUntil(lambda: not again.session.busy)
    assert again.session.pictures.overview.picture.original_db is None
    assert np.array_equal(again.session.pictures.overview.picture.decoded_db, picture.decoded_db, equal_nan=True)
    assert "no original" in again.grid.original.sentence.text()
    assert again.result_panel.facts.text("Quality") == f"{result.compressed.quality:g}"
    assert again.result_panel.facts.text("Checkpoint") == result.compressed.model

    answers.save_path = tmp_path / "back.tif"
    with qtbot.waitSignal(again.session.exported, timeout=TIMEOUT_MS):
        QTest.keyClick(again, Qt.Key.Key_E, CTRL)
    qtbot.waitUntil(lambda: not again.session.busy)
    assert_same_place_and_type(scene, tmp_path / "back.tif")

    answers.open_path = scene
    locate_original(again, result.quality, qtbot)
    assert again.close()


def assert_same_place_and_type(before, after):
    with rasterio.open(before) as old, rasterio.open(after) as new:
        assert new.profile["dtype"] == "uint16"
        assert (new.crs, new.transform, new.nodata) == (old.crs, old.transform, old.nodata)
        assert np.array_equal(old.read(1) == 0, new.read(1) == 0)


def locate_original(window, quality, qtbot):
    """Bring a .sarz together with its original: it is measured as it was when it was made."""
    with qtbot.waitSignals([window.session.locating.found] * 2, timeout=TIMEOUT_MS):
        QTest.keyClick(window, Qt.Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: not window.session.busy)
    assert window.session.quality.rmse_db == pytest.approx(quality.rmse_db)
    assert window.session.quality.worst[0].row == 0
    qtbot.waitUntil(lambda: window.grid.error.has_picture, timeout=TIMEOUT_MS)


def test_cancel_in_the_middle_leaves_nothing(make_window, scene, drop_files, qtbot):
    window = make_window()
    with qtbot.waitSignal(window.session.opened, timeout=TIMEOUT_MS):
        drop_files(window, scene)
    qtbot.waitUntil(lambda: not window.session.busy)
    ends = []
    window.session.cancelled.connect(lambda: ends.append("cancelled"))
    window.session.compressed.connect(lambda _: ends.append("compressed"))
    QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.session.busy, timeout=TIMEOUT_MS)
    assert ends == ["cancelled"]
    assert window.session.result is None
    assert list(Path(window.session._folder.name).iterdir()) == []


def test_what_is_not_a_raster_is_refused_with_a_reason(make_window, tmp_path, drop_files, qtbot):
    window = make_window()
    for name in ("letter.txt", "fake.sarz", "empty.tif"):
        path = tmp_path / name
        path.write_bytes(b"" if name.startswith("empty") else b"Dear reader, " * 100)
        with qtbot.waitSignal(window.session.failed, timeout=TIMEOUT_MS) as failed:
            drop_files(window, path)
        assert name in failed.args[0]
        assert "unexpected" not in failed.args[0]
        assert window.empty.sentence.text() == failed.args[0]
