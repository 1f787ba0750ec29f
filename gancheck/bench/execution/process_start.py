"""How the processes of workers start: ready at once where that is safe, else from nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, SpawnContext
from types import ModuleType

PRELOAD = "gancheck.bench.execution.preload"


def start_context(gpus: Sequence[int]) -> ForkServerContext | SpawnContext:
    """How to start workers. On Linux they are forked of a process that has imported PyTorch for all of them, which is
    seconds for each worker; beside GPUs, and elsewhere, every worker imports it itself.

    That process lives as long as this one. Where this one was forked of another that has one, it cannot be used.
    """
    if sys.platform != "linux" or gpus:
        return multiprocessing.get_context("spawn")
    multiprocessing.set_forkserver_preload([PRELOAD])
    try:
        with own_import_path():
            forkserver.ensure_running()
    except ChildProcessError:
        return multiprocessing.get_context("spawn")
    return multiprocessing.get_context("forkserver")


@contextmanager
def own_import_path() -> Iterator[None]:
    """Processes that are started in here import from where this one does; multiprocessing tells only their children."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


@contextmanager
def isolated_main() -> Iterator[None]:
    """Processes that are started in here leave Ctrl-C to the main process, and never run its script a second time."""
    resource_tracker.ensure_running()  # to start it with the first process would end the block of Ctrl-C
    script, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
