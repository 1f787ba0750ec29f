"""`--plan`: the grid, what is there already, and an estimate of the rest."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

from rich.console import Console
from rich.table import Table

from gancheck import pool
from gancheck.engine import Engine
from gancheck.running import Plan
from gancheck.settings import Budget
from gancheck.work import Job

TRIAL = 20  #: steps that are timed to estimate the rest


def show(plan: Plan, workers: int | None, console: Console) -> None:
    """Print the plan; nothing is written."""
    suite = plan.suite
    todo = [job for job in plan.jobs if job.force or not plan.held(job)]
    console.print(f"{suite.name}, version {suite.version}: {suite.about}".rstrip(": "))
    console.print(grid(plan))
    cached = plan.runs - sum(len(job.specs) for job in todo)
    console.print(
        f"{plan.runs} runs in {len(plan.jobs)} cells of {suite.block} seeds, {cached} cached, {len(todo)} cells to do"
    )
    if todo:
        workers = workers or pool.jobs_by_default(todo[0].cell.device, len(todo))
        minutes = estimate(plan, todo) / workers / 60
        console.print(
            f"about {minutes:.0f} min of training with {workers} workers, a guess from {TRIAL} steps per task"
        )
    console.print(f"results go to {plan.store.folder}")


def grid(plan: Plan) -> Table:
    """One row per recipe, one column per task: how many of its seeds are there."""
    tasks = list(dict.fromkeys(job.cell.task.label for job in plan.jobs))
    table = Table("recipe", *tasks, box=None, pad_edge=False)
    for recipe in plan.suite.recipes:
        jobs = {t: [j for j in plan.jobs if (j.cell.task.label, j.cell.recipe) == (t, recipe)] for t in tasks}
        table.add_row(recipe, *(state(plan, jobs[t]) for t in tasks))
    return table


def state(plan: Plan, jobs: list[Job]) -> str:
    """How much of a recipe's cells on one task is there, or why it will be skipped."""
    lesson = jobs[0].cell.lesson(plan.catalogue)
    if reason := lesson.recipe.supports(lesson.gan, lesson.dataset.spec):
        return f"skipped: {reason}"
    held = Counter(plan.store.path(s["run_id"]).exists() for job in jobs for s in job.specs)
    return f"{held[True]} of {held.total()} cached" if held[True] else f"{held.total()} seeds"


def estimate(plan: Plan, todo: list[Job]) -> float:
    """Seconds of training: a short trial of each task's first cell, scaled by steps and updates."""
    per_update: dict[str, float] = {}
    total = 0.0
    for job in todo:
        lesson = job.cell.lesson(plan.catalogue)
        if lesson.recipe.supports(lesson.gan, lesson.dataset.spec):
            continue
        updates = 1 + lesson.recipe.settings(lesson.settings).critic_steps
        label = job.cell.task.label
        if label not in per_update:
            per_update[label] = trial(job, plan) / updates
        total += per_update[label] * updates * job.cell.task.budget.steps
    return total


def trial(job: Job, plan: Plan) -> float:
    """Seconds per step of a cell, traced; 0 where it cannot be tried."""
    lesson = job.cell.lesson(plan.catalogue)
    if lesson.gan.own_loop:
        return 0.0
    short = replace(lesson, budget=Budget(TRIAL, 1), path=replace(lesson.path, execution="traced"))
    try:
        engine = Engine(short)
        engine.prepare()
        start = time.perf_counter()
        for _ in range(TRIAL):
            engine.step()
        return (time.perf_counter() - start) / TRIAL
    except Exception:  # a plug-in that raises: the run itself will say how
        return 0.0
