from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from gancheck.errors import BadParameter


def likeness(features: Tensor) -> Tensor:
    """The mean over pairs, by a loop."""
    n = len(features)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    return torch.stack([cosine_similarity(features[i], features[j], dim=0).square() for i, j in pairs]).mean()


def test_term_is_the_mean_squared_cosine_of_the_features_of_two_samples(duel: Callable[..., Any]) -> None:
    d = duel("pulling-away(weight=3.0)", "generator")
    expected = -torch.sigmoid(d.fake).log().mean() + 3 * likeness(d.discriminator[:-1](d.samples))
    torch.testing.assert_close(d.loss(), expected)
    weights = list(d.generator.parameters())
    theirs = torch.autograd.grad(expected, weights)
    for mine, other in zip(torch.autograd.grad(d.loss(), weights), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_a_collapsed_generator_pays_the_whole_weight(duel: Callable[..., Any]) -> None:
    d, free = duel("pulling-away", "generator"), duel("none", "generator")
    for player in (d, free):
        with torch.no_grad():
            for name, weight in player.generator.named_parameters():
                weight.mul_(0 if name.endswith("weight") else 1)
    torch.testing.assert_close(d.loss(), free.loss() + 0.1)
    for slope in torch.autograd.grad(d.loss(), list(d.generator.parameters())):
        assert slope.isfinite().all()


def test_every_critic_has_a_part_in_it(duel: Callable[..., Any]) -> None:
    d = duel("d2gan+pulling-away(weight=1.0)", "generator")
    both = [likeness(d.modules[critic][:-1](d.samples)) for critic in ("discriminator", "discriminator2")]
    torch.testing.assert_close(d.loss(), duel("d2gan", "generator").loss() + torch.stack(both).mean())


def test_discriminator_is_left_alone_and_weight_0_is_none(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("pulling-away").loss(), duel("none").loss(), rtol=0, atol=0)
    none = duel("none", "generator").loss()
    torch.testing.assert_close(duel("pulling-away(weight=0.0)", "generator").loss(), none, rtol=0, atol=0)


def test_a_negative_weight_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = -0\.5"):
        duel("pulling-away(weight=-0.5)")
