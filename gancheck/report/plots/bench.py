"""The pictures of a results folder: modes against quality, ranking, where the modes went, modes over training, and for
every task the samples beside the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gancheck.bench.cell import Job
from gancheck.bench.ladder import Climb
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import FAILED
from gancheck.bench.second_opinions import ranks_apply, task_means
from gancheck.bench.store import Run, Store
from gancheck.detectors.base import Alarm
from gancheck.plugins.registry import Registry
from gancheck.report.plots.bench_samples import samples
from gancheck.report.plots.critical_difference import critical_difference
from gancheck.report.plots.curves import Axis, Curve, curves
from gancheck.report.plots.curves import Task as CurveTask
from gancheck.report.plots.labels import Names, fit_labels
from gancheck.report.plots.mode_fates import Fates, mode_fates
from gancheck.report.plots.modes_quality import Point, modes_quality
from gancheck.report.plots.performance_profile import performance_profiles
from gancheck.report.plots.ranking import ranking
from gancheck.report.plots.style import INK, MUTED
from gancheck.statistics.friedman import friedman
from gancheck.system.tables import Row


def draw(
    jobs: Sequence[Job], registry: Registry, store: Store, board: Leaderboard, runs: Sequence[Run], folder: Path
) -> list[Path]:
    """Write every picture that the runs allow into a folder; gives their paths."""
    rows = board.leaderboard()
    if not rows:
        return []
    recipes = list(dict.fromkeys([*(row["strategy"] for row in rows), *board.runs]))
    names = fit_labels([*recipes, board.base, *(run.spec.recipe for run in runs)])
    base = names[board.base]
    title = f"{board.suite}, version {board.suite_version}"
    for stale in (
        "modes-quality",
        "modes",
        "ladder",
        "profiles",
        "critical-difference",
    ):  # of an earlier board of the same folder
        (folder / f"{stale}.png").unlink(missing_ok=True)
    paths = [folder / f"{name}.png" for name in ("modes-quality", "ranking", "modes", "curves")]
    made = [against_quality(paths[0], board, names, title)]
    ranking(paths[1], label_rows(rows, names), label_rows(board.tasks(), names), base, title)
    if fates := [found for label in labels(jobs) if (found := task_fates(label, jobs, registry, runs, names))]:
        mode_fates(paths[2], fates, title=f"{title}: where the modes went")
    curves_of = [task_curves(label, runs, names) for label in labels(jobs)]
    curves(paths[3], curves_of, base=base, title=f"{title}: modes over training")
    if climbs := board.climbs:
        made.append(ladder(folder / "ladder.png", climbs, names, title))
    made += draw_statistics(board, names, folder, title)
    made += [path for label in labels(jobs) if (path := samples(label, jobs, registry, store, runs, names, folder))]
    return [path for path in dict.fromkeys([*paths, *made]) if path and path.exists()]


def label_rows(rows: Sequence[Row], names: Names) -> list[Row]:
    """A table whose recipes have the names that fit."""
    return [{**row, "strategy": names.get(row["strategy"], row["strategy"])} for row in rows]


def draw_statistics(board: Leaderboard, names: Names, folder: Path, title: str) -> list[Path]:
    """Profiles of the runs of complete recipes and, from six tasks on, their mean ranks."""
    held = board.held_by_task("trained")
    paths = []
    if len(held) > 1:
        paths.append(folder / "profiles.png")
        profiles = {names[recipe]: list(by_task.values()) for recipe, by_task in held.items()}
        performance_profiles(paths[-1], profiles, names[board.base], f"{title}: how many runs hold how much")
    if ranks_apply(held):
        paths.append(folder / "critical-difference.png")
        found = friedman(task_means(held))
        note = f"Friedman's test over {len(board.ranked_tasks)} tasks, as Iman and Davenport's F: p = {found.p_f:.2g}."
        critical_difference(
            paths[-1], [names[recipe] for recipe in held], found, f"{title}: mean ranks over tasks", note
        )
    return paths


def against_quality(path: Path, board: Leaderboard, names: Names, title: str) -> Path | None:
    """Modes held against quality, of the recipes that have both, and of what nobody trained."""
    looks = {board.base: (INK, "o"), "real": ("#009e73", "D"), "memoriser": (MUTED, "D"), "blanket": (MUTED, "s")}
    points = [
        Point(names.get(name, name), held.mean, held[1:], quality.mean, quality[1:], *looks.get(name, ()))
        for name, (held, quality) in board.modes_and_quality.items()
    ]
    if not points:
        return None
    modes_quality(path, points, f"{title}: modes held against quality", board.rule)
    return path


def task_fates(label: str, jobs: Sequence[Job], registry: Registry, runs: Sequence[Run], names: Names) -> Fates | None:
    """What every mode got in every run of a task, over its share of real data; recipes in the order of their names."""
    job = next(job for job in jobs if job.cell.task.label == label)
    weights = job.cell.task.build_dataset(registry).weights.numpy()
    shares: dict[str, list[np.ndarray]] = {recipe: [] for recipe in names}
    mine = (run for run in runs if run.spec.task == label and run.spec.recipe in shares)
    for run in sorted(mine, key=lambda run: run.spec.seed):
        if (held := final_shares(run, weights)) is not None:
            shares[run.spec.recipe].append(held)
    found = {names[recipe]: np.stack(table) for recipe, table in shares.items() if table}
    return Fates(label, found) if found else None


def final_shares(run: Run, weights: np.ndarray) -> np.ndarray | None:
    """(K,) what every mode got at the end over its share of real data; 0 in a failed run, None in a skipped one."""
    counted = run.mode_counts()
    if run.outcome["status"] in FAILED:
        return np.zeros(len(weights))
    if not counted:
        return None
    last = counted[max(counted)]
    made: np.ndarray = np.array(last["counts"]) / (last["samples"] * weights)
    return made


def ladder(path: Path, climbs: Sequence[Climb], names: Names, title: str) -> Path:
    """Modes held against difficulty: a panel a knob, a line a recipe, and a line at one half."""
    panels = []
    for knob in dict.fromkeys(climb.knob for climb in climbs):
        mine = [climb for climb in climbs if climb.knob == knob]
        levels = tuple(sorted({level for climb in mine for level in climb.levels}))
        lines = {names.get(climb.strategy, climb.strategy): levels_curve(climb) for climb in mine}
        panels.append(CurveTask(knob, lines, best=1.0, axis=Axis("level; more is harder", levels), mark=0.5))
    curves(path, panels, label="share of modes held", title=f"{title}: modes held against difficulty")
    return path


def levels_curve(climb: Climb) -> Curve:
    """Every seed's share at every level; NaN where a seed is missing."""
    seeds = max(map(len, climb.modes_held))
    table = np.full((seeds, len(climb.levels)), np.nan)
    for i, held in enumerate(climb.modes_held):
        table[: len(held), i] = held
    return Curve(np.array(climb.levels), table)


def labels(jobs: Sequence[Job]) -> list[str]:
    """The tasks, in the suite's order."""
    return list(dict.fromkeys(job.cell.task.label for job in jobs))


def task_curves(label: str, runs: Sequence[Run], names: Names) -> CurveTask:
    """Modes held at every evaluation, per recipe; a run that ended early leaves a gap."""
    mine = [run for run in runs if run.spec.task == label and run.outcome["status"] != "skipped"]
    recipes = list(dict.fromkeys(run.spec.recipe for run in mine))
    held = {recipe: curve([run for run in mine if run.spec.recipe == recipe]) for recipe in recipes}
    best = max((float(run.outcome["modes"]) for run in mine), default=None)
    return CurveTask(label, {names[recipe]: made for recipe, made in held.items() if len(made.steps)}, best)


def curve(runs: Sequence[Run]) -> Curve:
    """The metric `modes` of one recipe's seeds, and when each had its first alarm."""
    tables = [
        {r["step"]: r["value"] for r in run.rows if (r["kind"], r.get("metric")) == ("value", "modes")} for run in runs
    ]
    steps = sorted({step for table in tables for step in table})
    values = [[np.nan if table.get(step) is None else table[step] for step in steps] for table in tables]
    first = tuple(min(a.step for a in found) for run in runs if (found := warnings_in(run)))
    return Curve(np.array(steps, float), np.array(values, float).reshape(len(tables), len(steps)), first)


def warnings_in(run: Run) -> list[Alarm]:
    """A run's alarms, notices aside."""
    return [alarm for alarm in run.alarms() if alarm.severity != "notice"]
