"""Workers: cells side by side in processes of this machine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

import torch

from gancheck.bench.cell import Job, worker_context
from gancheck.bench.execution.base import JobResult, run_safely
from gancheck.bench.execution.process_start import isolated_main, start_context
from gancheck.bench.execution.worker import FAREWELL, Worker
from gancheck.bench.lost_job import Attempt, Loss
from gancheck.errors import StoreError, Unsupported
from gancheck.plugins.parameters import positive
from gancheck.system.arithmetic import arithmetic
from gancheck.system.cores import available_cores, thread_count
from gancheck.system.device import gpus_of
from gancheck.system.files import sweep

LOOK = 0.5  #: seconds from one look at silent workers to the next


def default_jobs(device: str, cells: int) -> int:
    """One worker per core on a CPU, one per GPU on GPUs, and no more than there are cells."""
    return max(1, min(available_cores() if device == "cpu" else len(gpus_of(device)), cells))


def worker_threads(device: str, workers: int) -> int:
    """Threads of each worker: one on a CPU, so that CPU time is the cost of training; its share of the cores beside a
    GPU."""
    return 1 if device == "cpu" else max(1, available_cores() // workers)


@dataclass(frozen=True)
class LocalExecutor:
    """Processes of this machine, each with its own threads; one worker is this process itself, unless apart."""

    workers: int
    threads: int
    gpus: tuple[int, ...] = ()  #: over which workers are spread in turn
    apart: bool = False  #: one worker is another process too: what this one does meanwhile is no cost of training

    @classmethod
    def of(cls, device: str, cells: int, jobs: int | None = None, threads: int | None = None) -> LocalExecutor:
        """As many workers and threads as asked for, else the defaults."""
        for value, name in ((jobs, "jobs"), (threads, "threads")):
            if value is not None:
                positive(value, name)
        workers = min(jobs or default_jobs(device, cells), max(1, cells))
        return cls(workers, threads or worker_threads(device, workers), gpus_of(device))

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        """Work on all jobs; results come as they are done."""
        worker_context.cache_clear()  # plug-ins may have changed since the last call
        limited = any(job.cell.task.budget.timeout or job.cell.task.budget.memory for job in jobs)
        if self.workers == 1 and not (limited or self.apart):  # a limit is held from outside
            with self.as_worker():
                yield from ((job, run_safely(job)) for job in jobs)
            return
        refuse_unseen_memory(jobs)
        try:
            yield from WorkerPool(self).run(jobs)
        finally:
            sweep(jobs[0].folder)

    def survey(self) -> tuple[int, list[str]]:
        """So many workers, all here."""
        return self.workers, []

    @contextmanager
    def as_worker(self) -> Iterator[None]:
        """In here this process computes as the workers do: with as many threads, in float32, on the first GPU."""
        with thread_count(self.threads), on_gpu(self.gpus), arithmetic():
            yield

    def gpu(self, worker: int) -> int | None:
        """The GPU of a worker: each in turn; None on a CPU."""
        return self.gpus[worker % len(self.gpus)] if self.gpus else None


class WorkerPool:
    """So many workers; one that dies is replaced, and what it had in hand is tried again.

    A process pool of the standard library would give up all work when one worker dies.
    """

    def __init__(self, executor: LocalExecutor) -> None:
        self.executor = executor
        self.workers: list[Worker] = []
        self.waiting: deque[Attempt] = deque()

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        """Results in the order in which they come."""
        self.waiting.extend(map(Attempt, jobs))
        try:
            self.workers = [self.hire(i) for i in range(min(self.executor.workers, len(jobs)))]
            while self.give_work():
                wait([worker.pipe for worker in self.workers if worker.attempt], LOOK)
                for place, worker in enumerate(self.workers):
                    yield from self.look_at(place, worker)
            for worker in self.workers:
                worker.dismiss()
            self.await_ends()
        except BaseException:  # Ctrl-C, or a full disk: what is in hand is written, if it can be
            for worker in self.workers:
                worker.terminate()
            self.await_ends()
            raise
        finally:  # after a second Ctrl-C, at once
            for worker in self.workers:
                worker.kill()

    def await_ends(self) -> None:
        """Give all workers together so long to end by themselves."""
        until = time.monotonic() + FAREWELL
        for worker in self.workers:
            worker.process.join(max(0.0, until - time.monotonic()))

    def hire(self, place: int) -> Worker:
        """A new worker for a place."""
        with isolated_main():
            return Worker(start_context(self.executor.gpus), self.executor.threads, self.executor.gpu(place))

    def give_work(self) -> bool:
        """Give every idle worker a job; whether anybody has one."""
        for worker in self.workers:
            if not worker.attempt and self.waiting:
                worker.give(self.waiting.popleft())
        return any(worker.attempt for worker in self.workers)

    def look_at(self, place: int, worker: Worker) -> Iterator[JobResult]:
        """What one worker has done, if anything; a lost one is replaced."""
        attempt = worker.attempt
        if attempt is None or (end := worker.end()) is None:
            return
        worker.attempt = None
        if isinstance(end, StoreError):
            raise end
        if not isinstance(end, Loss):
            if attempt.job.cell.task.budget.memory and self.waiting:  # what is left of this job is not the next one's
                worker.kill()
                self.workers[place] = self.hire(place)
            yield attempt.job, end
            return
        worker.kill()
        self.workers[place] = self.hire(place)
        following = attempt.after(end)
        self.waiting.extend(following)
        if not following:
            yield attempt.job, attempt.conclude(end)


def refuse_unseen_memory(jobs: Sequence[Job]) -> None:
    """Unsupported where a suite limits memory and this system does not say what processes use."""
    if any(job.cell.task.budget.memory for job in jobs) and not Path("/proc/self/statm").exists():
        raise Unsupported("budget: memory is limited on Linux only; leave it out of the suite here")


@contextmanager
def on_gpu(gpus: tuple[int, ...]) -> Iterator[None]:
    """In here `cuda` is the first of these GPUs, where there are any."""
    with torch.cuda.device(gpus[0]) if gpus else nullcontext():
        yield
