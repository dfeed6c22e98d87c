"""Tests of sargui.io.safe_places: the place that a product's annotation gives, where its images give none."""

import logging

import pytest
from numpy.testing import assert_allclose

from sargui.core.types import Georeference
from sargui.io import open_product, place_of, with_annotated_place


@pytest.fixture
def product(make_safe, tmp_path):
    return make_safe(tmp_path, points=False)


def annotated(product):
    with open_product(product) as source:
        return source.info, with_annotated_place(source.info, source.annexes())


def spoil(product, old, new):
    for path in product.glob("annotation/s1*.xml"):
        path.write_text(path.read_text().replace(old, new))


def test_the_annotation_places_images_that_do_not_place_themselves(product):
    stored, shown = annotated(product)
    assert stored.georeference == Georeference()
    assert place_of(stored) is None
    with place_of(shown) as place:
        assert_allclose(place.lonlat([0, 199], [0, 299]), [[15.3, 15.26014], [42.4, 42.38807]], atol=1e-8)
    assert shown.georeference.gcps[0].z == 12.5


def test_it_says_the_same_as_images_that_do(product, make_safe, tmp_path):
    own, unchanged = annotated(make_safe(tmp_path / "own"))
    assert unchanged is own
    _, shown = annotated(product)
    with place_of(own) as one, place_of(shown) as other:
        assert_allclose(one.lonlat([5, 70, 150], [9, 200, 30]), other.lonlat([5, 70, 150], [9, 200, 30]), rtol=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<line>0<", "<line>first<", "no numbers"),
        ("<pixel>0<", "<pixel>nan<", "no numbers"),
        ("<height>", "<depth>", "not valid XML"),
        ("<product>", '<!DOCTYPE product [<!ENTITY a "b">]><product>', "document type"),
    ],
)
def test_a_damaged_annotation_is_a_line_in_the_log(product, caplog, old, new, reason):
    spoil(product, old, new)
    with caplog.at_level(logging.WARNING, "sargui"):
        stored, shown = annotated(product)
    assert shown is stored
    assert reason in caplog.text


def test_an_annotation_without_places_gives_none(product, caplog):
    spoil(product, "geolocationGridPoint>", "point>")
    _, shown = annotated(product)
    assert place_of(shown) is None
    assert caplog.records == []
