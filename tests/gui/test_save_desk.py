"""Keeping what was made: names, endings, questions before anything is replaced; keys and menus, as a user acts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.engine.requests import Decompress

CTRL = Qt.KeyboardModifier.ControlModifier
BOTH = CTRL | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def product(engine, window, tmp_path, qtbot):
    """A window with a compressed SAFE product."""
    engine.product = "sentinel-1-safe"
    path = tmp_path / "S1A_IW_GRDH.SAFE"
    path.write_bytes(b"")
    with qtbot.waitSignal(window.session.opened):
        window.open([path])
    qtbot.waitUntil(lambda: not window.session.busy)
    with qtbot.waitSignal(window.session.evaluated):
        window.compress()
    qtbot.waitUntil(lambda: not window.session.busy)
    return window


def exported(engine):
    return [request for request in engine.asked if isinstance(request, Decompress)][-1]


def test_a_name_with_another_ending_gets_the_right_one_after_it(compressed, answers, tmp_path, qtbot):
    answers.save_path = tmp_path / "march.tif"
    with qtbot.waitSignal(compressed.session.saved):
        QTest.keyClick(compressed, Qt.Key.Key_S, BOTH)
    assert [path.name for path in tmp_path.glob("march*")] == ["march.tif.sarz"]
    assert answers.questions == ["save scene.sarz"]
    assert "march.tif.sarz" in compressed.progress.sentence.text()


@pytest.mark.parametrize("name", ["out.tif", "out.TIFF"])
def test_either_ending_of_a_geotiff_is_kept(compressed, answers, tmp_path, engine, qtbot, name):
    answers.save_path = tmp_path / name
    with qtbot.waitSignal(compressed.session.exported):
        QTest.keyClick(compressed, Qt.Key.Key_E, CTRL)
    assert exported(engine).target == tmp_path / name


def test_what_the_ending_leads_to_is_asked_about_before_it_is_replaced(compressed, answers, tmp_path, qtbot):
    (tmp_path / "march.v2.sarz").write_bytes(b"old")
    answers.save_path, answers.yes = tmp_path / "march.v2", False
    QTest.keyClick(compressed, Qt.Key.Key_S, CTRL)
    assert answers.questions == ["save scene.sarz", "replace march.v2.sarz"]
    assert not compressed.session.busy
    assert (tmp_path / "march.v2.sarz").read_bytes() == b"old"
    answers.yes = True
    with qtbot.waitSignal(compressed.session.saved):
        QTest.keyClick(compressed, Qt.Key.Key_S, CTRL)
    assert (tmp_path / "march.v2.sarz").read_bytes().startswith(b"sarz")


def test_what_is_saved_already_is_said_and_save_as_writes_another(compressed, answers, tmp_path, qtbot):
    for name, modifiers in (("one.sarz", CTRL), ("two.sarz", BOTH)):
        answers.save_path = tmp_path / name
        with qtbot.waitSignal(compressed.session.saved):
            QTest.keyClick(compressed, Qt.Key.Key_S, modifiers)
        qtbot.waitUntil(lambda: not compressed.session.busy)
    asked = len(answers.questions)
    QTest.keyClick(compressed, Qt.Key.Key_S, CTRL)
    assert len(answers.questions) == asked
    assert compressed.progress.sentence.text().startswith(f"Saved already as {tmp_path / 'two.sarz'}")
    (tmp_path / "two.sarz").unlink()
    QTest.keyClick(compressed, Qt.Key.Key_S, CTRL)
    assert len(answers.questions) == asked + 1
    qtbot.waitUntil(lambda: not compressed.session.busy)


def test_an_opened_sarz_is_copied_but_not_over_itself(window, answers, tmp_path, qtbot):
    path = tmp_path / "kept.sarz"
    path.write_bytes(b"sarz itself")
    with qtbot.waitSignal(window.session.opened):
        window.open([path])
    qtbot.waitUntil(lambda: not window.session.busy)
    assert not window.commands.save.isEnabled()
    answers.save_path = path
    QTest.keyClick(window, Qt.Key.Key_S, BOTH)
    assert "the open scene itself" in window.progress.sentence.text()
    answers.save_path = tmp_path / "copy.sarz"
    with qtbot.waitSignal(window.session.saved):
        QTest.keyClick(window, Qt.Key.Key_S, BOTH)
    assert answers.save_path.read_bytes() == b"sarz itself"


def test_the_menu_of_the_export_button_writes_a_cog(compressed, answers, tmp_path, engine, qtbot):
    answers.save_path = tmp_path / "out.tif"
    menu = compressed.result_panel.export.menu()
    cog = next(action for action in menu.actions() if "Optimized" in action.text())
    with qtbot.waitSignal(compressed.session.exported):
        cog.trigger()
    assert exported(engine) == Decompress(compressed.session.container, tmp_path / "out.tif", overwrite=True, cog=True)


def test_a_safe_folder_is_offered_only_of_what_was_one(compressed):
    assert compressed.commands.export_cog.isEnabled()
    assert not compressed.commands.export_safe.isEnabled()


def test_a_safe_folder_bears_the_products_name_and_is_not_replaced_unasked(product, answers, tmp_path, engine, qtbot):
    answers.folder = tmp_path / "out"
    target = answers.folder / "S1A_IW_GRDH.SAFE"
    target.mkdir(parents=True)
    answers.yes = False
    product.commands.export_safe.trigger()
    assert answers.questions == [f"place {target.name}", f"replace {target.name}"]
    assert not any(isinstance(request, Decompress) for request in engine.asked)
    answers.yes = True
    with qtbot.waitSignal(product.session.exported):
        product.commands.export_safe.trigger()
    assert exported(engine) == Decompress(product.session.container, target, overwrite=True, safe=True)


def test_the_open_product_is_not_replaced_by_its_own_copy(product, answers, tmp_path, engine):
    answers.folder = tmp_path
    product.commands.export_safe.trigger()
    assert "the open scene itself" in product.progress.sentence.text()
    assert not any(isinstance(request, Decompress) for request in engine.asked)


def test_thinking_better_of_it_writes_nothing(compressed, answers, engine):
    answers.save_path = answers.folder = None
    for command in (compressed.commands.save, compressed.commands.export, compressed.commands.report):
        command.trigger()
    assert len(answers.questions) == 3
    assert not compressed.session.busy
