"""The drawing of a file's rate and error: at its place on the axes, beside its checkpoint's."""

import math
import re
from xml.etree import ElementTree

import pytest

from sargui.core.types import ModelCard
from sargui.engine.report_rate import HEIGHT, LEFT, WIDTH, drawing, rate_distortion

VALIDATION = {"qualities": [10.0, 50.0, 90.0], "bpp_and_rmse_db": {"one": [[0.1, 2.0], [0.4, 1.0], [1.6, 0.25]]}}


def found(rate, rmse_db, validation=VALIDATION):
    card = ModelCard("<a>-1", "a" * 64, "none", "none", {}, validation=validation)
    return rate_distortion({"bits_per_pixel": rate}, rmse_db, card)


def drawn(document):
    """Return the places of the points by their class, the words by their places, and all text."""
    root = ElementTree.fromstring(f"<div>{drawing(document)}</div>".replace("<br>", "<br/>"))
    circles = [(one.get("class"), float(one.get("cx")), float(one.get("cy"))) for one in root.iter("circle")]
    words = {one.text: (float(one.get("x")), float(one.get("y"))) for one in root.iter("text")}
    return circles, words, "".join(root.itertext())


def test_the_document_has_the_point_and_the_means_with_what_they_are_of():
    document = found(0.5, 0.9)
    assert (document["bits_per_pixel"], document["rmse_db"]) == (0.5, 0.9)
    known = document["validation"]
    assert (known["checkpoint"], known["images"], known["radiometric_correction"]) == ("<a>-1", 1, False)
    assert known["points"][1] == {
        "quality": 50.0,
        "bits_per_pixel": pytest.approx(0.4),
        "rmse_db": pytest.approx(1.0),
    }
    assert found(0.5, 0.9, {})["validation"] is None


@pytest.mark.parametrize("rate", [0.02, 0.5, 20.0])
def test_points_stand_where_the_axes_say(rate):
    circles, words, text = drawn(found(rate, 0.8))
    assert [name for name, _, _ in circles] == ["original"] * 3 + ["decoded"]
    ticks = sorted((float(word), x) for word, (x, y) in words.items() if y == HEIGHT + 16)
    (first, left), (last, right) = ticks[0], ticks[-1]
    per_decade = (right - left) / math.log10(last / first)
    for (_, x, y), (bits, error) in zip(circles, [(0.1, 2.0), (0.4, 1.0), (1.6, 0.25), (rate, 0.8)], strict=True):
        assert x == pytest.approx(left + per_decade * math.log10(bits / first), abs=0.3)
        assert HEIGHT - y == pytest.approx(error * (HEIGHT - words["1 dB"][1] + 4), abs=0.2)
        assert LEFT <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert f"this file: {rate:.4f} bits per pixel, 0.800 dB" in text
    assert "for orientation, not this scene: <a>-1 at 3 qualities, geometric mean over its 1 validation images" in text
    assert 3 <= len(ticks) <= 8


def test_without_validation_there_is_the_point_alone_with_ticks_about_it():
    circles, words, text = drawn(found(0.35, 0.8, {}))
    assert [name for name, _, _ in circles] == ["decoded"]
    assert {"0.2", "0.5", "0 dB", "0.8 dB"} <= set(words)
    assert "validation" not in text
    assert "original" not in drawing(found(0.35, 0.8, {}))


def test_a_checkpoint_of_one_quality_is_one_point_and_no_line():
    one = {"qualities": [50.0], "bpp_and_rmse_db": {"one": [[0.4, 1.0]]}}
    text = drawing(found(0.35, 0.0, one))
    assert re.findall(r'<path class="original" d="([^"]+)"', text) == []
    assert "at its quality, geometric mean" in text
    assert "−" not in text  # an error of 0 lies on the axis
