"""The fuzz targets over their corpus, without a fuzzer, so that they do not rot."""

from pathlib import Path

import pytest

from sargui.container import LayerKind, Reader
from tests.faults.reading import small

from . import targets
from .seal import sealed

CORPUS = Path(__file__).parent / "corpus"
SEEDS = sorted(path.relative_to(CORPUS).as_posix() for path in CORPUS.glob("*/*"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_target_raises_nothing_but_what_is_foreseen(seed):
    targets.TARGETS[seed.split("/")[0]]((CORPUS / seed).read_bytes())


def test_every_target_has_seeds():
    assert {seed.split("/")[0] for seed in SEEDS} == set(targets.TARGETS)


def test_in_a_container_that_is_sealed_again_every_checksum_is_right(tmp_path):
    data, path = (CORPUS / "container" / "whole").read_bytes(), tmp_path / "a.sarz"
    assert sealed(data) == data
    places = small.places(small.taken_apart(data))
    for place in [*places["tiles"], *places["layers"]][::5]:
        path.write_bytes(sealed(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]))
        with Reader(path) as reader:
            assert not reader.damaged()
            assert all(reader.layer(kind) is not None for kind in LayerKind)
