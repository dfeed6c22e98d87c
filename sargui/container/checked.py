"""Bytes and JSON that nobody vouches for: bounded before they are unpacked, checked field by field before use."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Mapping
from typing import NoReturn

Fields = Mapping[str, object]
_LEVEL = 9  # headers are small; the best compression costs nothing
_NOT_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


class DamageError(ValueError):
    """What is wrong with a part of a container, in words that complete "the file is damaged: "."""


def packed(content: Fields) -> bytes:
    """Return compact JSON, compressed; what UTF-8 cannot hold (lone surrogates) becomes "?"."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "replace"), _LEVEL)


def unpacked(data: bytes, limit: int, what: str) -> Fields:
    """Return the JSON object in compressed bytes; `what` names it in errors, `limit` bounds its decompressed size.

    Raises:
        DamageError: not compressed JSON, larger than `limit`, or not an object.
    """
    try:
        content = json.loads(inflated(data, limit, what).decode("utf-8"), parse_constant=_refuse)
    except DamageError:
        raise
    except (ValueError, RecursionError) as error:
        raise DamageError(f"{what} is not valid JSON") from error
    if not isinstance(content, dict):
        raise DamageError(f"{what} is not a JSON object")
    return content


def inflated(data: bytes, limit: int, what: str) -> bytes:
    """Return decompressed bytes, at most `limit` of them.

    Raises:
        DamageError: not exactly one zlib stream, or more than `limit`.
    """
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise DamageError(f"{what} cannot be decompressed") from error
    if len(content) > limit:
        raise DamageError(f"{what} is too large")
    if not inflater.eof or inflater.unused_data:
        raise DamageError(f"{what} cannot be decompressed")
    return content


def plain(value: float) -> float | str:
    """Return a float as JSON can hold it: itself (which round-trips exactly), or "nan", "inf", "-inf"."""
    value = float(value)
    return value if math.isfinite(value) else repr(value)


def number(value: object, name: str) -> float:
    """Return any float, written as by `plain`."""
    if isinstance(value, str) and value in _NOT_FINITE:
        return _NOT_FINITE[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DamageError(f"{name} is not a number")
    try:
        result = float(value)
    except OverflowError as error:
        raise DamageError(f"{name} is out of range") from error
    if not math.isfinite(result):  # 1e999 is valid JSON
        raise DamageError(f"{name} is out of range")
    return result


def number_between(fields: Fields, key: str, low: float, high: float) -> float:
    """Return a finite float of the range."""
    value = number(_get(fields, key), key)
    if not low <= value <= high:
        raise DamageError(f"{key} is out of range")
    return value


def integer(fields: Fields, key: str, low: int, high: int) -> int:
    """Return an integer of the range."""
    value = _get(fields, key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise DamageError(f"{key} is not an integer")
    if not low <= value <= high:
        raise DamageError(f"{key} is out of range")
    return value


def flag(fields: Fields, key: str) -> bool:
    """Return true or false."""
    value = _get(fields, key)
    if not isinstance(value, bool):
        raise DamageError(f"{key} is neither true nor false")
    return value


def text(fields: Fields, key: str, max_chars: int) -> str:
    """Return a text of bounded length that UTF-8 can hold."""
    return string(_get(fields, key), key, max_chars)


def string(value: object, name: str, max_chars: int) -> str:
    """Return a value that must be such a text."""
    if not isinstance(value, str):
        raise DamageError(f"{name} is not a text")
    if len(value) > max_chars:
        raise DamageError(f"{name} is too long")
    if any("\ud800" <= char <= "\udfff" for char in value):  # JSON can escape what no text can hold
        raise DamageError(f"{name} is not a valid text")
    return value


def nullable(fields: Fields, key: str) -> object | None:
    """Return the value as it is; None only if it is written as null."""
    return _get(fields, key)


def listed(fields: Fields, key: str, max_items: int) -> list[object]:
    """Return a list of bounded length."""
    value = _get(fields, key)
    if not isinstance(value, list):
        raise DamageError(f"{key} is not a list")
    if len(value) > max_items:
        raise DamageError(f"{key} is too long")
    return value


def nested(value: object, name: str) -> Fields:
    """Return a value that must be an object."""
    if not isinstance(value, dict):
        raise DamageError(f"{name} is not an object")
    return value


def _get(fields: Fields, key: str) -> object:
    if key not in fields:
        raise DamageError(f"{key} is missing")
    return fields[key]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
