"""A plan: everything that a run will do, before it does any of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

from gancheck.bench.cell import Job, Retry, kept_runs
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.selection import parse_only, resize, select
from gancheck.bench.side_files import SideFiles
from gancheck.bench.spec import grid_cells
from gancheck.bench.store import Store
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import load_suite
from gancheck.bench.validation import skip_reason
from gancheck.errors import BadParameter
from gancheck.gans.settings import Budget
from gancheck.plugins.loader import list_places
from gancheck.plugins.registry import Registry
from gancheck.strategies.costs import cost_of
from gancheck.strategies.recipe import Recipe
from gancheck.system.arithmetic import arithmetic
from gancheck.system.device import device_named, device_type
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer

TRIAL = 20  #: steps that are timed to estimate the rest, traced

#: What compiling brings and costs, roughly: benchmarks/speed.
COMPILED_GAIN, COMPILE_SECONDS = 2.0, 25.0


@dataclass(frozen=True)
class Plan:
    """The cells of a suite with their specs; nothing is written yet."""

    suite: Suite
    jobs: list[Job]
    setups: list[TrainingSetup]  #: of every job, built
    store: Store
    registry: Registry
    own_tasks: tuple[str, ...] = ()  #: labels of the suite's tasks before any choice
    device: str = "cpu"  #: where the work is done, such as `cuda:1`; ids know its type only

    @classmethod
    def make(
        cls,
        suite: str | Path,
        plugins: Sequence[str | Path] = (),
        only: Sequence[str] = (),
        seeds: int | None = None,
        steps: int | None = None,
        out: str | Path | None = None,
        device: str = "auto",
        force: bool = False,
        retry: Retry | None = None,
        side: SideFiles | None = None,
    ) -> Plan:
        """Read the suite, choose, and check every plug-in."""
        registry = Registry.load(plugins)
        whole = load_suite(suite, registry)
        chosen = resize(select(whole, registry, parse_only(only)), seeds, steps)
        return cls.of(chosen, registry, plugins, out, device, force, retry, whole, side)

    @classmethod
    def of(
        cls,
        suite: Suite,
        registry: Registry,
        plugins: Sequence[str | Path] = (),
        out: str | Path | None = None,
        device: str = "auto",
        force: bool = False,
        retry: Retry | None = None,
        whole: Suite | None = None,
        side: SideFiles | None = None,
    ) -> Plan:
        """The plan of a suite that was read already, which may be a choice from a whole one; `plugins` are the files
        that the registry was loaded with."""
        if retry not in (None, *get_args(Retry)):
            raise BadParameter(f"retry = {retry!r}: takes {' or '.join(map(repr, get_args(Retry)))}")
        store = Store(Path(out) if out else Path("runs") / folder_name(suite))
        files = tuple(str(place.resolve()) for place in list_places(plugins))
        named = device_named(device)
        grid = list(grid_cells(suite, device_type(named)))
        built = {task.label: (task.build_gan(registry), task.build_dataset(registry)) for task in suite.tasks}
        setups = [cell.assemble(*built[cell.task.label], registry) for cell in grid]
        specs = [cell.specs(setup, registry) for cell, setup in zip(grid, setups, strict=True)]
        how = (store.folder.absolute(), files, force, retry, side or SideFiles())
        jobs = [Job(cell, some, *how) for cell, some in zip(grid, specs, strict=True)]
        return cls(suite, jobs, setups, store, registry, tuple(task.label for task in (whole or suite).tasks), named)

    @property
    def specs(self) -> list[RunSpec]:
        """Of all runs."""
        return [spec for job in self.jobs for spec in job.specs]

    def claim(self) -> None:
        """Make the results folder, and say in it what is asked for; StoreError where it cannot be used."""
        ids = (spec.run_id for spec in self.specs)
        suite = self.suite
        self.store.claim(suite.name, suite.version, self.own_tasks, ids, suite.track, suite.base)

    def kept(self, job: Job) -> int:
        """How many runs of a cell are in the store and are left as they are."""
        if job.force:
            return 0
        if job.retry:
            return len(kept_runs(job, self.store))
        return sum(self.store.path(spec.run_id).exists() for spec in job.specs)

    @property
    def todo(self) -> list[Job]:
        """The cells that are to be worked on."""
        return [job for job in self.jobs if self.kept(job) < len(job.specs)]


def folder_name(suite: Suite) -> str:
    """`quick`, or `quick+steps=100` for a changed budget, which must not mix with the suite's own runs."""
    _, plus, change = suite.version.partition("+")
    return f"{suite.name}{plus}{change}"


def estimate(plan: Plan, todo: Sequence[Job]) -> float:
    """Seconds of training: a short trial of the untreated GAN on each task, scaled by steps and what recipes cost."""
    per_step: dict[str, float] = {}
    graphs: set[str] = set()  # tasks of one shape share a compiled graph
    total = 0.0
    for job, setup in zip(plan.jobs, plan.setups, strict=True):
        if job not in todo or skip_reason(setup) or setup.gan.own_loop:
            continue
        label = job.cell.task.label
        if label not in per_step:
            per_step[label] = trial(setup, plan.registry)
        seconds = per_step[label] * cost_of(setup.recipe.names()) * setup.budget.steps
        if setup.path.execution == "compiled":
            seconds /= COMPILED_GAIN
            graphs.add(f"{setup.recipe.label} {setup.gan} {setup.settings.batch} {setup.dataset.spec.shape}")
        total += seconds
    return total + COMPILE_SECONDS * len(graphs)


def seconds_per_step(trainer: Trainer) -> float:
    """Of the first steps."""
    trainer.prepare()
    start = time.perf_counter()
    for _ in range(TRIAL):
        trainer.step()
    trainer.wait()
    return (time.perf_counter() - start) / TRIAL


def trial(setup: TrainingSetup, registry: Registry) -> float:
    """Seconds per step of a cell without any strategy, traced; 0 where it cannot be tried."""
    if setup.gan.own_loop:
        return 0.0
    untreated, path = Recipe.parse("none", registry), replace(setup.path, execution="traced")
    short = replace(setup, recipe=untreated, budget=Budget(TRIAL, 1), path=path)
    try:
        with arithmetic(short.settings.precision):
            return seconds_per_step(Trainer(short))
    except Exception:  # a plug-in that raises: the run itself will say how
        return 0.0
