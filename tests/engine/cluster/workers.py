"""Clusters of worker processes that share this machine's files, and what is asked of them."""

from contextlib import contextmanager
from threading import Event

import distributed

from sargui.engine.cluster import compress_all
from sargui.engine.dispatch import execute
from sargui.engine.requests import Verify

TINY_ALONE = """
from pathlib import Path
from sargui.core import catalogue
catalogue.model_folders = lambda: [Path({folder!r})]
"""


@contextmanager
def local(models, workers=2):
    """Start a cluster whose workers know the tiny checkpoint alone, and so do those that replace a killed one."""
    preload = TINY_ALONE.format(folder=str(models))
    options = {"dashboard_address": ":0", "preload": preload, "silence_logs": "CRITICAL"}
    with distributed.LocalCluster(n_workers=workers, threads_per_worker=1, **options) as started:
        yield started


def run(requests, cluster, cancel=None):
    """Return what came of each by the number in its name."""
    outcomes = compress_all(requests, cluster.scheduler_address, cancel or Event(), print)
    return {request.target.stem: result for request, result in outcomes}


def whole(request):
    return execute(Verify(request.target), lambda progress: None, Event()).damaged == ()


def only(requests, folder):
    """Say whether what was asked for, whole, is all that there is in a folder."""
    return sorted(folder.iterdir()) == [request.target for request in requests] and all(map(whole, requests))
