"""`--plan`: the grid, what is there already, and an estimate of the rest."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from gancheck.bench.cell import Job
from gancheck.bench.execution.base import Executor
from gancheck.bench.plan import TRIAL, Plan, estimate
from gancheck.bench.validation import skip_reason
from gancheck.system.counts import say_count
from gancheck.training.setup import TrainingSetup


def show(plan: Plan, executor: Executor, console: Console) -> None:
    """Print the plan; nothing is written."""
    suite = plan.suite
    todo = plan.todo
    runs, cells = len(plan.specs), len(plan.jobs)
    cached = sum(map(plan.kept, plan.jobs))
    console.print(f"{suite.name}, version {suite.version}: {suite.about}".rstrip(": "))
    console.print(grid(plan))
    console.print(
        f"{say_count(runs, 'run')} in {say_count(cells, 'cell')} of {say_count(suite.block, 'seed')}, {cached} cached, "
        f"{say_count(len(todo), 'cell')} to do"
    )
    if todo:
        count, places = executor.survey()
        minutes, workers = estimate(plan, todo) / max(1, count) / 60, say_count(count, "worker")
        for place in places:
            console.print(place, soft_wrap=True)
        console.print(f"about {minutes:.0f} min of training with {workers}, a guess from {TRIAL} steps per task")
    console.print(f"results go to {plan.store.folder}")


def grid(plan: Plan) -> Table:
    """One row per recipe, then per yardstick; one column per task: how many of its seeds are there."""
    columns = name_columns(plan)
    cells: dict[str, dict[str, list[tuple[Job, TrainingSetup]]]] = {}
    for job, setup in zip(plan.jobs, plan.setups, strict=True):
        task = job.cell.task
        row, column = (f"{task.title} (model)", columns[task.name]) if task.yardstick else (job.cell.recipe, task.label)
        cells.setdefault(row, {}).setdefault(column, []).append((job, setup))
    tasks = dict.fromkeys(column for found in cells.values() for column in found)
    table = Table("recipe", *tasks, box=None, pad_edge=False)
    for row, found in cells.items():
        table.add_row(row, *(describe_state(plan, found[task]) if task in found else "" for task in tasks))
    return table


def name_columns(plan: Plan) -> dict[str, str]:
    """Data -> the column of the first task on it, in which yardsticks stand too."""
    names = {task.name: task.name for task in plan.suite.tasks}
    return names | {task.name: task.label for task in reversed(plan.suite.tasks) if not task.yardstick}


def describe_state(plan: Plan, cells: list[tuple[Job, TrainingSetup]]) -> str:
    """How much of a recipe's cells on one task is there, or why it will be skipped."""
    if reason := skip_reason(cells[0][1]):
        return f"skipped: {reason}"
    there, seeds = sum(plan.kept(job) for job, _ in cells), sum(len(job.specs) for job, _ in cells)
    return f"{there} of {seeds} cached" if there else say_count(seeds, "seed")
