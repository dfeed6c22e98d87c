"""The shape of a network, as the model card states it; weights are never asked for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sargui import attention
from sargui.attention.cbam import BLOCKS
from sargui.attention.se import POOLINGS
from sargui.attention.spatial import KERNELS
from sargui.core.errors import CheckpointError
from sargui.networks.quality import QUALITY_MAX

LATENTS = 256  # channels of y: one for each of the 16 × 16 pixels of a cell
MAX_SIDE = 64  # channels of z: their coding tables are numbered by one byte, after the 192 of the latents
PRESETS = ("lapped", "classic")
PLACEMENTS = ("encoder", "decoder", "bottleneck", "all", "latents")
MAX_WIDTH = 1024  # of any layer: a bound on what a stranger's card can allocate


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Sizes of all parts; the defaults are what ships.

    `preset` says which transforms there are (transforms.py, classic.py), and `quality`, in hundredths, the only one
    that the network is for; None: all. `stages` are the channels of the nonlinear branch at 1/2, 1/4, 1/8 and 1/16,
    `blocks` the number of residual blocks at each. `groups` cuts the latents, ordered by frequency, into the groups
    that are coded one after another. `hyper` is the width of the hyperprior's layers, `side` the channels of z.
    `pooling`, `reduction` (0: by the rule), `kernel`, `heads` and `block` shape the attention variants that take them.

    Raises:
        CheckpointError: there is no such variant, placement or option.
    """

    stages: tuple[int, int, int, int] = (16, 48, 96, 192)
    blocks: tuple[int, int, int, int] = (0, 1, 1, 1)
    groups: tuple[int, ...] = (16, 48, 192)
    hyper: int = 96
    side: int = 48
    attention: str = "none"
    placement: str = "bottleneck"
    pooling: str = "avg"
    reduction: int = 0
    kernel: int = 7
    heads: int = 8
    block: str = "plain"
    preset: str = "lapped"
    quality: int | None = None

    def __post_init__(self) -> None:
        _check("preset", self.preset, PRESETS)
        _check("attention variant", self.attention, attention.names())
        _check("placement of attention", self.placement, PLACEMENTS)
        _check("pooling", self.pooling, POOLINGS)
        _check("kernel size", self.kernel, KERNELS)
        _check("block", self.block, BLOCKS)
        for name, least in (("reduction", 0), ("heads", 1)):
            number = getattr(self, name)
            if type(number) is not int or not least <= number <= MAX_WIDTH:
                raise CheckpointError(f"The {name} of attention must be from {least} to {MAX_WIDTH}, not '{number}'.")

    @property
    def latents(self) -> int:
        """Channels of y."""
        return sum(self.groups)

    def attention_options(self) -> dict[str, Any]:
        """Return those of the options that the chosen attention variant takes."""
        return {name: getattr(self, name) for name in attention.options(self.attention) if hasattr(self, name)}

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


def _check(what: str, value: object, known: Collection[int | str]) -> None:
    if type(value) not in (int, str) or value not in known:
        listed = ", ".join(map(str, known))
        raise CheckpointError(f"There is no {what} '{value}'; known are: {listed}.")


def _possible(config: NetworkConfig) -> bool:
    if not all(isinstance(part, tuple) for part in (config.stages, config.blocks, config.groups)):
        return False
    sizes = (*config.stages, *config.groups, config.hyper, config.side)
    whole = all(type(size) is int and 1 <= size <= MAX_WIDTH for size in sizes)  # true is an int to isinstance
    few = all(type(count) is int and 0 <= count <= 16 for count in config.blocks)
    if not (whole and few and config.side <= MAX_SIDE and len(config.stages) == len(config.blocks) == 4):
        return False
    if config.quality is not None and not (type(config.quality) is int and 0 <= config.quality <= QUALITY_MAX):
        return False
    wanted = LATENTS if config.preset == "lapped" else config.stages[-1]
    return config.latents == wanted
