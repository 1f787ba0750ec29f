"""A job whose worker is gone: it is tried again, seed by seed where it can be, and then its runs say what happened."""

from __future__ import annotations

import signal
from dataclasses import dataclass, replace

from gancheck.bench.cell import Job, RunSummary, evaluate_run, kept_runs, summarise_run, worker_context
from gancheck.bench.store import Run, Store
from gancheck.errors import GancheckError
from gancheck.training.record import Status, TrainingRecord

TRIES = 3  #: times that a job is given to a worker; after the last one that is lost, its runs have failed


@dataclass(frozen=True)
class Loss:
    """Why a job came to no end."""

    reason: str
    status: Status = "failed"
    by_chance: bool = True  #: whether another try may end well: a crash may be the machine's, a broken limit is not


@dataclass(frozen=True)
class Attempt:
    """A job, and how often it was tried."""

    job: Job
    tries: int = 1

    def after(self, loss: Loss) -> list[Attempt]:
        """What is tried next; nothing where the runs of the job have come to their end.

        A model's own loop trains seed by seed, so its seeds are parted first: one that crashes costs no other.
        """
        parts = split_job(self.job)
        if len(parts) > 1:
            return [Attempt(part) for part in parts]
        return [Attempt(self.job, self.tries + 1)] if loss.by_chance and self.tries < TRIES else []

    def conclude(self, loss: Loss) -> list[RunSummary] | GancheckError:
        """Commit the runs of the job as what the loss made of them."""
        times = f", {self.tries} times" if self.tries > 1 else ""
        try:
            return commit_loss(self.job, replace(loss, reason=f"{loss.reason}{times}"))
        except GancheckError as error:
            return error


def split_job(job: Job) -> list[Job]:
    """One job a seed where seeds are trained one by one; else the job, as a stack is trained whole."""
    if job.specs[0].training.path != "own-loop":
        return [job]
    return [replace(job, specs=[spec]) for spec in job.specs]


def commit_loss(job: Job, loss: Loss) -> list[RunSummary]:
    """The job's runs in the store, with the loss's status and reason; those that were done before it are left."""
    context, store = worker_context(job.plugins), Store(job.folder)
    with store.lock(job.specs[0].training_id):
        there = [run for spec in job.specs if (run := store.read_or_none(spec.run_id))]
        kept = {run.spec.run_id: run for run in there if run.outcome["status"] == "done"} | kept_runs(job, store)
        setup = job.cell.build(context.registry)
        runs = dict(kept)
        for spec in (spec for spec in job.specs if spec.run_id not in kept):
            record = TrainingRecord(spec.seed, status=loss.status, reason=loss.reason)
            runs[spec.run_id] = run = Run(spec, *evaluate_run(job, context, setup, record))
            store.commit(run)
    return [summarise_run(runs[spec.run_id], cached=spec.run_id in kept) for spec in job.specs]


def describe_exit(code: int | None) -> str:
    """How a process ended, from its exit code; a negative one is a signal."""
    if code is None or code >= 0:
        return f"its process ended with exit status {code or 0}"
    name = signal.Signals(-code).name
    return f"its process was killed by {name}{' (out of memory?)' if name == 'SIGKILL' else ''}"
