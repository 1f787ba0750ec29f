"""The contract of an extractor."""

from __future__ import annotations

import json
from typing import Any

import torch
from torch import Tensor

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
    tried = {name: try_samples(loaded, x) for name, x in samples_of_each_kind(registry).items()}
    taken = [f"{outcome} features of {name}" for name, outcome in tried.items() if isinstance(outcome, int)]
    require(bool(taken), "; ".join(f"does not take {name}: {outcome}" for name, outcome in tried.items()))
    return taken


def require_json(facts: dict[str, Any]) -> None:
    """Facts go into files."""
    try:
        json.dumps(facts)
    except (TypeError, ValueError) as error:
        raise BadPlugin(f"facts must hold JSON values only: {error}") from error


def samples_of_each_kind(registry: Registry) -> dict[str, Tensor]:
    """A few points, images, series, clouds and videos."""
    source = generator("cpu", "contract")
    datasets: dict[str, Dataset] = {name: registry.build("dataset", name) for name in ("ring8", "digits")}
    made = {name: dataset.pool("real", SAMPLES, source) for name, dataset in datasets.items()}
    shapes = {"series": (24, 2), "clouds": (40, 3), "videos": (5, 3, 8, 8)}
    return made | {name: torch.rand(SAMPLES, *shape, generator=source) for name, shape in shapes.items()}


def try_samples(loaded: LoadedExtractor, x: Tensor) -> int | str:
    """How many features samples get, or why none; only refusing their shape is allowed."""
    try:
        features = loaded.features(x)
    except GancheckError as error:
        if isinstance(error.__cause__ or error, (ValueError, RuntimeError, GancheckError)):
            return str(error)
        raise
    require(features.dtype in (torch.float32, torch.float64), f"gave {features.dtype}; features are float32")
    require(bool(features.isfinite().all()), "gave features that are not finite")
    require(not features.equal(features[:1].expand_as(features)), "gives all samples the same features")
    parts = torch.cat([loaded.features(part) for part in torch.split(x, SAMPLES // 3)])
    alone = torch.allclose(features, parts, rtol=1e-3, atol=1e-4)
    require(alone, "a sample's features depend on the batch: put the network into evaluation mode")
    classes = loaded.classes(features)
    if classes is not None:
        sums = classes.sum(1)
        require(torch.allclose(sums, torch.ones_like(sums), atol=1e-3), "rows of classes() must sum to 1")
    return features.shape[1]
