"""What is measured of one image, one codec and one setting, and kept so that a rerun does only what changed."""

from __future__ import annotations

from pathlib import Path

from benchmarks import figures, ours, peers
from benchmarks.cache import digest, kept
from benchmarks.figures import Figures, Judge
from sargui.core.types import ModelCard


def of_peer(judge: Judge, name: str, setting: float) -> Figures:
    """Return what a peer does to a scene at a setting."""
    peer = peers.PEERS[name]

    def measure() -> dict[str, float]:
        size, decoded = peers.coded(name, peers.Scaled.of(judge.scene.x, peer.bits), setting)
        return judge.figures(setting, size, decoded)

    return Figures(**kept(digest(name, judge.scene.digest, setting, peer.digest(), figures.CODE), measure))


def of_sargui(judge: Judge, card: ModelCard, quality: float, device: str) -> tuple[Figures, Figures]:
    """Return what a checkpoint does to a scene at a quality: without and with the radiometric correction."""

    def measure() -> list[dict[str, float]]:
        coded = ours.code(judge.scene, str(Path(card.path).with_suffix(".json")), quality, device)
        return [
            judge.figures(quality, coded.plain_bytes, coded.plain),
            judge.figures(quality, coded.plain_bytes + coded.gains_bytes, coded.corrected),
        ]

    key = digest("sargui", judge.scene.digest, quality, card.sha256, ours.code_digest(), device, figures.CODE)
    plain, corrected = (Figures(**found) for found in kept(key, measure))
    return plain, corrected
