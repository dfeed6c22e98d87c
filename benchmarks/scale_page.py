"""The page of scenes of all sizes: time, memory, first looks, random access."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from benchmarks import record
from benchmarks.peer_job import CODECS
from benchmarks.process import Job
from benchmarks.tables import NOTHING, markdown, plain

if TYPE_CHECKING:
    from benchmarks.scale import Other, Size

Jobs = Mapping["Size", Mapping[str, Job]]

WHOLE = ("compress", "verify", "decompress")
PACE = ["time, s", "MP/s", "inside, s", "inside, MP/s", "peak memory, GiB"]


def page(jobs: Jobs, other: Other | None, about: Mapping[str, Any]) -> str:
    """Return the page in Markdown."""
    looks = ["scene", "what", "opening, s", "overview, s", "1024², s", "all with the start, s", "peak memory, GiB"]
    access = ["scene", "file, MB", "opening, s", "read of it, %", "first 512², s", "next, s", "read for one, %"]
    sections = [
        _opening(about),
        "## Whole scenes\n",
        markdown(["scene", "megapixels", "job", *PACE], _whole(jobs)),
        "## A first look\n",
        _LOOKS,
        markdown(looks, _looks(jobs)),
        "## Random access\n",
        markdown(access, _access(jobs)),
    ]
    if other is not None:
        sections += [f"## {CODECS[other.codec].title}\n", _of_other(other, jobs)]
    return "\n".join(sections)


_LOOKS = """Opening, an overview of at most 1024 pixels a side, and 1024 × 1024 pixels as they are. Where the overview
that a file holds (a sixteenth of the side) is less than half of that, all is decoded for it.
"""


def _opening(about: Mapping[str, Any]) -> str:
    return f"""# Scenes of all sizes

Made by `python -m benchmarks.scale` in one run on one machine; all figures are in scale.json.

- {record.words(about["machine"])}.
- `{about["model"]}` at quality {about["quality"]:g}; threads: {about["threads"]}, on as many cores.
- The scenes: *product*, a Sentinel-1 product of two bands, 16705 × 26102 pixels each; *full*, one of its bands, as
  product; *quarter* and *sixteenth*, parts of that as GeoTIFF. Their pixels are of real images, in blocks.
- Each job is a process of its own, once. *Time* is taken from outside, with the start of Python; *inside* is without.
"""


def _whole(jobs: Jobs) -> Iterator[list[str]]:
    for size, found in jobs.items():
        for name in WHOLE:
            yield [size, f"{found[name].pixels / 1e6:.0f}", name, *_pace(found[name])]


def _pace(job: Job) -> list[str]:
    total_s = job.seconds["total"]
    speeds = job.wall_s, job.megapixels_per_s, total_s, job.megapixels_per_s_of("total")
    return [*(plain(figure, 1 if figure >= 100 else 2) for figure in speeds), _gib(job)]


def _looks(jobs: Jobs) -> Iterator[list[str]]:
    for size, found in jobs.items():
        for name, job in (("original", found["first view of the original"]), ("file", found["first view"])):
            stages = [plain(job.seconds[stage], 2) for stage in ("open", "overview", "window")]
            yield [size, name, *stages, plain(job.wall_s, 2), _gib(job)]


def _access(jobs: Jobs) -> Iterator[list[str]]:
    for size, found in jobs.items():
        job = found["windows"]
        yield [
            size,
            plain(job.file_bytes / 1e6, 1),
            plain(job.seconds["open"], 2),
            _percent(job.more["index_share"]),
            plain(job.seconds["first"], 2),
            plain(job.seconds["window"], 2),
            _percent(job.more["window_share"]),
        ]


def _of_other(other: Other, jobs: Jobs) -> str:
    title = CODECS[other.codec].title
    if other.encode is None:
        return f"{title} could not encode the scene *{other.scene}*: it was killed, or did not get its memory.\n"
    ours = jobs[other.scene]["compress"].more["bits_per_pixel"]
    taken = 8 * other.encode.file_bytes / other.encode.pixels

    def rows() -> Iterator[list[str]]:
        for name, job in (("encode", other.encode), ("decode", other.decode)):
            if job is None:
                yield [name, *[NOTHING] * 6]
            else:
                codec = job.seconds["code"]
                yield [name, *_pace(job), f"{plain(codec, 1)} ({plain(job.pixels / codec / 1e6, 2)})"]

    headings = ["job", *PACE, "codec alone, s (MP/s)"]
    return f"""The scene *{other.scene}*, in one thread, at {taken:.3f} bits per pixel (sargui {ours:.3f}). Reading the
raster, making of it the dB image that all codecs of the comparison get, and writing count, but not for the codec alone.

{markdown(headings, rows())}"""


def _gib(job: Job) -> str:
    return plain(job.peak_bytes / 2**30, 2)


def _percent(share: float | None) -> str:
    return NOTHING if share is None else plain(100 * share, 2)
