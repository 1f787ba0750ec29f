"""Real NVP is invertible, and its density is that of the change of variables."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.func import jacrev, vmap

import gancheck as gc


@pytest.mark.parametrize("size", [2, 3])
def test_its_density_is_that_of_the_jacobian(registry: gc.Registry, size: int) -> None:
    flow = registry.build("gan", "realnvp", couplings=3, width=8).build(gc.DataSpec((size,))).generator.double()
    flow.standardise(3 * torch.randn(50, size, dtype=torch.float64) + 1)
    z = torch.randn(6, size, dtype=torch.float64)
    jacobian = vmap(jacrev(lambda one: flow(one[None])[0]))(z)
    base = -z.square().sum(1) / 2 - size / 2 * math.log(2 * math.pi)
    torch.testing.assert_close(flow.log_density(flow(z)), base - torch.linalg.slogdet(jacobian)[1])


def test_it_is_undone(registry: gc.Registry) -> None:
    flow = registry.build("gan", "realnvp", couplings=4, width=8).build(gc.DataSpec((2,))).generator.double()
    z = x = torch.randn(5, 2, dtype=torch.float64)
    for coupling in flow.couplings:
        x = coupling(x)
    for coupling in reversed(flow.couplings):
        x, _ = coupling.inverse(x)
    torch.testing.assert_close(x, z)


def test_its_likelihood_rises(registry: gc.Registry, train: Callable[..., Any]) -> None:
    model = registry.build("gan", "realnvp", couplings=2, width=8, batch=64, lr=1e-2)
    loss = train(gan=model, steps=40, evaluations=1, seeds=(0,))[0].trace["generator_loss"]
    assert loss[-5:].mean() < loss[:5].mean() - 0.1


@pytest.mark.parametrize("shape", [(1,), (1, 8, 8)])
def test_it_refuses_what_is_no_point(registry: gc.Registry, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="points of two or more dimensions"):
        registry.build("gan", "realnvp").build(gc.DataSpec(shape))
