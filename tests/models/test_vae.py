"""The VAE's bound is the evidence itself where the encoder is the true posterior, and lower elsewhere."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc


@pytest.fixture
def elbo(registry: gc.Registry) -> Callable[..., Tensor]:
    """`-negative_elbo`, averaged over draws of z, of x = w z + s e: `elbo(x, mean, variance)` of the encoder."""
    module = sys.modules[registry.entry("gan", "vae").thing.__module__]
    w, s = 1.5, 0.5

    def average(x: Tensor, mean: float, variance: float) -> Tensor:
        z = mean + math.sqrt(variance) * torch.randn(20_000, generator=torch.Generator().manual_seed(0)).double()
        encoder = (torch.full((20_000, 1), value).double() for value in (mean, math.log(variance)))
        scale = torch.tensor(math.log(s)).double()
        return -module.negative_elbo(x.expand(20_000, 1), (w * z)[:, None], scale, *encoder).mean()

    return average


def test_its_bound_is_the_evidence_under_the_true_posterior(elbo: Callable[..., Tensor]) -> None:
    x, w, s = torch.tensor([0.8]).double(), 1.5, 0.5
    total = w**2 + s**2
    evidence = -(0.8**2) / (2 * total) - math.log(2 * math.pi * total) / 2
    mean, variance = w * 0.8 / total, s**2 / total
    assert float(elbo(x, mean, variance)) == pytest.approx(evidence, abs=0.02)
    assert float(elbo(x, mean + 0.5, variance)) < evidence - 0.1
    assert float(elbo(x, mean, 4 * variance)) < evidence - 0.1


def test_it_learns_the_scale_of_its_error(registry: gc.Registry, train: Callable[..., Any]) -> None:
    model = registry.build("gan", "vae", width=8, latent=2, batch=32, lr=1e-2)
    loss = train(gan=model, steps=40, evaluations=1, seeds=(0,))[0].trace["generator_loss"]
    assert loss[-5:].mean() < loss[:5].mean() - 0.1


def test_pixels_stay_in_their_range(registry: gc.Registry) -> None:
    networks = registry.build("gan", "vae", width=8).build(gc.DataSpec((1, 8, 8), -1, 1))
    assert networks.generator(100 * torch.randn(20, 16)).abs().max() <= 1
