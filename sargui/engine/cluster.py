"""Many files compressed by the workers of a dask cluster: one at a time on each, and verified as soon as it is written.

What travels is small and plain: frozen requests, frozen results, errors; never pixels, never files. Sources and targets
are paths, so client and workers need a file system in common. dask moves all that by pickle, and whoever reaches a
scheduler can run anything on its workers: this is for a cluster that you trust, in a network that you trust.
"""

from __future__ import annotations

import asyncio
import os
import pkgutil
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

from sargui import __version__
from sargui.core import catalogue
from sargui.core.errors import JobCancelled, RequestError, SarguiError, TargetError
from sargui.core.paths import is_virtual
from sargui.engine.cluster_worker import POLL_S, check_version, dask, work
from sargui.engine.leftovers import forget
from sargui.engine.requests import Compress, Compressed

CONNECT_S = 10  # dask alone would try for 30

Outcome = tuple[Compress, Compressed | Exception]


def compress_all(
    requests: Sequence[Compress], address: str, cancel: Event, say: Callable[[str], None]
) -> Iterator[Outcome]:
    """Compress files on the cluster whose scheduler is at an address; yield what came of each, first come first.

    A file whose worker dies is begun again on another, up to dask's own limit
    (`distributed.scheduler.allowed-failures`). After `cancel` those not begun are left out. While
    no worker is there, one waits for one; `say` hears a sentence about it, once each time.

    Raises:
        RequestError: no dask, no scheduler, no workers, or workers with another version of this program.
        CheckpointError: no checkpoint is installed here.
    """
    model = catalogue.default_card().name  # workers might differ in what they would take
    with _connected(address) as client:
        _check_workers(client, address)
        yield from _Batch(client, model, requests, cancel, say).outcomes()


class _Batch:
    """Sends each worker a file as soon as it has none: what is not begun has not left, and one worker gets no two."""

    def __init__(
        self, client: Any, model: str, requests: Sequence[Compress], cancel: Event, say: Callable[[str], None]
    ) -> None:
        self._client, self._model, self._cancel, self._say = client, model, cancel, say
        self._name = f"sargui-{secrets.token_hex(8)}"
        self._stop = dask().Event(self._name, client)
        self._waiting = deque(requests)
        self._out: dict[Any, tuple[Compress, str]] = {}  # future -> request, and the worker that it was sent to
        self._finished: SimpleQueue[Any] = SimpleQueue()  # futures
        self._alone = False  # no worker is left, which has been said

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what came of each file, until all are done or the scheduler is gone."""
        try:
            while (self._waiting or self._out) and self._client.status != "closed":
                with suppress(OSError, dask().client.ClosedClientError):  # the connection is lost, or just then
                    self._steer()
                try:
                    future = self._finished.get(timeout=POLL_S)
                except Empty:
                    continue
                request, _ = self._out.pop(future)
                result = self._result(future, request)
                if isinstance(result, JobCancelled):
                    forget(request.target)  # a worker that died may have left something, that no other came to resume
                yield request, result
        finally:
            self._end()
        for request in (*(request for request, _ in self._out.values()), *self._waiting):
            yield request, SarguiError("The dask scheduler does not answer any more; compress it again.")

    def _steer(self) -> None:
        """Send files to workers that have none; if the user said stop, say it to all."""
        if self._client.status != "running":
            return
        workers = self._client.nthreads()
        if self._cancel.is_set():
            self._waiting.clear()
            self._stop.set()
            if not workers:  # nobody is left to answer
                self._client.cancel(list(self._out))
        elif not workers and not self._alone:
            self._say("No dask worker is left; this waits for one, and Ctrl-C gives up.")
        self._alone = not workers
        for worker in workers.keys() - {worker for _, worker in self._out.values()}:
            if self._waiting:
                self._send(self._waiting[0], worker)
                self._waiting.popleft()  # not before it is sent: a lost connection loses no file

    def _send(self, request: Compress, worker: str) -> None:
        errand = _abroad(request, self._model)
        key = f"{self._name}-{request.target.name}"
        where = {"workers": [worker], "allow_other_workers": True}  # if this one dies
        future = self._client.submit(work, __version__, errand, self._name, key, key=key, **where)
        self._out[future] = request, worker
        future.add_done_callback(self._finished.put)

    def _result(self, future: Any, request: Compress) -> Compressed | Exception:
        try:
            result: Compressed | SarguiError = future.result()
            with suppress(OSError):
                dask().Event(future.key, self._client).clear()
        except dask().KilledWorker:
            return SarguiError("Every worker that was given it died, as they do for want of memory; see their logs.")
        except dask().CancelledError as error:
            if self._cancel.is_set():
                return JobCancelled("Cancelled.")
            return SarguiError(f"The cluster dropped it ({getattr(error, 'reason', 'unsaid why')}); compress it again.")
        except Exception as error:
            return error
        return _seen(replace(result, target=request.target)) if isinstance(result, Compressed) else result

    def _end(self) -> None:
        """Leave nothing behind on the scheduler, or, if not all is done, the word that it shall stop."""
        if self._client.status == "running":
            with suppress(OSError):
                self._stop.set() if self._out else self._stop.clear()


def _abroad(request: Compress, model: str) -> Compress:
    """Return a request that means the same in another folder of another machine."""
    source, card = request.source, request.model or model
    return replace(
        request,
        source=source if is_virtual(source) else source.absolute(),
        target=request.target.absolute(),
        model=os.path.abspath(card) if card.endswith(".json") else card,
    )


def _seen(result: Compressed) -> Compressed | TargetError:
    """Return a result, or the error that its file is not here."""
    target = result.target
    with suppress(OSError), open(target, "rb") as file:  # opened, so that a network file system looks again
        if file.seek(0, os.SEEK_END) == result.file_bytes:
            return result
    return TargetError(
        f"The worker that compressed it wrote {target.absolute()} where this machine does not see it; "
        "client and workers need the same files at the same paths."
    )


def _check_workers(client: Any, address: str) -> None:
    """Raise RequestError unless there are workers, all with this version."""
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError:
        raise RequestError(
            f"The dask scheduler at {address} has no workers; start some: dask worker {address}"
        ) from None
    versions = client.run(pkgutil.resolve_name, "sargui:__version__", on_error="return")  # no code of ours, so it runs
    for worker, version in versions.items():
        check_version(worker, "none" if isinstance(version, Exception) else version, __version__)


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    distributed = dask()

    async def knock() -> None:  # a Client that finds nobody complains again, and waits, when it is collected
        comm = await distributed.core.connect(
            address, CONNECT_S, **distributed.Security().get_connection_args("client")
        )
        await comm.close()

    try:
        asyncio.run(knock())
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TypeError, ValueError) as error:
        raise RequestError(f"No dask scheduler answers at '{address}': {error}.") from error
    with client:
        yield client
