"""Running a job over many files, here or on a cluster: one display, no stop at a bad file, Ctrl-C that ends all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sargui.cli import jobs
from sargui.core import types
from sargui.core.errors import JobCancelled, RequestError, SarguiError, TargetError
from sargui.core.paths import compressed_beside, is_virtual, product_at
from sargui.engine.cluster import compress_all
from sargui.engine.requests import Compress, Compressed

Outcome = tuple[Compress, Compressed | SarguiError]


def targets(sources: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return where each source goes in a folder, which is made if it is not there; one that is named twice goes once.

    Raises:
        RequestError: two sources would become one file.
        TargetError: the folder cannot be made.
    """
    taken: dict[str, Path] = {}
    for source in sources:
        name = _name(source)
        other = taken.setdefault(name.casefold(), source)  # some file systems do not tell a from A
        if not _same(source, other):
            raise RequestError(f"{other} and {source} would both become {name}; compress them into different folders.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TargetError(f"The folder {folder} cannot be made: {(error.strerror or str(error)).lower()}.") from error
    return {source: folder / _name(source) for source in taken.values()}


def run(requests: Sequence[Compress], *, hidden: bool, dask: str | None = None) -> list[Outcome]:
    """Run the requests and return what came of each, in their order; after Ctrl-C those not begun are left out.

    They are run one after the other, or with `dask` by the workers of the scheduler at that address. Errors are said at
    once, unless the display is `hidden`.

    Raises:
        SarguiError: no work can be done at that address.
    """
    cancel = Event()
    done: list[Outcome] = []
    with jobs.stop_on_signal(cancel), _Display(requests, hidden=hidden or not jobs.errors.is_terminal) as display:
        work = _here(requests, display, cancel, silent=hidden) if dask is None else _there(requests, dask, cancel)
        for request, result in work:
            done.append((request, result))
            display.end(request)
            if isinstance(result, SarguiError) and not hidden:
                jobs.say_error(f"{request.source}: {result}")
    place = {request: number for number, request in enumerate(requests)}
    return sorted(done, key=lambda outcome: place[outcome[0]])


def _here(requests: Sequence[Compress], display: _Display, cancel: Event, *, silent: bool) -> Iterator[Outcome]:
    for request in requests:
        display.begin(request)
        result = jobs.outcome(request, display.show, cancel, silent=silent)
        yield request, result
        if cancel.is_set() or isinstance(result, JobCancelled):
            return


def _there(requests: Sequence[Compress], address: str, cancel: Event) -> Iterator[Outcome]:
    for request, result in compress_all(requests, address, cancel, jobs.say):
        yield request, jobs.in_words(result) if isinstance(result, Exception) else result


def exit_code(done: Sequence[Outcome], asked: int) -> int:
    """Return the code of a cancelled batch, which left out some of what was asked, or of the first failure, else 0."""
    codes = [result.exit_code for _, result in done if isinstance(result, SarguiError)]
    cancelled = len(done) < asked or JobCancelled.exit_code in codes
    return JobCancelled.exit_code if cancelled else next(iter(codes), 0)


def beside(source: Path) -> Path:
    """Return where a source's .sarz goes if nothing is said: beside it, and never into a product's own folder.

    Raises:
        RequestError: it has no name to call it by, or one that only GDAL knows, beside which nothing lies.
    """
    if is_virtual(source):
        raise RequestError(f"Only GDAL knows the name {source}, so say where its .sarz goes: name OUT as well.")
    if source.name in ("", ".."):
        source = source.resolve()
    if not source.name:
        raise RequestError(f"{source} is no raster.")
    return compressed_beside(source)


def _name(source: Path) -> str:
    return beside(source).name


def _same(source: Path, other: Path) -> bool:
    """Say whether two paths name one file, or one product."""
    source, other = product_at(source), product_at(other)
    if source == other:
        return True
    try:
        return source.samefile(other)
    except OSError:
        return False


class _Display:
    """Two bars: all files, by their bytes, with the time left, and below it the steps of the current one, if one is."""

    def __init__(self, requests: Sequence[Compress], *, hidden: bool) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[steps]}"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=jobs.errors, transient=True, disable=hidden)
        self._bytes = {request.source: max(_bytes(request.source), 1) for request in requests}
        self._files, self._files_done, self._bytes_done = len(requests), 0, 0
        self._all = self._progress.add_task("all files", total=sum(self._bytes.values()), steps=f"0/{self._files}")
        self._one = self._progress.add_task("", total=None, steps="", visible=False)
        self._current = 0.0  # how much of the current file is done: the most it ever said, for it may be coded again

    def begin(self, request: Compress) -> None:
        """Show the file that comes now."""
        self._source, self._current = request.source, 0.0
        self._progress.reset(self._one, description=request.source.name, total=None, steps="", visible=True)

    def show(self, progress: types.Progress) -> None:
        """Show how far the current file is; a `Report`."""
        total = progress.total or None
        steps = f"{progress.stage} {progress.done}" + (f"/{progress.total}" if total else "")
        self._progress.update(self._one, completed=progress.done, total=total, steps=steps)
        self._current = max(self._current, progress.done / total if total else 0.0)
        self._progress.update(self._all, completed=self._bytes_done + self._current * self._bytes[self._source])

    def end(self, request: Compress) -> None:
        """Count a file as done."""
        self._files_done += 1
        self._bytes_done += self._bytes[request.source]
        self._progress.update(self._all, completed=self._bytes_done, steps=f"{self._files_done}/{self._files}")

    def __enter__(self) -> _Display:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()


def _bytes(path: Path) -> int:
    """Return the size of a file, or of all files in a folder; 0 if it cannot be read."""
    try:
        return path.stat().st_size if path.is_file() else sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
    except OSError:
        return 0
