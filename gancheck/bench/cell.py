"""The work on one cell: train what is not trained, measure what is not measured, commit run by run.

Done in the main process or in a worker; a `Job` is all that travels there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import torch

from gancheck.bench.alarm_rows import alarm_row, find_alarms
from gancheck.bench.evaluation import TaskEvaluation
from gancheck.bench.evaluation_draws import EvaluationDraws, per_thousand
from gancheck.bench.out_of_memory import advise_on_measuring, advise_on_training
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.side_files import SideFiles
from gancheck.bench.spec import Cell
from gancheck.bench.store import Row, Run, Store
from gancheck.bench.task import Task
from gancheck.bench.training_state import training_state
from gancheck.bench.validation import skip_reason
from gancheck.errors import BadPlugin, Diverged, GancheckError, StoreError
from gancheck.plugins.registry import Registry
from gancheck.system.arithmetic import arithmetic
from gancheck.system.digest import json_values
from gancheck.training.checkpoints import Checkpoints, NoCheckpoints
from gancheck.training.fallback import is_out_of_memory
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep
from gancheck.training.setup import TrainingSetup
from gancheck.training.start_weights import save_players
from gancheck.training.train import train

Retry = Literal["failed"]
RETRIED = ("failed", "timeout")  #: how runs end for reasons that may be gone; one that diverged would do so again


@dataclass(frozen=True)
class Job:
    """One cell to work on."""

    cell: Cell
    specs: list[RunSpec]  #: one per seed of the cell
    folder: Path
    plugins: tuple[str, ...]  #: plug-in files, loaded again in every worker
    force: bool = False  #: train and measure even what the store has
    retry: Retry | None = None  #: what else is tried again
    side: SideFiles = field(default_factory=SideFiles)

    def keeps(self, run: Run) -> bool:
        """Whether a run that the store has is left as it is."""
        in_trouble = run.outcome["status"] in RETRIED or run.metric_errors()
        return not self.force and not (self.retry == "failed" and in_trouble)


@dataclass(frozen=True)
class RunSummary:
    """What became of one run."""

    label: str  #: `ring/mlp r1 seed 0`
    status: str
    reason: str
    modes_held: float | None  #: share of the modes
    seconds: float
    cached: bool = False
    metric_errors: Mapping[str, str] = field(default_factory=dict)  #: what metrics raised instead of a value, by metric
    detour: str = ""  #: why the run was not computed on the way that was wanted, which is faster
    path: str = ""  #: how it was computed, such as "stacked-compiled"
    evaluation_seconds: float = 0.0

    def __str__(self) -> str:
        if self.status != "done":
            return f"{self.label}: {self.status}, {self.reason}"
        held = "" if self.modes_held is None else f", {self.modes_held:.0%} of the modes"
        done = f"{self.label}: {'cached' if self.cached else 'done'}{held}, {self.seconds:.1f} s of training"
        return "; ".join([done, *self.metric_errors.values()])

    @property
    def details(self) -> str:
        """The same, with the way of training and the time of measuring."""
        way = f", {self.path}, {self.evaluation_seconds:.1f} s of measuring" if self.path else ""
        return f"{self}{way}"


class WorkerContext:
    """What a process keeps between cells: the registry, and the tasks' metrics with their real data."""

    def __init__(self, plugins: tuple[str, ...]) -> None:
        self.registry = Registry.load(plugins)
        self.evaluations: dict[str, TaskEvaluation] = {}

    def evaluation(self, task: Task, setup: TrainingSetup) -> TaskEvaluation:
        """How a task's data and protocol are measured; made once."""
        data = [asdict(task.dataset), setup.dataset.content]
        key = json.dumps([*data, asdict(task.protocol), str(setup.device)], sort_keys=True, default=str)
        if key not in self.evaluations:
            self.evaluations[key] = TaskEvaluation.of(task, setup.dataset, self.registry, setup.device)
        return self.evaluations[key]


@lru_cache(maxsize=1)
def worker_context(plugins: tuple[str, ...]) -> WorkerContext:
    """This process's context."""
    return WorkerContext(plugins)


def run_cell(job: Job, on_step: OnStep = lambda _: None) -> list[RunSummary]:
    """Bring every run of the cell into the store; what is there, or another process has done meanwhile, is left."""
    context, store = worker_context(job.plugins), Store(job.folder)
    with store.lock(job.specs[0].training_id), arithmetic():
        kept = kept_runs(job, store)
        todo = [spec for spec in job.specs if spec.run_id not in kept]
        made = {run.spec.run_id: run for run in produce_runs(job, todo, context, store, on_step)} if todo else {}
        runs = [(kept | made)[spec.run_id] for spec in job.specs]
    return [summarise_run(run, cached=run.spec.run_id in kept) for run in runs]


def kept_runs(job: Job, store: Store) -> dict[str, Run]:
    """The runs of the cell that the store has whole and the job leaves as they are, by id."""
    if job.force:
        return {}
    runs = [run for spec in job.specs if (run := store.read_or_none(spec.run_id))]
    return {run.spec.run_id: run for run in runs if job.keeps(run)}


def produce_runs(
    job: Job, todo: Sequence[RunSpec], context: WorkerContext, store: Store, on_step: OnStep
) -> Iterator[Run]:
    """Train where needed, measure, and commit run by run."""
    setup = job.cell.build(context.registry)
    records = load_or_train(job, todo, setup, store, on_step)
    on_step(setup.budget.steps)  # training is over, also where it was kept
    for spec in todo:
        rows, outcome = evaluate_run(job, context, setup, records[spec.seed])
        run = Run(spec, rows, outcome)
        store.commit(run)
        yield run


def load_or_train(
    job: Job, todo: Sequence[RunSpec], setup: TrainingSetup, store: Store, on_step: OnStep
) -> dict[int, TrainingRecord]:
    """Trainings by seed: none where the recipe cannot treat the GAN, kept ones, or new ones.

    A model's own loop trains the missing seeds alone, and each is saved when it is done. A stack is trained whole, as
    its rounding depends on its width; of it only what is missing is saved.
    """
    if reason := skip_reason(setup):
        return {seed: TrainingRecord(seed, status="skipped", reason=reason) for seed in setup.seeds}
    records = load_records(job, todo, store)
    missing = [spec for spec in todo if spec.seed not in records]
    own = setup.gan.own_loop
    for group in [[spec] for spec in missing] if own else [missing] * bool(missing):
        seeds = tuple(spec.seed for spec in group) if own else setup.seeds
        checkpoints = open_checkpoints(job, store)
        trained = {record.seed: record for record in train_block(replace(setup, seeds=seeds), on_step, checkpoints)}
        for spec in group:
            records[spec.seed] = record = trained[spec.seed]
            if record.status != "failed":  # a failure may be the machine's, and is no training to measure again
                record.save(store.weights(spec.training_id), json_values(spec.training))
            if record.players and "players" in job.side.keep:
                save_players(record.players, store.players(spec), {"training": spec.training_id, "run": spec.label})
        if all(record.status != "failed" for record in trained.values()):
            checkpoints.remove()
    return records


def open_checkpoints(job: Job, store: Store) -> Checkpoints:
    """The checkpoint of the cell's block; where all is to be made again, an old one is removed."""
    if not job.side.checkpoint:
        return NoCheckpoints()
    training = job.specs[0].training_id
    checkpoints = Checkpoints(store.checkpoint(training), training, job.side.checkpoint)
    if job.force:
        checkpoints.remove()
    return checkpoints


def load_records(job: Job, todo: Sequence[RunSpec], store: Store) -> dict[int, TrainingRecord]:
    """The trainings that are kept whole and are not to be made again, by seed."""
    found = {}
    for spec in () if job.force else todo:
        with suppress(StoreError):  # it is not there, or broken: trained again, and replaced
            found[spec.seed] = TrainingRecord.load(store.weights(spec.training_id))
    return {seed: record for seed, record in found.items() if not (job.retry and record.status in RETRIED)}


def train_block(setup: TrainingSetup, on_step: OnStep, checkpoints: Checkpoints) -> list[TrainingRecord]:
    """Train the block; what a plug-in raises becomes failed runs with the reason."""
    try:
        return train(setup, on_step, checkpoints)
    except (Exception, SystemExit) as error:
        named = str(error) if isinstance(error, GancheckError) else f"{type(error).__name__}: {error}"
        reason = advise_on_training(setup) if is_out_of_memory(error) else named
    torch.cuda.empty_cache()  # what the block held is free only now
    return [TrainingRecord(seed, status="failed", reason=" ".join(reason.split())) for seed in setup.seeds]


def evaluate_run(
    job: Job, context: WorkerContext, setup: TrainingSetup, record: TrainingRecord
) -> tuple[list[Row], Row]:
    """The rows and the outcome of one run."""
    start, draws = time.perf_counter(), EvaluationDraws(setup, record.seed, job.cell.task.protocol.samples)
    status, reason, rows = record.status, record.reason, list[Row]()
    try:
        rows = list(value_rows(context.evaluation(job.cell.task, setup), draws, record)) if record.snapshots else []
    except Diverged as error:
        status, reason = "diverged", str(error)
    except Exception as error:
        if not (isinstance(error, BadPlugin) or is_out_of_memory(error)):
            raise
        status, reason = "failed", advise_on_measuring(setup) if is_out_of_memory(error) else str(error)
    alarms = find_alarms(context.registry, {name: signal.tolist() for name, signal in record.trace.items()})
    ended = {"status": status, "reason": reason, "state": training_state(alarms, replace(record, status=status))}
    spent = round(time.perf_counter() - start, 4)
    return [*rows, *map(alarm_row, alarms)], outcome_row(setup, record, spent) | draws.cost() | ended


def outcome_row(setup: TrainingSetup, record: TrainingRecord, spent: float) -> Row:
    """How a run went, beside its values."""
    seen = record.updates * setup.recipe.settings(setup.settings).batch
    return {
        "seconds": round(record.seconds, 4),
        "cpu_seconds": round(record.cpu_seconds, 4),
        "seconds_per_1000": per_thousand(record.seconds, seen),
        "peak_memory": record.peak_memory or None,
        "evaluation_seconds": spent,
        "updates": record.updates,
        "samples_seen": seen,
        "path": record.path,
        "path_reason": record.path_reason,
        "threads": torch.get_num_threads(),
        "modes": len(setup.dataset.weights),
        "table": setup.recipe.kind,
    }


def value_rows(evaluation: TaskEvaluation, draws: EvaluationDraws, record: TrainingRecord) -> Iterator[Row]:
    """Every metric at every kept step, and of what stands beside."""
    for step in sorted(record.snapshots):
        yield from evaluation.rows(draws.of(record.snapshots[step]), step, step == max(record.snapshots))
    yield from evaluation.yardsticks


def summarise_run(run: Run, cached: bool) -> RunSummary:
    """One line's worth of a run."""
    ended, modes = run.outcome, run.last("value").get("modes")
    held = None if modes is None else modes / ended["modes"]
    errors = run.metric_errors()
    status, reason, detour = ended["status"], ended["reason"], ended.get("path_reason", "")
    way, measured = ended.get("path", ""), ended.get("evaluation_seconds", 0.0)
    return RunSummary(run.spec.label, status, reason, held, ended["seconds"], cached, errors, detour, way, measured)
