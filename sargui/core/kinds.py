"""What a raster says of the kind of its numbers: amplitude, power or dB."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sargui.core.types import Kind

Tags = Mapping[str, Mapping[str, str]]  # namespace -> key -> value

TAG_WORDS = {
    "amp": Kind.AMPLITUDE,
    "amplitude": Kind.AMPLITUDE,
    "int": Kind.POWER,
    "intensity": Kind.POWER,
    "power": Kind.POWER,
    "db": Kind.DB,
}
COMPLEX_WORDS = ("cpx", "complex")


def stated_kind(labels: Iterable[str], tags: Iterable[Tags]) -> Kind | None:
    """Return what a file says of a band's kind, whatever the user says; None if it says nothing.

    Args:
        labels: unit and description.
        tags: of the band, then of the file.
    """
    return TAG_WORDS.get(tag_word(tags)) or _from_labels(labels)


def tag_word(tags: Iterable[Tags]) -> str:
    """Return the first word of a tag that this program knows, empty if there is none."""
    for namespaces in tags:
        for namespace, key in (("SARGUI", "KIND"), ("", "SAR_KIND")):
            word = namespaces.get(namespace, {}).get(key, "").strip().lower()
            if word in TAG_WORDS or word in COMPLEX_WORDS:
                return word
    return ""


def _from_labels(labels: Iterable[str]) -> Kind | None:
    text = " ".join(labels)
    words = set(re.findall(r"[a-z]+", text.lower()))  # Sigma0_VV_db is sigma, vv, db
    if "dB" in text or words & {"db", "decibel", "decibels"}:
        return Kind.DB
    if words & {"amplitude", "amp"}:
        return Kind.AMPLITUDE
    if words & {"intensity", "power"}:
        return Kind.POWER
    return None
