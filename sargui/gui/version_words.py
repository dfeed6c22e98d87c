"""What the panes say of the version of the scene that they show: a file or a preview, and of which settings."""

from __future__ import annotations

from sargui.engine.requests import Trial
from sargui.gui import wording
from sargui.gui.pictures import Pictures, Version
from sargui.gui.scene import Result, Settings
from sargui.gui.views.content import UNDECODED, State

COMING = "Computing the preview…"
REFUSED = "There is nothing to show of these settings."
DECODING = "Decoding the file…"


def state(pictures: Pictures, result: Result | None) -> State:
    """Return what is said of what is shown; while something else is on its way, of that as well."""
    if pictures.version is None:
        return State()
    shown, wanted = pictures.shown, pictures.version
    if not pictures.coming:
        return State(_note(shown, result), REFUSED if pictures.refused else UNDECODED)
    if shown is None:
        return State(missing=COMING if isinstance(wanted, Trial) else DECODING)
    named = _model(shown, result) != _model(wanted, result)
    coming = f"Computing {_quality(wanted, result, named=named)}…" if isinstance(wanted, Trial) else DECODING
    return State(f"{coming}   shown: {_note(shown, result, named=named)}", coming)


def made_with(settings: Settings, result: Result) -> str:
    """Return by which settings a file was made, if others are chosen: none-3, quality 50; empty for the same."""
    made, done = result.settings, result.compressed
    if made is None or made.asked | {"device": ""} == settings.asked | {"device": ""}:
        return ""
    return wording.version(done.model, done.quality, made.effort, keep_power=made.keep_power)


def _note(version: Version, result: Result | None, *, named: bool = False) -> str:
    """Return what a version is: preview, quality 11; nothing of a file that is the scene itself."""
    quality = _quality(version, result, named=named)
    return f"{'preview' if isinstance(version, Trial) else 'the file'}, {quality}" if quality else ""


def _quality(version: Version, result: Result | None, *, named: bool = False) -> str:
    """Return the quality of a version, after the name of its checkpoint if that is to be told."""
    if isinstance(version, Trial):
        quality = version.quality
    elif version is not None and result is not None and result.compressed.target == version:
        quality = result.compressed.quality
    else:
        return ""
    return f"{_model(version, result)}, quality {quality:g}" if named else f"quality {quality:g}"


def _model(version: Version, result: Result | None) -> str:
    if isinstance(version, Trial):
        return version.model or ""
    return "" if result is None else result.compressed.model
