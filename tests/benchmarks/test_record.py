"""What a run writes down is whole, and says on which machine it ran."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import record


def test_figures_and_page_lie_beside_each_other_and_nothing_else(tmp_path: Path) -> None:
    record.write(tmp_path / "new", "speed", {"a": 1}, "# Speed\n")
    record.write(tmp_path / "new", "speed", {"a": 2}, "# Faster\n")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["speed.json", "speed.md"]
    assert json.loads((tmp_path / "new" / "speed.json").read_text(encoding="utf-8")) == {"a": 2}
    assert (tmp_path / "new" / "speed.md").read_text(encoding="utf-8") == "# Faster\n"


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    record.write(tmp_path, "speed", {"a": 1}, "# Speed\n")
    with pytest.raises(TypeError):
        record.write(tmp_path, "speed", {"a": object()}, "# Faster\n")
    assert json.loads((tmp_path / "speed.json").read_text(encoding="utf-8")) == {"a": 1}
    assert (tmp_path / "speed.md").read_text(encoding="utf-8") == "# Speed\n"


def test_a_machine_is_told_of_in_a_line() -> None:
    found = {"processor": "EPYC", "cores": 1, "memory_gib": 23.4, "system": "Linux x86_64"}
    found |= {"python": "3.11.7", "torch": "2.9", "sargui": "0.1"}
    line = record.words(found)
    assert line == "EPYC, 1 core, 23 GiB of memory; Linux x86_64, Python 3.11.7, torch 2.9, sargui 0.1"
    assert record.words({**found, "cores": 2, "memory_gib": None}).startswith("EPYC, 2 cores; Linux")
    assert set(record.machine()) == set(found)
