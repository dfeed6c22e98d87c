"""The tables say what was measured."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest

from benchmarks import results as of
from benchmarks import tables
from benchmarks.page import page
from benchmarks.results import PEERS, Result


def cells(text: str, first: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_checkpoint_has_its_saving_against_each_peer_per_image_and_mean(results: list[Result]) -> None:
    text = tables.savings(results, "m-1")
    found = dict(zip(PEERS, cells(text, "lake")[1:], strict=True))
    assert float(found["openjpeg"]) == pytest.approx(-25, abs=1)
    assert float(found["avif"]) == pytest.approx(-37.5, abs=1)
    assert cells(text, r"**mean, multi-look**")[1:] == cells(text, "lake")[1:]
    assert cells(text, r"**mean, complex, single-look**")[1:] == cells(text, "burst")[1:]


def test_a_mean_over_some_images_alone_says_so(results: list[Result]) -> None:
    apart = [replace(one, error_db=one.error_db + 10) for one in results[0].curves["zfp"]]
    other = replace(results[0], name="far", curves={**results[0].curves, "zfp": apart})
    text = tables.savings([results[0], other], "m-1")
    assert cells(text, "far")[-1] == "–"
    assert cells(text, r"**mean, multi-look**")[-1].endswith("(1 of 2)")


def test_the_ranking_is_against_openjpeg(results: list[Result]) -> None:
    text = tables.ranking(results)
    assert float(cells(text, "HTJ2K")[1]) == pytest.approx(20, abs=1)
    assert float(cells(text, "sargui m-1")[2]) == pytest.approx(-25, abs=1)
    assert "| OpenJPEG |" not in text


def test_figures_at_equal_rate(results: list[Result]) -> None:
    text = tables.at_rates(results, ["m-1", "openjpeg"], of.bias, tables.decibels)
    assert cells(text, "sargui m-1") == ["sargui m-1", "-0.200", "-0.200", "-0.200", "-0.200", "-0.200"]
    text = tables.at_rates(results, ["openjpeg"], of.log_looks, tables.ratio)
    assert cells(text, "OpenJPEG")[1:] == ["2.00"] * 5


def test_figures_at_a_rate_are_of_the_images_that_the_first_codec_reaches(results: list[Result]) -> None:
    fine = [replace(one, rate=2 * one.rate, bias_db=1.0) for one in results[0].curves["m-1"]]  # from 0.06 to 4.5
    other = replace(results[0], curves={**results[0].curves, "m-1": fine})
    short = [one for one in fine if one.rate < 1.5]
    shorter = replace(results[0], curves={**results[0].curves, "m-1": short})
    text = tables.at_rates([other, shorter], ["m-1", "openjpeg"], of.bias, tables.decibels)
    assert cells(text, "bits per pixel")[1:] == ["0.1 (2)", "0.25 (2)", "0.5 (2)", "1 (2)", "2 (1)"]
    assert cells(text, "sargui m-1")[-1] == "+1.000"
    assert cells(text, "OpenJPEG")[-1] == "-0.300"
    none = tables.at_rates([shorter], ["m-1", "openjpeg"], of.bias, tables.decibels)
    assert cells(none, "OpenJPEG")[-1] == "–"


def test_looks_without_end_are_not_written_out() -> None:
    assert (tables.ratio(math.log(2)), tables.ratio(20.0), tables.ratio(math.nan)) == ("2.00", "> 100", "–")


def test_the_cost_of_the_correction_is_in_bits_and_in_error(results: list[Result]) -> None:
    rows = tables.cost_of_power(results, "m-1").splitlines()[2:]
    assert len(rows) == 12
    last = [float(cell) for cell in rows[-1].strip("| ").split("|")]
    assert last == pytest.approx([110, 2.25, 22.5, 0.375, 0], abs=0.006)


def test_the_reference_stands_beside_the_codecs(results: list[Result]) -> None:
    found = cells(tables.bounds(results, "m-1"), "lake")
    assert found[5] == "0.500"  # at 1 dB
    assert float(found[7]) == pytest.approx(math.log2(3), abs=0.02)
    assert float(found[6]) == pytest.approx(0.75 * math.log2(3), abs=0.02)
    assert cells(tables.bounds([replace(results[0], reference=None)], "m-1"), "lake")[5] == "–"


def test_losses_and_oddities_are_named(results: list[Result]) -> None:
    with_power, plain = tables.losses(results, "m-1")
    assert re.fullmatch(r"SZ3 on `burst`: sargui m-1 \+ power takes 5[0-3]\.\d % more\.", with_power)
    assert re.fullmatch(r"SZ3 on `burst`: sargui m-1 takes (49|50|51)\.\d % more\.", plain)
    assert tables.oddities(results) == []
    still = {**results[0].curves, "avif": [results[0].curves["avif"][0]] * 3}
    turned = [*still["lerc"], replace(still["lerc"][-1], rate=2.4, error_db=9.0)]
    odd = replace(results[0], curves={**still, "lerc": turned})
    assert tables.oddities([odd]) == [
        "`lake`: AVIF does not obey its setting.",
        "`lake`: the curve of LERC is not monotone.",
    ]


def test_the_page_has_every_table_and_plot(results: list[Result]) -> None:
    text = page(results, ["m-1"], "test", "OpenJPEG 2", ["test_rate_distortion.svg", "test_downstream.svg"])
    assert text.count("| --- |") == 3 + 2 * 6 + 1
    assert "![downstream](test_downstream.svg)" in text
    assert "--split test --model m-1" in text
    assert "\n\n\n" not in text
