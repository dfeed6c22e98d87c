"""What becomes of a target when writing ends badly: by a kill, on a full or read-only disk, beside another writer."""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from .jobs import COLS, ROWS, content, write_scene

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
ROOT = Path(__file__).parents[3]
KILLED = -9
PAGE = 4096  # bytes; a disk in memory has a whole number of them
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")  # in which anybody may mount disks
KINDS = ("compress", "decompress", "COG", "SAFE", "report")


class Worker:
    """The process of worker.py; `mounts` says whether it has disks of its own."""

    def __init__(self, models, first):
        self.mounts = bool(shutil.which("unshare")) and subprocess.run([*NAMESPACE, "true"]).returncode == 0
        command = [*(NAMESPACE if self.mounts else ()), sys.executable, "-m", "tests.faults.working.worker", models]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([*command, json.dumps(first)], cwd=ROOT, **pipes)
        assert self.process.stdout.readline() == "ready\n"

    def __call__(self, *words, **errand):
        """Give some commands, and return what came of them: an exit code, or minus a signal, and what was said."""
        return self.at_once({"words": words, **errand})[0]

    def at_once(self, *errands):
        """Run errands side by side."""
        self.process.stdin.write(json.dumps(errands, default=str) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture(scope="module")
def sources(make_safe, tmp_path_factory):
    """A folder with two rasters, 0.tif and 1.tif, and a product."""
    folder = tmp_path_factory.mktemp("sources")
    for which in (0, 1):
        write_scene(folder / f"{which}.tif", which)
    make_safe(folder, ROWS, COLS).rename(folder / "product.SAFE")
    return folder


@pytest.fixture(scope="module")
def worker(sources, tiny_models):
    """A worker, which has compressed the rasters, and the product twice, at two qualities."""
    first = [["compress", f"{sources}/{which}.tif"] for which in (0, 1)]
    first += [
        ["compress", f"{sources}/product.SAFE", f"{sources}/product-{which}.sarz", "--quality", f"{20 + 60 * which}"]
        for which in (0, 1)
    ]
    worker = Worker(tiny_models, first)
    yield worker
    worker.process.stdin.close()
    assert worker.process.wait(60) == 0


@pytest.fixture(scope="module")
def words(sources):
    """Return the command of a kind that writes of the first or the second source over what is in a folder."""

    def of(kind, which, folder, force=("--force",)):
        packed = sources / f"{which}.sarz"
        found = {
            "compress": ["compress", sources / f"{which}.tif", folder / "t.sarz"],
            "decompress": ["decompress", packed, folder / "t.tif"],
            "COG": ["decompress", packed, folder / "t.tif", "--cog"],
            "SAFE": ["decompress", sources / f"product-{which}.sarz", folder / "t.SAFE", "--safe"],
            "report": ["evaluate", sources / f"{which}.tif", packed, "--report", folder / "t.html"],
        }
        return [str(word) for word in (*found[kind], *force)]

    return of


@pytest.fixture(scope="module")
def whole(worker, words, tmp_path_factory):
    """Return what a kind of command writes, of the first source and of the second."""

    @cache
    def of(kind):
        folders = [tmp_path_factory.mktemp("whole") for _ in range(2)]
        assert worker(*(words(kind, which, folder) for which, folder in enumerate(folders)))["code"] == 0
        first, second = map(content, folders)
        assert first != second
        return first, second

    return of


def put(files, folder):
    """Let a folder hold these files and nothing else; return it."""
    shutil.rmtree(folder)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def seen(folder):
    """Return what a folder holds that is not hidden."""
    return {name: data for name, data in content(folder).items() if not name.startswith(".")}


def which(folder, both):
    """Return whether what is seen in a folder is of the first source or of the second: 0 or 1; it must be one of them.

    The two files of a report get their names one after the other, and a kill may come in between.
    """
    left = seen(folder)
    if "t.json" in left:
        assert left["t.json"] in [files["t.json"] for files in both]
        both = [{**files, "t.json": left["t.json"]} for files in both]
    assert left in both
    return both.index(left)


# SIGKILL


@pytest.mark.parametrize(
    ("kind", "steps"), [("compress", (3, 4)), ("decompress", (2,)), ("SAFE", (32, 33)), ("report", (4,))]
)
def test_killed_at_a_step_of_writing_it_leaves_the_old_or_the_new(kind, steps, worker, words, whole, tmp_path):
    for step in steps:
        put(whole(kind)[0], tmp_path)
        assert worker(words(kind, 1, tmp_path), folder=tmp_path, killed_at=step)["code"] == KILLED
        which(tmp_path, whole(kind))


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_step_of_writing_it_leaves_the_old_or_the_new(kind, worker, words, whole, tmp_path):
    step, code = 0, KILLED
    while code == KILLED:
        step += 1
        put(whole(kind)[0], tmp_path)
        code = worker(words(kind, 1, tmp_path), folder=tmp_path, killed_at=step)["code"]
        which(tmp_path, whole(kind))
    assert code == 0
    assert step > 5


def storm(kind, kills, worker, words, whole, folder):
    """Kill a command that writes over the same target again and again, at random moments; return what was found."""
    moments, found = random.Random(kind), Counter()
    both = [words(kind, which, folder) for which in (0, 1)]
    start = time.perf_counter()
    assert worker(*both)["code"] == 0
    seconds = time.perf_counter() - start
    for _ in range(kills):
        assert worker(*both, forever=True, killed_after=moments.uniform(0, 1.5 * seconds))["code"] == KILLED
        found[which(folder, whole(kind))] += 1
        hidden = [path for path in folder.iterdir() if path.name.startswith(".")]
        found["hidden"] += bool(hidden)
        for path in hidden if kind != "compress" else ():  # whose next run clears them away
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return found


def test_killed_at_random_it_leaves_the_old_or_the_new(worker, words, whole, tmp_path):
    storm("compress", 3, worker, words, whole, tmp_path)
    assert worker(words("compress", 1, tmp_path))["code"] == 0
    assert content(tmp_path) == whole("compress")[1]  # what was hidden is cleared away


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_hundreds_of_kills_at_random(kind, worker, words, whole, tmp_path, capsys):
    found = storm(kind, 200, worker, words, whole, tmp_path)
    with capsys.disabled():
        print(
            f"\n{kind}: after {found[0] + found[1]} kills the target was whole, {found[0]} times of one source and "
            f"{found[1]} of the other; {found['hidden']} times something hidden was left"
        )
    assert min(found[0], found[1], found["hidden"]) > 0


# Disks


def refused(result):
    """See that a command was refused in one sentence, as a target that cannot be written."""
    *_, sentence = result["said"].strip().splitlines()
    assert result["code"] == 6, result
    assert sentence.startswith("error: ")
    assert "cannot be written" in sentence
    assert not {"Traceback", "unexpected"} & set(result["said"].split())


@pytest.fixture
def disk(worker, tmp_path):
    """A folder that is a disk in memory, in the eyes of the worker alone."""
    if not worker.mounts:
        pytest.skip("needs a namespace in which disks can be mounted")
    folder = tmp_path / "disk"
    folder.mkdir()
    worker(mount=["-t", "tmpfs", "-o", "size=64m", "none", folder])
    yield folder
    worker(mount=["-o", "remount,size=64m,rw", folder])


def pages(files):
    return sum(math.ceil(len(data) / PAGE) for data in files.values())


@pytest.fixture
def fill(worker, words, whole, disk, tmp_path):
    """Let a command write on a disk that holds what it is to replace, and has a share of the room that is needed."""

    def do(kind, share):
        old, new = whole(kind)
        assert worker(words(kind, 0, disk), mount=["-o", "remount,size=64m", disk])["code"] == 0
        size = PAGE * (pages(old) + math.floor(share * (pages(new) - 1)))
        found = tmp_path / f"{share}"
        refused(worker(words(kind, 1, disk), mount=["-o", f"remount,size={size}", disk], copied=[disk, found]))
        assert content(found) == old

    return do


@pytest.mark.parametrize(("kind", "share"), [("compress", 0), ("decompress", 1), ("SAFE", 0.6), ("report", 1)])
def test_a_disk_that_fills_up_is_one_sentence_and_leaves_the_old(kind, share, fill):
    fill(kind, share)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_fills_up_anywhere_is_one_sentence_and_leaves_the_old(kind, fill, whole):
    last = pages(whole(kind)[1]) - 1
    for free in range(last + 1):
        fill(kind, free / max(last, 1))


@pytest.mark.parametrize(
    "kind", ["SAFE", *(pytest.param(kind, marks=pytest.mark.long) for kind in KINDS if kind != "SAFE")]
)
def test_a_limit_of_a_file_is_one_sentence_and_leaves_the_old(kind, worker, words, whole, tmp_path):
    put(whole(kind)[0], tmp_path)
    refused(worker(words(kind, 1, tmp_path), limit=max(map(len, whole(kind)[1].values())) - 1))
    assert content(tmp_path) == whole(kind)[0]


def test_a_read_only_disk_is_one_sentence(worker, words, disk):
    worker(mount=["-o", "remount,ro", disk])
    for kind in ("compress", "decompress", "SAFE"):
        refused(worker(words(kind, 1, disk)))


# Two writers


@pytest.mark.parametrize("kind", ["compress", "SAFE", pytest.param("report", marks=pytest.mark.long)])
def test_of_two_that_may_overwrite_one_is_whole_in_the_end(kind, worker, words, whole, tmp_path):
    done = worker.at_once(*({"words": [words(kind, which, tmp_path)]} for which in (0, 1)))
    for result in done:
        assert result["code"] == 0 or refused(result) is None
    assert 0 in [result["code"] for result in done]
    assert content(tmp_path) in whole(kind)


@pytest.mark.parametrize("kind", ["compress", "SAFE", pytest.param("decompress", marks=pytest.mark.long)])
def test_of_two_that_may_not_overwrite_one_is_refused(kind, worker, words, whole, tmp_path):
    done = worker.at_once(*({"words": [words(kind, which, tmp_path, force=())]} for which in (0, 1)))
    assert sorted(result["code"] for result in done) == [0, 6]
    assert content(tmp_path) == whole(kind)[[result["code"] for result in done].index(0)]
