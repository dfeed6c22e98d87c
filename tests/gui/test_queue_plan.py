"""Where compressed files go."""

from pathlib import Path

import pytest

from sargui.cli import batch
from sargui.core.errors import ComplexPixelsError, UnreadableRasterError
from sargui.gui.queue_plan import output_of, why


@pytest.mark.parametrize(
    ("source", "beside"),
    [
        ("/data/a.tif", "/data/a.sarz"),
        ("/data/a.b.tif", "/data/a.b.sarz"),
        ("/data/raw", "/data/raw.sarz"),
        ("/data/S1A_IW.SAFE", "/data/S1A_IW.sarz"),
        ("/data/S1A_IW.SAFE/manifest.safe", "/data/S1A_IW.sarz"),
    ],
)
def test_a_file_goes_beside_its_source_as_on_the_command_line_or_into_one_folder(source, beside):
    assert output_of(Path(source), None) == Path(beside) == batch.beside(Path(source))
    assert output_of(Path(source), Path("/out")) == Path("/out", Path(beside).name)


def test_complex_pixels_fail_with_what_to_do_in_the_window():
    sentence = why(Path("a.tif"), ComplexPixelsError("a.tif holds complex pixels: pass --detect."))
    assert sentence == "a.tif holds complex pixels, whose phase would be lost; open it by itself, and the window asks."
    assert why(Path("a.tif"), UnreadableRasterError("a.tif is empty.")) == "a.tif is empty."
