"""Workers: the local engine runs cells side by side in processes, each with its share of the cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

import torch

from gancheck.errors import GancheckError
from gancheck.work import Job, Report, work

Done = tuple[Job, list[Report] | GancheckError]


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs_by_default(device: str, cells: int) -> int:
    """One worker per core on a CPU, one in all on a GPU, and no more than there are cells."""
    return max(1, min(cores(), cells)) if device == "cpu" else 1


def perform(jobs: list[Job], workers: int) -> Iterator[Done]:
    """Work on all jobs; results come as they are done. Small networks gain nothing from several threads, so each
    worker gets an equal share of the cores."""
    threads = max(1, cores() // workers)
    if workers == 1:
        torch.set_num_threads(threads)
        for job in jobs:
            yield job, attempt(job)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=settle, initargs=(threads,))
    try:
        yield from gather(pool, jobs)
    except (KeyboardInterrupt, GeneratorExit):
        for process in list(pool._processes.values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def gather(pool: ProcessPoolExecutor, jobs: list[Job]) -> Iterator[Done]:
    """Results in the order in which they come; when a worker dies, what it and the others had in hand is lost."""
    waiting: dict[Future[list[Report] | GancheckError], Job] = {pool.submit(attempt, job): job for job in jobs}
    while waiting:
        ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            job = waiting.pop(future)
            try:
                yield job, future.result()
            except BrokenProcessPool:
                yield job, GancheckError("a worker was killed (out of memory?); run again to resume, with fewer --jobs")


def attempt(job: Job) -> list[Report] | GancheckError:
    """The reports, or the error that kept the cell from being worked on (a full disk, say); others go on."""
    try:
        return work(job)
    except GancheckError as error:
        return error


def settle(threads: int) -> None:
    """A worker's first acts: take its threads, leave Ctrl-C to the main process, and never outlive it."""
    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """End this worker when the main process is gone, killed or not: nobody would collect its work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
