"""The report's page: numbers as people write them."""

import math

import pytest

from sargui.engine.report_page import _text, _word


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (1234567, "1,234,567"),
        (-0.0204, "−0.020"),
        (38.0, "38"),
        (0.71249, "0.712"),
        ("best", "best"),
    ],
)
def test_values(value, text):
    assert _text(value) == text


@pytest.mark.parametrize(
    ("name", "word"), [("checkpoint_sha256", "Checkpoint SHA-256"), ("edge_preservation", "Edge preservation")]
)
def test_names_without_a_word_of_their_own(name, word):
    assert _word(name) == word
