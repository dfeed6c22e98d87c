"""Tests of the first picture of a raster: the same as a look's, without torch."""

import subprocess
import sys
from threading import Event

import numpy as np
import pytest

from sargui.core.errors import UnreadableRasterError
from sargui.core.types import Window
from sargui.engine.bench import Bench
from sargui.engine.dispatch import Engine
from sargui.engine.look import look
from sargui.engine.requests import Look

PROGRAM = """
import sys
from pathlib import Path
from threading import Event
from sargui.engine.dispatch import execute
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


def test_torch_is_not_loaded_for_it(scene):
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(scene)], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "(300, 500) False"


def test_what_cannot_be_read_is_said(tmp_path):
    with pytest.raises(UnreadableRasterError, match="no file"):
        Engine().execute(Look(tmp_path / "none.tif", None), lambda progress: None, Event())
