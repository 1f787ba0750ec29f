"""The pictures of a results folder: modes against quality, ranking, where the modes went, modes over training, and for
every task the samples beside the data.

Samples are drawn again from the kept weights, for the seed that holds the median number of modes of its recipe (the
score decides between equals): nothing is picked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gancheck.bench.cell import Job
from gancheck.bench.ladder import Climb
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import FAILED
from gancheck.bench.second_opinions import ranks_apply, task_means
from gancheck.bench.store import Run, Store
from gancheck.datasets.base import Dataset
from gancheck.detectors.base import Alarm
from gancheck.errors import StoreError
from gancheck.gans.sampler import draw_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.report.plots.critical_difference import critical_difference
from gancheck.report.plots.curves import Axis, Curve, curves
from gancheck.report.plots.curves import Task as CurveTask
from gancheck.report.plots.image_strips import Strip, images
from gancheck.report.plots.mode_fates import Fates, mode_fates
from gancheck.report.plots.modes_quality import Point, modes_quality
from gancheck.report.plots.performance_profile import performance_profiles
from gancheck.report.plots.ranking import ranking
from gancheck.report.plots.scatter import Panel, scatter
from gancheck.report.plots.style import INK, MUTED
from gancheck.statistics.friedman import friedman
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.snapshot import sampler_of

POINTS = 2_500
IMAGES = 12


def draw(
    jobs: Sequence[Job], registry: Registry, store: Store, board: Leaderboard, runs: Sequence[Run], folder: Path
) -> list[Path]:
    """Write every picture that the runs allow into a folder; gives their paths."""
    rows = board.leaderboard()
    if not rows:
        return []
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
    made = [against_quality(paths[0], board, title)]
    ranking(paths[1], rows, board.tasks(), board.base, title)
    recipes = list(dict.fromkeys([*(row["strategy"] for row in rows), *board.runs]))
    if fates := [found for label in labels(jobs) if (found := task_fates(label, jobs, registry, runs, recipes))]:
        mode_fates(paths[2], fates, title=f"{title}: where the modes went")
    curves_of = [task_curves(label, runs) for label in labels(jobs)]
    curves(paths[3], curves_of, base=board.base, title=f"{title}: modes over training")
    if climbs := board.climbs:
        made.append(ladder(folder / "ladder.png", climbs, title))
    made += draw_statistics(board, folder, title)
    made += [path for label in labels(jobs) if (path := samples(label, jobs, registry, store, runs, folder))]
    return [path for path in dict.fromkeys([*paths, *made]) if path and path.exists()]


def draw_statistics(board: Leaderboard, folder: Path, title: str) -> list[Path]:
    """Profiles of the runs of complete recipes and, from six tasks on, their mean ranks."""
    held = board.held_by_task("trained")
    paths = []
    if len(held) > 1:
        paths.append(folder / "profiles.png")
        profiles = {recipe: list(by_task.values()) for recipe, by_task in held.items()}
        performance_profiles(paths[-1], profiles, board.base, f"{title}: how many runs hold how much")
    if ranks_apply(held):
        paths.append(folder / "critical-difference.png")
        found = friedman(task_means(held))
        note = f"Friedman's test over {len(board.ranked_tasks)} tasks, as Iman and Davenport's F: p = {found.p_f:.2g}."
        critical_difference(paths[-1], list(held), found, f"{title}: mean ranks over tasks", note)
    return paths


def against_quality(path: Path, board: Leaderboard, title: str) -> Path | None:
    """Modes held against quality, of the recipes that have both, and of what nobody trained."""
    looks = {board.base: (INK, "o"), "real": ("#009e73", "D"), "memoriser": (MUTED, "D"), "blanket": (MUTED, "s")}
    points = [
        Point(name, held.mean, held[1:], quality.mean, quality[1:], *looks.get(name, ()))
        for name, (held, quality) in board.modes_and_quality.items()
    ]
    if not points:
        return None
    modes_quality(path, points, f"{title}: modes held against quality", board.rule)
    return path


def task_fates(
    label: str, jobs: Sequence[Job], registry: Registry, runs: Sequence[Run], recipes: Sequence[str]
) -> Fates | None:
    """What every mode got in every run of a task, over its share of real data; recipes in the board's order."""
    job = next(job for job in jobs if job.cell.task.label == label)
    weights = job.cell.task.build_dataset(registry).weights.numpy()
    shares: dict[str, list[np.ndarray]] = {recipe: [] for recipe in recipes}
    mine = (run for run in runs if run.spec.task == label and run.spec.recipe in shares)
    for run in sorted(mine, key=lambda run: run.spec.seed):
        if (held := final_shares(run, weights)) is not None:
            shares[run.spec.recipe].append(held)
    found = {recipe: np.stack(table) for recipe, table in shares.items() if table}
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


def ladder(path: Path, climbs: Sequence[Climb], title: str) -> Path:
    """Modes held against difficulty: a panel a knob, a line a recipe, and a line at one half."""
    panels = []
    for knob in dict.fromkeys(climb.knob for climb in climbs):
        mine = [climb for climb in climbs if climb.knob == knob]
        levels = tuple(sorted({level for climb in mine for level in climb.levels}))
        lines = {climb.strategy: levels_curve(climb) for climb in mine}
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


def task_curves(label: str, runs: Sequence[Run]) -> CurveTask:
    """Modes held at every evaluation, per recipe; a run that ended early leaves a gap."""
    mine = [run for run in runs if run.spec.task == label and run.outcome["status"] != "skipped"]
    recipes = list(dict.fromkeys(run.spec.recipe for run in mine))
    held = {recipe: curve([run for run in mine if run.spec.recipe == recipe]) for recipe in recipes}
    best = max((float(run.outcome["modes"]) for run in mine), default=None)
    return CurveTask(label, {recipe: made for recipe, made in held.items() if len(made.steps)}, best)


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


def samples(
    label: str, jobs: Sequence[Job], registry: Registry, store: Store, runs: Sequence[Run], folder: Path
) -> Path | None:
    """Samples of every recipe beside real data: points in the plane, or images."""
    mine = [job for job in jobs if job.cell.task.label == label]
    dataset = mine[0].cell.task.build_dataset(registry)
    picture = picture_for(dataset)
    if picture is None:
        return None
    pairs = [(run, redraw(run, job, registry, store)) for job in mine if (run := median(job, runs))]
    chosen = [(run, drawn) for run, drawn in pairs if drawn is not None]
    if not chosen:
        return None
    path = folder / f"samples-{label.replace('/', '-')}.png"
    picture(path, dataset, [run for run, _ in chosen], [x for _, x in chosen], label)
    return path


Picture = Callable[[Path, Dataset, list[Run], list[Tensor], str], None]


def picture_for(dataset: Dataset) -> Picture | None:
    """How samples of this data are shown; points in more than two dimensions are not."""
    if dataset.spec.is_image:
        return image_grid
    return point_clouds if dataset.spec.shape == (2,) else None


def median(job: Job, runs: Sequence[Run]) -> Run | None:
    """The run that holds the median number of modes of its recipe on this task (the lower one of an even number)."""
    cell = job.cell
    mine = [r for r in runs if (r.spec.task, r.spec.recipe) == (cell.task.label, cell.recipe)]
    ordered = sorted((r for r in mine if r.outcome["status"] == "done"), key=seed_order)
    found = ordered[(len(ordered) - 1) // 2] if ordered else None
    return found if found and found.spec.seed in cell.seeds else None


def seed_order(run: Run) -> tuple[float, float, int]:
    """By what the seeds of a recipe are put in order: modes, then the score, then the seed."""
    values = run.last("value")
    return values.get("modes") or 0.0, values.get("score") or 0.0, run.spec.seed


def redraw(run: Run, job: Job, registry: Registry, store: Store) -> Tensor | None:
    """Samples of the final generator, from the kept weights; those that were measured come first."""
    path = store.weights(run.spec.training_id)
    if not path.exists():
        return None
    try:
        kept = TrainingRecord.load(path)
    except StoreError as error:
        print(f"gancheck: no picture of {run.spec.recipe}: {error}", file=sys.stderr)
        return None
    setup: TrainingSetup = job.cell.build(registry)
    count = IMAGES if setup.dataset.spec.is_image else POINTS
    snapshot = kept.snapshots[max(kept.snapshots)].to(setup.device)
    source = generator(setup.device, kept.seed, "evaluation")
    return draw_samples(sampler_of(setup), snapshot, count, source).cpu()


def point_clouds(path: Path, dataset: Dataset, runs: list[Run], drawn: list[Tensor], label: str) -> None:
    """Panels of points; modes that are not held are marked."""
    panels = [
        Panel(run.spec.recipe, x.double().numpy(), mark_held_modes(dataset, x), run.last("value").get("quality"))
        for run, x in zip(runs, drawn, strict=True)
    ]
    real = dataset.pool("real", POINTS, generator("cpu", "picture"))
    scatter(path, real.double().numpy(), panels, centres(dataset), title=f"{label}: samples of the median seed")


def image_grid(path: Path, dataset: Dataset, runs: list[Run], drawn: list[Tensor], label: str) -> None:
    """Strips of images, each with the mode that was read from it."""
    pairs = zip(runs, drawn, strict=True)
    strips = [
        Strip(run.spec.recipe, displayed_images(dataset, x), image_note(run), read_modes(dataset, x))
        for run, x in pairs
    ]
    real = displayed_images(dataset, dataset.pool("real", IMAGES, generator("cpu", "picture")))
    most = max(3, IMAGES * real.shape[2] // real.shape[3])  # so that wide ones make no wider page
    images(path, real, strips, title=f"{label}: samples of the median seed", most=most)


def displayed_images(dataset: Dataset, x: Tensor) -> np.ndarray:
    """Images as people are shown them."""
    made: np.ndarray = dataset.pictures(x).double().numpy()
    return made


def read_modes(dataset: Dataset, x: Tensor) -> list[str]:
    """The mode that each sample is nearest to, in brackets where it is not good enough to count."""
    assigned = dataset.assign(dataset.features(x))
    names = [dataset.names[k] for k in assigned.label.tolist()]
    return [name if good else f"({name})" for name, good in zip(names, assigned.good.tolist(), strict=True)]


def image_note(run: Run) -> str:
    """`3 of 10 modes, quality 0.93`, of what is known."""
    values = run.last("value")
    modes, quality = values.get("modes"), values.get("quality")
    parts = [] if modes is None else [f"{modes:,.0f} of {run.outcome['modes']:,} modes"]
    return ", ".join([*parts, *([] if quality is None else [f"quality {quality:.2f}"])])


def mark_held_modes(dataset: Dataset, x: Tensor) -> np.ndarray:
    """(K,) bool: modes that hold a tenth of their share of these samples."""
    assigned = dataset.assign(dataset.features(x))
    counts = torch.bincount(assigned.label[assigned.good], minlength=len(dataset.weights)).double()
    held: np.ndarray = (counts >= 0.1 * len(x) * dataset.weights).numpy()
    return held


def centres(dataset: Dataset) -> np.ndarray | None:
    """(K, 2) means of the modes, from real data."""
    batch = dataset.draw(200 * len(dataset.weights), generator("cpu", "picture"))
    known = [batch.x[batch.y == k].double().mean(0) for k in range(len(dataset.weights))]
    made: np.ndarray = torch.stack(known).numpy()
    return made if np.isfinite(made).all() else None
