"""The page of speed: how fast sargui is each way, and how many times that of others it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks import record
from benchmarks.equal_rate import ALIKE
from benchmarks.peer_job import CODECS
from benchmarks.process import Job
from benchmarks.tables import NOTHING, markdown, plain

if TYPE_CHECKING:
    from benchmarks.speed import Speeds

WAY = ["checkpoint", "effort", "precision", "correction", "threads"]


def page(found: Speeds, about: Mapping[str, Any]) -> str:
    """Return the page in Markdown."""
    pace = ["whole, MP/s", "inside, MP/s", *(f"whole, × {codec.title}" for codec in CODECS.values())]
    pace += [f"inside, × {codec.title}" for codec in CODECS.values()]
    theirs = ["codec", "threads", "bits per pixel", "rms, dB", "encoding, MP/s", "decoding, MP/s"]
    return "\n".join(
        [
            _opening(about),
            "## Encoding\n",
            markdown([*WAY, "bits per pixel", "rms, dB", *pace], _rows(found, "encode")),
            "## Decoding\n",
            markdown([*WAY, "bits per pixel", "rms, dB", *pace], _rows(found, "decode")),
            "## The others\n",
            markdown(theirs, _peer_rows(found)),
        ]
    )


def _opening(about: Mapping[str, Any]) -> str:
    scene = about["scene"]
    rows, cols = scene["shape"]
    bits = ", ".join(f"{about['peers'][name]} ({codec.bits} bits)" for name, codec in CODECS.items())
    return f"""# Speed beside other codecs

Made by `python -m benchmarks.speed` in one run on one machine; all figures are in speed.json.

- {record.words(about["machine"])}.
- One scene, {rows} × {cols} pixels of {scene["dtype"]}: {scene["what"]}.
- The best of {about["runs"]} runs of each, all by turns.
- *Whole*: a process of its own, timed from outside: starting Python, importing torch, reading, writing. *Inside*: the
  same without the start, from the first pixel read to the file on disk.
- *×*: that, over the speed of another codec alone, in memory, with as many threads and within {100 * ALIKE:g} % of our
  bits per pixel. Less than 1: the other is faster. {NOTHING} where the other has no such rate.
- Each process is bound to as many cores as it has threads.
- *Precision*: of the network's nonlinear branch. *Correction*: the radiometric one, which keeps mean power; *rms* is
  the error of what is decoded, with it if so.
- The others, through imagecodecs, code the dB image as integers: {bits}.
"""


def _rows(found: Speeds, side: str) -> Iterator[list[str]]:
    for way, pair in found.ours.items():
        job: Job = getattr(pair, side)
        said = pair.encode.more
        paces = [job.megapixels_per_s, job.megapixels_per_s_of("total")]
        peers = [found.peer_of(way, codec) for codec in CODECS]
        theirs = [None if one is None else getattr(one, side).megapixels_per_s_of("code") for one in peers]
        yield [
            way.model,
            str(way.effort),
            way.precision,
            "yes" if way.keep_power else "no",
            str(way.threads),
            plain(said["bits_per_pixel"], 3),
            plain(said["rmse_db"], 3),
            *(plain(pace, 2) for pace in paces),
            *_times(paces, theirs),
        ]


def _times(paces: Sequence[float], theirs: Sequence[float | None]) -> Iterator[str]:
    for pace in paces:
        for other in theirs:
            yield NOTHING if other is None else plain(pace / other, 3)


def _peer_rows(found: Speeds) -> Iterator[list[str]]:
    for peer, pair in found.peers.items():
        paces = (plain(job.megapixels_per_s_of("code"), 2) for job in (pair.encode, pair.decode))
        rate, error = plain(peer.match.bits_per_pixel, 3), plain(peer.match.rmse_db, 3)
        yield [CODECS[peer.codec].title, str(peer.threads), rate, error, *paces]
