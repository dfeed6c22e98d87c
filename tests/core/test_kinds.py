"""Tests of sargui.core.kinds: what a raster says of its numbers."""

import pytest

from sargui.core.kinds import stated_kind
from sargui.core.types import Kind


@pytest.mark.parametrize(
    ("labels", "tags", "kind"),
    [
        (("dB", ""), ({}, {}), Kind.DB),
        (("", "sigma0"), ({}, {"": {"SAR_KIND": "amp"}}), Kind.AMPLITUDE),
        (("dB", ""), ({"SARGUI": {"KIND": "power"}}, {}), Kind.POWER),
        (("m2/m2", "sigma0"), ({}, {}), None),
    ],
)
def test_what_a_file_says_can_be_asked_whatever_the_user_says(labels, tags, kind):
    assert stated_kind(labels, tags) is kind
