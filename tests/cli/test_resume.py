"""What a process leaves that was killed in the middle, `--resume` goes on with."""

import shutil
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import rasterio

KILLED = """
    import os, signal, sys
    from pathlib import Path
    import torch
    from sargui.cli.app import main
    from sargui.container import Writer
    from sargui.core import catalogue
    torch.set_num_threads(1)  # as in the tests: the number is among what must be the same
    models = [Path(sys.argv.pop(1))]
    catalogue.model_folders = lambda: models
    marks, mark = [], Writer.mark
    def marked(*args):
        marks.append(mark(*args))
        if len(marks) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return marks[-1]
    Writer.mark = marked
    main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_a_killed_process_is_resumed(sargui, tiny_models, tmp_path):
    source, out = tmp_path / "long.tif", tmp_path / "out" / "long.sarz"
    out.parent.mkdir()
    profile = {"driver": "GTiff", "height": 2100, "width": 32, "count": 1, "dtype": "uint8"}
    with rasterio.open(source, "w", **profile, transform=rasterio.Affine(10, 0, 0, 0, -10, 0)) as raster:
        raster.write(np.random.default_rng(0).integers(1, 255, (2100, 32), np.uint8), 1)
    assert sargui("compress", source, tmp_path / "whole.sarz", "--effort", "fast")[0] == 0
    command = [sys.executable, "-c", textwrap.dedent(KILLED), tiny_models, "compress", source, out, "--effort", "fast"]
    assert subprocess.run(command, check=False, timeout=120).returncode == -signal.SIGKILL
    assert sorted(path.suffix for path in out.parent.iterdir()) == [".journal", ".part"]
    code, _, notice = sargui("compress", source, out, "--effort", "fast", "--resume")
    assert (code, notice) == (0, "long.sarz: An interrupted run was resumed at 50 %.\n")
    assert out.read_bytes() == (tmp_path / "whole.sarz").read_bytes()
    assert list(out.parent.iterdir()) == [out]


def test_a_batch_that_is_repeated_keeps_what_it_had_finished(sargui, raster, tmp_path):
    other, out = tmp_path / "other.tif", tmp_path / "out"
    shutil.copy(raster, other)
    assert sargui("compress", raster, "--out-dir", out)[0] == 0
    before = (out / "scene.sarz").stat()  # but for the time of access: what is kept is read
    words = ["compress", raster, other, "--out-dir", out, "--resume"]
    code, done, said = sargui(*words)
    assert (code, done.count("x, ")) == (0, 2)
    assert said == (
        "scene.sarz: It was complete already, made from the same source with the same settings, so it was kept.\n"
    )
    after = (out / "scene.sarz").stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert after.st_ctime_ns == before.st_ctime_ns
    assert sargui(*words, "--quality", 30)[0] == 6
    assert sargui(*words[:-1])[0] == 6
