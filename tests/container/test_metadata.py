"""The metadata layer."""

import math
import random
from dataclasses import replace

import pytest

from sargui.container import product_from_bytes, product_to_bytes
from sargui.container.checked import DamageError
from sargui.core.errors import UnsupportedRasterError
from sargui.core.types import BandInfo, Georeference, GroundControlPoint, Kind, MaskKind, ProductInfo

from . import handmade

INFO = ProductInfo(
    name="S1A_IW_GRDH",
    rows=16_685,
    cols=25_788,
    bands=(
        BandInfo("uint16", Kind.AMPLITUDE, 0.0, "VV", "", 1.0, 0.0, "gray", (), {"": {"POLARIZATION": "VV"}}),
        BandInfo("float32", Kind.DB, -math.inf, "VH – σ⁰", "dB", 0.1, -1e-300, "undefined", ((7, 1, 2, 3, 4),), {}),
    ),
    georeference=Georeference(
        'GEOGCRS["WGS 84"]',
        (10.0, 0.1, 399_960.0, -0.3, -10.0, 4_500_040.0),
        (GroundControlPoint(0.5, 1 / 3, 11.1, 46.2, 1e-9, "1", "corner"), GroundControlPoint(0, 0, -1, -2)),
        "EPSG:4326",
    ),
    tags={"": {"TIFFTAG_DATETIME": "2024", "empty": ""}, "RPC": {"é\n": "\x00"}},
    driver="GTiff",
    source_bytes=1 << 40,
    mask=MaskKind.ALPHA,
    product="sentinel-1-safe",
)


def test_a_product_survives_exactly():
    assert product_from_bytes(product_to_bytes(INFO)) == INFO


def test_a_product_without_place_survives():
    info = ProductInfo("plain", 1, 1, (BandInfo("uint8", Kind.AMPLITUDE),))
    assert product_from_bytes(product_to_bytes(info)) == info


def test_metadata_written_by_hand_is_read():
    info = product_from_bytes(handmade.pack_json(handmade.METADATA))
    assert info.georeference.affine == (10, 0, 500_000, 0, -10, 4_500_000)
    assert info.tags == {"": {"SENSOR": "by hand"}}
    table = ((0, 0, 0, 0, 255), (65535, 255, 255, 255, 0))
    assert info.bands == (BandInfo("uint16", Kind.AMPLITUDE, 0.0, "VV", color_table=table),)
    assert (info.mask, info.product) == (MaskKind.DATASET, "by hand")


def test_metadata_of_no_use_to_a_reader_are_not_written():
    huge = "".join(map(chr, random.Random(1).choices(range(32, 127), k=(1 << 24) + 1)))
    with pytest.raises(UnsupportedRasterError, match="16 MiB"):
        product_to_bytes(replace(INFO, tags={"": {"huge": huge}}))


PLACE = handmade.METADATA["georeference"]
BAND = handmade.METADATA["bands"][0]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 1},
        {"rows": 0},
        {"bands": {}},
        {"bands": [{**BAND, "scale": "1"}]},
        {"bands": [{**BAND, "tags": {"": {"a": 1}}}]},
        {"bands": [{**BAND, "kind": "x"}]},
        {"bands": [{**BAND, "color_table": None}]},
        {"bands": [{**BAND, "color_table": [[0, 0, 0, 0]]}]},
        {"bands": [{**BAND, "color_table": [[0, 0, 0, 256, 0]]}]},
        {"bands": [{**BAND, "color_table": [[65536, 0, 0, 0, 0]]}]},
        {"bands": [{**BAND, "color_table": [[True, 0, 0, 0, 0]]}]},
        {"product": None},
        {"georeference": None},
        {"georeference": {**PLACE, "affine": [1, 2, 3]}},
        {"georeference": {**PLACE, "affine": [1, 2, 3, 4, 5, None]}},
        {"georeference": {**PLACE, "gcps": [[1, 2, 3]]}},
        {"georeference": {**PLACE, "gcps": [[1, 2, 3, 4, 5, 6, 7]]}},
        {"georeference": {**PLACE, "gcps": 5}},
        {"tags": []},
        {"tags": {"": "text"}},
        {"tags": {"": {"\ud800": ""}}},
        {"driver": None},
        {"source_bytes": -1},
    ],
)
def test_a_field_that_is_wrong_is_damage(changes):
    with pytest.raises(DamageError):
        product_from_bytes(handmade.pack_json({**handmade.METADATA, **changes}))


def test_a_kind_of_mask_of_a_later_program_costs_the_mask_alone():
    info = product_from_bytes(handmade.pack_json({**handmade.METADATA, "mask": "per class"}))
    assert info == replace(product_from_bytes(handmade.pack_json(handmade.METADATA)), mask=MaskKind.NONE)


@pytest.mark.parametrize("key", list(handmade.METADATA))
def test_a_field_that_is_missing_is_damage(key):
    with pytest.raises(DamageError):
        product_from_bytes(handmade.pack_json({k: v for k, v in handmade.METADATA.items() if k != key}))
