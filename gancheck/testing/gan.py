"""The contract of a GAN, or of any other model."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from gancheck.datasets.base import Dataset, DataSpec
from gancheck.errors import GancheckError
from gancheck.gans.base import Model
from gancheck.gans.players import Players, generate_with
from gancheck.numerics.seeding import generator
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.strategies.untreated import UNTREATED
from gancheck.testing.pixels import SHAPES, Pixels
from gancheck.testing.require import require
from gancheck.testing.short_training import CPU, PLAINLY, TOGETHER, Trial
from gancheck.training.replicas import build_untreated


def check_gan(entry: PluginEntry, registry: Registry) -> list[str]:
    """It trains a few steps on points or on images, draws samples, and its replicas differ by seed.

    Which data it takes is found out by building it and calling its networks once.
    """
    model = entry.build()
    require(isinstance(model, Model), "must derive from gancheck.Gan, or from gancheck.Model")
    known: dict[str, Dataset] = {name: registry.build("dataset", name) for name in ("ring8", "digits")}
    refusals = {name: refusal(model, dataset.spec) for name, dataset in known.items()}
    notes = [try_dataset(model, registry, known[name], name) for name, reason in refusals.items() if not reason]
    if not notes:
        notes += try_pixels(model, registry)
    others = [f"does not take {name}: {reason}" for name, reason in refusals.items() if reason]
    sizes = ", ".join(str(shape) for shape in SHAPES)
    require(bool(notes), "; ".join([*others, f"nor images of shape {sizes}"]))
    return [*notes, *others]


def refusal(model: Model, data: DataSpec) -> str:
    """Why a model does not take samples of this shape, in one line; empty where it does."""
    try:
        return call_once(model, data)
    except (ValueError, GancheckError) as error:  # in words of the author
        return str(error)
    except Exception as error:  # whatever networks raise that were made for another shape
        return " ".join(f"{type(error).__name__}: {error}".split())


@torch.no_grad()
def call_once(model: Model, data: DataSpec) -> str:
    """Build a model and call its networks; what it makes where that is not of the data's shape."""
    built = build_untreated(model, data, 0, CPU)
    latent, code = built.latent.sample(4, generator("cpu", "contract"))
    samples = generate_with(built, lambda player, *inputs: built.modules[player](*inputs), latent, code)
    if samples.shape[1:] != data.shape:
        return f"its generator makes samples of shape {tuple(samples.shape[1:])}, and these have {data.shape}"
    if isinstance(built, Players):
        built.discriminator(samples)
    return ""


def try_dataset(model: Model, registry: Registry, dataset: Dataset, name: str) -> str:
    """Train a model on data that it takes; BadPlugin where that fails."""
    first, second = (build_untreated(model, dataset.spec, seed, CPU).generator.state_dict() for seed in (0, 1))
    differ = any(not tensor.equal(second[n]) for n, tensor in first.items())
    require(differ, "two seeds start with the same generator: initialise weights from torch's global generator")
    path = PLAINLY if isinstance(dataset, Pixels) else TOGETHER  # pixels may be large
    record = Trial(model, Recipe.parse(UNTREATED, registry), dataset).records(path)[0]
    left = f"; the fast way is left, {record.path_reason}" if record.path_reason else ""
    return f"trains on {name} ({record.path}{left})"


def try_pixels(model: Model, registry: Registry) -> Iterator[str]:
    """Train a model on images without a content, of the first of the usual shapes that it takes."""
    taken = (Pixels(shape) for shape in SHAPES if not refusal(model, DataSpec(shape, -1, 1)))
    if dataset := next(taken, None):
        yield try_dataset(model, registry, dataset, f"images of shape {dataset.shape}")
