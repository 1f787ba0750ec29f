"""Workers: the local engine runs cells side by side in processes, each with its share of the cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import ModuleType

import torch

from gancheck.errors import GancheckError, StoreError
from gancheck.files import sweep
from gancheck.work import Job, Report, work, workbench

Done = tuple[Job, list[Report] | GancheckError]


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs_by_default(device: str, cells: int) -> int:
    """One worker per core on a CPU, one in all on a GPU, and no more than there are cells."""
    return max(1, min(cores(), cells)) if device == "cpu" else 1


def threads_by_default(device: str, workers: int, chosen: bool) -> int:
    """Threads of each worker: one on a CPU, so that the CPU time of training is its cost; an equal share of the cores
    where the number of workers was chosen by hand, for large networks, or where the work is a GPU's."""
    return max(1, cores() // workers) if chosen or device != "cpu" else 1


def perform(jobs: list[Job], workers: int, threads: int) -> Iterator[Done]:
    """Work on all jobs; results come as they are done. Each worker gets so many threads."""
    workbench.cache_clear()  # plug-ins may have changed since the last call
    if workers == 1:
        with threaded(threads):
            yield from ((job, attempt(job)) for job in jobs)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=settle, initargs=(threads,))
    try:
        yield from gather(pool, jobs)
    except BaseException:  # Ctrl-C, or a full disk: what is in hand cannot be kept
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        sweep(jobs[0].folder)


def gather(pool: ProcessPoolExecutor, jobs: list[Job]) -> Iterator[Done]:
    """Results in the order in which they come; when a worker dies, what it and the others had in hand is lost."""
    with apart():
        waiting: dict[Future[list[Report] | GancheckError], Job] = {pool.submit(attempt, job): job for job in jobs}
    while waiting:
        ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            job = waiting.pop(future)
            try:
                yield job, future.result()
            except BrokenProcessPool:
                yield job, GancheckError("a worker was killed (out of memory?); run again to resume, with fewer --jobs")


@contextmanager
def threaded(count: int) -> Iterator[None]:
    """So many threads in here; the caller's own number afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def apart() -> Iterator[None]:
    """Processes that are started in here leave Ctrl-C to the main process, and never run its script a second time."""
    script, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def attempt(job: Job) -> list[Report] | GancheckError:
    """The reports, or the error that kept the cell from being worked on, such as a metric that raises; others go on.

    StoreError is raised: where nothing can be written, on a full disk, there is no use in going on.
    """
    try:
        return work(job)
    except StoreError:
        raise
    except GancheckError as error:
        return error
    except (Exception, SystemExit) as error:
        return GancheckError(f"{type(error).__name__}: {error}")


def settle(threads: int) -> None:
    """A worker's first acts: take its threads, and see to it that it never outlives the main process."""
    torch.set_num_threads(threads)
    threading.Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """End this worker when the main process is gone, killed or not: nobody would collect its work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
