"""Every attention variant with every option, at its start and away from it."""

from collections.abc import Callable

import pytest
import torch

from sargui.attention import Attention, create

CASES = {
    "none": ("none", {}),
    **{f"se-{pooling}": ("se", {"pooling": pooling}) for pooling in ("avg", "max", "sum", "both")},
    "se-r2": ("se", {"reduction": 2}),
    "eca": ("eca", {}),
    "spatial-3": ("spatial", {"kernel": 3}),
    "spatial-7": ("spatial", {"kernel": 7}),
    "cbam": ("cbam", {}),
    "cbam-3": ("cbam", {"kernel": 3, "reduction": 8}),
    "cbam-residual": ("cbam", {"block": "residual"}),
    "self": ("self", {}),
    "multihead-8": ("multihead", {}),
    "multihead-2": ("multihead", {"heads": 2}),
    "local": ("local", {}),
    "axial": ("axial", {}),
    "linear": ("linear", {}),
    "gate": ("gate", {}),
}
CHANNELS = 16


def new(case: str) -> Attention:
    torch.manual_seed(1)
    name, options = CASES[case]
    return create(name, CHANNELS, **options).eval()


def away(module: torch.nn.Module, seed: int = 0) -> None:
    """Move every parameter and statistic away from its start."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in module.state_dict().values():
            if value.is_floating_point():
                value += 0.1 * torch.rand(value.shape, generator=generator)


@pytest.fixture(params=CASES)
def fresh(request) -> Attention:
    """Each variant at its start."""
    return new(request.param)


@pytest.fixture(params=[case for case in CASES if case != "none"])
def moved(request) -> Attention:
    """Each variant that does something, away from its start."""
    module = new(request.param)
    away(module)
    return module.requires_grad_(False)


@pytest.fixture
def shaken() -> Callable[..., Attention]:
    """Return a function that creates a variant away from its start."""

    def make(name: str, channels: int = CHANNELS, **options: int | str) -> Attention:
        torch.manual_seed(2)
        module = create(name, channels, **options).eval()
        away(module)
        return module.requires_grad_(False)

    return make
