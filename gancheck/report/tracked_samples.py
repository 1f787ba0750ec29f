"""Pictures of samples for a tracker, of the first seed of every task and recipe, at every evaluation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gancheck.bench.kept_samples import NOT_DRAWN, KeptRun, kept_runs
from gancheck.bench.plan import Plan
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.trackers.tracking import Pictures
from gancheck.datasets.base import Dataset
from gancheck.numerics.seeding import generator
from gancheck.report.plots.bench_samples import displayed_images
from gancheck.report.plots.pixel_page import mosaic
from gancheck.report.plots.point_raster import point_raster
from gancheck.report.plots.sample_grid import COLUMNS, COUNT

POINTS = 1000  #: of a cloud


def sample_pictures(plan: Plan) -> Pictures:
    """Step and (h, w, 3) pixels of a run: 64 images in a square, or a cloud of 1,000 points of the plane.

    Nothing for other seeds than the first, and for points of more dimensions.
    """
    places = {
        spec.run_id: (job, setup) for job, setup in zip(plan.jobs, plan.setups, strict=True) for spec in job.specs
    }
    first = min(spec.seed for spec in plan.specs)

    def pictures(spec: RunSpec) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        job, setup = places[spec.run_id]
        if spec.seed == first and is_drawable(setup.dataset):
            for run in kept_runs(replace(job, specs=[spec]), setup, plan.store):
                yield from evaluations(run)

    return pictures


def is_drawable(dataset: Dataset) -> bool:
    """Whether samples are images, or points of the plane."""
    return dataset.spec.is_image or tuple(dataset.spec.shape) == (2,)


def evaluations(run: KeptRun) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """The pictures of one run; a generator that cannot be drawn from again is said."""
    data = run.setup.dataset
    try:
        for step, samples in run.few(COUNT if data.spec.is_image else POINTS):
            yield step, image_square(data, samples) if data.spec.is_image else cloud(data, samples)
    except NOT_DRAWN as error:
        print(f"gancheck: no samples of {run.spec.label}: {error}", file=sys.stderr)


def image_square(data: Dataset, samples: Tensor) -> NDArray[np.uint8]:
    """64 images, eight in a row."""
    shown: NDArray[np.uint8] = (255 * mosaic(displayed_images(data, samples), COLUMNS).pixels).round().astype(np.uint8)
    return shown


def cloud(data: Dataset, samples: Tensor) -> NDArray[np.uint8]:
    """Over as many real points."""
    real = data.draw(POINTS, generator(torch.device("cpu"), 0, "grid")).x
    return point_raster(real.double().numpy(), samples.double().numpy())
