"""Keeping what was made: names, endings, questions before anything is replaced; keys and menus, as a user acts."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from sargui.core import catalogue
from sargui.engine.report_request import WriteReport
from sargui.engine.requests import Decompress
from sargui.gui.dialogs import Dialogs
from sargui.gui.marks import Tool

from .questions import press

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
    assert "the open scene itself" in window.banner.sentence.text()
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
    assert "the open scene itself" in product.banner.sentence.text()
    assert not any(isinstance(request, Decompress) for request in engine.asked)


def test_thinking_better_of_it_writes_nothing(compressed, answers, engine):
    answers.save_path = answers.folder = None
    for command in (compressed.commands.save, compressed.commands.export, compressed.commands.report):
        command.trigger()
    assert len(answers.questions) == 3
    assert not compressed.session.busy


def test_a_report_names_the_file_as_it_was_saved_and_has_what_was_marked(compressed, answers, tmp_path, engine, qtbot):
    marks = compressed.session.measuring.marks
    marks.pin(30, 200)
    marks.draw(Tool.REGION, (10, 210), (40, 260))
    names = []
    for saved in (False, True):
        if saved:
            answers.save_path = tmp_path / "second.sarz"
            with qtbot.waitSignal(compressed.session.saved):
                QTest.keyClick(compressed, Qt.Key.Key_S, CTRL)
        answers.save_path = tmp_path / "report.html"
        with qtbot.waitSignal(compressed.session.reported):
            compressed.commands.report.trigger()
        request = [one for one in engine.asked if isinstance(one, WriteReport)][-1]
        names.append(request.shown_as)
    assert names == ["scene.sarz (not saved)", "second.sarz"]
    assert request.compressed.exists()
    assert request.pins == {"1": (30, 200)}
    assert request.regions == {"A": marks.regions[0].window}
    assert request.settings == {"effort": "best", "device": "auto", "mean_power": "kept"}


def test_a_report_does_not_replace_the_figures_of_another_page_unasked(compressed, answers, tmp_path, engine, qtbot):
    (tmp_path / "keep.json").write_text("mine")
    answers.save_path, answers.yes = tmp_path / "keep.html", False
    compressed.commands.report.trigger()
    assert answers.questions == ["save scene_report.html", "replace keep.json"]
    assert not any(isinstance(request, WriteReport) for request in engine.asked)
    answers.yes = True
    with qtbot.waitSignal(compressed.session.reported):
        compressed.commands.report.trigger()
    sentence = compressed.progress.sentence.text()
    assert sentence == f"The report is keep.html, its figures are in keep.json beside it, in {tmp_path}."


def test_an_unsaved_result_may_be_saved_first_and_then_the_next_scene_opens(compressed, answers, tmp_path, qtbot):
    answers.yes = None  # save it first
    answers.save_path = tmp_path / "kept.sarz"
    other = tmp_path / "next.tif"
    other.write_bytes(b"II*\0")
    with qtbot.waitSignal(compressed.session.opened):
        compressed.open([other])
    assert answers.questions == ["discard", "save scene.sarz"]
    assert answers.save_path.exists()
    assert compressed.session.scene.path == other
    qtbot.waitUntil(lambda: compressed.session._errands.idle)


def test_without_a_name_for_it_the_scene_stays_and_a_later_save_opens_nothing(compressed, answers, tmp_path, qtbot):
    answers.yes = None
    before = compressed.session.scene.path
    compressed.open([tmp_path])  # a folder is no scene: nothing is asked
    other = tmp_path / "next.tif"
    other.write_bytes(b"II*\0")
    compressed.open([other])
    assert answers.questions == ["discard", "save scene.sarz"]
    answers.save_path = tmp_path / "kept.sarz"
    with qtbot.waitSignal(compressed.session.saved):
        QTest.keyClick(compressed, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: compressed.session._errands.idle)
    assert compressed.session.scene.path == before


def test_closing_may_save_first_and_then_closes(compressed, answers, tmp_path, qtbot):
    answers.yes = None
    answers.save_path = tmp_path / "kept.sarz"
    assert not compressed.close()
    qtbot.waitUntil(lambda: not compressed.isVisible())
    assert answers.save_path.exists()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(("button", "answer"), [("Save…", None), ("Discard", True), ("Cancel", False)])
def test_the_real_question_offers_to_save_by_default(window, button, answer):
    def check(box):
        assert box.defaultButton().text() == "Save…"

    press(button, check)
    assert Dialogs().may_discard(window, "scene.tif") is answer


@pytest.mark.parametrize(
    ("button", "answer"), [("The File as It Is", True), ("Compress Anew", False), ("Cancel", None)]
)
def test_the_real_question_about_a_file_of_other_settings_has_three_answers(window, button, answer):
    def check(box):
        assert "none-1, quality 50" in box.text()
        assert box.defaultButton().text() == "Cancel"

    press(button, check)
    assert Dialogs().wants_outdated(window, "none-1, quality 50") is answer


def test_the_sample_is_saved_where_the_user_was_last_and_not_with_the_program(window, scene, tmp_path, qtbot):
    for opening in (lambda: window.open([scene]), window.opening.sample):
        with qtbot.waitSignal(window.session.opened):
            opening()
        qtbot.waitUntil(lambda: not window.session.busy)
    assert window.session.scene.path == catalogue.resource("sample.tif")
    assert window.state.folder == scene.parent
    window.open([window.session.scene.path])
    assert window.state.folder == scene.parent
    qtbot.waitUntil(lambda: window.session._errands.idle)
