"""The contract of a GAN, or of any other model."""

from __future__ import annotations

from gancheck.datasets.base import Dataset
from gancheck.errors import GancheckError
from gancheck.gans.base import Model
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.testing.require import require
from gancheck.testing.short_training import CPU, train_briefly
from gancheck.training.replicas import build_untreated


def check_gan(entry: PluginEntry, registry: Registry) -> list[str]:
    """It builds for points or for images, trains a few steps, and its replicas differ by seed."""
    model = entry.build()
    require(isinstance(model, Model), "must derive from gancheck.Gan, or from gancheck.Model")
    notes = [try_dataset(model, registry, name) for name in ("ring8", "digits")]
    require(any("trains" in note for note in notes), "; ".join(notes))
    return notes


def try_dataset(model: Model, registry: Registry, name: str) -> str:
    """Whether a model trains on one dataset, in words; only refusing to build for its shape is allowed."""
    dataset: Dataset = registry.build("dataset", name)
    try:
        model.build(dataset.spec)
    except (ValueError, GancheckError) as error:
        return f"does not take {name}: {error}"
    first, second = (build_untreated(model, dataset.spec, seed, CPU).generator.state_dict() for seed in (0, 1))
    differ = any(not tensor.equal(second[n]) for n, tensor in first.items())
    require(differ, "two seeds start with the same generator: initialise weights from torch's global generator")
    records = train_briefly(model, Recipe.parse("none", registry), dataset)
    return f"trains on {name} ({records[0].path})"
