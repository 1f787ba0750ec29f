"""What `gancheck run --keep samples,grids` writes beside the results: samples as arrays, and grids of images."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gancheck.bench.kept_samples import NOT_DRAWN, KeptRun, kept_runs
from gancheck.bench.plan import Plan
from gancheck.report.plots.bench_samples import displayed_images
from gancheck.report.plots.sample_grid import COUNT, sample_grid
from gancheck.system.counts import say_count
from gancheck.system.files import replacing

FOLDER = "samples"


def keep_samples(plan: Plan, keep: tuple[str, ...]) -> list[Path]:
    """Write what is to be kept of every run that has come to a generator; gives the paths."""
    folder, first, made = plan.store.folder / FOLDER, min(spec.seed for spec in plan.specs), list[Path]()
    for job, setup in zip(plan.jobs, plan.setups, strict=True):
        for run in kept_runs(job, setup, plan.store):
            try:
                made += evaluated_samples(run, folder) if "samples" in keep else ()
                made += grids(run, folder) if "grids" in keep and run.spec.seed == first else ()
            except NOT_DRAWN as error:  # the run itself says so too
                print(f"gancheck: no samples of {run.spec.label}: {error}", file=sys.stderr)
    return made


def missing_players(plan: Plan) -> Iterator[str]:
    """That runs which were there already have kept no players, said once."""
    if not plan.jobs or "players" not in plan.jobs[0].side.keep:
        return
    done = [
        spec for spec in plan.specs if (run := plan.store.read_or_none(spec.run_id)) and run.outcome["status"] == "done"
    ]
    if lacking := [spec for spec in done if not plan.store.players(spec).exists()]:
        yield (
            f"{say_count(len(lacking), 'run')} had been trained without --keep players, and kept generators alone; "
            "--force trains again"
        )


def evaluated_samples(run: KeptRun, folder: Path) -> Iterator[Path]:
    """`<task>/<recipe>-seed-<k>.npy`, float32 (n, *shape): the samples of the last evaluation; images as a grid too."""
    path = folder / f"{run.name}.npy"
    samples = run.evaluated()
    with replacing(path) as part, part.open("wb") as file:
        np.save(file, samples.float().numpy())
    yield path
    if run.setup.dataset.spec.is_image:
        sample_grid(path.with_suffix(".png"), displayed_images(run.setup.dataset, samples[:COUNT]))
        yield path.with_suffix(".png")


def grids(run: KeptRun, folder: Path) -> Iterator[Path]:
    """`<task>/<recipe>-seed-<k>-step-<step>.png` at every evaluation, of the same latents; nothing where the data are
    no images."""
    if not run.setup.dataset.spec.is_image:
        return
    digits = len(str(run.steps[-1]))
    for step, samples in run.few(COUNT):
        path = folder / f"{run.name}-step-{step:0{digits}}.png"
        sample_grid(path, displayed_images(run.setup.dataset, samples))
        yield path
