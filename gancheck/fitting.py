"""What does not fit together is refused when a suite is read, not in the middle of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from gancheck.cast import seeded_players
from gancheck.catalogue import Catalogue
from gancheck.datasets.base import Dataset, DataSpec
from gancheck.errors import BadSuite
from gancheck.gans import Gan
from gancheck.streams import generator

if TYPE_CHECKING:
    from gancheck.suite import Task

#: Standard deviations of training data that are accepted.
SCALES = (1e-2, 1e2)


def fitting(task: Task, catalogue: Catalogue) -> None:
    """Build everything that a task names, and let its generator make a few samples; raises BadSuite, or UnknownName."""
    for metric in task.protocol.metrics:
        catalogue.entry("metric", metric)
    dataset, gan = task.build_dataset(catalogue), task.build_gan(catalogue)
    trainable(dataset, task)
    what = f"task '{task.name}': gan '{task.gan.name}'"
    try:
        shape = rehearsed(gan, dataset.spec)
    except Exception as error:
        raise BadSuite(f"{what} cannot be built for it: {error}") from error
    if shape != dataset.spec.shape:
        raise BadSuite(f"{what} makes samples of shape {shape}; its data has {dataset.spec.shape}")


def trainable(dataset: Dataset, task: Task) -> None:
    """Refuse data whose scale no network with common initial weights can learn."""
    x = dataset.draw(512, generator("cpu", "scale")).x
    scale = float(x.std())
    if not SCALES[0] <= scale <= SCALES[1]:
        raise BadSuite(f"task '{task.name}': its data has a standard deviation of {scale:.3g}; rescale it to about 1")


def rehearsed(gan: Gan, data: DataSpec) -> tuple[int, ...]:
    """The shape of one sample of a freshly built generator."""
    players = seeded_players(gan, data, 0, torch.device("cpu"))
    latent = players.latent.draw(4, generator("cpu", "rehearsal"))
    with torch.no_grad():
        return tuple(players.generator(latent).shape[1:])
