"""The contract of a dataset."""

from __future__ import annotations

import math

import torch

from gancheck.datasets.base import HIGH_QUALITY_MASS, Dataset
from gancheck.numerics.seeding import generator
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require

SAMPLES = 512


def check_dataset(entry: PluginEntry, registry: Registry) -> list[str]:
    """Shapes, ranges and weights hold; draws follow the generator; held-out data is of high quality."""
    dataset = entry.build()
    require(isinstance(dataset, Dataset), "must derive from gancheck.Dataset")
    registry.entry("extractor", parse_call(dataset.extractor)[0])
    batch, again = (dataset.draw(SAMPLES, generator("cpu", "contract")) for _ in range(2))
    require(batch.x.equal(again.x), "draw() must take its randomness from the generator it is given")
    require(
        batch.x.shape == (SAMPLES, *dataset.spec.shape),
        f"draw() gave {tuple(batch.x.shape)}, spec says {dataset.spec.shape}",
    )
    require(batch.x.dtype == torch.float32, f"draw() gave {batch.x.dtype}; samples are float32")
    require(
        bool((batch.x >= dataset.spec.low).all() and (batch.x <= dataset.spec.high).all()),
        "samples leave the spec's range",
    )
    require(math.isclose(float(dataset.weights.sum()), 1, abs_tol=1e-6), "weights must sum to 1")
    said, known = dataset.spec.modes, len(dataset.weights)
    require(said in (None, known), f"spec says {said} modes, there are {known} weights: use spec.with_modes(weights)")
    real = dataset.assign(dataset.features(dataset.pool("real", 2000, generator("cpu", "contract"))))
    good = float(real.good.double().mean())
    require(
        good > HIGH_QUALITY_MASS - 0.05, f"only {good:.1%} of held-out data is of high quality; the rule says 98.9 %"
    )
    return [f"{len(dataset.weights)} modes, {good:.1%} of held-out data of high quality"]
