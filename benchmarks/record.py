"""What a run writes down: figures as JSON, a page beside them, and on which machine they were measured."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

import sargui
from benchmarks.process import cores


def machine() -> dict[str, Any]:
    """Return what speed depends on."""
    return {
        "processor": _processor(),
        "cores": len(cores()),
        "memory_gib": _memory_gib(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "sargui": sargui.__version__,
    }


def words(found: Mapping[str, Any]) -> str:
    """Return a machine in words."""
    memory = f", {found['memory_gib']:.0f} GiB of memory" if found["memory_gib"] else ""
    cores_used = "1 core" if found["cores"] == 1 else f"{found['cores']} cores"
    return (
        f"{found['processor']}, {cores_used}{memory}; {found['system']}, Python {found['python']}, "
        f"torch {found['torch']}, sargui {found['sargui']}"
    )


def write(folder: Path, name: str, content: Mapping[str, Any], page: str) -> None:
    """Write NAME.json and NAME.md into a folder, each at once or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{name}.json", json.dumps(content, indent=1) + "\n")
    write_text(folder / f"{name}.md", page)


def write_text(path: Path, text: str) -> None:
    """Write a file at once or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", known.read_text(encoding="utf-8")) if known.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    known = Path("/proc/meminfo")
    found = re.search(r"MemTotal:\s+(\d+) kB", known.read_text(encoding="ascii")) if known.exists() else None
    return int(found[1]) / 2**20 if found else None
