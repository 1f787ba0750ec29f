"""The contract of an extractor."""

from __future__ import annotations

import json
from typing import Any

import torch

from gancheck.datasets.base import Dataset
from gancheck.errors import BadPlugin, GancheckError, MissingWeights
from gancheck.extractors.base import Extractor
from gancheck.extractors.loaded import LoadedExtractor, load_extractor
from gancheck.numerics.seeding import generator
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require

SAMPLES = 24


def check_extractor(entry: PluginEntry, registry: Registry) -> list[str]:
    """It gives finite features for points or for images, one row a sample whatever is in the batch beside it."""
    require(isinstance(entry.build(), Extractor), "must derive from gancheck.Extractor")
    try:
        loaded = load_extractor(entry.info.name, registry)
    except MissingWeights as error:
        return [f"not tried: {error}"]
    require_json(loaded.facts)
    notes = [try_samples(loaded, registry, name) for name in ("ring8", "digits")]
    require(any("features" in note for note in notes), "; ".join(notes))
    return notes


def require_json(facts: dict[str, Any]) -> None:
    """Facts go into files."""
    try:
        json.dumps(facts)
    except (TypeError, ValueError) as error:
        raise BadPlugin(f"facts must hold JSON values only: {error}") from error


def try_samples(loaded: LoadedExtractor, registry: Registry, name: str) -> str:
    """How many features a dataset's samples get, in words; only refusing their shape is allowed."""
    dataset: Dataset = registry.build("dataset", name)
    x = dataset.pool("real", SAMPLES, generator("cpu", "contract"))
    try:
        features = loaded.features(x)
    except (ValueError, RuntimeError, GancheckError) as error:
        return f"does not take {name}: {error}"
    require(features.dtype in (torch.float32, torch.float64), f"gave {features.dtype}; features are float32")
    require(bool(features.isfinite().all()), f"gave features of {name} that are not finite")
    parts = torch.cat([loaded.features(part) for part in torch.split(x, SAMPLES // 3)])
    alone = torch.allclose(features, parts, rtol=1e-3, atol=1e-4)
    require(alone, "a sample's features depend on the batch: put the network into evaluation mode")
    classes = loaded.classes(features)
    if classes is not None:
        sums = classes.sum(1)
        require(torch.allclose(sums, torch.ones_like(sums), atol=1e-3), "rows of classes() must sum to 1")
    return f"{features.shape[1]} features of {name}"
