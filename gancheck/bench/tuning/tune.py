"""Tuning of a suite: as many trials for every recipe, on seeds that are never ranked, each trial made of ordinary runs.

The recipes' trials advance together, a task at a time, and no study sees another's: so neither the number of workers
nor a stop changes what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gancheck.bench.cell import RunSummary, summarise_run
from gancheck.bench.collect import run_result
from gancheck.bench.execution.base import Executor, open_results
from gancheck.bench.plan import Plan
from gancheck.bench.run_result import RunResult
from gancheck.bench.suite import Suite
from gancheck.bench.task import Task
from gancheck.bench.tuning.objective import value_of_runs
from gancheck.bench.tuning.outcome import TunedRecipe, TuningOutcome
from gancheck.bench.tuning.recipe_space import RecipeSpace
from gancheck.bench.tuning.sampling import SamplerName
from gancheck.bench.tuning.study import RecipeStudy, open_journal
from gancheck.errors import BadSuite, GancheckError
from gancheck.plugins.parameters import positive
from gancheck.plugins.registry import Registry
from gancheck.system.digest import digest

if TYPE_CHECKING:
    from optuna.trial import Trial

JOURNAL = "journal.log"
OnRun = Callable[[RunSummary], None]


@dataclass(frozen=True)
class Tuning:
    """What is to be tuned: a suite, and how many trials each of its recipes gets."""

    suite: Suite  #: on the track "tuning"
    origin: Suite  #: as it is ranked
    registry: Registry
    trials: int
    sampler: SamplerName = "tpe"
    seed: int = 0  #: of the sampler
    plugins: Sequence[str | Path] = ()
    folder: Path = field(default_factory=Path)
    device: str = "auto"

    @classmethod
    def of(
        cls,
        suite: Suite,
        registry: Registry,
        trials: int,
        sampler: SamplerName = "tpe",
        seeds: int | None = None,
        seed: int = 0,
        plugins: Sequence[str | Path] = (),
        out: str | Path | None = None,
        device: str = "auto",
    ) -> Tuning:
        """Of a suite that was read; `seeds` per trial and task, one block unless given. `out` is `runs/<suite>+tuning`
        unless given."""
        if suite.track != "default":
            raise BadSuite(f"{suite.name} {suite.version} is on the track '{suite.track}'; tune the suite it came from")
        tasks = tuple(task for task in suite.tasks if not task.yardstick)
        own = replace(suite, tasks=tasks, seeds=positive(seeds or suite.block, "seeds")).on_track("tuning")
        folder = Path(out) if out else Path("runs") / f"{suite.name}+tuning"
        positive(trials, "trials")
        return cls(own, replace(suite, tasks=tasks), registry, trials, sampler, seed, plugins, folder, device)

    @cached_property
    def plan(self) -> Plan:
        """The runs of every recipe as it is: the first trials, and by their specs what the studies belong to."""
        return self.plan_of(self.suite.tasks, self.suite.recipes)

    def plan_of(self, tasks: Sequence[Task], recipes: Sequence[str]) -> Plan:
        """The runs of some recipes on some tasks."""
        part = replace(self.suite, tasks=tuple(tasks), recipes=tuple(dict.fromkeys(recipes)))
        return Plan.of(part, self.registry, self.plugins, self.folder, self.device)

    def open_studies(self) -> list[RecipeStudy]:
        """Every recipe's study, as far as the folder has it; changed code or another protocol begins a new one."""
        storage = open_journal(self.folder / JOURNAL)
        return [
            RecipeStudy.open(
                storage,
                self.study_name(recipe),
                RecipeSpace.of(recipe, self.registry),
                self.trials,
                len(self.suite.tasks),
                self.sampler,
                self.seed,
            )
            for recipe in self.suite.recipes
        ]

    def study_name(self, recipe: str) -> str:
        """Names everything on which trials depend; a grid depends on their number too."""
        specs = [[spec.training, spec.evaluation] for spec in self.plan.specs if spec.recipe == recipe]
        levels = [self.trials] if self.sampler == "grid" else []
        return " ".join([recipe, self.sampler, digest([specs, self.seed, levels])])


def tune_suite(tuning: Tuning, executor: Executor, on_run: OnRun = lambda _: None) -> TuningOutcome:
    """Make the trials that are not there yet. StoreError where the folder cannot be used, GancheckError where a worker
    was lost: the same call goes on from there."""
    claim(tuning.plan)
    studies = tuning.open_studies()
    while begun := [(study, trial) for study in studies if (trial := study.next_trial())]:
        make_round(tuning, begun, executor, on_run)
    recipes = tuple(tuned_recipe(study, tuning.registry) for study in studies)
    seeds = sum(map(len, tuning.suite.blocks))
    return TuningOutcome(tuning.origin, recipes, tuning.sampler, seeds, tuning.folder)


def make_round(tuning: Tuning, begun: Sequence[tuple[RecipeStudy, Trial]], executor: Executor, on_run: OnRun) -> None:
    """One trial of every recipe, task by task; those that are behind the median are given up on the way."""
    labels = {trial.study.study_name: study.space.label(trial.params, tuning.registry) for study, trial in begun}
    found: dict[str, list[RunResult]] = {label: [] for label in labels.values()}
    open_trials = list(begun)
    for step, task in enumerate(tuning.suite.tasks):
        wanted = [labels[trial.study.study_name] for _, trial in open_trials]
        for result in run_recipes(tuning, task, wanted, executor, on_run):
            found[result.recipe].append(result)
        last = step + 1 == len(tuning.suite.tasks)
        values = [value_of_runs(found[labels[trial.study.study_name]]) for _, trial in open_trials]
        rated = list(zip(open_trials, values, strict=True))
        open_trials = [pair for pair, value in rated if goes_on(*pair, value, step, last)]


def goes_on(study: RecipeStudy, trial: Trial, value: float | None, step: int, last: bool) -> bool:
    """Whether a trial goes on to the next task; ends it where not."""
    behind = value is not None and study.report(trial, value, step)
    if last:
        study.tell(trial, value, state="FAIL" if value is None else "COMPLETE")
    elif behind:
        study.tell(trial, value, state="PRUNED")
    return not (last or behind)


def run_recipes(
    tuning: Tuning, task: Task, recipes: Sequence[str], executor: Executor, on_run: OnRun
) -> Iterator[RunResult]:
    """The runs of the recipes on a task, from the folder where they are there."""
    if not recipes:
        return
    plan = tuning.plan_of([task], recipes)
    claim(plan)
    todo = plan.todo
    with open_results(executor, todo) as results:
        for job, done in results:
            if isinstance(done, GancheckError):
                raise done
            plan.store.forget(spec.run_id for spec in job.specs)
    for spec in plan.specs:
        run = plan.store.read(spec.run_id)
        assert run is not None
        on_run(summarise_run(run, cached=not any(spec in job.specs for job in todo)))
        yield run_result(run)


def claim(plan: Plan) -> None:
    """Take the folder for these runs."""
    ids = (spec.run_id for spec in plan.specs)
    plan.store.claim(plan.suite.name, plan.suite.version, plan.own_tasks, ids, plan.suite.track)


def tuned_recipe(study: RecipeStudy, registry: Registry) -> TunedRecipe:
    """What became of one recipe; where no trial had a value it stays as it is."""
    labels = [study.space.label(trial.params, registry) for trial in study.ended]
    values = [trial.value if trial.state.name == "COMPLETE" else None for trial in study.ended]
    best = study.best
    return TunedRecipe(
        recipe=study.space.recipe,
        tuned=labels[best.number] if best else study.space.recipe,
        trials=tuple(zip(labels, [trial.state.name.lower() for trial in study.ended], values, strict=True)),
        value=None if best is None else best.value,
        value_at_defaults=values[0],
        open_parameters=tuple(study.space.spaces),
    )
