"""The contract of a dataset."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from gancheck.datasets.base import HIGH_QUALITY_MASS, Batch, Dataset
from gancheck.evaluation.modes import Modes, modes_of
from gancheck.evaluation.view import View
from gancheck.metrics.spread import mode_spread
from gancheck.numerics.seeding import generator
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require

SAMPLES = 512
HELD_OUT = 2000
BEYOND = 10.0  #: standard deviations of chi-squared by which shares of real data may depart; 1 at the most was seen
SPREAD = 1.5  #: ratio of standard deviations up to which deviations are right; 1.07 was seen of digits
AGREEMENT = 0.9  #: share of good training samples whose mode is that of assign(); 1 was seen


def check_dataset(entry: PluginEntry, registry: Registry) -> list[str]:
    """Shapes and ranges hold; draws follow the generator; held-out data is of high quality, and is as weights and
    deviations say; training samples have the modes that they are assigned to."""
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
    real = modes_of(dataset, dataset.features(held_out(dataset)))
    good = float(real.good.double().mean())
    require(
        good > HIGH_QUALITY_MASS - 0.05, f"only {good:.1%} of held-out data is of high quality; the rule says 98.9 %"
    )
    refuse_other_shares(real)
    refuse_other_deviations(real)
    refuse_other_labels(dataset, batch)
    return [f"{len(dataset.weights)} modes, {good:.1%} of held-out data of high quality"]


def held_out(dataset: Dataset) -> Tensor:
    """Real samples as metrics get them."""
    x = dataset.pool("real", HELD_OUT, generator("cpu", "contract"))
    require(len(x) == HELD_OUT, f"pool() gave {len(x)} samples where {HELD_OUT} were asked for")
    return x


def refuse_other_shares(real: Modes) -> None:
    """BadPlugin where real samples fall into modes otherwise than the weights say, far beyond chance."""
    expected = real.weights * len(real)
    counts = torch.bincount(real.assignment.label, minlength=len(expected)).double()
    freedom = len(expected) - 1
    beyond = float(((counts - expected).square() / expected).sum()) - freedom
    worst = int((counts - expected).abs().argmax())
    require(
        beyond <= BEYOND * math.sqrt(2 * max(freedom, 1)),
        f"mode {worst} has {counts[worst] / len(real):.1%} of held-out data, but weights say "
        f"{real.weights[worst]:.1%}: they are the modes' shares in real data",
    )


def refuse_other_deviations(real: Modes) -> None:
    """BadPlugin where real samples spread far more or less inside the modes than the deviations say."""
    ratio = math.sqrt(float(mode_spread(View(real.facets[0].features, modes=real))))
    require(
        1 / SPREAD < ratio < SPREAD,
        f"held-out data spreads {ratio:.2g} times as much inside the modes as deviations say: they are real data's, "
        "per feature, inside the reach",
    )


def refuse_other_labels(dataset: Dataset, batch: Batch) -> None:
    """BadPlugin where draw() names other modes than assign() does."""
    found = dataset.assign(dataset.features(batch.x))
    same = float((found.label == batch.y)[found.good].double().mean())
    require(same > AGREEMENT, f"draw() and assign() name the same mode for only {same:.1%} of good training samples")
