"""What cannot be resumed, or shall not be, is deleted with a word; what is not ours stays."""

import json
import os
import shutil
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from sargui.container import Journal
from sargui.core.errors import JobCancelled, TargetError
from sargui.core.types import Effort
from sargui.engine.leftovers import Interrupted, forget, interrupted
from sargui.engine.requests import Compress, Rate

from .killed import FIRST, IN_ALPHA, MIDDLE, QUALITY, SECOND_BAND, STEPS, anew, same, written


def journal_of(folder):
    return next(folder.glob("*.journal"))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"quality": 41.0}, "quality"),
        ({"effort": Effort.BEST}, "effort"),
        ({"keep_power": False}, "choice about power"),
    ],
)
def test_another_setting_begins_anew_and_says_so(run, resumed, options, word):
    _, kills = run()
    result, coded = resumed(kills / str(MIDDLE), **options)
    assert coded == anew(0)
    assert f"left of scene.sarz was deleted: it was begun with another {word}." in result.notice
    assert "quality" in options or same(result, run(**options)[0])


def test_another_version_begins_anew(run, resumed, monkeypatch):
    whole, kills = run(keep_power=False)
    monkeypatch.setattr("sargui.engine.resume.version", lambda name: "0.1")
    result, coded = resumed(kills / str(MIDDLE), keep_power=False)
    assert coded == anew(0)
    assert "begun with another version." in result.notice
    assert same(result, whole)


def test_what_becomes_of_it_is_said_at_once(run, resumed):
    _, kills = run(keep_power=False)
    for quality, words in (
        (QUALITY, "was resumed at 47 %."),
        (41.0, "was deleted: it was begun with another quality."),
    ):
        seen = []
        result, _ = resumed(kills / str(IN_ALPHA), quality=quality, keep_power=False, report=seen.append)
        assert words in seen[0].notice
        assert [progress.notice for progress in seen if progress.notice] == [result.notices[0]]


def header_alone(part, journal):
    part.write_bytes(part.read_bytes()[: json.loads(journal.read_bytes().splitlines()[1])["end"] // 2])


def garbage(part, journal):
    part.write_bytes(bytes(part.stat().st_size))


@pytest.mark.parametrize("spoil", [garbage, header_alone])
def test_what_is_damaged_is_deleted_for_that_reason(run, resumed, tmp_path, spoil):
    whole, kills = run(keep_power=False)
    shutil.copytree(kills / str(MIDDLE), tmp_path / "left")
    spoil(next((tmp_path / "left").glob("*.part")), journal_of(tmp_path / "left"))
    result, coded = resumed(tmp_path / "left", keep_power=False)
    assert same(result, whole)
    assert coded == anew(0)
    assert result.notices[0] == "What an interrupted run had left of scene.sarz was deleted: it is damaged."
    assert "resumed" not in result.notice


FEW_PIXELS, ALPHA, ALL_PIXELS = np.s_[0, 300], np.s_[1, 300], np.s_[:, 100:1500]


@pytest.mark.parametrize(
    ("place", "later"), [(FEW_PIXELS, True), (FEW_PIXELS, False), (ALPHA, False), (ALL_PIXELS, False)]
)
def test_another_source_begins_anew(run, resumed, scene, pack, write, read, tmp_path, place, later):
    """Few pixels change nothing in the header, and where a clock is set back, nothing is known but pixels."""
    _, kills = run(keep_power=False)
    values, changed = read(scene), tmp_path / "scene.tif"
    shutil.copytree(kills / str(SECOND_BAND), tmp_path / "left")
    journal = journal_of(tmp_path / "left")
    journal.write_text(journal.read_text().replace(str(scene), str(changed)))
    values[place] = np.flip(values[place])
    written(write, changed, values)
    if not later:
        os.utime(changed, ns=(0, scene.stat().st_mtime_ns))
    result, coded = resumed(tmp_path / "left", source=changed, keep_power=False)
    assert coded == anew(0)
    why = "it was begun with another state of its source" if later else "its source has changed since"
    assert f"What an interrupted run had left of scene.sarz was deleted: {why}." in result.notice
    assert same(result, pack(changed, tmp_path / "fresh.sarz", QUALITY, effort=Effort.FAST, keep_power=False))


def test_who_does_not_resume_begins_anew_and_is_told(run, resumed):
    whole, kills = run(keep_power=False)
    result, coded = resumed(kills / str(MIDDLE), resume=False, keep_power=False)
    assert coded == anew(0)
    assert "What an interrupted run had left of scene.sarz was deleted: this run was not to resume it." in result.notice
    assert same(result, whole)


@pytest.mark.parametrize("resume", [True, False])
def test_what_another_process_works_on_is_its_own(run, pack, scene, tmp_path, resume):
    whole, kills = run(keep_power=False)
    shutil.copytree(kills / str(MIDDLE), tmp_path / "out")
    theirs = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    journal = Journal.claim(journal_of(tmp_path / "out"))  # for this process, but by another opening of the file
    target = tmp_path / "out" / "scene.sarz"
    assert interrupted(Compress(scene, target, effort=Effort.FAST, keep_power=False, rate=Rate(value=QUALITY))) is None
    result = pack(scene, target, QUALITY, effort=Effort.FAST, keep_power=False, resume=resume)
    journal.close()
    assert same(result, whole)
    assert "interrupted" not in result.notice
    assert {path: path.read_bytes() for path in target.parent.iterdir() if path != target} == theirs


@pytest.mark.parametrize("resume", [True, False])
def test_what_is_not_ours_is_never_touched(pack, scene, tmp_path, resume):
    names = [".scene.sarz.12345678.part", ".scene.sarz.12345678.journal", ".scene.sarz.x.journal", ".journal"]
    for name in names:
        (tmp_path / name).write_bytes(b"precious")
    pack(scene, tmp_path / "scene.sarz", 0.0, effort=Effort.FAST, keep_power=False, resume=resume)
    assert {path.name for path in tmp_path.iterdir()} == {"scene.sarz", *names}
    assert all((tmp_path / name).read_bytes() == b"precious" for name in names)


@pytest.mark.parametrize(
    ("error", "kill"), [(JobCancelled, MIDDLE), (KeyboardInterrupt, MIDDLE), (TargetError, None), (JobCancelled, FIRST)]
)
def test_who_stops_leaves_nothing(run, pack, scene, tmp_path, monkeypatch, error, kill):
    """Before and after the place where the killed run had stopped."""
    out, seen = tmp_path / "out", []
    if kill is None:
        out.mkdir()
    else:
        shutil.copytree(run()[1] / str(kill), out)

    def stop(progress):
        if progress.notice:
            return
        seen.append(sorted(path.suffix for path in out.iterdir()))
        if progress.done == 2:
            if error is not JobCancelled:
                raise error("stop")
            cancel.set()

    cancel = Event()
    with pytest.raises(error):
        pack(scene, out / "scene.sarz", QUALITY, effort=Effort.FAST, report=stop, cancel=cancel, resume=True)
    assert seen == [[".journal", ".part"]] * 2
    assert list(out.iterdir()) == []


def test_what_was_interrupted_is_known_before_anything_is_loaded(run, scene, tmp_path):
    _, kills = run()
    left = kills / str(MIDDLE)
    request = Compress(scene, left / "scene.sarz", effort=Effort.FAST, rate=Rate(value=QUALITY))
    assert interrupted(request) == Interrupted(left / "scene.sarz", MIDDLE / STEPS)
    assert interrupted(replace(request, target=tmp_path / "1.sarz"), [left]) == interrupted(request)
    assert interrupted(replace(request, target=tmp_path / "1.sarz"), [kills]) is None
    assert interrupted(replace(request, effort=Effort.BEST)) is None
    assert len(list(left.iterdir())) == 2  # a question changes nothing


def test_what_is_declined_is_deleted(run, tmp_path):
    shutil.copytree(run()[1] / str(MIDDLE), tmp_path / "out")
    forget(tmp_path / "out" / "other.sarz")
    assert len(list((tmp_path / "out").iterdir())) == 2
    forget(tmp_path / "out" / "scene.sarz")
    assert list((tmp_path / "out").iterdir()) == []
