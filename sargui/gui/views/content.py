"""What a pane shows: pictures with what their values and colors mean, or a sentence where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sargui.core.types import Window
from sargui.gui import composite, wording
from sargui.gui.attention_shading import Overlay
from sargui.gui.shading import BLUE, GRAY, GREEN, RED, ErrorKind, Rgba, Shaded
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


@dataclass(frozen=True, slots=True)
class State:
    """Which version of the scene is shown, in words; and what stands where it is missing, '' if there is none yet."""

    note: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """A reconstruction, A, to be compared with what follows the settings, B; and what both are called."""

    pictures: tuple[Shaded, ...]
    name: str
    other: str


def original(pictures: Sequence[Shaded]) -> Content:
    """Return the original of an overview and, if there is one, a detail over it."""
    layers = tuple(_layer(shaded, shaded.original) for shaded in pictures if shaded.original)
    return _content("Original", layers, pictures[0], NO_ORIGINAL)


def decoded(pictures: Sequence[Shaded], state: State, title: str = "Reconstruction") -> Content:
    """Return the reconstruction, and which one it is."""
    layers = tuple(_layer(shaded, shaded.decoded) for shaded in pictures if shaded.decoded)
    found = _content(title, layers, pictures[0], state.missing or NOT_YET)
    return replace(found, caption=noted(state.note, found.caption))


def error(pictures: Sequence[Shaded], state: State) -> Content:
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
    sentence = NO_ERROR_HERE if not has_original else state.missing or NO_ERROR_YET
    layers = tuple(_layer(shaded, shaded.error) for shaded in pictures if shaded.error)
    if not layers:
        return Content("Error", sentence=sentence)
    return Content("Error", layers, noted(state.note, _of(colored) + ERROR_CAPTIONS[style.kind]), legend)


def attention(shown: Overlay | str, pictures: Sequence[Shaded]) -> Content:
    """Return what is attended to, over the original; or why nothing is."""
    if isinstance(shown, str) or not pictures:
        return Content("Attention", sentence=shown if isinstance(shown, str) else "")
    layers = (*original(pictures).layers, (shown.window, shown.step, (shown.colors,)))
    legend = Legend(shown.table, shown.low, shown.high, shown.unit)
    return Content(shown.title, layers, _of(pictures[0]) + shown.caption, legend)


def noted(note: str, caption: str) -> str:
    """Return a caption after what is to be read first."""
    return "   ".join(part for part in (note, caption) if part)


def _content(title: str, layers: tuple[Layer, ...], of: Shaded, sentence: str) -> Content:
    if not layers:
        return Content(title, sentence=sentence)
    info, bands = of.picture.info, of.bands
    if len(bands) == 1:
        legend = Legend(GRAY, *of.stretches[0])
    else:
        named = zip((RED, GREEN, BLUE), of.stretches, composite.names(info, bands), strict=True)
        first, *more = (Legend(table, *stretch, of=name) for table, stretch, name in named)
        legend = replace(first, more=tuple(more))
    return Content(title, layers, composite.caption(info, bands), legend)


def _of(shaded: Shaded) -> str:
    """Return what stands before a caption of what there is of one band alone."""
    return composite.alone(shaded.picture.info, shaded.bands)


def _layer(shaded: Shaded, levels: Sequence[Rgba]) -> Layer:
    return shaded.picture.window, shaded.picture.step, levels
