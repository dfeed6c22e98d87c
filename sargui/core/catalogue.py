"""Where models/ and resources/ are, and what the model cards say; read without torch.

A checkpoint is two files: NAME.safetensors and its card NAME.json. They are looked for beside the package (an
installed wheel), at the top of the repository (a checkout), and in the user's own data folder.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import platformdirs

from sargui.core.errors import CheckpointError
from sargui.core.types import ModelCard

log = logging.getLogger(__name__)

_PACKAGE = Path(__file__).resolve().parent.parent
MAX_CARD_BYTES = 1 << 20
FORM: Mapping[str, type] = {
    "name": str,
    "sha256": str,
    "attention": str,
    "placement": str,
    "network": dict,
    "description": str,
    "experimental": bool,
    "training": dict,
    "validation": dict,
    "best_for": str,
}  # of a card's fields; a user's own card is a stranger's file
NAME = re.compile(r"[a-z0-9][a-z0-9@._-]{0,63}")


def model_folders() -> list[Path]:
    """Return the folders that hold checkpoints, first match wins; the user's own comes last."""
    places = [_PACKAGE / "_data" / "models", _PACKAGE.parent / "models", user_models()]
    return [place for place in places if place.is_dir()]


def user_models() -> Path:
    """Return the folder for a user's own checkpoints; it may not exist."""
    return Path(platformdirs.user_data_dir("sargui", appauthor=False)) / "models"


def resource(name: str) -> Path:
    """Return the path of a file of resources/."""
    for place in (_PACKAGE / "_data" / "resources", _PACKAGE.parent / "resources"):
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(f"resources/{name} is missing from this installation")


def cards() -> list[ModelCard]:
    """Return all checkpoints that can be used, by name; what is wrong with others is logged, each once."""
    usable, broken = found()
    for sentence in broken.values():
        _tell(sentence)
    return usable


def found() -> tuple[list[ModelCard], dict[str, str]]:
    """Return all checkpoints with a sound card and weights, and a sentence about each whose card is not; by name."""
    usable: dict[str, ModelCard] = {}
    broken: dict[str, str] = {}
    for folder in model_folders():
        for path in sorted(folder.glob("*.json")):
            if path.stem not in usable and path.with_suffix(".safetensors").exists():
                try:
                    usable[path.stem] = read_card(path)
                except CheckpointError as error:
                    broken[path.stem] = str(error)
    return [usable[name] for name in sorted(usable)], broken


@cache
def _tell(sentence: str) -> None:
    log.warning(sentence)


def card(name: str) -> ModelCard:
    """Return the card of a checkpoint by name, or of a path to a card.

    Raises:
        CheckpointError: there is none of that name, or its card is broken.
    """
    path = Path(name)
    if path.suffix == ".json" and os.path.exists(path):
        return read_card(path)
    for folder in model_folders():
        path = folder / f"{name}.json"
        if NAME.fullmatch(name) and path.exists() and path.with_suffix(".safetensors").exists():
            return read_card(path)
    known = ", ".join(card.name for card in cards()) or "none"
    raise CheckpointError(f"There is no checkpoint called '{name}'; installed are: {known}.")


def card_by_digest(name: str, sha256: str) -> ModelCard:
    """Return the card of the checkpoint with these weights, whatever it is called now.

    Raises:
        CheckpointError: none of the installed checkpoints has this digest.
    """
    usable, broken = found()
    for candidate in usable:
        if candidate.sha256 == sha256:
            return candidate
    if name in broken:
        raise CheckpointError(broken[name])
    raise CheckpointError(
        f"This file needs the checkpoint '{name}' with weights {sha256[:12]}…, which is not installed; "
        f"put its two files into {user_models()}."
    )


def default_card() -> ModelCard:
    """Return the checkpoint to use when the user names none: the best on validation that is not experimental."""
    candidates = [card for card in cards() if not card.experimental]
    if not candidates:
        raise CheckpointError("No checkpoint is installed: the folder models/ is missing or empty.")
    return min(candidates, key=lambda card: (_bd_rate(card), card.name))


def _bd_rate(card: ModelCard) -> float:
    """Return bytes saved against OpenJPEG in percent, negative if better; 0 if the card does not say."""
    rate = card.validation.get("bd_rate_openjpeg")
    return float(rate) if isinstance(rate, int | float) else 0.0


def read_card(path: Path) -> ModelCard:
    """Return the card in a JSON file.

    Raises:
        CheckpointError: unreadable, too large, or not a card.
    """
    try:
        if path.stat().st_size > MAX_CARD_BYTES:
            raise ValueError("too large")
        text = path.read_text(encoding="utf-8")
        content: dict[str, Any] = json.loads(text, parse_int=_integer, parse_constant=_refused)
        known = {key: content[key] for key in FORM if key in content}
        for key, value in known.items():
            if not isinstance(value, FORM[key]):
                raise ValueError(f"'{key}' has the wrong type")
        card = ModelCard(**known, path=str(path.with_suffix(".safetensors")))
        if not re.fullmatch(r"[0-9a-f]{64}", card.sha256) or not NAME.fullmatch(card.name):
            raise ValueError("bad name or digest")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise CheckpointError(f"The model card {path.name} cannot be used: {error}.") from error
    return card


def _integer(digits: str) -> int:
    """Return an integer that a float can hold, for what is done with it later."""
    number = int(digits)
    return number if abs(number) < 1 << 63 else _refused(digits)


def _refused(number: str) -> NoReturn:
    raise ValueError(f"it holds {number[:20]}")


@cache
def _digest(path: str, size: int, modified_ns: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(card: ModelCard) -> None:
    """Make sure that the weights are the ones the card speaks of.

    Raises:
        CheckpointError: they are missing or altered.
    """
    try:
        status = Path(card.path).stat()
        digest = _digest(card.path, status.st_size, status.st_mtime_ns)
    except OSError as error:
        raise CheckpointError(
            f"The weights of the checkpoint '{card.name}' cannot be read: {error.strerror}."
        ) from error
    if digest != card.sha256:
        raise CheckpointError(
            f"The weights of the checkpoint '{card.name}' are not the ones its card describes; "
            f"put its two files into {Path(card.path).parent} again."
        )
