"""What a killed run has left is asked about before anything starts: in the window, and once for a whole queue."""

import os
import tempfile
from dataclasses import replace
from functools import partial

import pytest

from sargui.container import Journal, Mark, Purpose
from sargui.core import catalogue
from sargui.engine.leftovers import asked
from sargui.engine.requests import Compress, Rate
from sargui.gui.batch_queue import BatchQueue
from sargui.gui.panels.queue_panel import QueuePanel
from sargui.gui.queue_desk import QueueDesk
from sargui.gui.queue_dialogs import QueueDialogs

from .conftest import CARDS
from .questions import press


@pytest.fixture(autouse=True)
def _places(monkeypatch, tmp_path):
    """Let temporary files have a folder of their own, and all checkpoints a card."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(catalogue, "card", lambda name: next(card for card in CARDS if card.name == name))


def killed(request, done=2):
    """Leave what a run leaves that was killed when so much of four steps was done; return its folder."""
    request.target.parent.mkdir(exist_ok=True)
    journal = Journal.begin(request.target, Purpose(4, {**asked(request, CARDS[0]), "device": "cpu"}))
    journal.part.write_bytes(b"tiles")
    for _ in range(done):
        journal.add(Mark(5, 0))
    journal.close()
    return request.target.parent


@pytest.fixture
def left(opened, scene, tmp_path):
    """What a killed session has left of what the window would do now."""
    settings = opened.settings.settings
    folder = killed(Compress(scene, tmp_path / "temporary" / "sargui-killed" / "3.sarz", **settings.asked))
    killed(Compress(scene, folder / "2.sarz", **settings.asked), done=1)
    return folder


def hidden(folder, name):
    return sorted(path.suffix for path in folder.glob(f".{name}.*"))


def compressed(engine):
    return [request for request in engine.asked if isinstance(request, Compress)]


def test_what_a_killed_session_left_is_continued_where_it_is(opened, left, engine, answers, qtbot):
    """It is the run that got furthest; its folder goes with the session if nothing else is in it."""
    with qtbot.waitSignal(opened.session.evaluated):
        opened.compress()
    assert answers.questions == ["resume scene.tif at 50%"]
    assert [(request.target, request.resume) for request in compressed(engine)] == [(left / "3.sarz", True)]
    assert opened.session.result.compressed.target.exists()
    for path in left.glob(".*"):
        path.unlink()  # the other run, and what the engine here does not clear away
    opened.session.shutdown()
    assert not left.exists()


def test_what_a_killed_session_left_besides_stays(opened, left, qtbot):
    with qtbot.waitSignal(opened.session.evaluated):
        opened.compress()
    opened.session.shutdown()
    assert hidden(left, "2.sarz") == [".journal", ".part"]
    assert not (left / "3.sarz").exists()


def test_who_starts_over_loses_what_was_left(opened, left, engine, answers, qtbot):
    answers.resume = False
    with qtbot.waitSignal(opened.session.evaluated):
        opened.compress()
    ((target, resume),) = [(request.target, request.resume) for request in compressed(engine)]
    assert (target.parent.name, resume) == (os.path.basename(opened.session._folder.name), False)
    assert hidden(left, "3.sarz") == []


def test_who_cancels_loses_nothing(opened, left, engine, answers):
    answers.resume = None
    opened.compress()
    assert not opened.session.busy
    assert compressed(engine) == []
    assert hidden(left, "3.sarz") == [".journal", ".part"]


def test_other_settings_are_not_asked_about(opened, left, engine, answers, qtbot):
    opened.go_back_to(replace(opened.settings.settings, rate=Rate(value=11.0)))
    with qtbot.waitSignal(opened.session.evaluated):
        opened.compress()
    assert answers.questions == []
    assert not compressed(engine)[0].resume


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="only there files belong to users")
def test_the_folder_of_another_user_is_not_looked_into(opened, left, answers, monkeypatch, qtbot):
    monkeypatch.setattr(os, "getuid", lambda: left.stat().st_uid + 1)
    with qtbot.waitSignal(opened.session.evaluated):
        opened.compress()
    assert answers.questions == []


@pytest.mark.parametrize("resume", [True, False, None])
def test_the_queue_asks_once_for_all_files(engine, answers, tmp_path, qtbot, resume):
    sources = [tmp_path / f"{name}.tif" for name in "abc"]
    for source in sources:
        source.write_bytes(b"II*\0")
    recipe = partial(Compress, model="none-1")
    for source, done in zip(sources[:2], (1, 3), strict=True):
        killed(recipe(source, source.with_suffix(".sarz")), done)
    queue = BatchQueue(engine)
    panel = QueuePanel(queue)
    qtbot.addWidget(panel)
    QueueDesk(panel, answers, None, lambda: recipe)
    queue.add(sources)
    answers.resume = resume
    panel.start_wanted.emit()
    qtbot.waitUntil(lambda: not queue.busy)
    queue.shutdown()
    assert answers.questions == ["resume a.sarz at 25%, b.sarz at 75%"]
    assert [request.resume for request in compressed(engine)] == ([] if resume is None else [resume] * 3)


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(("button", "answer"), [("Continue", True), ("Start Over", False), ("Cancel", None)])
@pytest.mark.parametrize(
    ("done", "says"),
    [
        (
            {"a.tif": 0.434},
            "An earlier run of a.tif was interrupted at 43\N{NO-BREAK SPACE}%. Continue it, or start over?",
        ),
        (
            {"a.sarz": 0.434, "b.sarz": 0.07},
            "Earlier runs of 2 files were interrupted. Continue them, or start over?\n\n"
            "a.sarz at 43\N{NO-BREAK SPACE}%\nb.sarz at 7\N{NO-BREAK SPACE}%",
        ),
    ],
)
def test_the_real_question_says_how_far_it_was(window, button, answer, done, says):
    seen = []
    press(button, lambda box: seen.append(f"{box.text()} {box.informativeText()}"))
    assert QueueDialogs().may_resume(window, done) is answer
    assert seen == [says]
