"""What scenes of all sizes cost: time, memory, and what of a file must be read to see a part of it.

    python -m benchmarks.scale --model none-3 --threads 2 --scratch /tmp --out docs/benchmarks

The scenes are a full-size Sentinel-1 product of two bands, one of one band, and a quarter and a sixteenth of that as
GeoTIFF; they need the shared imagery. Every job is a process of its own. Beside them OpenJPEG, in one thread, on the
largest scene of one band, at the same bits per pixel, from the raster to the file and back.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import rasterio
import typer
from rich.console import Console

from benchmarks import images, rasters, record, scale_page
from benchmarks.equal_rate import Match, alike, match
from benchmarks.peer_job import CODECS
from benchmarks.process import Job, cores, run
from benchmarks.scene import Scene
from sargui.core import catalogue
from sargui.engine.requests import DEFAULT_QUALITY

PEER = "openjpeg"
TRIED_SIDE = 4096  # pixels, of the part on which the setting of the other codec is looked for


class Size(StrEnum):
    """The scenes, by what they are of the whole."""

    SIXTEENTH = "sixteenth"
    QUARTER = "quarter"
    FULL = "full"  # one band
    PRODUCT = "product"  # two


@dataclass(frozen=True, slots=True)
class Other:
    """Another codec on a scene; None if the memory did not suffice."""

    codec: str
    scene: Size
    match: Match  # on a part of it
    encode: Job | None
    decode: Job | None


def write_scene(size: Size, folder: Path) -> Path:
    """Write a scene into a folder and return its path."""
    if size is Size.PRODUCT:
        return rasters.product(folder, ("vv", "vh"))
    product = rasters.product(folder, ("vv",))
    if size is Size.FULL:
        return product
    band, target = next(product.glob("measurement/*.tiff")), folder / f"{size}.tif"
    with rasterio.open(band) as raster:
        step = 4 if size is Size.SIXTEENTH else 2
        rows, cols = (side // step for side in raster.shape)
        row, col = (raster.height - rows) // 2, (raster.width - cols) // 2
    images.write_part(band, target, rows, cols, row, col)
    return target


def measure(scene: Path, folder: Path, model: str, quality: float, threads: int) -> dict[str, Job]:
    """Return what each job on a scene and on its compressed file takes."""
    coded, back = folder / "coded.sarz", folder / "back.tif"

    def job(name: str, *arguments: str | Path) -> Job:
        return run("benchmarks.job", name, *arguments, threads=threads)

    found = {
        "first view of the original": job("view", scene),
        "compress": job("compress", scene, coded, "--model", model, "--quality", str(quality)),
        "first view": job("view", coded),
        "windows": job("windows", coded),
        "verify": job("verify", coded),
        "decompress": job("decompress", coded, back),
    }
    back.unlink()
    return found


def beside(scene: Path, size: Size, rate: float, folder: Path) -> Other:
    """Return what the other codec takes at a rate, in one thread."""
    part = folder / "part.tif"
    write_middle(scene, part)
    found = match(CODECS[PEER], Scene.read(part), rate)
    encode = _encode(scene, folder, found.setting)
    if encode is not None and not alike(reached := 8 * encode.file_bytes / encode.pixels, rate):
        found = replace(found, setting=found.setting * _slope(reached, rate))
        encode = _encode(scene, folder, found.setting)
    if encode is None:
        return Other(PEER, size, found, None, None)
    return Other(PEER, size, found, encode, _run("decode", folder / "coded.j2k", folder / "back.tif"))


def write_middle(scene: Path, target: Path) -> None:
    """Write the middle of a scene of one band as GeoTIFF."""
    source = next(scene.glob("measurement/*.tiff")) if scene.is_dir() else scene
    with rasterio.open(source) as raster:
        rows, cols = (min(side, TRIED_SIDE) for side in raster.shape)
        row, col = (raster.height - rows) // 2, (raster.width - cols) // 2
    images.write_part(source, target, rows, cols, row, col)


def _slope(reached: float, rate: float) -> float:
    """Return by how much to change an error to come from a rate to another: 6.02 dB of it are a bit per pixel."""
    return float(2.0 ** (reached - rate))


def _encode(scene: Path, folder: Path, setting: float) -> Job | None:
    return _run("encode", scene, folder / "coded.j2k", "--setting", str(setting))


def _run(name: str, *arguments: str | Path) -> Job | None:
    """Return what became of a job of the other codec; None if it was killed, or could not get its memory."""
    try:
        return run("benchmarks.peer_job", name, *arguments, "--codec", PEER, threads=1)
    except subprocess.CalledProcessError:
        return None


def main(
    size: Annotated[list[Size] | None, typer.Option(help="A scene; repeat for more. All if left out.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of the checkpoint.")] = None,
    quality: Annotated[float, typer.Option(min=0, max=100)] = DEFAULT_QUALITY,
    threads: Annotated[int, typer.Option(min=1, help="And cores.")] = 2,
    peer: Annotated[bool, typer.Option(help="Measure OpenJPEG, too.")] = True,
    scratch: Annotated[Path | None, typer.Option(help="Folder for the files of the run: 6 GB.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of scale.md and scale.json.")] = Path("docs/benchmarks"),
) -> None:
    """Measure scenes of several sizes, and write scale.md and scale.json."""
    if threads > len(cores()):
        raise typer.BadParameter(f"there are {len(cores())} cores here.")
    if not rasters.TOOL.is_file():
        typer.echo(f"Skipped: {rasters.TOOL.name} of the shared imagery is not here.")
        raise typer.Exit
    card = catalogue.card(model) if model else catalogue.default_card()
    sizes = [each for each in Size if each in (size or list(Size))]
    single = [each for each in sizes if each is not Size.PRODUCT]
    console, jobs, other = Console(), dict[Size, dict[str, Job]](), None
    with console.status("") as status:
        for each in sizes:
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                status.update(f"{each}: making it")
                scene = write_scene(each, Path(folder))
                status.update(f"{each}: sargui")
                jobs[each] = measure(scene, Path(folder), card.name, quality, threads)
                if peer and single and each is single[-1]:
                    status.update(f"{each}: OpenJPEG")
                    rate = jobs[each]["compress"].more["bits_per_pixel"]
                    other = beside(scene, each, rate, Path(folder))
    about = {"machine": record.machine(), "model": card.name, "sha256": card.sha256, "quality": quality}
    about |= {"threads": threads, "peer": str(CODECS[PEER].version())}
    record.write(out, "scale", content(jobs, other, about), scale_page.page(jobs, other, about))
    console.print(f"Written to {out}.")


def content(jobs: Mapping[Size, Mapping[str, Job]], other: Other | None, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything measured, ready for JSON."""
    found = {size: {name: asdict(job) for name, job in some.items()} for size, some in jobs.items()}
    return {**about, "scenes": found, "other": None if other is None else asdict(other)}


if __name__ == "__main__":
    typer.run(main)
