"""The shape of a network, as the model card states it; weights are never asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sargui.core.errors import CheckpointError

PLACEMENTS = ("bottleneck", "encoder", "decoder", "all", "latents")
LATENTS = 256  # channels of y: one for each of the 16 × 16 pixels of a cell
MAX_SIDE = 192  # channels of z: their coding tables are numbered by one byte, after the 64 of the latents
PLACEMENTS = ("encoder", "decoder", "bottleneck", "all", "latents")


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Sizes of all parts; the defaults are what ships.

    `stages` are the channels of the nonlinear branch at 1/2, 1/4, 1/8 and 1/16, `blocks` the number of residual
    blocks at each. `groups` cuts the latents, ordered by frequency, into the groups that are coded one after
    another. `hyper` is the width of the hyperprior's layers, `side` the channels of z.
    """

    stages: tuple[int, int, int, int] = (16, 48, 96, 192)
    blocks: tuple[int, int, int, int] = (0, 1, 1, 1)
    groups: tuple[int, ...] = (16, 48, 192)
    hyper: int = 96
    side: int = 48
    attention: str = "none"
    placement: str = "bottleneck"

    def __post_init__(self) -> None:
        if self.placement not in PLACEMENTS:
            known = ", ".join(PLACEMENTS)
            raise CheckpointError(f"Attention cannot be placed at '{self.placement}'; known places are: {known}.")

    def to_card(self) -> dict[str, Any]:
        """Return the configuration as it stands in a model card."""
        return asdict(self)

    @staticmethod
    def from_card(content: Mapping[str, Any]) -> NetworkConfig:
        """Return the configuration in a model card.

        Raises:
            CheckpointError: a field is unknown, or of the wrong type or size.
        """
        known = {field.name for field in fields(NetworkConfig)}
        if unknown := set(content) - known:
            raise CheckpointError(
                f"The model card asks for {', '.join(sorted(unknown))}, which this version does not know."
            )
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in content.items()
        }
        config = NetworkConfig(**values)
        if not _possible(config):
            raise CheckpointError("The model card describes a network of impossible shape.")
        return config


def _possible(config: NetworkConfig) -> bool:
    if not all(isinstance(part, tuple) for part in (config.stages, config.blocks, config.groups)):
        return False
    sizes = (*config.stages, *config.groups, config.hyper, config.side)
    whole = all(isinstance(size, int) and 1 <= size <= 1024 for size in sizes)
    few = all(isinstance(count, int) and 0 <= count <= 16 for count in config.blocks)
    named = isinstance(config.attention, str)
    if not (whole and few and named and config.side <= MAX_SIDE):
        return False
    return len(config.stages) == len(config.blocks) == 4 and sum(config.groups) == LATENTS
