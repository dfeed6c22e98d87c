"""The report of a compressed scene as a page: one HTML file that needs no other, readable in light and dark."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

DASH, INFINITY, MINUS = "\N{EN DASH}", "\N{INFINITY}", "\N{MINUS SIGN}"
WORDS = {  # what the page calls the figures of a band; one without a word here is called by its name
    "rmse_db": "RMS error, dB",
    "bias_db": "Bias of mean power, dB",
    "max_error_db": "Largest error, dB",
    "psnr_db": "PSNR, dB",
    "valid_pixels": "Valid pixels",
    "unkept_pixels": "Pixels not kept (negative, or beyond float32)",
    "void_mismatches": "Pixels valid in one file only",
    "exact_mismatches": "Differing pixels of an exact band",
}
STYLE = """
:root { color-scheme: light dark; --line: #cfd4da; --dim: #5c6670; --void: #c3c9cf; }
@media (prefers-color-scheme: dark) { :root { --line: #3a414b; --dim: #98a2ad; --void: #2c323a; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.05rem; margin-top: 2rem; }
p, figcaption { color: var(--dim); }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid var(--line); padding: .3rem 1.2rem .3rem 0; }
th { text-align: left; font-weight: 600; } td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem; }
figure { margin: 0; } figure img { width: 100%; display: block; background: var(--void); }
figure img.bar { height: .8rem; margin-top: .5rem; border: 1px solid var(--line); box-sizing: border-box; }
.ends { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its color bar, both as PNG, and the values at the bar's ends (and, if signed, its middle)."""

    title: str
    image: bytes
    bar: bytes
    ends: tuple[str, ...]


def page(document: Mapping[str, Any], figures: Sequence[Figure]) -> str:
    """Return the page that says what a document of `engine.report` says, with pictures. All text is escaped."""
    settings, sizes, scene = document["settings"], document["sizes"], document["scene"]
    bands = document["quality"]["bands"]
    said = (name for band in bands for name, value in band["figures"].items() if value is not None)
    columns = list(dict.fromkeys(said))
    body = [
        f"<h1>{escape(document['title'])}</h1>",
        f"<p>{escape(document['created'])}, {escape(document['software'])}</p>",
        _section("Result", _facts(_result(sizes, document["quality"]))),
        _section("Settings", _facts((_word(name), _text(value)) for name, value in settings.items())),
        _section("Pictures", f'<div class="pictures">{"".join(map(_figure, figures))}</div>'),
        f"<p>{escape(document['pictures']['remark'])}</p>",
        _section(
            "Quality of the bands",
            _table(
                ["Band", *(WORDS.get(name, _word(name)) for name in columns)],
                [[band["name"], *(_text(band["figures"].get(name)) for name in columns)] for band in bands],
            ),
        ),
        _section("Scene", _facts((_word(name), _text(value)) for name, value in scene.items() if name != "bands")),
        _table(["Band", "Type", "Kind"], [[band["name"], band["dtype"], band["kind"]] for band in scene["bands"]]),
        _section(
            "Files",
            _table(
                ["", "Name", "Bytes", "SHA-256"],
                [[role, file["name"], _text(file["bytes"]), file["sha256"]] for role, file in _files(document)],
            ),
        ),
    ]
    title = f"<title>{escape(document['title'])}</title>"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">{title}<style>{STYLE}</style>'
    content = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{content}\n</body></html>\n'


def _result(sizes: Mapping[str, Any], quality: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Raw pixels", f"{_text(sizes['raw_bytes'])} bytes"),
        ("Compressed file", f"{_text(sizes['file_bytes'])} bytes"),
        ("Pixels in it", f"{_text(sizes['parts']['pixels'])} bytes"),
        ("Ratio", f"{sizes['ratio']:.2f} : 1"),
        ("Bits per pixel", f"{sizes['bits_per_pixel']:.4f}"),
        ("RMS error of all bands", f"{_text(quality['rmse_db'])} dB"),
    ]


def _files(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [(role, file) for role, files in document["files"].items() for file in files]


def _figure(figure: Figure) -> str:
    ends = "".join(f"<span>{escape(end)}</span>" for end in figure.ends)
    return (
        f'<figure><figcaption>{escape(figure.title)}</figcaption><img alt="{escape(figure.title)}" '
        f'src="{_embedded(figure.image)}"><img class="bar" alt="color bar, {escape(" to ".join(figure.ends))}" '
        f'src="{_embedded(figure.bar)}"><div class="ends">{ends}</div></figure>'
    )


def _embedded(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode('ascii')}"


def _section(title: str, content: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{content}"


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows if value)
    return f"<table>{lines}</table>"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{lines}</table>"


def _word(name: str) -> str:
    return name.replace("_", " ").replace("sha256", "SHA-256").capitalize().replace("sha-256", "SHA-256")


def _text(value: Any) -> str:
    """Return a value as the page shows it; a dash where there is none."""
    match value:
        case None:
            return DASH
        case int():
            return f"{value:,}"
        case float() if math.isinf(value):
            return INFINITY
        case float() if math.isnan(value):
            return DASH
        case float():
            return f"{value:.{0 if value.is_integer() else 3}f}".replace("-", MINUS)
    return str(value)
