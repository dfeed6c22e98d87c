"""What a card says of its validation images, in the mean; and nothing where it says nothing that can be used."""

import pytest

from sargui.core.types import ModelCard
from sargui.engine.validation import validation_of


def card(**validation):
    return ModelCard("a-1", "a" * 64, "none", "none", {}, validation=validation)


def test_means_over_images_are_geometric():
    found = validation_of(
        card(qualities=[10, 50.0], bpp_and_rmse_db={"a": [[0.1, 4.0], [1.0, 2.0]], "b": [[0.4, 1.0], [1.0, 0.5]]})
    )
    assert (found.images, found.qualities) == (2, (10.0, 50.0))
    assert found.points[0] == pytest.approx((0.2, 2.0))
    assert found.points[1] == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize(
    "validation",
    [
        {},
        {"qualities": [50.0], "bpp_and_rmse_db": {}},
        {"qualities": [50.0], "bpp_and_rmse_db": {"a": [[0.1, 4.0], [1.0, 2.0]]}},
        {"qualities": [50.0], "bpp_and_rmse_db": {"a": [[0.1, 0.0]]}},
        {"qualities": [50.0], "bpp_and_rmse_db": {"a": [["some", "words"]]}},
        {"qualities": [10.0, 50.0], "bpp_and_rmse_db": {"a": [[0.1, 4.0]], "b": [[0.1, 4.0], [1.0, 2.0]]}},
        {"qualities": "all", "bpp_and_rmse_db": [1, 2]},
        {"qualities": None, "bpp_and_rmse_db": {"a": [[0.1, 4.0]]}},
    ],
)
def test_what_cannot_be_used_is_none(validation):
    assert validation_of(card(**validation)) is None
