from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.recipe import Recipe


def surprise(d: Any) -> Tensor:
    """-E log Q(c | G(z, c)), row by row."""
    answers = d.modules["classifier"](d.samples).exp()
    shares = [row[c] / row.sum() for row, c in zip(answers, d.game.code.tolist(), strict=True)]
    return -torch.stack(shares).log().mean()


def test_generator_and_network_minimise_the_codes_cross_entropy(duel: Callable[..., Any]) -> None:
    d = duel("infogan(k=3, weight=0.7)", "generator", batch=16)
    loss, expected = d.loss(), torch.log1p(torch.exp(-d.fake)).mean() + 0.7 * surprise(d)
    torch.testing.assert_close(loss, expected)
    for player in ("generator", "classifier"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)
    assert d.game.players.team("generator") == ("generator", "classifier")


def test_codes_change_samples_and_are_all_drawn_alike(duel: Callable[..., Any]) -> None:
    d = duel("infogan(k=3)", batch=64)
    assert set(d.game.code.tolist()) == {0, 1, 2}
    assert d.game.players.latent.shares == ()
    other = d.generator(d.z, (d.game.code + 1) % 3)
    assert (other - d.samples).abs().flatten(1).amax(1).min() > 1e-4


def test_discriminator_is_told_nothing(duel: Callable[..., Any]) -> None:
    d = duel("infogan")
    expected = torch.log1p(torch.exp(-d.real)).mean() + torch.log1p(torch.exp(d.fake)).mean()
    torch.testing.assert_close(d.loss(), expected)


def test_it_composes_with_packs_and_other_objectives(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    alone = train("lsgan+infogan(k=3)", steps=2)
    assert apart(alone, train("lsgan+infogan(k=3, weight=9.0)", steps=2)) > 1e-7
    assert apart(alone, train("lsgan+infogan(k=3)+pacgan", steps=2)) > 1e-7


def test_two_meanings_of_codes_are_refused(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("infogan", registry).supports(gan, data))


@pytest.mark.parametrize("parameter", ["k=1", "weight=0.0"])
def test_codes_that_say_nothing_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match="at least 2 values and a positive weight"):
        duel(f"infogan({parameter})")
