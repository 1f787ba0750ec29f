"""What does not fit together is refused when a suite is read, not in the middle of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from gancheck.datasets.base import Dataset, DataSpec
from gancheck.errors import BadData, BadParameter, BadSuite
from gancheck.evaluation.panel import read_metric
from gancheck.gans.base import Model
from gancheck.gans.players import generate_with
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.training.replicas import build_untreated
from gancheck.training.start_weights import load_start

if TYPE_CHECKING:
    from gancheck.bench.task import Task
    from gancheck.training.setup import TrainingSetup

#: Standard deviations of training data that are accepted.
SCALES = (1e-2, 1e2)


def validate_task(task: Task, registry: Registry) -> None:
    """Build everything that a task names, and let its generator make a few samples; raises BadSuite, or UnknownName."""
    for metric in task.protocol.metrics:
        read_metric(registry, metric)
    dataset, gan = task.build_dataset(registry), task.build_gan(registry)
    refuse_bad_scale(dataset, task)
    what = f"task '{task.name}': gan '{task.gan.name}'"
    try:
        load_start(build_untreated(gan, dataset.spec, 0, torch.device("cpu")).modules, task.start)
        shape = sample_shape(gan, dataset.spec)
    except (BadData, BadParameter) as error:
        raise BadSuite(f"{what}: {error}") from error
    except Exception as error:
        raise BadSuite(f"{what} cannot be built for it: {error}") from error
    if shape != dataset.spec.shape:
        raise BadSuite(f"{what} makes samples of shape {shape}; its data has {dataset.spec.shape}")


def validate_yardstick(task: Task, registry: Registry) -> None:
    """Build a model that stands beside a suite's GANs; raises BadSuite for one that is a GAN, UnknownName, or
    BadParameter. One that cannot make the data is no error: it is skipped there."""
    if not task.build_gan(registry).own_loop:
        raise BadSuite(f"'{task.gan.name}' in yardsticks is a GAN that strategies treat; name it in a [[task]]")


def skip_reason(setup: TrainingSetup) -> str | None:
    """Why a cell will be skipped, or None: its recipe cannot treat the model, or the model cannot make the data."""
    return setup.recipe.supports(setup.gan, setup.dataset.spec) or refusal(setup.gan, setup.dataset.spec)


def refusal(model: Model, data: DataSpec) -> str | None:
    """Why a model that trains itself cannot make such data, or None; GANs were looked at when the suite was read."""
    if not model.own_loop:
        return None
    try:
        shape = sample_shape(model, data)
    except Exception as error:  # in its author's words, or whatever networks raise that are made for another shape
        return " ".join(str(error).split())
    return None if shape == data.shape else f"it makes samples of shape {shape}; the data has {data.shape}"


def refuse_bad_scale(dataset: Dataset, task: Task) -> None:
    """Refuse data whose scale no network with common initial weights can learn."""
    x = dataset.draw(512, generator("cpu", "scale")).x
    scale = float(x.std())
    if not SCALES[0] <= scale <= SCALES[1]:
        raise BadSuite(f"task '{task.name}': its data has a standard deviation of {scale:.3g}; rescale it to about 1")


def sample_shape(gan: Model, data: DataSpec) -> tuple[int, ...]:
    """The shape of one sample of a freshly built generator."""
    players = build_untreated(gan, data, 0, torch.device("cpu"))
    latent, code = players.latent.sample(4, generator("cpu", "rehearsal"))
    with torch.no_grad():
        samples = generate_with(players, lambda player, *inputs: players.modules[player](*inputs), latent, code)
        return tuple(samples.shape[1:])
