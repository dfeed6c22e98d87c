"""sargui: compress SAR images with an attention autoencoder, and see what it does to them.

The Python interface is four names, loaded when first used: `open`, `compress`, `decompress`, `evaluate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sargui.engine.api import compress, decompress, evaluate, open

__version__ = "0.1.0"
__all__ = ["__version__", "compress", "decompress", "evaluate", "open"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'sargui' has no attribute '{name}'")
    from sargui.engine import api

    return getattr(api, name)
