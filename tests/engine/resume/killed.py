"""A scene in a few windows, and what a kill leaves of its compression.

A kill leaves what is on the disk at that moment: so copies of the folder, made after some of the marks of one
uninterrupted run, are what kills would have left. tests/cli/test_resume.py kills a process.
"""

import shutil
from dataclasses import replace

import rasterio
from rasterio.enums import ColorInterp

from sargui.container import Writer

ROWS, COLS = 1560, 24
BAND = 4 + 1  # windows of 512 pixels, and one of the overview
STEPS = 3 * BAND
FIRST, MIDDLE, BEFORE_OVERVIEW, IN_ALPHA, SECOND_BAND, ALL = 1, 3, 4, 7, 13, STEPS
KILLS = (FIRST, MIDDLE, BEFORE_OVERVIEW, IN_ALPHA, SECOND_BAND, ALL)
QUALITY = 40.0


def written(write, path, values):
    write(path, values, nodata=0, transform=rasterio.Affine(10, 0, 0, 0, -10, 0))
    with rasterio.open(path, "r+") as raster:
        raster.colorinterp = [ColorInterp.gray, ColorInterp.alpha, ColorInterp.undefined]
    return path


def kept_at(patch, folder, kills):
    """Copy what is hidden in a folder after some marks, counted over all passes, and when all is sealed."""
    marks, copies, mark, seal = [], folder.with_name(f"{folder.name}-kills"), Writer.mark, Writer.seal

    def keep(name):
        (copies / str(name)).mkdir(parents=True)
        for path in folder.glob(".*"):
            shutil.copy(path, copies / str(name))

    def marked(writer, *args):
        marks.append(mark(writer, *args))
        if len(marks) in kills:
            keep(len(marks))
        return marks[-1]

    def sealed(writer):
        seal(writer)
        writer._part._file.flush()  # as a large file would have by itself
        if len(marks) == STEPS:
            keep("sealed")

    patch.setattr(Writer, "mark", marked)
    patch.setattr(Writer, "seal", sealed)
    return copies


def same(result, other):
    """Say whether two runs wrote the same and state the same, seconds and notices aside."""
    plain = replace(result, target=other.target, seconds=other.seconds, notices=other.notices)
    return plain == other and result.target.read_bytes() == other.target.read_bytes()


def anew(kill):
    """How many windows of measurements are left to be coded."""
    return sum(number // BAND != 1 for number in range(kill, STEPS))
