"""What is asked about marks, in which thread, and which answers count."""

import threading

import pytest

from sargui.core.errors import MismatchError
from sargui.core.types import Window
from sargui.engine.readings import InspectRegion, Pair, Profile, ReadPixel
from sargui.engine.requests import Trial
from sargui.gui.errands import Lane
from sargui.gui.marks import Tool
from sargui.gui.scene import Settings

TRIAL = Trial("none-1", 70.0)


@pytest.fixture
def measuring(with_scene):
    return with_scene.measuring


@pytest.fixture
def sent(with_scene, monkeypatch):
    """Every submitted reading with its options."""
    seen = []
    submit = with_scene._errands.submit

    def watched(job, *follow, **options):
        if isinstance(job, InspectRegion | Profile | ReadPixel):
            seen.append((job, options))
        submit(job, *follow, **options)

    monkeypatch.setattr(with_scene._errands, "submit", watched)
    return seen


def mark_all(measuring):
    marks = measuring.marks
    return [
        marks.pin(5, 6),
        marks.draw(Tool.REGION, (10.0, 20.0), (19.5, 39.5)),
        marks.draw(Tool.LINE, (0.5, 0.5), (9.5, 0.5)),
    ]


def known(measuring, marks):
    return all(measuring.of(mark) is not None for mark in marks)


def test_what_is_marked_is_asked_for_urgently_with_a_slot_each(with_scene, measuring, sent, qtbot):
    with_scene.look_at(Window(0, 0, 200, 200))
    with_scene.try_out(TRIAL)
    marks = mark_all(measuring)
    qtbot.waitUntil(lambda: known(measuring, marks))
    pair = Pair(with_scene.scene.path, None, trial=TRIAL)
    assert [job for job, _ in sent] == [
        ReadPixel(pair, 5, 6),
        InspectRegion(pair, Window(10, 20, 10, 20)),
        Profile(pair, (0.0, 0.0), (9.0, 0.0)),
    ]
    assert all(options["urgent"] and options["lane"] is Lane.MODEL for _, options in sent)
    assert len({options["slot"] for _, options in sent}) == 3


def test_an_original_alone_is_read_beside_the_network(with_scene, measuring, sent, qtbot):
    pin = measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: measuring.of(pin) is not None)
    assert sent[0][0].pair == Pair(with_scene.scene.path, None)
    assert sent[0][1]["lane"] is Lane.FILES
    assert measuring.of(pin).decoded is None


def test_a_new_version_is_measured_and_the_same_one_is_not_again(with_scene, measuring, sent, qtbot):
    marks = mark_all(measuring)
    qtbot.waitUntil(lambda: known(measuring, marks))
    with_scene.look_at(Window(0, 0, 200, 200))
    with_scene.try_out(TRIAL)
    qtbot.waitUntil(lambda: measuring.of(marks[0]).error_db == pytest.approx(0.7))
    with_scene.compress(Settings("none-1"))
    qtbot.waitUntil(lambda: measuring.of(marks[0]).error_db == pytest.approx(2.0))
    qtbot.waitUntil(lambda: with_scene._errands.idle)
    assert len(sent) == 9
    measuring.marks.choose(None)
    with_scene.pictures.changed.emit()
    qtbot.waitUntil(lambda: not measuring._rest.isActive())
    assert len(sent) == 9


def test_a_trial_of_a_view_too_large_to_be_shown_is_still_measured(session, engine, scene, qtbot):
    engine.shape = (6000, 5000)
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    session.look_at(Window(0, 0, 6000, 5000))
    pin = session.measuring.marks.pin(5, 6)
    large = session.measuring.marks.draw(Tool.REGION, (0.0, 0.0), (5999.0, 4999.0))
    line = session.measuring.marks.draw(Tool.LINE, (0.0, 0.0), (5999.0, 10.0))
    session.try_out(TRIAL)
    qtbot.waitUntil(lambda: (found := session.measuring.of(pin)) is not None and found.decoded is not None)
    qtbot.waitUntil(lambda: known(session.measuring, (large, line)))
    assert session.measuring.of(large).decoded is None  # so much is coded for a file only
    assert session.measuring.of(line).decoded_db is None
    assert session.measuring.of(line).original_db is not None


def test_an_older_answer_is_dropped(with_scene, measuring, engine, qtbot):
    engine.bands = 2
    engine.read_gate = threading.Event()
    pin = measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: any(isinstance(request, ReadPixel) for request in engine.asked))
    request = measuring._asked[pin]
    found = []
    measuring.changed.connect(lambda: found.append(measuring.of(pin)))
    with_scene.look_at(Window(0, 0, 200, 200))
    with_scene.try_out(TRIAL)
    qtbot.waitUntil(lambda: measuring._asked[pin] is not request)
    engine.read_gate.set()
    qtbot.waitUntil(lambda: bool(found))
    qtbot.waitUntil(lambda: with_scene._errands.idle)
    assert [reading.error_db for reading in found] == [pytest.approx(0.7)]


def test_another_band_is_measured(session, engine, scene, qtbot):
    engine.bands = 2
    with qtbot.waitSignal(session.opened):
        session.open(scene)
    pin = session.measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: session.measuring.of(pin) is not None)
    session.set_bands((1,))
    qtbot.waitUntil(lambda: session.measuring.of(pin).original.db == 44.0)


def test_an_answer_about_a_scene_of_before_is_dropped(with_scene, measuring, engine, tmp_path, qtbot):
    engine.read_gate = threading.Event()
    pin = measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: any(isinstance(request, ReadPixel) for request in engine.asked))
    other = tmp_path / "other.sarz"
    other.write_bytes(b"x")
    with qtbot.waitSignal(with_scene.opened):
        with_scene.open(other)
    engine.read_gate.set()
    qtbot.waitUntil(lambda: with_scene._errands.idle)
    assert measuring.of(pin) is None
    assert measuring.marks.all == ()


def test_a_compressed_scene_has_a_reconstruction_alone(session, engine, tmp_path, qtbot):
    path = tmp_path / "scene.sarz"
    path.write_bytes(b"x")
    with qtbot.waitSignal(session.opened):
        session.open(path)
    pin = session.measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: session.measuring.of(pin) is not None)
    found = session.measuring.of(pin)
    assert (found.original, found.error_db) == (None, None)
    assert [job.pair for job in engine.asked if isinstance(job, ReadPixel)] == [Pair(None, path)]


def test_a_located_original_is_measured_too(session, engine, tmp_path, scene, qtbot):
    path = tmp_path / "scene.sarz"
    path.write_bytes(b"x")
    with qtbot.waitSignal(session.opened):
        session.open(path)
    pin = session.measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: session.measuring.of(pin) is not None and not session.busy)
    session.locating.accept(scene)
    qtbot.waitUntil(lambda: session.measuring.of(pin).error_db == pytest.approx(2.0))


def test_why_it_failed_is_kept(with_scene, measuring, engine, monkeypatch, qtbot):
    def refuse(request, report, cancel):
        raise MismatchError("There is no band 2 in this file.")

    monkeypatch.setattr(engine, "readpixel", refuse)
    pin = measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: measuring.of(pin) is not None)
    assert str(measuring.of(pin)) == "There is no band 2 in this file."


def test_what_is_no_mark_is_measured_beside_them(with_scene, measuring, engine, qtbot):
    measuring.measure_also(Window(1, 2, 30, 40))
    qtbot.waitUntil(lambda: bool(measuring._found))
    assert [job.region for job in engine.asked if isinstance(job, InspectRegion)] == [Window(1, 2, 30, 40)]
    measuring.measure_also(None)
    qtbot.waitUntil(lambda: not measuring._found)


def test_a_mark_that_is_gone_is_not_waited_for(with_scene, measuring, engine, qtbot):
    engine.read_gate = threading.Event()
    pin = measuring.marks.pin(5, 6)
    qtbot.waitUntil(lambda: any(isinstance(request, ReadPixel) for request in engine.asked))
    measuring.marks.remove(pin)
    qtbot.waitUntil(lambda: with_scene._errands.idle)
    assert measuring.of(pin) is None


def test_marks_are_measured_in_the_workers(with_scene, measuring, engine, qtbot):
    marks = mark_all(measuring)
    qtbot.waitUntil(lambda: known(measuring, marks))
    assert threading.get_ident() not in engine.threads
