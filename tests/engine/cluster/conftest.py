"""Two workers for all, a scene, and what is asked for."""

import distributed
import numpy as np
import pytest

from sargui.core.types import Kind
from sargui.engine.requests import Compress

from .workers import local


@pytest.fixture(scope="package")
def cluster(tiny_models):
    with local(tiny_models) as started:
        yield started


@pytest.fixture(scope="package")
def client(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as connected:
        yield connected


@pytest.fixture(scope="package")
def scene(tmp_path_factory, write, power_of):
    return write(tmp_path_factory.mktemp("scene") / "scene.tif", power_of(300, 300).astype(np.float32))


@pytest.fixture
def asked(scene, tmp_path):
    """Ask for so many files of the scene in an empty folder."""
    out = tmp_path / "out"
    out.mkdir()
    return lambda count: [Compress(scene, out / f"{number}.sarz", kind=Kind.POWER) for number in range(count)]
