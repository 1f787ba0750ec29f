"""The samples of a results folder beside real data, a picture per task.

They are drawn again from the kept weights, for the seed that holds the median number of modes of its recipe (the score
decides between equals): nothing is picked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gancheck.bench.cell import Job
from gancheck.bench.store import Run, Store
from gancheck.datasets.base import Dataset
from gancheck.errors import StoreError
from gancheck.gans.sampler import draw_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.report.plots.image_strips import Strip, images
from gancheck.report.plots.labels import Names
from gancheck.report.plots.scatter import Panel, scatter
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.snapshot import sampler_of

POINTS = 2_500
IMAGES = 12


def samples(
    label: str, jobs: Sequence[Job], registry: Registry, store: Store, runs: Sequence[Run], names: Names, folder: Path
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
    picture(path, dataset, [run for run, _ in chosen], [x for _, x in chosen], names, label)
    return path


Picture = Callable[[Path, Dataset, list[Run], list[Tensor], Names, str], None]


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


def point_clouds(path: Path, dataset: Dataset, runs: list[Run], drawn: list[Tensor], names: Names, label: str) -> None:
    """Panels of points; modes that are not held are marked."""
    panels = [
        Panel(names[run.spec.recipe], x.double().numpy(), mark_held_modes(dataset, x), run.last("value").get("quality"))
        for run, x in zip(runs, drawn, strict=True)
    ]
    real = dataset.pool("real", POINTS, generator("cpu", "picture"))
    scatter(path, real.double().numpy(), panels, centres(dataset), title=f"{label}: samples of the median seed")


def image_grid(path: Path, dataset: Dataset, runs: list[Run], drawn: list[Tensor], names: Names, label: str) -> None:
    """Strips of images, each with the mode that was read from it."""
    pairs = zip(runs, drawn, strict=True)
    strips = [
        Strip(names[run.spec.recipe], displayed_images(dataset, x), image_note(run), read_modes(dataset, x))
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
