"""The comparison as a user runs it, on one small image."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

pytest.importorskip("imagecodecs")
from benchmarks import cache, compare, images, ours, peers  # needs imagecodecs


@pytest.fixture
def arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, speckle_tif: Path, tiny: str) -> dict[str, object]:
    """Let the split be one image, the peers two, and the cache a folder of its own."""
    (tmp_path / "test").mkdir()
    speckle_tif.rename(tmp_path / "test" / "speckle.tif")
    for name, value in (("SPLITS", {"test": ("speckle",)}), ("COMPLEX", {"test": ()})):
        monkeypatch.setattr(images, name, value)
    monkeypatch.setattr(cache, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(ours, "QUALITIES", (20, 60, 90))
    for name in set(peers.PEERS):
        peer = peers.PEERS[name]
        monkeypatch.setitem(peers.PEERS, name, peers.Peer(**_fewer(peer)))
    return {"model": [tiny], "data": tmp_path, "split": "test", "only": "", "device": "cpu", "out": tmp_path / "out"}


def _fewer(peer: peers.Peer) -> dict[str, object]:
    fields = {name: getattr(peer, name) for name in peer.__dataclass_fields__}
    return fields | {"settings": peer.settings[2:9:3]}


def test_one_command_writes_tables_and_figures_and_a_rerun_codes_nothing(
    arguments: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare.main(**arguments)  # type: ignore[arg-type]
    folder = tmp_path / "out"
    text = (folder / "test.md").read_text(encoding="utf-8")
    content = json.loads((folder / "test.json").read_text(encoding="utf-8"))
    assert "| speckle |" in text
    (image,) = content["images"]
    assert set(image["curves"]) == {"tiny", "tiny + power", *peers.PEERS}
    assert all(len(curve) == 3 for curve in image["curves"].values())

    def forbidden(*_: object) -> None:
        raise AssertionError("it was measured before")

    monkeypatch.setattr(ours, "code", forbidden)
    monkeypatch.setattr(peers, "coded", forbidden)
    compare.main(**arguments)  # type: ignore[arg-type]
    assert (folder / "test.md").read_text(encoding="utf-8") == text
    assert json.loads((folder / "test.json").read_text(encoding="utf-8")) == content


def test_a_checkpoint_without_a_curve_is_not_told_of_in_detail(
    arguments: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ours, "qualities", lambda card: (50.0,))
    with pytest.raises(typer.BadParameter, match="tiny has one quality"):
        compare.main(**arguments)  # type: ignore[arg-type]
