from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.objectives._critics import names

THREE = "mcl(critics=3, experts=2, alpha=0.3, beta=0.7, beta_g=0.4, temperature=0.5)"


def chances(d: Any, samples: Tensor, critics: int = 3) -> Tensor:
    """(n, critics) probabilities D_m by plain calls: the first discriminator's body under everybody's last layer."""
    features = d.discriminator[:-1](samples)
    return torch.cat([d.modules[name][-1](features) for name in names(critics)], 1).sigmoid()


def cost(chance: Tensor, experts: int, alpha: float) -> Tensor:
    """The summed losses of experts and of others, row by row, as the manuscript writes them."""
    total = torch.zeros(())
    for row in chance:
        best = set(row.topk(experts).indices.tolist())
        for m, p in enumerate(row):
            total = total + (-p.log() if m in best else alpha * -(p.log() + (1 - p).log()) / 2)
    return total / len(chance)


def shares(chance: Tensor, temperature: float) -> Tensor:
    powers = torch.exp(chance / temperature)
    return (powers / powers.sum(1, keepdim=True)).mean(0)


def same_gradients(one: Tensor, other: Tensor, weights: list[Tensor]) -> None:
    for mine, theirs in zip(*(torch.autograd.grad(loss, weights) for loss in (one, other)), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-7)


def test_discriminators_play_the_manuscripts_loss(duel: Callable[..., Any]) -> None:
    d = duel(THREE, progress=0.25)
    real, fake = chances(d, d.x), chances(d, d.samples.detach())
    balance = sum(math.log(1 / 3 / float(q)) / 3 for q in shares(real, 0.5).detach())
    loss = cost(real, 2, 0.3) - (1 - fake).log().sum(1).mean()
    torch.testing.assert_close(d.loss(), loss + 0.7 * 0.75 * balance)
    q = shares(real, 0.5)
    whole = loss + 0.7 * 0.75 * (torch.log(1 / 3 / q) / 3).sum()
    same_gradients(d.loss(), whole, [*d.discriminator.parameters(), *d.modules["discriminator3"][-1].parameters()])


def test_the_generator_learns_from_experts_and_keeps_the_shares_of_real_samples(duel: Callable[..., Any]) -> None:
    d = duel(THREE, "generator")
    real, fake = chances(d, d.x).detach(), chances(d, d.samples)
    q, o = shares(real, 0.5), shares(fake, 0.5)
    loss = cost(fake, 2, 0.3) + 0.4 * (q * (q / o).log()).sum()
    torch.testing.assert_close(d.loss(), loss)
    same_gradients(d.loss(), loss, list(d.generator.parameters()))


def test_one_discriminator_is_the_untreated_gan(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("mcl(critics=1)", steps=3), train("none", steps=3)) < 1e-6
    assert apart(train("mcl(critics=2)", steps=3), train("none", steps=3)) > 1e-6


def test_all_as_experts_without_balance_is_the_sum_over_discriminators(duel: Callable[..., Any]) -> None:
    d = duel("mcl(critics=3, experts=3, beta=0.0, beta_g=0.0)")
    real, fake = chances(d, d.x), chances(d, d.samples)
    torch.testing.assert_close(d.loss(), -(real.log() + (1 - fake).log()).sum(1).mean())


def test_all_layers_but_the_last_are_shared(duel: Callable[..., Any]) -> None:
    d = duel(THREE)
    played = d.game.constrained_weights("discriminator2")
    own = dict(d.modules["discriminator2"].named_parameters())
    first = dict(d.discriminator.named_parameters())
    last = list(own)[-2:]
    assert all(played[name].equal(own[name] if name in last else first[name]) for name in own)


def test_r1_regularises_every_discriminator(duel: Callable[..., Any]) -> None:
    plain, treated = duel(THREE), duel(f"{THREE}+r1(gamma=2.0)")
    x = treated.x.clone().requires_grad_()
    penalty = torch.zeros(())
    for m in range(3):
        slope = torch.autograd.grad(chances(treated, x).logit()[:, m].sum(), x)[0]
        penalty = penalty + slope.square().sum(1).mean()
    torch.testing.assert_close(treated.loss(), plain.loss() + penalty, rtol=1e-4, atol=1e-6)


def test_it_trains_beside_packs_norms_and_weighted_rows(train: Callable[..., Any]) -> None:
    assert [run.status for run in train("mcl(critics=4)+pacgan+spectral-norm+top-k", steps=3)] == ["done", "done"]


def test_a_convolution_as_the_last_layer_is_a_head(registry: gc.Registry, train: Callable[..., Any]) -> None:
    gan = registry.build("gan", "dcgan", width=4)
    assert [r.status for r in train("mcl(critics=2)", gan=gan, data="digits", steps=2, seeds=(0,))] == ["done"]


def test_a_discriminator_without_a_last_layer_is_refused(registry: gc.Registry) -> None:
    class Bare(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1), gc.Latent(2))

    reason = registry.build("strategy", "mcl").supports(Bare(), registry.build("dataset", "ring8").spec)
    assert "whose last layer is an nn.Linear" in reason


@pytest.mark.parametrize("bad", ["experts=6", "experts=0", "alpha=-1.0", "beta=-1.0", "temperature=0.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.replace("=", " = ")):
        duel(f"mcl({bad})")
