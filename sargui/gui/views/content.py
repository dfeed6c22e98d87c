"""What a pane shows: pictures with what their values and colors mean, or a sentence where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sargui.core.types import Window
from sargui.gui import wording
from sargui.gui.attention_shading import Overlay
from sargui.gui.shading import GRAY, ErrorKind, Rgba, Shaded
from sargui.gui.views.color_bar import Legend

NO_ORIGINAL = "A .sarz file holds no original.\nLocate Original (Ctrl+L) shows it here."
NO_ERROR_HERE = "The error needs the original.\nLocate Original (Ctrl+L) shows it here."
NOT_YET = "Compress (Ctrl+Return)\nto see the reconstruction here."
NO_ERROR_YET = "The error appears with the reconstruction."
UNDECODED = "Zoom in: the reconstruction is shown\nwhere it has been decoded."

Layer = tuple[Window, int, Sequence[Rgba]]  # what it covers, its step, its pyramid

ERROR_CAPTIONS = {
    ErrorKind.SIGNED: "reconstruction − original",
    ErrorKind.ABSOLUTE: "|reconstruction − original|",
    ErrorKind.RATIO: "original ∕ reconstruction, power",
    ErrorKind.SQUARED: "(reconstruction − original)²",
}
ERROR_UNITS = {ErrorKind.RATIO: "ratio", ErrorKind.SQUARED: f"dB{wording.SQUARED}"}


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Layers of colors, lowest first, with their caption and legend; without layers the sentence."""

    title: str
    layers: tuple[Layer, ...] = ()
    caption: str = ""
    legend: Legend | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """A reconstruction, A, to be compared with what follows the settings, B; and what both are called."""

    pictures: tuple[Shaded, ...]
    name: str
    other: str


def original(pictures: Sequence[Shaded], caption: str) -> Content:
    """Return the original of an overview and, if there is one, a detail over it."""
    layers = tuple(_layer(shaded, shaded.original) for shaded in pictures if shaded.original)
    return _content("Original", layers, caption, _gray(pictures[0]), NO_ORIGINAL)


def decoded(pictures: Sequence[Shaded], caption: str, file_there: bool, title: str = "Reconstruction") -> Content:
    """Return the reconstruction; `file_there` says that there is a compressed file to decode."""
    layers = tuple(_layer(shaded, shaded.decoded) for shaded in pictures if shaded.decoded)
    return _content(title, layers, caption, _gray(pictures[0]), UNDECODED if file_there else NOT_YET)


def error(pictures: Sequence[Shaded], file_there: bool) -> Content:
    """Return the error in the style that the pictures have."""
    colored = next((shaded for shaded in reversed(pictures) if shaded.error), pictures[0])
    style, (low, high) = colored.error_style, colored.error_style.range(colored.error_limit_db)
    legend = Legend(
        style.table,
        low,
        high,
        ERROR_UNITS.get(style.kind, "dB"),
        signed=style.kind is ErrorKind.SIGNED,
        ratio=style.kind is ErrorKind.RATIO,
        beyond=f"> {style.tolerance_db:g}" if style.tolerance_db > 0 else "",
    )
    has_original = any(shaded.picture.original_db is not None for shaded in pictures)
    sentence = NO_ERROR_HERE if not has_original else UNDECODED if file_there else NO_ERROR_YET
    layers = tuple(_layer(shaded, shaded.error) for shaded in pictures if shaded.error)
    return _content("Error", layers, ERROR_CAPTIONS[style.kind], legend, sentence)


def attention(overlay: Overlay, below: tuple[Layer, ...]) -> Content:
    """Return what is attended to, over the layers of the original."""
    layer = (overlay.window, overlay.step, (overlay.colors,))
    legend = Legend(overlay.table, overlay.low, overlay.high, overlay.unit)
    return Content("Attention", (*below, layer), overlay.caption, legend)


def _content(title: str, layers: tuple[Layer, ...], caption: str, legend: Legend, sentence: str) -> Content:
    return Content(title, layers, caption, legend) if layers else Content(title, sentence=sentence)


def _gray(shaded: Shaded) -> Legend:
    return Legend(GRAY, *shaded.stretch)


def _layer(shaded: Shaded, levels: Sequence[Rgba]) -> Layer:
    return shaded.picture.window, shaded.picture.step, levels
