from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.objectives.mad_gan import Tails, split_last_layer
from gancheck.strategies.recipe import Recipe

THREE = "mad-gan(k=3)"


def samples(d: Any) -> Tensor:
    """Every sample by its own generator: layers that all share, then one of the last layers."""
    tails = d.generator
    return torch.cat([tails.tails[j](tails.shared(z[None])) for z, j in zip(d.z, d.game.code.tolist(), strict=True)])


def outputs(d: Any, x: Tensor) -> Tensor:
    """(n, k + 1) the probabilities of the paper's discriminator: real, and each generator."""
    real = torch.sigmoid(d.discriminator(x))
    answers = d.modules["which"](d.discriminator[:-1](x)).exp()
    return torch.cat([real, (1 - real) * answers / answers.sum(1, keepdim=True)], 1)


def test_discriminator_minimises_the_cross_entropy_of_k_plus_one_classes(duel: Callable[..., Any]) -> None:
    d = duel(THREE, batch=16)
    real, fake = outputs(d, d.x), outputs(d, samples(d))
    torch.testing.assert_close(fake.sum(1), torch.ones(16))
    made = torch.stack([row[j + 1] for row, j in zip(fake, d.game.code.tolist(), strict=True)])
    expected = -real[:, 0].log().mean() - made.log().mean()
    loss = d.loss()
    torch.testing.assert_close(loss, expected)
    for player in ("discriminator", "which"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_generators_fool_it_into_real(duel: Callable[..., Any]) -> None:
    d = duel(THREE, "generator")
    torch.testing.assert_close(d.loss(), -outputs(d, samples(d))[:, 0].log().mean())
    assert d.game.players.team("discriminator") == ("discriminator", "which")
    assert d.game.players.team("generator") == ("generator",)


def test_of_a_pack_the_answer_is_its_makers_shares(duel: Callable[..., Any]) -> None:
    d = duel(f"{THREE}+pacgan", batch=4)
    assert len(d.z) == len(d.game.code) == 4
    packs, makers = samples(d).reshape(2, 4), d.game.code.reshape(2, 2).tolist()
    answers = d.modules["which"](d.discriminator[:-1](packs)).log_softmax(1)
    which = torch.stack([-(row[a] + row[b]) / 2 for row, (a, b) in zip(answers, makers, strict=True)]).mean()
    real, fake = d.discriminator(d.x.reshape(2, 4)), d.discriminator(packs)
    expected = torch.log1p(torch.exp(-real)).mean() + torch.log1p(torch.exp(fake)).mean() + which
    torch.testing.assert_close(d.loss(), expected)


def test_layers_are_shared_but_the_last() -> None:
    made = [nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2), nn.Unflatten(1, (2, 1))) for _ in range(2)]
    parts = [split_last_layer(generator) for generator in made]
    assert [(len(body), len(tail)) for body, tail in parts] == [(2, 2), (2, 2)]  # type: ignore[arg-type]
    whole, nothing = split_last_layer(Tails(nn.Identity(), list(made)))
    assert isinstance(whole, nn.Identity)
    assert isinstance(nothing, Tails)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "minibatch-std", "spectral-norm"])
def test_a_treatment_acts_beside_it(train: Callable[..., Any], apart: Callable[..., float], other: str) -> None:
    assert apart(train(f"mad-gan(k=2)+{other}", steps=2), train("mad-gan(k=2)", steps=2)) > 1e-7


def test_what_it_cannot_treat_is_refused(registry: gc.Registry, duel: Callable[..., Any]) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("mad-gan", registry).supports(gan, data))
    with pytest.raises(BadParameter, match="k = 1: needs at least 2 generators"):
        duel("mad-gan(k=1)")
