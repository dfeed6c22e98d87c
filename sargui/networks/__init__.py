"""Second floor: the networks, pixels to latents and back, and the integer network that selects coding tables."""

from sargui.networks.autoencoder import Autoencoder
from sargui.networks.checkpoint import load, save, write_card
from sargui.networks.config import NetworkConfig

__all__ = ["Autoencoder", "NetworkConfig", "load", "save", "write_card"]
