"""The report of a compressed scene as a page: one HTML file that needs no other, readable in light and dark."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from sargui.engine.quality_words import DASH, INFINITY, MINUS, Group
from sargui.engine.report_rate import drawing

STYLE = """
:root { color-scheme: light dark; --line: #cfd4da; --dim: #5c6670; --void: #c3c9cf; }
@media (prefers-color-scheme: dark) { :root { --line: #3a414b; --dim: #98a2ad; --void: #2c323a; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 78rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.05rem; margin-top: 2rem; }
p, figcaption { color: var(--dim); }
table { border-collapse: collapse; } td, th { border-bottom: 1px solid var(--line); padding: .3rem 1.2rem .3rem 0; }
th { text-align: left; font-weight: 600; } td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figure img { width: 100%; display: block; background: var(--void); }
figure img.bar { height: .8rem; margin-top: .5rem; border: 1px solid var(--line); box-sizing: border-box; }
td.group { font-weight: 600; padding-top: 1rem; } td.figure, th.figure { text-align: right; white-space: nowrap; }
svg.drawing { width: 100%; max-width: 60rem; }
svg path { fill: none; stroke-width: 1.5; } svg text { fill: var(--dim); font-size: 12px; text-anchor: middle; }
svg text.side { text-anchor: end; } circle.original { fill: #4393c3; } circle.decoded { fill: #d6604d; }
path.original { stroke: #4393c3; } path.decoded { stroke: #d6604d; } path.axis { stroke: var(--line); }
.key { display: inline-block; width: 1.5rem; height: .2rem; margin: 0 .3rem .25rem .8rem; }
.key.original { background: #4393c3; } .key.decoded { background: #d6604d; }
.ends { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
"""

APART = ("bands", "georeference")  # of a scene: with tables of their own
SPANS = (("row", "rows"), ("column", "columns"))
REGION_FIGURES = ("Original, dB", "Decoded, dB", "Original, ENL", "Decoded, ENL")


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its color bar, both as PNG, and the values at the bar's ends (and, if signed, its middle)."""

    title: str
    image: bytes
    bar: bytes
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides a document: the figures of each band by its name, pictures, and a drawing (SVG)."""

    tables: Sequence[tuple[str, Sequence[Group]]]
    scene: Sequence[Figure]
    worst: Sequence[Figure] = ()
    histogram: str = ""


def page(document: Mapping[str, Any], shown: Shown) -> str:
    """Return the page that says what a document of `engine.report` says, with pictures. All text is escaped."""
    settings, sizes, scene = document["settings"], document["sizes"], document["scene"]
    body = [
        f"<h1>{escape(document['title'])}</h1>",
        f"<p>{escape(document['created'])}, {escape(document['software'])}</p>",
        _section("Result", _facts(_result(sizes, document["quality"]))),
        _section("Rate and error", drawing(document["rate_distortion"])) if document["rate_distortion"] else "",
        _section("Settings", _facts((_word(name), _text(value)) for name, value in settings.items())),
        _section("Pictures", _pictures(shown.scene)),
        f"<p>{escape(document['pictures']['remark'])}</p>",
        _section("Quality", _quality(shown.tables)),
        _section(f"Histogram of {escape(document['pictures']['band'])}", shown.histogram) if shown.histogram else "",
        _section("Tiles that err most", _worst(document) + _pictures(shown.worst)),
        _marks(document["marks"], document["pictures"]["band"]),
        _section("Scene", _facts((_word(name), _text(value)) for name, value in scene.items() if name not in APART)),
        _table(["Band", "Type", "Kind"], [[band["name"], band["dtype"], band["kind"]] for band in scene["bands"]]),
        _section("Georeference", _facts(_georeference(scene["georeference"]))),
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
        ("Pixels in it", f"{_text(sizes['parts']['pixels'])} bytes" if "pixels" in sizes["parts"] else ""),
        ("Ratio", f"{sizes['ratio']:.2f} : 1"),
        ("Bits per pixel", f"{sizes['bits_per_pixel']:.4f}"),
        ("RMS error of all bands", f"{_text(quality['rmse_db'])} dB"),
    ]


def _quality(tables: Sequence[tuple[str, Sequence[Group]]]) -> str:
    """Return a table with a row for each figure of any band, and a column for each band."""
    known = [{(group.title, name): text for group in found for name, text in group.rows} for _, found in tables]
    lines, title = [], ""
    for key in dict.fromkeys(key for found in known for key in found):
        if key[0] != title:
            title = key[0]
            lines.append(f'<tr><td class="group" colspan="{len(known) + 1}">{escape(title)}</td></tr>')
        cells = "".join(f'<td class="figure">{escape(found.get(key, ""))}</td>' for found in known)
        lines.append(f"<tr><td>{escape(key[1])}</td>{cells}</tr>")
    head = "".join(f'<th class="figure">{escape(name)}</th>' for name, _ in tables)
    return f"<table><tr><th></th>{head}</tr>{''.join(lines)}</table>"


def _worst(document: Mapping[str, Any]) -> str:
    """Return the list of the tiles that err most, and what the pictures of one show."""
    tiles = document["quality"]["worst_tiles"]
    rows = [[_text(tile[name]) for name in ("name", "row", "column", "rmse_db")] for tile in tiles]
    listed = _table(["Band", "Row", "Column", "RMS error, dB"], rows)
    shown = document["pictures"]["worst_tile"]
    if shown is None:
        return listed
    row, col, height, width = shown["window"]
    where = f"{height} rows from row {row:,} and {width} columns from column {col:,}"
    return f"{listed}<p>{escape(document['pictures']['band'])}, {where}, each pixel as it is:</p>"


def _marks(marks: Mapping[str, Any], band: str) -> str:
    """Return the tables of pins and regions, if there are any."""
    pins = [
        [
            name,
            *map(_text, (pin["row"], pin["column"])),
            *map(_pixel_db, (pin["original"], pin["decoded"])),
            pin["unit"],
        ]
        for name, pin in marks["pins"].items()
    ]
    regions = [
        [
            name,
            *(f"{region[first]:,} to {region[first] + region[size] - 1:,}" for first, size in SPANS),
            *(
                _text(figures[key])
                for key in ("mean_db", "looks")
                for figures in (region["original"], region["decoded"])
            ),
            _text(region["bias_db"]),
            region["unit"],
        ]
        for name, region in marks["regions"].items()
    ]
    tables = (
        ("Pins", ["Pin", "Row", "Column", "Original", "Decoded", "Unit"], pins),
        ("Regions", ["Region", "Rows", "Columns", *REGION_FIGURES, "Bias, dB", "Unit"], regions),
    )
    return "\n".join(_section(f"{name} in {escape(band)}", _table(head, rows)) for name, head, rows in tables if rows)


def _pixel_db(values: Mapping[str, Any] | None) -> str:
    """Return a pixel in σ⁰ dB where there is a calibration."""
    if values is None:
        return DASH
    return _text(values["db"] if values["sigma0_db"] is None else values["sigma0_db"])


def _georeference(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    corners = [f"{latitude:.5f}, {longitude:.5f}" for longitude, latitude in said["corners_lonlat"] or []]
    return [
        ("Coordinate reference system", said["crs"] or "none"),
        ("Affine transform", ", ".join(f"{one:.10g}" for one in said["affine"] or [])),
        ("Ground control points", _text(said["ground_control_points"]) if said["ground_control_points"] else ""),
        ("Corners, latitude and longitude", "; ".join(corners).replace("-", MINUS)),
    ]


def _pictures(figures: Sequence[Figure]) -> str:
    return f'<div class="pictures">{"".join(map(_figure, figures))}</div>'


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
