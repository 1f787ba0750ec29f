from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.discriminator.minibatch_std import Deviation
from gancheck.strategies.recipe import Recipe


@pytest.mark.parametrize(("n", "group", "size"), [(8, 4, 4), (12, 3, 3), (7, 4, 7), (4, 4, 4), (3, 4, 3)])
def test_every_sample_is_told_how_varied_its_group_is(n: int, group: int, size: int) -> None:
    hidden = torch.randn(n, 5, generator=torch.Generator().manual_seed(0))
    told = Deviation(group)(hidden)
    assert torch.equal(told[:, :5], hidden)
    stride = n // size
    for i in range(n):  # groups take every stride-th sample, as the authors' code does
        mates = hidden[[j for j in range(n) if j % stride == i % stride]]
        assert len(mates) == size
        torch.testing.assert_close(told[i, 5], mates.std(0, correction=0).mean(), rtol=1e-4, atol=1e-4)


def test_a_batch_of_equal_samples_has_almost_no_deviation_and_finite_gradients() -> None:
    hidden = torch.ones(8, 5, requires_grad=True)
    told = Deviation(4)(hidden)
    assert (told[:, 5] < 1e-3).all()
    (gradient,) = torch.autograd.grad(told.sum(), hidden)
    assert gradient.isfinite().all()


def test_discriminator_decides_from_the_widened_layer(duel: Callable[..., Any]) -> None:
    d = duel("minibatch-std(group=3)", batch=6)
    *body, flatten, deviation, head = d.discriminator
    assert head.in_features == 9
    hidden = torch.nn.Sequential(*body)(d.x)
    torch.testing.assert_close(d.game.real_logits, head(deviation(flatten(hidden))).flatten())


def test_a_discriminator_without_a_head_is_skipped_with_a_reason(registry: gc.Registry) -> None:
    class Headless(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            tail = torch.nn.Sequential(torch.nn.Linear(data.size, 1), torch.nn.Identity())
            return gc.Players(torch.nn.Linear(2, data.size), tail, gc.Latent(2))

    for name in ("minibatch-std", "minibatch-discrimination"):
        reason = Recipe.parse(name, registry).supports(Headless(), gc.DataSpec((2,)))
        assert reason is not None
        assert reason.startswith(f"{name}: needs a discriminator with hidden layers")


def test_a_group_of_one_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="group = 1"):
        duel("minibatch-std(group=1)")
