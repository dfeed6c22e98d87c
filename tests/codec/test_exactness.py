"""Every way of computing chooses the same coding tables; the same network in real numbers does not.

The long test needs the imagery of ../shared/data; `python -m benchmarks.exactness` prints its table.
"""

from pathlib import Path

import numpy as np
import pytest
import typer

from benchmarks.exactness import FIRST, IN_PROCESS, LIMIT_DB, Agreement, Coded, code, codec_of, compare, main, matrix
from sargui.codec.tile_codec import TileCodec
from sargui.core import catalogue
from sargui.training.patches import named_bands

DATA = Path(__file__).parents[3] / "shared" / "data"
CARDS = {card.name: card for card in catalogue.cards()}
QUALITY = 5500

pytestmark = pytest.mark.filterwarnings("ignore:TF32 acceleration")


def speckle(rows: int, cols: int) -> np.ndarray:
    """Return speckle of five looks on rolling ground, as network input."""
    row, col = np.ogrid[:rows, :cols]
    ground = np.sin(row / 90) + np.sin(col / 70)
    return (np.log10(np.random.default_rng(0).gamma(5, 1 / 5, ground.shape)) + ground).astype(np.float32)


@pytest.fixture(scope="module", autouse=True)
def _single_precision(tiny):
    """Let pixels be computed in single precision, as they are compared."""
    before, tiny.half_precision = tiny.half_precision, False
    yield
    tiny.half_precision = before


@pytest.fixture(scope="module")
def two_tiles(tiny) -> Coded:
    """Two tiles, one of them not full, as the tiny checkpoint codes them."""
    return code(tiny, [speckle(512, 900)], QUALITY)


@pytest.fixture(scope="module")
def control(tiny_card) -> TileCodec:
    """The float control of a checkpoint of the real size: the more numbers a sum has, the more its order matters."""
    return codec_of(next(iter(CARDS.values()), tiny_card), "cpu", control=True)


@pytest.fixture(scope="module")
def sixteen_tiles(control) -> Coded:
    """Sixteen tiles as the control codes them."""
    return code(control, [speckle(2048, 2048)], QUALITY)


@pytest.mark.parametrize("way", [FIRST, *IN_PROCESS], ids=lambda way: way.name)
def test_every_way_of_computing_chooses_the_same_tables_and_nearly_the_same_pixels(tiny, two_tiles, way):
    found = compare(tiny, two_tiles, way)
    assert found == Agreement(2, 0, 2, found.largest_db)
    assert found.largest_db <= LIMIT_DB


def test_a_float_control_is_one_as_long_as_nothing_changes(control, sixteen_tiles):
    assert compare(control, sixteen_tiles, FIRST, pixels=False) == Agreement(16, 0, 16)
    assert len(np.unique(sixteen_tiles.index)) > 40


def test_a_float_control_breaks_and_its_checksums_tell(control, sixteen_tiles):
    ways = [way for way in IN_PROCESS if way.layout == "contiguous" or (not way.onednn and way.nnpack)]
    found = sum((compare(control, sixteen_tiles, way, pixels=False) for way in ways), Agreement())
    assert found.tiles == 16 * len(ways) > 0
    assert found.flips > 0
    assert found.decoded < found.tiles


def test_without_imagery_there_is_one_sentence_and_no_error(tmp_path, capsys):
    with pytest.raises(typer.Exit) as end:
        main(tmp_path)
    assert end.value.exit_code == 0
    assert capsys.readouterr().out.startswith("Skipped: there is no imagery in")


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not (DATA / "test").is_dir(), reason="the imagery of ../shared/data is not here")
@pytest.mark.parametrize("name", CARDS)
def test_every_checkpoint_is_exact_on_every_test_image_at_five_qualities(name):
    images = [x for _, _, x in named_bands(DATA / "test")]
    rows = list(matrix(CARDS[name], images))
    for way, (ours, _) in rows:
        assert ours == Agreement(ours.tiles, 0, ours.tiles, ours.largest_db), way.name
        assert ours.largest_db <= LIMIT_DB, way.name
    control = sum((found for _, (_, found) in rows), Agreement())
    assert control.flips > 0
    assert control.decoded < control.tiles
