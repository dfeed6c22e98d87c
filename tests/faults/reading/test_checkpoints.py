"""Checkpoints of strangers: a container that needs one is read with it, or the reason is one sentence; nothing runs."""

import hashlib
import io
import json
import math
import random
import struct
import zipfile

import pytest

from sargui.cli.inspect import models
from sargui.codec import tile_codec
from sargui.core import catalogue
from sargui.core.errors import CheckpointError
from sargui.engine.decoded import DecodedSource
from sargui.engine.validation import validation_of
from tests.container import handmade

from . import small

LOAD = tile_codec.TileCodec.__dict__["load"]  # before conftest.py puts one in its place that loads once


@pytest.fixture(scope="module")
def tiny(tiny_models):
    """The weights of the tiny checkpoint, and its card."""
    return (tiny_models / "tiny.safetensors").read_bytes(), json.loads((tiny_models / "tiny.json").read_text())


@pytest.fixture
def read_with(tiny, parts, written, tmp_path, monkeypatch):
    """Read a container with these weights as its checkpoint, their digest in order; `changes` are of the card."""
    monkeypatch.setattr(catalogue, "model_folders", lambda: [tmp_path])
    monkeypatch.setattr(tile_codec.TileCodec, "load", LOAD)

    def read(weights, **changes):
        card = {**tiny[1], "sha256": hashlib.sha256(weights).hexdigest(), **changes}
        (tmp_path / "tiny.safetensors").write_bytes(weights)
        (tmp_path / "tiny.json").write_text(json.dumps(card))
        content = {**parts["content"], "model_sha256": card["sha256"]}
        with DecodedSource(written(handmade.container(**{**parts, "content": content})), "cpu") as source:
            return source.codec

    return read


def taken_apart(weights):
    length = struct.unpack_from("<Q", weights)[0]
    return json.loads(weights[8 : 8 + length]), weights[8 + length :]


def put_together(header, tensors):
    content = json.dumps(header).encode()
    content += b" " * (-len(content) % 8)
    return struct.pack("<Q", len(content)) + content + tensors


def with_tensor(weights, name, dtype, itemsize):
    """Return weights in which a tensor is of another type, of the same shape and all zero."""
    header, tensors = taken_apart(weights)
    packed, at = b"", {}
    for key, entry in header.items():
        if key != "__metadata__":
            start, stop = entry["data_offsets"]
            same = key != name
            part = tensors[start:stop] if same else bytes(math.prod(entry["shape"]) * itemsize)
            place = [len(packed), len(packed) + len(part)]
            at[key] = {**entry, "dtype": entry["dtype"] if same else dtype, "data_offsets": place}
            packed += part
    return put_together({"__metadata__": header["__metadata__"], **at}, packed)


def test_weights_as_they_are_are_read(tiny, read_with):
    assert read_with(tiny[0]).network.config.side == 8
    header, tensors = taken_apart(tiny[0])
    assert read_with(put_together(header, tensors)).network.config.side == 8


@pytest.mark.parametrize("disguise", ["plain", "of torch", "behind a header"])
def test_a_pickle_in_disguise_is_not_unpickled(tiny, read_with, tmp_path, disguise):
    bomb = b"cos\nmkdir\n(S'" + bytes(tmp_path / "exploded") + b"'\ntR."  # a pickle that calls os.mkdir
    if disguise == "of torch":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("archive/data.pkl", bomb)
            archive.writestr("archive/version", b"3\n")
        bomb = buffer.getvalue()
    elif disguise == "behind a header":
        bomb = put_together({"gain": {"dtype": "U8", "shape": [len(bomb)], "data_offsets": [0, len(bomb)]}}, bomb)
    with pytest.raises(CheckpointError):
        read_with(bomb)
    assert not (tmp_path / "exploded").exists()


def test_a_wrong_digest_is_noticed_before_anything_is_read(tiny, read_with, monkeypatch):
    monkeypatch.setattr("sargui.networks.checkpoint.safe_open", None)
    with pytest.raises(CheckpointError, match="not the ones its card describes"):
        read_with(tiny[0][:-1] + b"!", sha256=hashlib.sha256(tiny[0]).hexdigest())


@pytest.mark.parametrize("length", [0, 1, 1 << 32, 1 << 60, (1 << 64) - 1])
def test_a_header_of_any_length_is_one_sentence(tiny, read_with, length):
    with pytest.raises(CheckpointError, match="cannot be read"):
        read_with(struct.pack("<Q", length) + tiny[0][8:])


@pytest.mark.parametrize(
    "described", ["5", "null", "[]", '["stages"]', '"x"', "1e999", "{", "[" * 9999, '{"stages": 5}']
)
def test_a_configuration_that_is_none_is_one_sentence(tiny, read_with, described):
    header, tensors = taken_apart(tiny[0])
    header["__metadata__"]["network"] = described
    with pytest.raises(CheckpointError):
        read_with(put_together(header, tensors))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, value) for key in ("stages", "blocks", "groups") for value in ([], [True] * 4, [[1]] * 4, {}, 7)),
        *((key, value) for key in ("hyper", "side", "heads") for value in (True, 0, 10**30, "8", None)),
        ("stages", [1024] * 4),
        ("preset", ["lapped"]),
        ("attention", {}),
    ],
)
def test_a_network_that_cannot_be_is_one_sentence(tiny, read_with, key, value):
    with pytest.raises(CheckpointError):
        read_with(tiny[0], network={**tiny[1]["network"], key: value})
    with pytest.raises(CheckpointError):
        read_with(tiny[0], network={**tiny[1]["network"], "preset": "classic", "stages": [], "blocks": []})


@pytest.mark.parametrize("changes", [{"validation": {"bd_rate_openjpeg": 10**400}}, {"training": {"x": math.nan}}])
def test_a_card_with_numbers_that_are_none_is_one_sentence(tiny, read_with, changes):
    with pytest.raises(CheckpointError, match=r"tiny\.json cannot be used"):
        read_with(tiny[0], **changes)


@pytest.mark.filterwarnings("ignore:Casting complex values")
@pytest.mark.parametrize("dtype", ["BOOL", "U8", "F8_E5M2", "U16", "BF16", "U32", "F32", "F64", "I64", "U64", "C64"])
@pytest.mark.parametrize("name", ["gain", "entropy.magnitudes", "tables.half"])
def test_tensors_of_other_types_are_taken_or_refused(tiny, read_with, name, dtype):
    itemsize = {"BOOL": 1, "U8": 1, "F8_E5M2": 1, "U16": 2, "BF16": 2, "U32": 4, "F32": 4}.get(dtype, 8)
    try:
        codec = read_with(with_tensor(tiny[0], name, dtype, itemsize))
    except CheckpointError:
        return
    assert name != "tables.half"  # the other two are numbers to compute with, whatever their type
    assert not codec.network.gain.any() or name != "gain"


def test_no_altered_byte_leads_to_anything_but_a_sentence(tiny, read_with):
    chance, read = random.Random(5), 0
    names = len(tiny[0]) - len(taken_apart(tiny[0])[1])
    for _ in range(40):
        weights = bytearray(tiny[0])
        for _ in range(chance.randint(1, 3)):
            weights[chance.randrange(names)] = chance.randrange(256)
        try:
            read_with(bytes(weights))
            read += 1
        except CheckpointError:
            pass
    assert read < 40


ODD_FIGURES = [5, "x", [], {}, None, True, {"bd_rate": "x", "speckle_db": 5}, [[1, 2]]]


@pytest.mark.parametrize("odd", ODD_FIGURES, ids=str)
def test_a_card_whose_figures_are_none_is_listed_and_used_without_them(tiny, read_with, tmp_path, capsys, odd):
    validation = dict.fromkeys(
        ("bd_rate_openjpeg", "bd_rate_jpegxl", "experiment", "qualities", "bpp_and_rmse_db"), odd
    )
    read_with(tiny[0], attention="eca", validation=validation, training={"domain": odd})
    assert catalogue.default_card().name == "tiny"
    models()
    assert "tiny" in capsys.readouterr().out
    assert validation_of(catalogue.default_card()) is None
    small.make_parts(tmp_path)  # compresses, and says whether the scene is unlike what the checkpoint knows
