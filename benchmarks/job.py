"""One job of the real program in a process of its own, so that its memory can be told from everything else's.

    python -m benchmarks.job compress IN OUT [--model NAME] [--quality 50]
    python -m benchmarks.job decompress IN OUT

Prints one line of JSON; `benchmarks.speed` reads it.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path
from typing import Annotated

import torch
import typer

import sargui
from sargui.engine.requests import DEFAULT_QUALITY, Compressed, Decompressed

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def compress(
    source: Path,
    target: Path,
    model: Annotated[str | None, typer.Option()] = None,
    quality: Annotated[float, typer.Option()] = DEFAULT_QUALITY,
    device: Annotated[str, typer.Option()] = "cpu",
) -> None:
    """Compress a raster."""
    result = sargui.compress(source, target, quality=quality, model=model, device=device, overwrite=True)
    _print(result, bits_per_pixel=result.bits_per_pixel, pixel_bytes=result.pixel_bytes, model=result.model)


@app.command()
def decompress(source: Path, target: Path, device: Annotated[str, typer.Option()] = "cpu") -> None:
    """Decompress a .sarz file."""
    _print(sargui.decompress(source, target, device=device, overwrite=True))


def peak_bytes() -> int:
    """Return the most memory this process has held at once."""
    status = Path("/proc/self/status")  # ru_maxrss on Linux is inherited from the process that started us
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    if found:
        return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _print(result: Compressed | Decompressed, **more: object) -> None:
    pixels = result.info.rows * result.info.cols * len(result.info.bands)
    content = {
        "pixels": pixels,
        "file_bytes": result.file_bytes,
        "seconds": dict(result.seconds),
        "peak_bytes": peak_bytes(),
        "cpu_s": time.process_time(),
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(content | more))


if __name__ == "__main__":
    app()
