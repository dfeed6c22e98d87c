"""What is kept of each arm: one JSON file in its folder, whole or absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sargui.core.errors import InputError
from sargui.training.experiment.arms import ARMS, Arm
from sargui.training.experiment.compare import Curves, Interval, Point
from sargui.training.experiment.cost import Memory, Times
from sargui.training.experiment.gates import ModuleGates
from sargui.training.experiment.measure import Measured

FILE = "result.json"
DIGITS = 6  # of a figure that is written


@dataclass(frozen=True, slots=True)
class Result:
    """One arm that is done: the checkpoint that came of it, how it was trained (facts for people), and its figures."""

    arm: Arm
    checkpoint: str
    sha256: str
    training: Mapping[str, Any]
    measured: Measured


def write(result: Result, folder: Path) -> None:
    """Write a result into the folder of its arm."""
    write_text(folder / FILE, json.dumps(rounded(asdict(result)), indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def read(path: Path) -> Result:
    """Return the result in a file.

    Raises:
        InputError: it is not one, or of another version of this program.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Result(
            Arm(**content["arm"]),
            content["checkpoint"],
            content["sha256"],
            content["training"],
            _measured(content["measured"]),
        )
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(f"The result {path} cannot be used: {error}; delete it to measure that arm again.") from error


def read_all(out: Path) -> list[Result]:
    """Return the results of all arms that are done, in the order of the arms."""
    paths = (out / arm.label / FILE for arm in ARMS)
    return [read(path) for path in paths if path.exists()]


def _measured(content: Mapping[str, Any]) -> Measured:
    return Measured(
        _curves(content["points"]),
        None if content["bypassed"] is None else _curves(content["bypassed"]),
        Times(**content["times"]),
        Memory(**content["memory"]),
        content["parameters"],
        content["attention_parameters"],
        tuple(_gates(module) for module in content["gates"]),
    )


def _curves(content: Mapping[str, Any]) -> Curves:
    return {name: [Point(*point) for point in points] for name, points in content.items()}


def _gates(content: Mapping[str, Any]) -> ModuleGates:
    intervals = {key: None if content[key] is None else Interval(**content[key]) for key in ("pearson", "spearman")}
    return ModuleGates(**(dict(content) | intervals))


def rounded(value: Any, digits: int = DIGITS) -> Any:
    """Return what goes into JSON with its floats at so many significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    if isinstance(value, Mapping):
        return {key: rounded(part, digits) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part, digits) for part in value]
    return value
