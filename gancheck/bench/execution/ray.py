"""A cluster: cells as tasks of Ray, on machines that need not share a disk.

The driver, which is the process that the user started, alone writes to the results folder. A task gets its job, the
sources of the plug-ins and the cell's files by content, works in a temporary folder, and hands back the files that are
new. What is lost with a worker or a node is given out again by the rule of the local engine (`TRIES`).
"""

from __future__ import annotations

import logging
import os
import socket
import tempfile
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancheck.bench.cell import Job, worker_context
from gancheck.bench.execution.base import JobEnd, JobResult, run_safely
from gancheck.bench.execution.cargo import PluginSources, changes, commit_changes, read_contents, settle, write_contents
from gancheck.bench.lost_job import Attempt, Loss
from gancheck.errors import BadParameter, GancheckError, StoreError, Unsupported
from gancheck.plugins.parameters import positive
from gancheck.system.arithmetic import arithmetic
from gancheck.system.cores import thread_count
from gancheck.system.counts import say_count
from gancheck.system.files import sweep
from gancheck.system.process_folder import process_folder, sweep_folders

if TYPE_CHECKING:
    from ray import ObjectRef

AHEAD = 2  #: jobs given out for each that the cluster can work on at once, so that no node waits for the driver
LOOK = 1.0  #: seconds from one look at the size of the cluster to the next
WRITERS = 8  #: jobs whose files are written at once

#: What became of a job, with the files that are new (or, with None, gone).
Parcel = tuple[JobEnd, dict[str, bytes | None]]

Ending = tuple[Attempt, JobEnd | Loss]  #: of one try


@dataclass(frozen=True)
class RayExecutor:
    """Tasks on a Ray cluster, each with so many cores, a share of a GPU, and the memory that the suite allows it."""

    address: str | None = None  #: "auto", "HOST:PORT"; None: a Ray of this machine's own
    threads: int = 1
    gpus: float = 0.0  #: of a task; 0.25 puts four on a GPU
    most: int | None = None  #: tasks at once; None: as many as fit

    def __post_init__(self) -> None:
        positive(self.threads, "threads")
        if self.most is not None:
            positive(self.most, "jobs")
        if self.gpus < 0 or (self.gpus > 1 and self.gpus % 1):
            raise BadParameter(f"gpu_share = {self.gpus:g}: takes a share of one GPU, such as 0.25, or whole GPUs")

    def slots(self, ray: Any) -> int:
        """How many jobs are worked on at once, by the nodes that are there now."""
        there = sum(self.room(node["Resources"]) for node in ray.nodes() if node["Alive"])
        return min(there, self.most or there)

    def room(self, resources: Mapping[str, float]) -> int:
        """How many tasks a node of such resources can work on at once."""
        cores = int(resources.get("CPU", 0) // self.threads)
        return min(cores, int(resources.get("GPU", 0) / self.gpus + 1e-9)) if self.gpus else cores

    def survey(self) -> tuple[int, list[str]]:
        """How many jobs at once, and the nodes of the cluster."""
        with connect(self.address) as ray:
            nodes = [node for node in ray.nodes() if node["Alive"]]
            lines = [f"node {node['NodeManagerAddress']}: {self.describe_node(node['Resources'])}" for node in nodes]
            return self.slots(ray), lines

    def describe_node(self, resources: Mapping[str, float]) -> str:
        """`16 CPUs, 2 GPUs, 8 blocks at once`."""
        cores, gpus = (say_count(int(resources.get(kind, 0)), kind) for kind in ("CPU", "GPU"))
        return f"{cores}, {gpus}, {say_count(self.room(resources), 'block')} at once"

    def run(self, jobs: Sequence[Job]) -> Generator[JobResult]:
        """Work on all jobs; results come as they are done, their files committed."""
        worker_context.cache_clear()  # plug-ins may have changed since the last call
        try:
            with connect(self.address) as ray:
                self.refuse_lacking_cores(ray)
                self.refuse_lacking_memory(ray, jobs)
                yield from Flight(self, ray, jobs).results()
        finally:
            sweep(jobs[0].folder)
            sweep_folders()  # of workers on this machine, which Ray ends without a word

    def refuse_lacking_cores(self, ray: Any) -> None:
        """Unsupported where no node has the cores and the GPU of a job."""
        if not self.slots(ray):
            need = f"{say_count(self.threads, 'CPU')}{f' and {self.gpus:g} GPU' if self.gpus else ''}"
            raise Unsupported(f"no node of the cluster has {need} for a block; ask for less, or start such a node")

    def refuse_lacking_memory(self, ray: Any, jobs: Sequence[Job]) -> None:
        """Unsupported where a job needs more memory than any node has: it would wait for ever."""
        need = max(job.cell.task.budget.memory for job in jobs)
        most = max((n["Resources"].get("memory", 0.0) for n in ray.nodes() if n["Alive"]), default=0.0) / 2**30
        if need > most:
            raise Unsupported(
                f"no node of the cluster has the {need:g} GiB of memory of the suite's budget ({most:.1f})"
            )

    def options(self, job: Job) -> dict[str, Any]:
        """What a job needs, as Ray is told; the driver sees to lost ones itself."""
        memory = {"memory": int(job.cell.task.budget.memory * 2**30)} if job.cell.task.budget.memory else {}
        return {"num_cpus": self.threads, "num_gpus": self.gpus, "max_retries": 0, **memory}


class Flight:
    """Jobs on their way: a bounded number is given out, the others wait as specs, and results are kept nowhere."""

    def __init__(self, executor: RayExecutor, ray: Any, jobs: Sequence[Job]) -> None:
        self.executor, self.ray = executor, ray
        self.waiting = deque(map(Attempt, jobs))
        self.flying: dict[ObjectRef[Parcel], Attempt] = {}
        self.sources = ray.put(PluginSources.pack(jobs[0].plugins))
        self.task = ray.remote(work_on)

    def results(self) -> Iterator[JobResult]:
        """Every job's, in the order in which they come. Nodes that join are used, and those that leave are missed."""
        with ThreadPoolExecutor(WRITERS) as pool:
            while self.waiting or self.flying:
                yield from self.give_out()
                for attempt, end in self.bring_in(pool, self.ready()):
                    yield from self.try_again(attempt, end) if isinstance(end, Loss) else [(attempt.job, end)]

    def ready(self) -> list[ObjectRef[Parcel]]:
        """All that are done, after waiting for one of them."""
        flying = list(self.flying)
        ready, _ = self.ray.wait(flying, num_returns=1, timeout=LOOK)
        return self.ray.wait(flying, num_returns=len(flying), timeout=0)[0] if ready else []

    def give_out(self) -> Iterator[JobResult]:
        """Give out jobs until the window is full. One whose files cannot be read, or are links, has come to its end."""
        slots = self.executor.slots(self.ray)
        window = max(1, slots if self.executor.most else AHEAD * slots)
        while self.waiting and len(self.flying) < window:
            attempt = self.waiting.popleft()
            try:
                contents = read_contents(attempt.job)
            except StoreError as error:
                yield attempt.job, error
            else:
                self.flying[self.start(attempt.job, contents)] = attempt

    def start(self, job: Job, contents: Mapping[str, bytes]) -> ObjectRef[Parcel]:
        """Have the cluster work on a job."""
        call = self.task.options(**self.executor.options(job))
        return call.remote(job, self.sources, contents, self.executor.threads)

    def bring_in(self, pool: ThreadPoolExecutor, ready: Sequence[ObjectRef[Parcel]]) -> Iterator[Ending]:
        """Commit what came, several at once, as most of it is waiting for the disk. Where one cannot be written, which
        raises, the others are told first: they are in the folder."""
        attempts = [self.flying.pop(reference) for reference in ready]
        ends = [pool.submit(self.commit, one.job, reference) for one, reference in zip(attempts, ready, strict=True)]
        for attempt, end in sorted(zip(attempts, ends, strict=True), key=lambda pair: pair[1].exception() is not None):
            yield attempt, end.result()

    def commit(self, job: Job, reference: ObjectRef[Parcel]) -> JobEnd | Loss:
        """Write what came of a job into the results folder."""
        try:
            result, changed = self.ray.get(reference)
        except self.ray.exceptions.RayError as error:
            return describe_loss(error)
        commit_changes(job, changed)
        return result  # type: ignore[no-any-return]

    def try_again(self, attempt: Attempt, loss: Loss) -> Iterator[JobResult]:
        """Give out a lost job again, or say what came of it."""
        following = attempt.after(loss)
        self.waiting.extend(following)
        if not following:
            yield attempt.job, attempt.conclude(loss)


def describe_loss(error: Exception) -> Loss:
    """Why Ray lost a task, in a line."""
    kinds = {
        "WorkerCrashedError": "its worker ended in the middle",
        "OutOfMemoryError": "its node ran out of memory",
        "NodeDiedError": "its node was lost",
        "ObjectLostError": "its node was lost with the result",
        "LocalRayletDiedError": "its node was lost",
    }
    name = type(error).__name__
    return Loss(kinds.get(name, f"{name}: {' '.join(str(error).split())[:200]}"))


def work_on(job: Job, sources: PluginSources, contents: Mapping[str, bytes], threads: int) -> Parcel:
    """The task: bring the job's runs into a folder of its own, and hand back what is new there."""
    home = Path.cwd()
    try:
        with tempfile.TemporaryDirectory(dir=process_folder()) as place:
            folder = Path(place)
            write_contents(folder, contents)
            own = settle(job, sources, folder)
            with thread_count(threads), arithmetic():
                result = run_safely(own)
            return result, changes(contents, read_contents(own))
    except GancheckError as error:
        return GancheckError(f"{error} (node {socket.gethostname()})"), {}
    except OSError as error:
        return GancheckError(f"node {socket.gethostname()}: {error}"), {}
    finally:
        os.chdir(home)


@contextmanager
def connect(address: str | None) -> Iterator[Any]:
    """Ray, connected; a connection that was there before is used and left as it is."""
    ray = import_ray()
    if ray.is_initialized():
        yield ray
        return
    own = {} if address else {"include_dashboard": False}
    try:
        ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError) as error:
        there = f"--address {address}: there is no Ray cluster"
        raise Unsupported(f"{there} ({first_line(error)}); `ray start --head` makes one") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def first_line(error: Exception) -> str:
    """What an error says first."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")


def import_ray() -> Any:
    """The package, which tells nobody that it is used."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise Unsupported('--engine ray needs the package ray: pip install "gancheck[ray]"') from error
    return ray
