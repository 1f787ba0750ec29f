"""Tuning of a suite: as many trials for every recipe, on seeds that are never ranked, each trial made of ordinary runs.

The recipes' trials advance together, a task at a time, and no study sees another's: so neither the number of workers
nor a stop changes what comes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gancheck.bench.cell import summarise_run
from gancheck.bench.collect import run_result
from gancheck.bench.execution.base import Executor, open_results
from gancheck.bench.plan import Plan
from gancheck.bench.run_result import RunResult
from gancheck.bench.suite import Suite
from gancheck.bench.task import Task
from gancheck.bench.tuning.objective import value_of_runs
from gancheck.bench.tuning.outcome import TrialResult, TunedRecipe, TuningOutcome
from gancheck.bench.tuning.recipe_space import RATES, RecipeSpace
from gancheck.bench.tuning.sampling import SamplerName
from gancheck.bench.tuning.study import REASON, RecipeStudy, open_journal
from gancheck.bench.tuning.watcher import UNWATCHED, Watcher
from gancheck.errors import BadSuite, GancheckError
from gancheck.plugins.parameters import positive
from gancheck.plugins.registry import Registry
from gancheck.system.digest import digest

if TYPE_CHECKING:
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial, Trial

JOURNAL = "journal.log"


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

    @property
    def runs_per_task(self) -> int:
        """Runs of a trial on one task."""
        return sum(map(len, self.suite.blocks))

    @cached_property
    def spaces(self) -> list[RecipeSpace]:
        """Where the parameters of every recipe are looked for."""
        return [RecipeSpace.of(recipe, self.registry) for recipe in self.suite.recipes]

    def fresh_starts(self, storage: BaseStorage) -> list[str]:
        """A line on every recipe whose trials in the journal are of something else, and do not count."""
        names = {study.study_name for study in storage.get_all_studies()}
        known = {name.rpartition(" ")[0] for name in names}
        fresh = [(s.recipe, name) for s in self.spaces if (name := self.study_name(s)) not in names]
        why = f"the trials in {self.folder} are of other code, another search space, seeds or protocol"
        return [f"{recipe} starts afresh: {why}" for recipe, name in fresh if name.rpartition(" ")[0] in known]

    def study_name(self, space: RecipeSpace) -> str:
        """Names everything on which trials depend; a grid depends on their number too."""
        specs = [[spec.training, spec.evaluation] for spec in self.plan.specs if spec.recipe == space.recipe]
        levels = [self.trials] if self.sampler == "grid" else []
        rates = self.registry.entry("strategy", RATES).source
        where = {name: repr(values) for name, values in space.spaces.items()}
        return " ".join([space.recipe, self.sampler, digest([specs, self.seed, levels, rates, where])])


def tune_suite(tuning: Tuning, executor: Executor, watcher: Watcher = UNWATCHED) -> TuningOutcome:
    """Make the trials that are not there yet. StoreError where the folder cannot be used or is being tuned in,
    GancheckError where a worker was lost: the same call goes on from there; BadSuite where nothing had a value."""
    tuning.plan.claim()
    with tuning.plan.store.lock_alone("tuning", "gancheck tune"):
        studies = open_studies(tuning, watcher)
        while begun := [(study, trial) for study in studies if (trial := study.next_trial())]:
            make_round(tuning, begun, executor, watcher)
        recipes = tuple(tuned_recipe(study, tuning.registry) for study in studies)
    refuse_nothing(tuning.origin, recipes)
    return TuningOutcome(tuning.origin, recipes, tuning.sampler, tuning.runs_per_task, tuning.folder)


def open_studies(tuning: Tuning, watcher: Watcher) -> list[RecipeStudy]:
    """Every recipe's study, as far as the journal has it; changed code or another protocol begins a new one, which is
    said. Trials that are there count as done."""
    storage = open_journal(tuning.folder / JOURNAL)
    for line in tuning.fresh_starts(storage):
        watcher.say(line)
    how = tuning.trials, len(tuning.suite.tasks), tuning.sampler, tuning.seed
    studies = [RecipeStudy.open(storage, tuning.study_name(space), space, *how) for space in tuning.spaces]
    done = sum(len(study.ended) for study in studies)
    watcher.leave_out(done * len(tuning.suite.tasks) * tuning.runs_per_task)
    return studies


def refuse_nothing(suite: Suite, recipes: Sequence[TunedRecipe]) -> None:
    """BadSuite where not one trial of any recipe had a value."""
    if all(one.value is None for one in recipes):
        reasons = "; ".join(f"{one.recipe}: {one.reason}" for one in recipes)
        raise BadSuite(f"{suite.name}: no trial of any recipe had a value, so nothing is tuned; {reasons}")


class OpenTrial(NamedTuple):
    """A trial that goes on."""

    study: RecipeStudy
    trial: Trial
    recipe: str  #: with the trial's parameters


def make_round(
    tuning: Tuning, begun: Sequence[tuple[RecipeStudy, Trial]], executor: Executor, watcher: Watcher
) -> None:
    """One trial of every recipe, task by task; those that are behind the median are given up on the way."""
    tasks = tuning.suite.tasks
    going = [one for pair in begun if (one := begin_trial(*pair, tuning.registry))]
    watcher.leave_out((len(begun) - len(going)) * len(tasks) * tuning.runs_per_task)
    found: dict[str, list[RunResult]] = {one.recipe: [] for one in going}
    for step, task in enumerate(tasks):
        for result in run_recipes(tuning, task, [one.recipe for one in going], executor, watcher):
            found[result.recipe].append(result)
        left = len(tasks) - step - 1
        staying = [one for one in going if goes_on(one, found[one.recipe], step, last=not left)]
        watcher.leave_out((len(going) - len(staying)) * left * tuning.runs_per_task)
        going = staying


def begin_trial(study: RecipeStudy, trial: Trial, registry: Registry) -> OpenTrial | None:
    """The trial with its recipe; None where the recipe refuses the values, which is a failed trial."""
    try:
        return OpenTrial(study, trial, study.space.label(trial.params, registry))
    except GancheckError as error:
        study.fail(trial, str(error))
        return None


def goes_on(one: OpenTrial, results: Sequence[RunResult], step: int, last: bool) -> bool:
    """Whether a trial goes on to the next task; ends it where not."""
    value = value_of_runs(results)
    behind = value is not None and one.study.report(one.trial, value, step)
    if last and value is None:
        one.study.fail(one.trial, next((run.reason for run in results if run.reason), ""))
    elif last or behind:
        one.study.tell(one.trial, value, state="COMPLETE" if last else "PRUNED")
    return not (last or behind)


def run_recipes(
    tuning: Tuning, task: Task, recipes: Sequence[str], executor: Executor, watcher: Watcher
) -> Iterator[RunResult]:
    """The runs of the recipes on a task, from the folder where they are there."""
    if not recipes:
        return
    plan = tuning.plan_of([task], recipes)
    watcher.leave_out((len(recipes) - len(plan.suite.recipes)) * tuning.runs_per_task)  # two with the same parameters
    plan.claim()
    todo = plan.todo
    with open_results(executor, todo) as results:
        for job, done in results:
            if isinstance(done, GancheckError):
                raise done
            plan.store.forget(spec.run_id for spec in job.specs)
    for spec in plan.specs:
        run = plan.store.read(spec.run_id)
        assert run is not None
        watcher(summarise_run(run, cached=not any(spec in job.specs for job in todo)))
        yield run_result(run)


def tuned_recipe(study: RecipeStudy, registry: Registry) -> TunedRecipe:
    """What became of one recipe; where no trial had a value it stays as it is."""
    trials, best = tuple(trial_result(study, trial, registry) for trial in study.ended), study.best
    return TunedRecipe(
        recipe=study.space.recipe,
        tuned=study.space.label(best.params, registry) if best else study.space.recipe,
        trials=trials,
        value=None if best is None else best.value,
        value_at_defaults=trials[0].value,
        open_parameters=tuple(study.space.spaces),
    )


def trial_result(study: RecipeStudy, trial: FrozenTrial, registry: Registry) -> TrialResult:
    """What became of one trial; one whose values the recipe refuses has them as they were tried."""
    try:
        recipe = study.space.label(trial.params, registry)
    except GancheckError:
        recipe = study.space.text(trial.params)
    value = trial.value if trial.state.name == "COMPLETE" else None
    return TrialResult(recipe, trial.state.name.lower(), value, trial.user_attrs.get(REASON, ""))
