"""Journals: locked while somebody works on the part, whole up to a torn line, and never in the way of others."""

import errno
import json
import os

import pytest

from sargui.container import Journal, Mark, Purpose, Reader, Writer, beginning, leftovers
from sargui.container.journal import JOURNAL

from . import handmade
from .test_header import HEADER
from .test_writer import NUMBERS, ORDER

PURPOSE = Purpose(3, {"source": "/a/\udcffö.tif", "quality": "50"})
MARKS = [Mark(100, 7, 12.1, 3), Mark(200, 0xFFFFFFFF, 1 / 3, 0)]


@pytest.fixture
def journal(tmp_path):
    journal = Journal.begin(tmp_path / "a.sarz", PURPOSE)
    for mark in MARKS:
        journal.add(mark)
    yield journal
    journal.close()


def left(folder, name="a.sarz"):
    found = list(leftovers(folder, name))
    for journal in found:
        journal.close()
    return found


def test_a_journal_is_read_as_it_was_written_once_nobody_has_it(journal, tmp_path):
    assert left(tmp_path) == []
    journal.close()
    (found,) = left(tmp_path)
    assert (found.target, found.purpose, found.marks, found.part) == ("a.sarz", PURPOSE, MARKS, journal.part)
    assert found.fraction == 2 / 3


@pytest.mark.parametrize("name", ["a.sar", "a.sarz.sarz", "A.sarz", ".a.sarz"])
def test_the_journal_of_another_target_is_left_alone(journal, tmp_path, name):
    journal.close()
    assert left(tmp_path, name) == []
    assert len(left(tmp_path)) == len(list(leftovers(tmp_path))) == 1


def test_long_names_that_begin_alike_are_told_apart(tmp_path):
    names = ["ü" * 60 + end for end in ("1.sarz", "2.sarz")]
    for name in names:
        Journal.begin(tmp_path / name, PURPOSE).close()
    assert [[journal.target for journal in left(tmp_path, name)] for name in names] == [names[:1], names[1:]]


@pytest.mark.parametrize("cut", range(1, 8))
def test_a_torn_line_is_no_mark_and_is_written_over(journal, cut, tmp_path):
    journal.close()
    path = journal.part.with_suffix(JOURNAL)
    os.truncate(path, path.stat().st_size - cut)
    (found,) = leftovers(tmp_path, "a.sarz")
    assert found.marks == MARKS[:1]
    found.keep(1)
    found.add(MARKS[1])
    found.close()
    assert left(tmp_path)[0].marks == MARKS


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"null\n",
        b"[" * 100_000 + b"\n",
        b'{"target": "a.sarz"}\n',
        b"\xff\n",
        b'{"target": "a.sarz", "steps": 0}\n',
    ],
)
def test_what_is_no_journal_is_left_alone(tmp_path, line):
    path = tmp_path / f".a.sarz.01234567{JOURNAL}"
    path.write_bytes(line)
    assert left(tmp_path) == []
    assert path.read_bytes() == line


@pytest.mark.parametrize(
    "change", [{"end": -1}, {"end": True}, {"read": 1 << 32}, {"estimated_bits": "nan"}, {"stream_bytes": 0.5}]
)
def test_a_mark_out_of_range_is_none(journal, tmp_path, change):
    journal.close()
    path = journal.part.with_suffix(JOURNAL)
    first, *marks = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + json.dumps(json.loads(marks[0]) | change).encode() + b"\n" + marks[1])
    assert left(tmp_path)[0].marks == []


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_no_link_is_followed(journal, tmp_path):
    journal.close()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f".a.sarz.01234567{JOURNAL}").symlink_to(journal.part.with_suffix(JOURNAL))
    assert left(tmp_path / "out") == []
    (tmp_path / "own.sarz").write_bytes(b"precious")
    journal.part.symlink_to(tmp_path / "own.sarz")
    assert not left(tmp_path)[0].begins_with(b"")


def test_a_new_journal_that_somebody_has_just_looked_at_is_given_up_for_another(tmp_path, monkeypatch):
    removed = []

    def lock(descriptor):
        if not removed:
            removed.append(next(tmp_path.iterdir()))
            removed[0].unlink()  # by who looks for leftovers, and had it locked first
        return True

    monkeypatch.setattr("sargui.container.journal.lock", lock)
    journal = Journal.begin(tmp_path / "a.sarz", PURPOSE)
    assert [journal.part.with_suffix(JOURNAL)] == list(tmp_path.iterdir()) != removed
    journal.close()


def write(target, purpose, order, leftover=None):
    """Write tiles, with a mark after each; go on after those that are there."""
    writer = Writer(target, HEADER, purpose=purpose, leftover=leftover)
    for place in range(len(writer.marks), len(order)):
        writer.append(order[place], handmade.TILES[NUMBERS[place]])
        writer.mark(place)
    return writer


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_where_nothing_can_be_locked_a_part_has_no_journal(tmp_path, monkeypatch, number):
    fcntl = pytest.importorskip("fcntl")

    def flock(*_):
        raise OSError(number, "no locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with write(tmp_path / "a.sarz", PURPOSE, ORDER) as writer:
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        writer.finish()
    assert os.listdir(tmp_path) == ["a.sarz"]


@pytest.mark.parametrize("done", range(1, 6))
def test_a_writer_goes_on_where_another_was_killed(tmp_path, done):
    killed = write(tmp_path / "a.sarz", PURPOSE, ORDER[:done])
    killed._part._journal.close()  # what the system does; the part stays open, as nobody else has a use for that
    (leftover,) = leftovers(tmp_path, "a.sarz")
    with write(tmp_path / "a.sarz", PURPOSE, ORDER, leftover) as writer:
        assert [mark.read for mark in writer.marks] == list(range(done))
        assert all(writer.payload(key) == handmade.TILES[number] for key, number in zip(ORDER, NUMBERS, strict=True))
        writer.finish()
    killed._part._file.close()
    assert (tmp_path / "a.sarz").read_bytes() == handmade.container(
        order=NUMBERS, layers=[], header_bytes=HEADER.to_bytes()
    )
    assert os.listdir(tmp_path) == ["a.sarz"]
    with Reader(tmp_path / "a.sarz") as reader:
        assert reader.damaged() == []


def test_a_leftover_of_another_container_is_a_bug_and_goes(tmp_path):
    killed = write(tmp_path / "a.sarz", PURPOSE, ORDER[:2])
    killed._part._journal.close()
    killed._part._file.close()
    (leftover,) = leftovers(tmp_path, "a.sarz")
    assert leftover.begins_with(beginning(HEADER))
    leftover.part.write_bytes(b"x" + leftover.part.read_bytes()[1:])
    assert not leftover.begins_with(beginning(HEADER))
    with pytest.raises(ValueError, match="another container"):
        write(tmp_path / "a.sarz", PURPOSE, ORDER, leftover)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("number", [0, 5, 0xFFFFFFFF])
def test_a_tile_that_belongs_nowhere_ends_what_is_whole(tmp_path, number):
    """Five tiles there are, and overviews of overviews up to the highest level."""
    killed = write(tmp_path / "a.sarz", PURPOSE, ORDER[:2])
    killed._part._journal.close()
    killed._part._file.close()
    (leftover,) = leftovers(tmp_path, "a.sarz")
    content = leftover.part.read_bytes()
    start = len(beginning(HEADER))
    leftover.part.write_bytes(content[:start] + number.to_bytes(4, "little") + content[start + 4 :])
    with write(tmp_path / "a.sarz", PURPOSE, [], leftover) as writer:
        assert (len(writer.marks), writer.bytes_written) == ((2, len(content)) if number < 0xFFFF else (0, start))
