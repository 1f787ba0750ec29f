"""Workers: cells side by side in processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.context import SpawnContext
from multiprocessing.queues import SimpleQueue
from types import ModuleType

import torch

from gancheck.bench.cell import Job, RunSummary, run_cell, worker_context
from gancheck.bench.execution.base import JobResult
from gancheck.errors import GancheckError, StoreError
from gancheck.plugins.parameters import positive
from gancheck.system.arithmetic import arithmetic
from gancheck.system.cores import available_cores, thread_count
from gancheck.system.device import gpus_of
from gancheck.system.files import sweep

GRACE = 10.0  #: seconds that a worker has to end by itself when the main process is gone


def default_jobs(device: str, cells: int) -> int:
    """One worker per core on a CPU, one per GPU on GPUs, and no more than there are cells."""
    return max(1, min(available_cores() if device == "cpu" else len(gpus_of(device)), cells))


def worker_threads(device: str, workers: int) -> int:
    """Threads of each worker: one on a CPU, so that CPU time is the cost of training; its share of the cores beside a
    GPU."""
    return 1 if device == "cpu" else max(1, available_cores() // workers)


@dataclass(frozen=True)
class LocalExecutor:
    """Processes of this machine, each with its own threads; one worker is this process itself."""

    workers: int
    threads: int
    gpus: tuple[int, ...] = ()  #: over which workers are spread in turn

    @classmethod
    def of(cls, device: str, cells: int, jobs: int | None = None, threads: int | None = None) -> LocalExecutor:
        """As many workers and threads as asked for, else the defaults."""
        for value, name in ((jobs, "jobs"), (threads, "threads")):
            if value is not None:
                positive(value, name)
        workers = min(jobs or default_jobs(device, cells), max(1, cells))
        return cls(workers, threads or worker_threads(device, workers), gpus_of(device))

    def run(self, jobs: Sequence[Job]) -> Iterator[JobResult]:
        """Work on all jobs; results come as they are done."""
        worker_context.cache_clear()  # plug-ins may have changed since the last call
        if self.workers == 1:
            with self.as_worker():
                yield from ((job, run_safely(job)) for job in jobs)
            return
        context = multiprocessing.get_context("spawn")
        told = (self.threads, self.turns(context))
        pool = ProcessPoolExecutor(self.workers, context, initializer=initialise_worker, initargs=told)
        try:
            yield from collect_results(pool, jobs)
        except BaseException:  # Ctrl-C, or a full disk: what is in hand cannot be kept
            for process in list((pool._processes or {}).values()):
                process.terminate()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            sweep(jobs[0].folder)

    @contextmanager
    def as_worker(self) -> Iterator[None]:
        """In here this process computes as the workers do: with as many threads, in float32, on the first GPU."""
        with thread_count(self.threads), on_gpu(self.gpus), arithmetic():
            yield

    def turns(self, context: SpawnContext) -> SimpleQueue[int] | None:
        """The GPU of every worker in turn; None on a CPU."""
        if not self.gpus:
            return None
        turns: SimpleQueue[int] = context.SimpleQueue()
        for worker in range(self.workers):
            turns.put(self.gpus[worker % len(self.gpus)])
        return turns


def collect_results(pool: ProcessPoolExecutor, jobs: Sequence[Job]) -> Iterator[JobResult]:
    """Results in the order in which they come; when a worker dies, what it and the others had in hand is lost."""
    with isolated_main():
        waiting: dict[Future[list[RunSummary] | GancheckError], Job] = {
            pool.submit(run_safely, job): job for job in jobs
        }
    while waiting:
        ready, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            job = waiting.pop(future)
            try:
                yield job, future.result()
            except BrokenProcessPool:
                yield job, GancheckError("a worker was killed (out of memory?); run again to resume, with fewer --jobs")


@contextmanager
def isolated_main() -> Iterator[None]:
    """Processes that are started in here leave Ctrl-C to the main process, and never run its script a second time."""
    script, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def run_safely(job: Job) -> list[RunSummary] | GancheckError:
    """The reports, or the error that kept the cell from being worked on, such as a metric that raises; others go on.

    StoreError is raised: where nothing can be written, on a full disk, there is no use in going on.
    """
    try:
        return run_cell(job)
    except StoreError:
        raise
    except GancheckError as error:
        return error
    except (Exception, SystemExit) as error:
        return GancheckError(f"{type(error).__name__}: {error}")


@contextmanager
def on_gpu(gpus: tuple[int, ...]) -> Iterator[None]:
    """In here `cuda` is the first of these GPUs, where there are any."""
    with torch.cuda.device(gpus[0]) if gpus else nullcontext():
        yield


def initialise_worker(threads: int, gpus: SimpleQueue[int] | None = None) -> None:
    """A worker's first acts: take its threads and the next GPU in turn, which `cuda` is from then on, and see to it
    that it never outlives the main process."""
    torch.set_num_threads(threads)
    if gpus is not None:
        torch.cuda.set_device(gpus.get())
    threading.Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """End this worker when the main process is gone, killed or not: nobody would collect its work."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)  # a block in training writes its checkpoint first
        time.sleep(GRACE)
        os._exit(1)
