"""A job in a process of its own, on so many cores: how long it takes as seen from outside, how much memory it holds."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Job:
    """What became of one job."""

    pixels: int
    file_bytes: int  # of what was written or read, compressed
    wall_s: float  # from outside, with the start of Python
    cpu_s: float  # of all threads
    peak_bytes: int
    seconds: Mapping[str, float]  # of each stage inside; "total" from the first pixel to the last
    more: Mapping[str, Any]  # what else the job tells

    @property
    def megapixels_per_s(self) -> float:
        """Speed of the whole process."""
        return self.pixels / self.wall_s / 1e6

    def megapixels_per_s_of(self, stage: str) -> float:
        """Speed of a stage alone."""
        return self.pixels / self.seconds[stage] / 1e6


def cores() -> list[int]:
    """Return the processor's cores that this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def run(module: str, *arguments: str | Path, threads: int) -> Job:
    """Return what became of a job of a module, bound to as many cores as threads where the system knows how.

    Raises:
        CalledProcessError: it failed, or was killed, as for want of memory.
    """
    bound = cores()[:threads]

    def bind() -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, bound)

    command = [sys.executable, "-m", module, *map(str, arguments), "--threads", str(threads)]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=True, preexec_fn=bind
    )
    wall_s = time.perf_counter() - start
    told = json.loads(done.stdout.splitlines()[-1])
    common = {key: told.pop(key) for key in ("pixels", "file_bytes", "cpu_s", "peak_bytes", "seconds")}
    return Job(wall_s=wall_s, more=told, **common)


def tell(pixels: int, file_bytes: int, seconds: Mapping[str, float], **more: object) -> None:
    """Print what `run` reads; called in the process of the job, at its end."""
    known = {"pixels": pixels, "file_bytes": file_bytes, "seconds": dict(seconds)}
    print(json.dumps({**known, "cpu_s": time.process_time(), "peak_bytes": peak_bytes(), **more}))


def peak_bytes() -> int:
    """Return the most memory this process has held at once."""
    status = Path("/proc/self/status")  # ru_maxrss on Linux is inherited from the process that started us
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    if found:
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
