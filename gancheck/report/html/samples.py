"""Samples on a page: a few hundred points, or a small grid of images, of the first seeds at every evaluation.

Drawn again from the kept weights, of the same latents at every evaluation; nothing is picked. Points are rounded to 256
places across the frame, which is finer than they are drawn.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from torch import Tensor

from gancheck.bench.kept_samples import KeptRun
from gancheck.bench.kept_setup import rebuild_setup
from gancheck.bench.store import Run, Store
from gancheck.datasets.base import Dataset
from gancheck.errors import GancheckError
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.report.html.page import data_uri
from gancheck.report.plots.bench_samples import displayed_images
from gancheck.report.plots.projection import plane
from gancheck.training.record import TrainingRecord

POINTS = 300
SIDE = 4  #: images along a grid
SMALL = 400  #: pixels of an image up to which it is kept exactly
SEEDS = 5  #: of a strategy, at most
ROOM = 1_400_000  #: letters for the samples of all tasks
MARGIN = 0.3  #: of the real data's extent, around it
LEVELS = 255
Table = dict[str, Any]
Drawing = Callable[[Tensor], str]


@dataclass(frozen=True)
class Look:
    """How the samples of a dataset are shown: as a text that the page draws."""

    kind: str  #: "points" or "images"
    count: int  #: samples that are drawn
    draw: Drawing
    real: str
    note: str = ""


def look_of(dataset: Dataset) -> Look | None:
    """Points in the plane or on real data's main plane, or images; None for samples of another shape."""
    shape, source = dataset.spec.shape, generator("cpu", "picture")
    if dataset.spec.is_image:
        count = SIDE**2
        return Look("images", count, grid := grid_of(dataset), grid(dataset.pool("real", count, source)))
    if len(shape) != 1:
        return None
    real = dataset.pool("real", 2 * POINTS, source)
    note = "" if shape == (2,) else f"{shape[0]} dimensions, on the plane in which real data vary most."
    points = points_of(real)
    return Look("points", POINTS, points, points(real), note)


def grid_of(dataset: Dataset) -> Drawing:
    """Images as a square, inside the page."""

    def draw(x: Tensor) -> str:
        shown = displayed_images(dataset, x[: SIDE**2])
        pixels = np.clip((np.nan_to_num(shown, nan=-1.0) + 1) * 127.5, 0, 255).round().astype(np.uint8)
        rows = [np.concatenate(list(pixels[i : i + SIDE]), axis=2) for i in range(0, len(pixels), SIDE)]
        square = np.concatenate(rows, axis=1).transpose(1, 2, 0)
        return encode(Image.fromarray(square.squeeze(2) if square.shape[2] == 1 else square), pixels[0].size)

    return draw


def encode(image: Image.Image, numbers: int) -> str:
    """Small images exactly, others as well as an eye can tell."""
    kind = "png" if numbers <= SMALL else "webp"
    file = BytesIO()
    image.save(file, format=kind, **({"optimize": True} if kind == "png" else {"quality": 80}))
    return data_uri(file.getvalue(), kind)


def points_of(real: Tensor) -> Drawing:
    """Points as bytes, x and y in turn, in a square frame around real data; what lies outside is put on its edge."""
    project = plane(real.double().numpy())
    seen = project(real.double().numpy())
    middle = (seen.max(axis=0) + seen.min(axis=0)) / 2
    half = (0.5 + MARGIN) * max(float(np.ptp(seen, axis=0).max()), 1e-9)

    def draw(x: Tensor) -> str:
        places = (project(x.double().numpy()) - middle) / (2 * half) + 0.5
        levels = np.clip(np.nan_to_num(LEVELS * places, nan=0.0), 0, LEVELS).round().astype(np.uint8)
        return base64.b64encode(levels.tobytes()).decode()

    return draw


def task_samples(runs: Sequence[Run], store: Store, registry: Registry, room: float = ROOM) -> Table | None:
    """Of every recipe the first seeds, as many as there is room for, at every evaluation.

    None where no setup of the task can be built, or its data cannot be shown; what is left out is said in `missing`.
    """
    setups, missing = setups_of(runs, registry)
    look = first_look(setups, missing)
    if look is None:
        return {"missing": missing or ["samples of this shape are not shown"]} if runs else None
    table: Table = {"kind": look.kind, "real": look.real, "note": look.note, "drawn": {}}
    seeds = seeds_for(runs, setups, look, room)
    for recipe, setup in setups.items():
        mine = sorted((r for r in runs if r.spec.recipe == recipe), key=lambda r: r.spec.seed)[:seeds]
        table["drawn"][recipe] = list(draw_runs(mine, setup, look, store, missing))
    return table | {"seeds": seeds, "missing": list(dict.fromkeys(missing))}


def setups_of(runs: Sequence[Run], registry: Registry) -> tuple[dict[str, Any], list[str]]:
    """A set-up for every recipe, and why there is none."""
    setups, missing = dict[str, Any](), list[str]()
    for run in {run.spec.recipe: run for run in runs if run.outcome["status"] != "skipped"}.values():
        try:
            setups[run.spec.recipe] = rebuild_setup(run.spec, registry)
        except GancheckError as error:
            missing.append(f"{run.spec.recipe}: {error}")
    return setups, missing


def first_look(setups: Table, missing: list[str]) -> Look | None:
    """How the task's data are shown; where they cannot be read, which files may say only now, `missing` says why."""
    try:
        return next((found for setup in setups.values() if (found := look_of(setup.dataset))), None)
    except GancheckError as error:
        missing.append(str(error))
        return None


def seeds_for(runs: Sequence[Run], setups: Table, look: Look, room: float) -> int:
    """How many seeds of every recipe there is room for, at least one."""
    points = max((run.spec.training.budget.get("evaluations", 1) for run in runs), default=1)
    return int(min(SEEDS, max(1, room // (len(look.real) * points * max(1, len(setups))))))


def draw_runs(runs: Sequence[Run], setup: Any, look: Look, store: Store, missing: list[str]) -> Iterator[Table]:
    """Each run's samples by evaluation; a run that has none says why in `missing`."""
    for run in runs:
        if run.outcome["status"] != "done":
            continue
        try:
            record = TrainingRecord.load(store.weights(run.spec.training_id))
            kept = KeptRun(run.spec, setup, record, run.spec.evaluation.samples)
            yield {"seed": run.spec.seed, "at": {step: look.draw(x) for step, x in kept.few(look.count)}}
        except GancheckError as error:
            missing.append(f"{run.spec.label}: {error}")
