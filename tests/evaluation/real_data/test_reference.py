"""A user's own real samples, split into parts."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from gancheck.plugins.registry import Registry
from gancheck.scoring.real_data import RealDataRequest


@pytest.mark.parametrize("pool", ["real", "reference"])
def test_samples_that_are_kept_are_the_first_of_each_half(pool):
    reference = np.random.default_rng(0).normal(size=(11_001, 2))
    real_data = RealDataRequest(reference=reference).build(Registry.load(), torch.device("cpu"))
    drawn = real_data.draw(pool, 5_500)
    assert 2_000 < len(drawn.first_samples) < 3_000
    assert torch.equal(drawn.first_samples, drawn.features[: len(drawn.first_samples)])


def test_the_two_halves_share_nothing_and_hold_everything():
    reference = np.arange(12_000.0)[:, None]
    real_data = RealDataRequest(reference=reference, features="points").build(Registry.load(), torch.device("cpu"))
    both = torch.cat([real_data.draw(pool, 6_000).features for pool in ("real", "reference")])
    assert sorted(both.flatten().tolist()) == reference.flatten().tolist()
