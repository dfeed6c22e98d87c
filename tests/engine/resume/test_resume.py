"""A killed run is resumed to the file that an uninterrupted one writes, to the byte."""

import os
import shutil

import numpy as np
import pytest

from sargui.core.types import Effort
from sargui.engine.requests import Rate, RateKind

from .killed import ALL, BEFORE_OVERVIEW, FIRST, IN_ALPHA, MIDDLE, QUALITY, SECOND_BAND, STEPS, anew, kept_at, same


@pytest.mark.parametrize(
    ("effort", "keep_power", "kill"),
    [
        *((Effort.FAST, True, kill) for kill in (MIDDLE, BEFORE_OVERVIEW, IN_ALPHA, SECOND_BAND, "sealed")),
        (Effort.FAST, False, ALL),
        (Effort.BEST, True, MIDDLE),
        (Effort.BEST, False, SECOND_BAND),
    ],
)
def test_a_killed_run_is_resumed_to_the_very_same_file(run, resumed, effort, keep_power, kill):
    whole, kills = run(effort, keep_power)
    result, coded = resumed(kills / str(kill), effort=effort, keep_power=keep_power)
    assert same(result, whole)
    done = STEPS if kill == "sealed" else kill
    assert coded == anew(done)
    assert f"An interrupted run was resumed at {100 * done / STEPS:.0f} %." in result.notice


def part_of(folder):
    return next(folder.glob("*.part"))


def journal_of(folder):
    return next(folder.glob("*.journal"))


def torn(part, journal):
    os.truncate(part, part.stat().st_size - 5)


def never_written(part, journal):
    os.truncate(part, part.stat().st_size // 3)


def garbage_after_it(part, journal):
    part.write_bytes(part.read_bytes() + bytes(100_000))


def another_bit(part, journal):
    content = bytearray(part.read_bytes())
    content[len(content) * 2 // 3] ^= 4
    part.write_bytes(content)


def torn_line(part, journal):
    os.truncate(journal, journal.stat().st_size - 5)


def nonsense_in_the_journal(part, journal):
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:-2], b'{"end": true}\n', lines[-1]]))


@pytest.mark.parametrize(
    ("spoil", "least"),
    [
        (torn, 1),
        (never_written, 4),
        (garbage_after_it, 0),
        (another_bit, 1),
        (torn_line, 1),
        (nonsense_in_the_journal, 2),
    ],
)
def test_what_is_torn_is_cut_off_and_coded_again(run, resumed, tmp_path, spoil, least):
    whole, kills = run(keep_power=False)
    shutil.copytree(kills / str(SECOND_BAND), tmp_path / "left")
    spoil(part_of(tmp_path / "left"), journal_of(tmp_path / "left"))
    result, coded = resumed(tmp_path / "left", keep_power=False)
    assert same(result, whole)
    assert anew(SECOND_BAND - least) <= coded < anew(0)


def test_a_journal_without_a_mark_is_as_good_as_none(run, resumed, tmp_path):
    whole, kills = run(keep_power=False)
    shutil.copytree(kills / str(FIRST), tmp_path / "left")
    journal = journal_of(tmp_path / "left")
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])
    result, coded = resumed(tmp_path / "left", keep_power=False)
    assert same(result, whole)
    assert (coded, "interrupted" in result.notice) == (anew(0), False)


def test_a_kill_in_the_middle_of_an_overview(scene, pack, write, power_of, tmp_path, monkeypatch):
    """Only a long scene has an overview of two windows."""
    source = write(tmp_path / "scene.tif", power_of(512 * 16 + 16, 4).astype(np.float32))
    (tmp_path / "out").mkdir()
    options = {"effort": Effort.FAST, "keep_power": False}
    with monkeypatch.context() as patch:
        copies = kept_at(patch, tmp_path / "out", [17 + 1])
        whole = pack(source, tmp_path / "out" / "scene.sarz", QUALITY, **options)
    result = pack(source, next(copies.iterdir()) / "scene.sarz", QUALITY, resume=True, **options)
    assert same(result, whole)
    assert "resumed at 95 %" in result.notice


def test_a_target_of_bytes_resumes_the_pass_that_was_killed(pack, write, power_of, tmp_path, monkeypatch):
    source = write(tmp_path / "scene.tif", power_of(300, 1030).astype(np.float32))
    (tmp_path / "out").mkdir()
    options = {"rate": Rate(RateKind.RATIO, 30.0), "effort": Effort.FAST}
    passes = []
    with monkeypatch.context() as patch:
        copies = kept_at(patch, tmp_path / "out", [4 + 2])  # of three windows and an overview, in the second pass
        whole = pack(source, tmp_path / "out" / "scene.sarz", report=passes.append, **options)
    assert passes[-1].stage == "compressing, pass 2"
    result = pack(source, copies / "6" / "scene.sarz", resume=True, **options)
    assert same(result, whole)
    assert [path.name for path in (copies / "6").iterdir()] == ["scene.sarz"]
    assert result.notice == "An interrupted run was resumed at 50 %."
