"""One worker: a process that works on one job at a time, as the main process sees it."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

import numpy as np
import torch

from gancheck.bench.cell import Job
from gancheck.bench.execution.base import JobEnd, run_safely
from gancheck.bench.lost_job import Attempt, Loss, describe_exit
from gancheck.errors import StoreError
from gancheck.system.process_group import kill_group, lead_group

GRACE = 10.0  #: seconds that a worker has to end by itself when the main process is gone
PATIENCE = 300.0  #: seconds beyond a suite's time limit that a worker may be silent: it builds, compiles and measures
FAREWELL = 60.0  #: seconds that workers have to write checkpoints when the main process is asked to stop


class Worker:
    """A process with what it has in hand.

    It is the head of a process group of its own, so that what a plug-in starts ends with it.
    """

    def __init__(self, context: ForkServerContext | SpawnContext, threads: int, gpu: int | None) -> None:
        self.pipe, there = context.Pipe()
        self.process = context.Process(target=serve, args=(there, threads, gpu, dict(os.environ)))
        self.process.start()
        there.close()
        self.attempt: Attempt | None = None
        self.heard_at = math.inf  #: when it gave the last sign, monotonic; starting takes what it takes

    def give(self, attempt: Attempt) -> None:
        """Hand over a job; where the worker is gone already, `end` will say so."""
        self.attempt, self.heard_at = attempt, math.inf
        with suppress(OSError):
            self.pipe.send(attempt.job)

    @property
    def steps(self) -> int:
        """Of the job in hand; at the last one training is over, and measuring takes what it takes."""
        assert self.attempt is not None
        return self.attempt.job.cell.task.budget.steps

    def end(self) -> JobEnd | Loss | None:
        """What came of the job in hand; None while it is worked on."""
        with suppress(EOFError, OSError):
            while self.pipe.poll():
                if not isinstance(message := self.pipe.recv(), int):
                    return message  # type: ignore[no-any-return]
                self.heard_at = time.monotonic() if message < self.steps else math.inf
        if not self.process.is_alive():
            return Loss(describe_exit(self.process.exitcode))
        return self.broken_limit()

    def broken_limit(self) -> Loss | None:
        """The limit that the job in hand has broken, after which the worker is killed."""
        assert self.attempt is not None
        budget, silent = self.attempt.job.cell.task.budget, time.monotonic() - self.heard_at
        if budget.memory and (used := resident_memory(self.process.pid) / 2**30) > budget.memory:
            return Loss(f"over {budget.memory:g} GiB of memory ({used:.2f})", by_chance=False)
        if budget.timeout and silent > budget.timeout + PATIENCE:
            return Loss(f"over {budget.timeout:g} s, and no sign for {silent:.0f} s", "timeout", by_chance=False)
        return None

    def dismiss(self) -> None:
        """No more work; the worker ends by itself."""
        with suppress(OSError):
            self.pipe.send(None)

    def terminate(self) -> None:
        """Ask it to stop: a block in training writes its checkpoint."""
        self.process.terminate()

    def kill(self) -> None:
        """End it, and everything that was started in it."""
        kill_group(self.process.pid or 0)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def resident_memory(process: int | None) -> int:
    """Bytes of a process that are in memory; 0 where it is gone, and on systems that do not say it this way."""
    with suppress(OSError, ValueError, IndexError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return 0


def serve(pipe: Connection, threads: int, gpu: int | None, environment: Mapping[str, str]) -> None:
    """A worker's life: jobs in, signs of life and results out. A copy of it that a plug-in forked ends at once."""
    take_environment(environment)
    initialise_worker(threads, gpu)
    own = os.getpid()

    def sign(step: int) -> None:
        if os.getpid() != own:
            os._exit(0)
        with suppress(OSError):  # the main process is gone: this one is about to be ended, and no run has failed
            pipe.send(step)

    with suppress(EOFError, ConnectionError):  # the main process is gone
        while (job := pipe.recv()) is not None:
            sign(0)
            end = end_of(job, sign)
            sign(0)
            pipe.send(end)


def end_of(job: Job, sign: object) -> JobEnd:
    """What came of a job; a StoreError too is handed to the main process, which raises it."""
    try:
        return run_safely(job, sign)  # type: ignore[arg-type]
    except StoreError as error:
        return error


def take_environment(environment: Mapping[str, str]) -> None:
    """Be as if started by the main process just now: a fork has the variables of when its origin was started, and
    NumPy's global random numbers, which a plug-in may use, are the same in all forks."""
    os.environ.clear()
    os.environ.update(environment)
    np.random.seed()


def initialise_worker(threads: int, gpu: int | None = None) -> None:
    """A worker's first acts: take its threads and its GPU, which `cuda` is from then on; print where nothing is read by
    programs; and see to it that it never outlives the main process."""
    lead_group()
    os.dup2(2, 1)
    torch.set_num_threads(threads)
    if gpu is not None:
        torch.cuda.set_device(gpu)
    threading.Thread(target=follow_parent, daemon=True).start()


def follow_parent() -> None:
    """End this worker when the main process is gone, killed or not: nobody would collect its work."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)  # a block in training writes its checkpoint first
        time.sleep(GRACE)
        kill_group(0)
        os._exit(1)
