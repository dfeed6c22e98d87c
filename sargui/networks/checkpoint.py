"""Checkpoints: weights in safetensors, everything about them in the card beside (core.types.ModelCard).

The entropy network is stored as the integers it computes with, the rest in half precision. The coding tables
(integers, fitted to counts) travel in the same file, and so does the network's configuration, so one digest covers all
that decoding needs. (none-3 is older and has its configuration in the card alone.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from sargui.core.catalogue import check_digest
from sargui.core.errors import CheckpointError
from sargui.core.types import ModelCard
from sargui.networks.autoencoder import Autoencoder
from sargui.networks.config import NetworkConfig
from sargui.networks.integer import ACTIVATION_UNIT, WEIGHT_UNIT, IntegerConv

TABLE_PREFIX = "tables."
CONFIG = "network"  # the key of the configuration in the file's metadata


def save(network: Autoencoder, tables: Mapping[str, Tensor], card: ModelCard, folder: Path) -> ModelCard:
    """Write NAME.safetensors and NAME.json into `folder`; return the card with digest and path filled in.

    Raises:
        ValueError: the integer path could overflow.
    """
    network.entropy.check_sums()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{card.name}.safetensors"
    content = _to_file(network) | {TABLE_PREFIX + name: table.contiguous() for name, table in tables.items()}
    described = {CONFIG: json.dumps(network.config.to_card())}  # one key: safetensors writes several in any order
    save_file(content, path, metadata=described)
    path.chmod(0o644)  # safetensors writes for the owner alone
    saved = replace(card, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), path=str(path))
    write_card(saved)
    return saved


def write_card(card: ModelCard) -> None:
    """Write NAME.json beside the weights of a card."""
    fields = asdict(card)
    path = Path(fields.pop("path")).with_suffix(".json")
    path.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")


def load(card: ModelCard) -> tuple[Autoencoder, dict[str, Tensor]]:
    """Return the network of a card, in evaluation mode on the CPU, and its coding tables by name.

    Raises:
        CheckpointError: the weights are missing, altered, or do not fit the card.
    """
    check_digest(card)
    config = NetworkConfig.from_card(card.network)
    try:
        with safe_open(card.path, "pt") as file:
            content = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no mapping)
            described = (file.metadata() or {}).get(CONFIG)
    except SafetensorError as error:
        reason = f"{Path(card.path).name} is no safetensors file"
        raise CheckpointError(f"The weights of the checkpoint '{card.name}' cannot be read: {reason}.") from error
    except OSError as error:
        raise CheckpointError(f"The weights of the checkpoint '{card.name}' cannot be read: {error}.") from error
    tables = {
        name.removeprefix(TABLE_PREFIX): content.pop(name) for name in list(content) if name.startswith(TABLE_PREFIX)
    }
    network = Autoencoder(config)
    try:
        if described is not None and _config(described) != config:
            raise ValueError("weights of another network")
        network.load_state_dict(_from_file(network, content))
        network.entropy.check_sums()
    except (RuntimeError, ValueError) as error:
        raise CheckpointError(f"The weights of the checkpoint '{card.name}' do not fit its card.") from error
    return network.eval().requires_grad_(False), tables


def _config(described: str) -> NetworkConfig:
    """Return the configuration that a file describes, which is a stranger's."""
    content = json.loads(described)
    if not isinstance(content, dict):
        raise ValueError("no configuration")
    return NetworkConfig.from_card(content)


def _integer_units(network: Autoencoder) -> dict[str, int]:
    """Return, for each parameter that is computed with as integers, how many integers make 1."""
    units: dict[str, int] = {"entropy.h_s.quality.weight": WEIGHT_UNIT, "entropy.h_s.quality.bias": ACTIVATION_UNIT}
    for name, module in network.named_modules():
        if isinstance(module, IntegerConv):
            units |= {f"{name}.weight": WEIGHT_UNIT, f"{name}.bias": WEIGHT_UNIT * ACTIVATION_UNIT}
        elif name.startswith("entropy.heads.") and hasattr(module, "base"):
            units[f"{name}.base"] = ACTIVATION_UNIT
    return units


def _to_file(network: Autoencoder) -> dict[str, Tensor]:
    units = _integer_units(network)
    content = {}
    for name, value in network.state_dict().items():
        value = value.detach().cpu()
        if name in units:
            integers = torch.floor(value.double() * units[name] + 0.5)
            small = units[name] == WEIGHT_UNIT
            content[name] = integers.clamp(-127, 127).to(torch.int8) if small else integers.to(torch.int32)
        elif name == "entropy.magnitudes":
            content[name] = value.to(torch.int16)
        else:
            content[name] = value.to(torch.float16) if value.is_floating_point() else value
    return {name: value.contiguous() for name, value in content.items()}


def _from_file(network: Autoencoder, content: Mapping[str, Tensor]) -> dict[str, Tensor]:
    units = _integer_units(network)
    return {name: value.to(torch.float32) / units.get(name, 1) for name, value in content.items()}
