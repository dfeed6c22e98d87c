"""The command line, forked for every command: to be killed at any moment, held to a limit, or run twice at once.

Started with the folder of the checkpoints, and commands that are given once, so that the forked begin where they have
led. It answers a line of JSON, a list of errands that run side by side, with a line of what came of each. An errand has
`words`, the commands that it gives one after the other, and may have

- `forever`: it begins again after the last of them, and `killed_after`, how many seconds,
- `folder` and `killed_at`: it is killed before its so many-th step in that folder; see steps.py,
- `limit`: of the bytes of a file that it writes,
- `mount`: what the command `mount` is given before, for which the worker needs a namespace of its own,
- `copied`: a folder, which only the worker sees, and where all that it holds afterwards is copied to.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import torch

from sargui.cli.app import app
from sargui.core import catalogue
from sargui.engine import compress, decompress, evaluate, report, verify  # noqa: F401 - once, and not in every child

from .steps import Steps, watching


def serve(models, first):
    """Answer until there is no more to answer."""
    torch.set_num_threads(1)
    catalogue.model_folders = lambda: [models]
    report.datetime = _Still
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    assert _speak(first, forever=False) == 0
    gc.collect()
    gc.freeze()
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(10)  # those of codecs that are gone end by themselves, if not at once
    assert threading.active_count() == 1  # what is forked from more is not sound
    answers.write("ready\n")
    for line in sys.stdin:
        errands = json.loads(line)
        started = [_begin(errand) for errand in errands]
        answers.write(json.dumps([_end(*pair) for pair in zip(errands, started, strict=True)]) + "\n")


def _begin(errand):
    """Begin an errand; return its process, and the pipes of what it says and of its word that it has begun."""
    if "mount" in errand:
        subprocess.run(["mount", *errand["mount"]], check=True)
    (said, say), (begun, begin) = os.pipe(), os.pipe()
    if pid := os.fork():
        os.close(say)
        os.close(begin)
        return pid, said, begun
    for stream in (1, 2):
        os.dup2(say, stream)
    if "limit" in errand:
        resource.setrlimit(resource.RLIMIT_FSIZE, (errand["limit"], resource.RLIM_INFINITY))
    os.write(begin, b".")
    with watching(Steps(errand.get("folder", "nowhere"), errand.get("killed_at", 0), _die)):
        os._exit(_speak(errand["words"], forever=errand.get("forever", False)))


def _end(errand, begun):
    """Wait for the end of an errand, or bring it about; return its exit code (or −signal), and what it said."""
    pid, said, pipe = begun
    if "killed_after" in errand:
        os.read(pipe, 1)
        time.sleep(errand["killed_after"])
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])  # what it says fits into a pipe
    if "copied" in errand:
        shutil.copytree(*errand["copied"])
    os.close(pipe)
    with open(said, encoding="utf-8") as words:
        return {"code": code, "said": words.read()}


def _speak(sentences, *, forever):
    """Give commands until one fails; return its exit code, or 0."""
    while True:
        for words in sentences:
            try:
                app(words)
            except SystemExit as end:
                sys.stdout.flush()
                if end.code:
                    return end.code
        if not forever:
            return 0


class _Still:
    """A clock that stands still, so that the same report has the same bytes."""

    @staticmethod
    def now(zone):
        return datetime(2026, 1, 1, tzinfo=zone)


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), json.loads(sys.argv[2]))
