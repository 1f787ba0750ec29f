"""The work on one cell: train what is not trained, measure what is not measured, commit run by run.

Done in the main process or in a worker; a `Job` is all that travels there.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import torch

from gancheck.cast import seeded
from gancheck.catalogue import Catalogue
from gancheck.detectors.base import watch
from gancheck.engine import Engine
from gancheck.errors import BadPlugin, Diverged, GancheckError, StoreError
from gancheck.evaluation import Evaluator
from gancheck.lesson import Lesson
from gancheck.sampler import Sampler
from gancheck.session import train_alone
from gancheck.spec import Cell, metrics_of
from gancheck.store import Row, Run, SetAside, Store
from gancheck.streams import generator
from gancheck.suite import Task
from gancheck.trained import Trained

Tell = Callable[[int], None]


@dataclass(frozen=True)
class Job:
    """One cell to work on."""

    cell: Cell
    specs: list[Row]  #: one per seed of the cell
    folder: Path
    files: tuple[str, ...]  #: plug-in files, loaded again in every worker
    force: bool = False  #: train and measure even what the store has


@dataclass(frozen=True)
class Report:
    """What became of one run."""

    label: str  #: `ring/mlp r1 seed 0`
    status: str
    reason: str
    held: float | None  #: share of the modes
    seconds: float
    cached: bool = False

    def __str__(self) -> str:
        if self.status != "done":
            return f"{self.label}: {self.status}, {self.reason}"
        held = "" if self.held is None else f", {self.held:.0%} of the modes"
        return f"{self.label}: {'cached' if self.cached else 'done'}{held}, {self.seconds:.1f} s of training"


class Workbench:
    """What a process keeps between cells: the catalogue, and the evaluators with their real rows."""

    def __init__(self, files: tuple[str, ...]) -> None:
        self.catalogue = Catalogue.load(files)
        self.evaluators: dict[str, Evaluator] = {}

    def evaluator(self, task: Task, lesson: Lesson) -> Evaluator:
        """The evaluator of a task's data and protocol, made once."""
        key = json.dumps([asdict(task.dataset), asdict(task.protocol), str(lesson.device)], sort_keys=True, default=str)
        if key not in self.evaluators:
            names = metrics_of(task, self.catalogue)
            made = Evaluator.of(self.catalogue, lesson.dataset, names, task.protocol.samples, lesson.device)
            self.evaluators[key] = made
        return self.evaluators[key]


@lru_cache(maxsize=1)
def workbench(files: tuple[str, ...]) -> Workbench:
    """This process's bench."""
    return Workbench(files)


def work(job: Job, tell: Tell = lambda _: None) -> list[Report]:
    """Bring every run of the cell into the store."""
    bench, store = workbench(job.files), Store(job.folder)
    with store.lock(job.specs[0]["training_id"]):
        held = [] if job.force else [run for s in job.specs if (run := whole_or_none(store, s["run_id"]))]
        if len(held) == len(job.specs):
            return [report(run, cached=True) for run in held]
        return [report(run, cached=False) for run in made(job, bench, store, tell)]


def whole_or_none(store: Store, run_id: str) -> Run | None:
    """A stored run; one that is not whole has been set aside, and is made again."""
    try:
        return store.read(run_id)
    except SetAside as error:
        print(f"gancheck: {error}", file=sys.stderr)
        return None


def made(job: Job, bench: Workbench, store: Store, tell: Tell) -> Iterator[Run]:
    """Train where needed, measure, and commit run by run."""
    lesson = job.cell.lesson(bench.catalogue)
    for spec, record in zip(job.specs, trained(job, lesson, store, tell), strict=True):
        rows, outcome = measured(job, bench, lesson, record)
        store.commit(spec, rows, outcome)
        yield Run(spec, rows, outcome)


def trained(job: Job, lesson: Lesson, store: Store, tell: Tell) -> list[Trained]:
    """The block's trainings: none where the recipe cannot treat the GAN, kept ones, or new ones."""
    if reason := lesson.recipe.supports(lesson.gan, lesson.dataset.spec):
        return [Trained(seed, status="skipped", reason=reason) for seed in lesson.seeds]
    if not job.force and (kept := kept_block(store, job.specs)):
        return kept
    records = train(lesson, tell)
    for spec, record in zip(job.specs, records, strict=True):
        if record.status != "failed":  # a failure may be the machine's, and is no training to measure again
            record.save(store.weights(spec["training_id"]), spec["training"])
    return records


def kept_block(store: Store, specs: list[Row]) -> list[Trained] | None:
    """The whole block's trainings from the store, or None: a block is trained whole."""
    paths = [store.weights(s["training_id"]) for s in specs]
    if not all(path.exists() for path in paths):
        return None
    try:
        return [Trained.load(path) for path in paths]
    except StoreError:  # broken: trained again, and replaced
        return None


def train(lesson: Lesson, tell: Tell) -> list[Trained]:
    """Train the block; what a plug-in raises becomes failed runs with the reason."""
    try:
        return train_alone(lesson, tell) if lesson.gan.own_loop else Engine(lesson).train(tell)
    except Exception as error:
        reason = str(error) if isinstance(error, GancheckError) else f"{type(error).__name__}: {error}"
        return [Trained(seed, status="failed", reason=" ".join(reason.split())) for seed in lesson.seeds]


def measured(job: Job, bench: Workbench, lesson: Lesson, record: Trained) -> tuple[list[Row], Row]:
    """The rows and the outcome of one run."""
    start = time.perf_counter()
    status, reason, rows = record.status, record.reason, list[Row]()
    try:
        rows = list(values(job.cell.task, bench, lesson, record))
    except Diverged as error:
        status, reason = "diverged", str(error)
    except BadPlugin as error:
        status, reason = "failed", str(error)
    detectors = {name: bench.catalogue.build("detector", name) for name in bench.catalogue.names("detector")}
    alarms = watch(detectors, {name: signal.tolist() for name, signal in record.trace.items()})
    rows += [{"kind": "alarm", **alarm.row()} for alarm in alarms]
    spent = round(time.perf_counter() - start, 4)
    return rows, outcome(lesson, record, spent) | {"status": status, "reason": reason}


def outcome(lesson: Lesson, record: Trained, spent: float) -> Row:
    """How a run went, beside its values."""
    return {
        "seconds": round(record.seconds, 4),
        "cpu_seconds": round(record.cpu_seconds, 4),
        "evaluation_seconds": spent,
        "updates": record.updates,
        "samples_seen": record.updates * lesson.recipe.settings(lesson.settings).batch,
        "path": record.path,
        "threads": torch.get_num_threads(),
        "modes": len(lesson.dataset.weights),
        "table": lesson.recipe.kind,
    }


def values(task: Task, bench: Workbench, lesson: Lesson, record: Trained) -> Iterator[Row]:
    """Every metric at every kept step, and of what stands beside. Latents are the same at every step and strategy."""
    if not record.snapshots:
        return
    sampler = sampler_of(lesson)
    for step in sorted(record.snapshots):
        weights = {n: t.to(lesson.device) for n, t in record.snapshots[step].items()}
        source = generator(lesson.device, record.seed, "evaluation")
        samples = sampler.draw(weights, task.protocol.samples, source)
        if samples.shape[1:] != lesson.dataset.spec.shape:
            got, wanted = tuple(samples.shape[1:]), lesson.dataset.spec.shape
            raise BadPlugin(f"the generator made samples of shape {got}; this data needs {wanted}")
        yield from bench.evaluator(task, lesson).rows(samples, step, step == max(record.snapshots))
    yield from bench.evaluator(task, lesson).yardsticks


def sampler_of(lesson: Lesson) -> Sampler:
    """The generator that the kept weights belong to."""
    players = seeded(lambda: lesson.recipe.players(lesson.gan, lesson.dataset.spec), 0)
    return Sampler(players.generator.to(lesson.device), players.latent)


def report(run: Run, cached: bool) -> Report:
    """One line's worth of a run."""
    label = f"{run.spec['task']} {run.spec['recipe']} seed {run.spec['training']['seed']}"
    ended, modes = run.outcome, run.last("value").get("modes")
    held = None if modes is None else modes / ended["modes"]
    return Report(label, ended["status"], ended["reason"], held, ended["seconds"], cached)
