"""Small windows, one scene, its uninterrupted runs, and what resumes them."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from sargui.codec.tile_codec import TileCodec
from sargui.core.types import Effort
from sargui.engine.encoding import Encoder

from .killed import COLS, KILLS, QUALITY, ROWS, kept_at, written


@pytest.fixture(scope="module", autouse=True)
def _small_windows_and_a_codec_for_all():
    codecs = {}

    def load(card, device, effort):
        codecs[effort] = codecs.get(effort) or TileCodec.load(card, device, effort)
        return codecs[effort]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sargui.engine.compress.TileCodec", SimpleNamespace(load=load))
        patch.setattr("sargui.engine.scene.OVERVIEW_FROM", 1024)
        for module in ("scene_job", "resume"):
            patch.setattr(f"sargui.engine.{module}.NETWORK_WINDOW", 512)
        yield


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    """Two bands of amplitude, alpha between them; a window, parts of others and single pixels hold no measurement."""
    values = np.rint(np.sqrt(np.stack([power_of(ROWS, COLS, seed=seed) for seed in (1, 3, 2)]))).astype(np.uint16)
    values[:, 500:1100], values[2, 1300:1400, :9], values[:, ::37, 5] = 0, 0, 0
    return written(write, tmp_path_factory.mktemp("scene") / "scene.tif", values)


@pytest.fixture(scope="module")
def run(scene, pack, tmp_path_factory):
    """Return the result of an uninterrupted run with some settings, and a folder of what kills at some marks leave."""
    runs = {}

    def of(effort=Effort.FAST, keep_power=True):
        if (effort, keep_power) not in runs:
            folder = tmp_path_factory.mktemp("run")
            with pytest.MonkeyPatch.context() as patch:
                copies = kept_at(patch, folder, KILLS)
                result = pack(scene, folder / "scene.sarz", QUALITY, effort=effort, keep_power=keep_power)
            runs[effort, keep_power] = result, copies
        return runs[effort, keep_power]

    return of


@pytest.fixture
def resumed(scene, pack, tmp_path, monkeypatch):
    """Resume what a kill has left; return the result, and how many windows were coded for it."""
    coded, quantize = [], Encoder.quantize
    monkeypatch.setattr(Encoder, "quantize", lambda *args: coded.append(args) or quantize(*args))

    def go_on(left, source=scene, quality=QUALITY, effort=Effort.FAST, resume=True, **options):
        coded.clear()
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        shutil.copytree(left, tmp_path / "out")
        target = tmp_path / "out" / "scene.sarz"
        result = pack(source, target, quality, effort=effort, resume=resume, **options)
        assert [path.name for path in target.parent.iterdir()] == ["scene.sarz"]
        return result, len(coded)

    return go_on
