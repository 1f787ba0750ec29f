"""The runs of a suite by whom they tell of: recipes, models that train themselves, and what nobody trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from gancheck.bench import aggregates
from gancheck.bench.aggregates import Runs, RunValue, quality
from gancheck.bench.run_result import Kind, RunResult, Status
from gancheck.errors import BadData

STATUSES: tuple[Status, ...] = get_args(Status)
BLURRED = 0.25  #: share of real data's quality under which a recipe ranks below all others: noise holds modes too


@dataclass(frozen=True)
class SuiteRuns:
    """The runs of one suite, in any order, grouped."""

    results: Sequence[RunResult]

    @cached_property
    def runs(self) -> dict[str, Runs]:
        """The runs of every recipe, by task and seed; sorted, as a store has no order."""
        table: dict[str, Runs] = {}
        for result in sorted(self.results, key=lambda r: (r.recipe, r.task, r.seed)):
            runs, cell = table.setdefault(result.recipe, {}), (result.task, result.seed)
            if cell in runs:
                raise BadData(f"two results for {result.recipe} on {result.task}, seed {result.seed}; give one of them")
            runs[cell] = result
        return table

    @cached_property
    def ranked_tasks(self) -> list[str]:
        """The tasks whose GAN a strategy can treat; all where there is none, as nothing is to be ranked then."""
        return sorted({r.task for r in self.results if not r.own_loop}) or list(self.grid)

    @cached_property
    def coarse(self) -> list[str]:
        """The precisions below float32 that any run was computed in."""
        return sorted({result.precision for result in self.results} - {"float32"})

    @cached_property
    def recipes(self) -> dict[str, Runs]:
        """The runs of every recipe on the tasks on which recipes are ranked; a recipe without any has all its runs."""
        tables = {recipe: self.on_ranked_tasks(runs) or runs for recipe, runs in self.runs.items()}
        return {recipe: runs for recipe, runs in tables.items() if not all(run.is_model for run in runs.values())}

    @cached_property
    def models(self) -> dict[str, Runs]:
        """The runs of every model that trains itself, by the name of its row."""
        table: dict[str, Runs] = {}
        for cell, run in (pair for runs in self.runs.values() for pair in runs.items()):
            if run.is_model:
                table.setdefault(run.model, {})[cell] = run
        return table

    @cached_property
    def tasks_of_models(self) -> dict[str, list[str]]:
        """The tasks of every model that trains itself, by the name of its row; with those that it cannot do."""
        table: dict[str, list[str]] = {}
        for task, model in sorted({(run.task, run.model) for run in self.results if run.own_loop}):
            table.setdefault(model, []).append(task)
        return table

    @cached_property
    def rows(self) -> dict[str, Runs]:
        """The runs behind every row: recipes, models that train themselves, and what nobody trained."""
        return {**self.recipes, **self.models, **self.untrained}

    def on_ranked_tasks(self, runs: Runs) -> Runs:
        """Those of the runs that are on the tasks on which recipes are ranked."""
        return {cell: run for cell, run in runs.items() if cell[0] in self.ranked_tasks}

    @cached_property
    def grid(self) -> dict[str, list[int]]:
        """The seeds of every task: all that any recipe has."""
        tasks = sorted({result.task for result in self.results})
        return {task: sorted({r.seed for r in self.results if r.task == task}) for task in tasks}

    @cached_property
    def real(self) -> Runs:
        """The real draw of every task and seed that has one; it is the same beside every recipe."""
        return {cell: run.as_real() for runs in self.runs.values() for cell, run in runs.items() if run.real}

    @cached_property
    def untrained(self) -> dict[str, Runs]:
        """By name, what nobody trained: real data first, then the yardsticks, such as noise."""
        real = self.on_ranked_tasks(self.real)
        tables: dict[str, Runs] = {"real": real} if real else {}
        for cell, run in (pair for runs in self.runs.values() for pair in self.on_ranked_tasks(runs).items()):
            for name, values in run.yardsticks.items():
                tables.setdefault(name, {})[cell] = run.as_untrained(name, values)
        return tables

    @cached_property
    def blurred(self) -> frozenset[str]:
        """Recipes whose samples are good less than a quarter as often as real ones."""
        return frozenset(name for name, runs in self.rows.items() if self.is_blurred(runs))

    def is_blurred(self, runs: Runs) -> bool:
        """Whether the finished runs' mean quality is under a quarter of real data's on the same tasks and seeds."""
        finished = {cell: run for cell, run in runs.items() if run.status == "done" and cell in self.real}
        own = aggregates.interval(finished, quality)
        real = aggregates.interval({cell: self.real[cell] for cell in finished}, quality)
        return own is not None and real is not None and own.mean < BLURRED * real.mean

    def kind_of(self, recipe: str) -> Kind:
        """The kind of a recipe's runs."""
        return next(iter(self.runs[recipe].values())).kind

    def mean_over_tasks(self, runs: Runs, number: RunValue) -> float | None:
        """Mean over the tasks on which any recipe has this number, so that it is over the same tasks for all."""
        done = (r for r in self.results if r.status == "done")
        return aggregates.mean(runs, number, dict.fromkeys(r.task for r in done if number(r) is not None))

    def count_statuses(self, runs: Runs, tasks: list[str]) -> dict[Status, int]:
        """How many runs of the tasks ended how; one that another recipe has and this one lacks is missing."""
        cells = [(task, seed) for task in tasks for seed in self.grid[task]]
        count = Counter(runs[cell].status if cell in runs else "missing" for cell in cells)
        return {status: count[status] for status in STATUSES}
