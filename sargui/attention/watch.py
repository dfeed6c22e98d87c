"""Watching the attention modules of a network at work: what each saw in its last pass, and what it attended to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from sargui.attention.base import Attended, Attention, Gating


@dataclass(frozen=True, slots=True)
class Seen:
    """One pass of one module: features (batch, channels, rows, cols), what it attended to, and each single gate.

    `gates` broadcasts to the features; None where the module does not hand them out.
    """

    features: Tensor
    attended: Attended
    gates: Tensor | None


def attention_modules(network: nn.Module) -> dict[str, Attention]:
    """Return the attention modules of a network that have parameters, the outermost ones, by name."""
    found: dict[str, Attention] = {}
    for name, module in network.named_modules():
        inside = any(name.startswith(f"{outer}.") for outer in found)
        if isinstance(module, Attention) and not inside and any(True for _ in module.parameters()):
            found[name] = module
    return found


@contextmanager
def watching(network: nn.Module, names: Collection[str] | None = None) -> Iterator[dict[str, Seen]]:
    """Yield a dictionary that holds, while the network runs, the last pass of the named modules, of all if None."""
    passes: dict[str, Seen] = {}

    def watch(name: str, attention: Attention) -> Callable[..., None]:
        def hook(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
            attended = attention.attended(*given, **named)
            gates = attention.gates(_source(*given, **named)) if isinstance(attention, Gating) else None
            passes[name] = Seen(given[0], attended, gates)

        return hook

    handles = [
        module.register_forward_pre_hook(watch(name, module), with_kwargs=True)
        for name, module in attention_modules(network).items()
        if names is None or name in names
    ]
    try:
        yield passes
    finally:
        for handle in handles:
            handle.remove()


def _source(x: Tensor, source: Tensor | None = None) -> Tensor:
    """Return what a gating module computes its gates of."""
    return x if source is None else source
