"""The pictures of a results folder: ranking, modes over training, and for every task the samples beside the data.

Samples are drawn again from the kept weights, for the seed whose score is the median of its recipe: nothing is picked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gancheck.board import Board
from gancheck.catalogue import Catalogue
from gancheck.datasets.base import Dataset
from gancheck.errors import StoreError
from gancheck.lesson import Lesson
from gancheck.report.curves import Curve, Task, curves
from gancheck.report.images import Strip, images
from gancheck.report.ranking import ranking
from gancheck.report.scatter import Panel, scatter
from gancheck.store import Run, Store
from gancheck.streams import generator
from gancheck.trained import Trained
from gancheck.work import Job, sampler_of

POINTS = 2_500
IMAGES = 12


def draw(jobs: Sequence[Job], catalogue: Catalogue, store: Store, board: Board, runs: Sequence[Run]) -> list[Path]:
    """Write every picture that the runs allow; gives their paths."""
    folder, rows = store.folder, board.leaderboard()
    if not rows:
        return []
    title = f"{board.suite}, version {board.suite_version}"
    paths = [folder / "ranking.png", folder / "curves.png"]
    ranking(paths[0], rows, board.tasks(), title=title)
    curves(paths[1], [task_curves(label, runs) for label in labels(jobs)], title=f"{title}: modes over training")
    return [*paths, *(path for label in labels(jobs) if (path := samples(label, jobs, catalogue, store, runs)))]


def labels(jobs: Sequence[Job]) -> list[str]:
    """The tasks, in the suite's order."""
    return list(dict.fromkeys(job.cell.task.label for job in jobs))


def task_curves(label: str, runs: Sequence[Run]) -> Task:
    """Modes held at every evaluation, per recipe; a run that ended early leaves a gap."""
    mine = [run for run in runs if run.spec["task"] == label and run.outcome["status"] != "skipped"]
    recipes = list(dict.fromkeys(run.spec["recipe"] for run in mine))
    held = {recipe: curve([run for run in mine if run.spec["recipe"] == recipe]) for recipe in recipes}
    best = max((float(run.outcome["modes"]) for run in mine), default=None)
    return Task(label, {recipe: made for recipe, made in held.items() if len(made.steps)}, best)


def curve(runs: Sequence[Run]) -> Curve:
    """The metric `modes` of one recipe's seeds."""
    tables = [{r["step"]: r["value"] for r in run.rows if r.get("metric") == "modes"} for run in runs]
    steps = sorted({step for table in tables for step in table})
    values = [[np.nan if table.get(step) is None else table[step] for step in steps] for table in tables]
    return Curve(np.array(steps, float), np.array(values, float).reshape(len(tables), len(steps)))


def samples(label: str, jobs: Sequence[Job], catalogue: Catalogue, store: Store, runs: Sequence[Run]) -> Path | None:
    """Samples of every recipe beside real data: points in the plane, or images."""
    mine = [job for job in jobs if job.cell.task.label == label]
    dataset = mine[0].cell.task.build_dataset(catalogue)
    picture = picture_for(dataset)
    if picture is None:
        return None
    pairs = [(run, redraw(run, job, catalogue, store)) for job in mine if (run := median(job, runs))]
    chosen = [(run, drawn) for run, drawn in pairs if drawn is not None]
    if not chosen:
        return None
    path = store.folder / f"samples-{label.replace('/', '-')}.png"
    picture(path, dataset, [run for run, _ in chosen], [x for _, x in chosen], label)
    return path


Picture = Callable[[Path, Dataset, list[Run], list[Tensor], str], None]


def picture_for(dataset: Dataset) -> Picture | None:
    """How samples of this data are shown; points in more than two dimensions are not."""
    if dataset.spec.is_image:
        return image_grid
    return point_clouds if dataset.spec.shape == (2,) else None


def median(job: Job, runs: Sequence[Run]) -> Run | None:
    """The run whose score is the median of the recipe's seeds on this task (the lower one of an even number)."""
    cell = job.cell
    mine = [r for r in runs if (r.spec["task"], r.spec["recipe"]) == (cell.task.label, cell.recipe)]
    scored = [
        (r.last("value").get("score"), r.spec["training"]["seed"], r) for r in mine if r.outcome["status"] == "done"
    ]
    ordered = sorted((score or 0.0, seed, i) for i, (score, seed, _) in enumerate(scored))
    found = scored[ordered[(len(ordered) - 1) // 2][2]][2] if ordered else None
    return found if found and found.spec["training"]["seed"] in cell.seeds else None


def redraw(run: Run, job: Job, catalogue: Catalogue, store: Store) -> Tensor | None:
    """Samples of the final generator, from the kept weights; those that were measured come first."""
    path = store.weights(run.spec["training_id"])
    if not path.exists():
        return None
    try:
        kept = Trained.load(path)
    except StoreError as error:
        print(f"gancheck: no picture of {run.spec['recipe']}: {error}", file=sys.stderr)
        return None
    lesson: Lesson = job.cell.lesson(catalogue)
    count = IMAGES if lesson.dataset.spec.is_image else POINTS
    weights = {n: t.to(lesson.device) for n, t in kept.snapshots[max(kept.snapshots)].items()}
    source = generator(lesson.device, kept.seed, "evaluation")
    return sampler_of(lesson).draw(weights, count, source).cpu()


def point_clouds(path: Path, dataset: Dataset, runs: list[Run], drawn: list[Tensor], label: str) -> None:
    """Panels of points; modes that are not held are marked."""
    panels = [
        Panel(run.spec["recipe"], x.double().numpy(), held(dataset, x), run.last("value").get("score"))
        for run, x in zip(runs, drawn, strict=True)
    ]
    real = dataset.pool("real", POINTS, generator("cpu", "picture"))
    scatter(path, real.double().numpy(), panels, centres(dataset), title=f"{label}: samples of the median seed")


def image_grid(path: Path, dataset: Dataset, runs: list[Run], drawn: list[Tensor], label: str) -> None:
    """Strips of images."""
    strips = [
        Strip(run.spec["recipe"], x.double().numpy(), run.last("value").get("score"))
        for run, x in zip(runs, drawn, strict=True)
    ]
    real = dataset.pool("real", IMAGES, generator("cpu", "picture"))
    images(path, real.double().numpy(), strips, title=f"{label}: samples of the median seed", most=IMAGES)


def held(dataset: Dataset, x: Tensor) -> np.ndarray:
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
