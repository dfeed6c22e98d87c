"""Tests of the first picture of a raster: the same as a look's, without torch."""

import subprocess
import sys
from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from sargui.core.errors import JobCancelled, UnreadableRasterError, UnsupportedRasterError
from sargui.core.types import Kind, Window
from sargui.engine.bench import Bench
from sargui.engine.dispatch import Engine
from sargui.engine.look import look
from sargui.engine.readings import Pair
from sargui.engine.requests import Look

PROGRAM = """
import sys
from pathlib import Path
from threading import Event
from sargui.engine.dispatch import execute
from sargui.engine.readings import Pair
from sargui.engine.requests import Look
picture = execute(Look(Path(sys.argv[1]), None), lambda progress: None, Event())
print(picture.original_db.shape, "torch" in sys.modules)
"""


@pytest.fixture(scope="module")
def scene(write, power_of, tmp_path_factory):
    values = np.rint(np.sqrt(power_of(300, 500))).astype(np.uint16)
    values[:40] = 0
    return write(tmp_path_factory.mktemp("glance") / "scene.tif", values, nodata=0)


@pytest.mark.parametrize("options", [{}, {"max_side": 100}, {"window": Window(20, 30, 100, 90), "max_side": 50}])
def test_it_shows_what_a_look_shows(scene, options):
    request, engine = Look(scene, None, device="cpu", **options), Engine()
    found = engine.execute(request, lambda progress: None, Event())
    engine.close()
    with Bench() as bench:
        expected = look(request, lambda progress: None, Event(), bench)
    np.testing.assert_array_equal(found.original_db, expected.original_db)
    assert (found.window, found.step, found.info) == (expected.window, expected.step, expected.info)


def test_a_rough_picture_lies_where_the_exact_one_does(scene):
    pictures = [
        Engine().execute(Look(scene, None, max_side=20, rough=rough), lambda progress: None, Event())
        for rough in (True, False)
    ]
    rough, exact = (picture.original_db for picture in pictures)
    assert [picture.rough for picture in pictures] == [True, False]
    np.testing.assert_array_equal(np.isnan(rough), np.isnan(exact))
    correlation = np.corrcoef(rough[np.isfinite(exact)], exact[np.isfinite(exact)])[0, 1]
    assert 0.5 < correlation < 1


def test_a_picture_of_little_is_never_rough(scene):
    request = Look(scene, None, window=Window(50, 60, 70, 80), max_side=20, rough=True)
    found = Engine().execute(request, lambda progress: None, Event())
    assert not found.rough
    expected = Engine().execute(replace(request, rough=False), lambda progress: None, Event())
    np.testing.assert_array_equal(found.original_db, expected.original_db)


def test_a_large_picture_is_left_when_it_is_cancelled(write, tmp_path):
    path, cancel, seen = write(tmp_path / "scene.tif", np.ones((1500, 3000), np.uint8)), Event(), []

    def report(progress):
        seen.append(progress)
        cancel.set()

    with pytest.raises(JobCancelled):
        Engine().execute(Look(path, None, kind=Kind.AMPLITUDE), report, cancel)
    assert (seen[0].done, seen[0].total) == (0, 1500)


def test_torch_is_not_loaded_for_it(scene):
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(scene)], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "(300, 500) False"


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UnreadableRasterError, match="no file"):
        Engine().execute(Look(tmp_path / "none.tif", None), lambda progress: None, Event())


def test_of_complex_pixels_the_amplitude_is_seen_though_it_is_not_compressed_unasked(write, tmp_path):
    values = (3 + 4j) * np.arange(1, 2501).reshape(50, 50)
    path = write(tmp_path / "slc.tif", values.astype(np.complex64))
    seen = Engine().execute(Look(path, None), lambda progress: None, Event())
    np.testing.assert_allclose(seen.original_db, 20 * np.log10(np.abs(values)), atol=1e-3)
    assert seen.info.detected_from == "complex64"
    with Bench() as bench:
        pair = Pair(path, None)
        assert bench.pair(pair, Event())[0].info == seen.info
        with pytest.raises(UnsupportedRasterError):
            bench.source(path, None, "cpu")
