"""Containers spoiled by chance: no edit passes for pixels, and no lie behind a right checksum does more than say so."""

import shutil
import time
import warnings
from contextlib import suppress
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sargui.core.errors import SarguiError
from sargui.core.types import Window
from sargui.engine.decoded import DecodedSource
from sargui.engine.decompress import decompress
from sargui.engine.describe import describe
from sargui.engine.locate import place
from sargui.engine.requests import Decompress, Describe, Verify
from sargui.engine.verify import verify
from tests.container import handmade

from .edits import edited, liars
from .judge import judge

try:
    import resource
except ImportError:  # Windows, which does not say how much memory was taken at most
    resource = None

pytestmark = pytest.mark.usefixtures("_quiet")
SHARED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
FEW, MANY = settings(max_examples=15, **SHARED), settings(max_examples=2000, **SHARED)
MOST_KIB, MOST_SECONDS = 300 << 10, 60  # that a file of two kilobytes may add to the process, and take


def nothing(progress):
    pass


def use(path, folder):
    """Do all that a user can do with a file; each of it ends well or as one sentence."""
    jobs = (
        lambda: describe(Describe(path, check=True), nothing, Event()),
        lambda: verify(Verify(path, device="cpu"), nothing, Event()),
        lambda: decompress(Decompress(path, folder / "a.tif", device="cpu"), nothing, Event()),
        lambda: decompress(Decompress(path, folder, device="cpu", safe=True), nothing, Event()),
        lambda: look(path),
    )
    for job in jobs:
        with suppress(SarguiError):
            job()


def look(path):
    """Read corners, previews and the place of a file as the window does."""
    with DecodedSource(path, "cpu", lenient=True) as source:
        rows, cols = source.info.shape
        size = min(rows, 20), min(cols, 600)
        for band, info in enumerate(source.info.bands):
            assert max(source.preview(band, 64).shape) <= 64
            for row, col in ((0, 0), (rows - size[0], cols - size[1])):
                pixels = source.read(band, Window(row, col, *size))
                assert (pixels.values.dtype.name, pixels.values.shape, pixels.void.shape) == (info.dtype, size, size)
        found = place(source.info, source.annexes)
        if found is not None:
            with found:
                found.lonlat([0, rows - 1], [0, cols - 1])


@pytest.fixture(scope="module")
def check_edit(parts, content, written, intact, plain):
    """See that what was edited is refused, or read as what it was."""
    other = handmade.container(**parts, order=sorted(parts["tiles"], reverse=True))  # the same, cut another way

    def check(drawn):
        judge(written(drawn.draw(edited(content, other))), intact, plain)

    return check


@pytest.fixture(scope="module")
def check_lie(parts, written, tmp_path_factory):
    """See that what lies behind right checksums leads to nothing but sentences, and leaves nothing half done."""
    folder = tmp_path_factory.mktemp("out")

    def check(drawn):
        path = written(drawn.draw(liars(parts)))
        before, start = _peak_kib(), time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NumPy's, where a file asks for infinities
            use(path, folder)
        assert _peak_kib() - before < MOST_KIB
        assert time.perf_counter() - start < MOST_SECONDS
        for path in folder.iterdir():
            assert not path.name.startswith(".")
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    return check


@FEW
@given(drawn=st.data())
def test_no_edit_passes_for_pixels(check_edit, drawn):
    check_edit(drawn)


@FEW
@given(drawn=st.data())
def test_no_lie_leads_to_anything_but_a_sentence(check_lie, drawn):
    check_lie(drawn)


@pytest.mark.long
@pytest.mark.timeout(3600)
@MANY
@given(drawn=st.data())
def test_no_edit_of_many_passes_for_pixels(check_edit, drawn):
    check_edit(drawn)


@pytest.mark.long
@pytest.mark.timeout(3600)
@MANY
@given(drawn=st.data())
def test_no_lie_of_many_leads_to_anything_but_a_sentence(check_lie, drawn):
    check_lie(drawn)


def _peak_kib():
    """Return the largest size of this process so far; on macOS, which counts bytes, the limit is a strict one."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss if resource else 0
