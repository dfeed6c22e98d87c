"""Where compressed files go."""

from pathlib import Path

import pytest

from sargui.cli import batch
from sargui.gui.queue_plan import output_of


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
