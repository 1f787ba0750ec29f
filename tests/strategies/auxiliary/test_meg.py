from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

import gancheck as gc
from gancheck.errors import BadParameter


def test_both_minimise_the_cross_entropy_of_own_and_others_latents(duel: Callable[..., Any]) -> None:
    d = duel("meg(weight=0.7)", "generator")
    others = torch.stack([d.z[i - 1] for i in range(len(d.z))])
    judged = torch.cat([torch.cat([d.samples, d.z], 1), torch.cat([d.samples, others], 1)])
    answers = d.modules["statistic"](judged).flatten()
    labels = torch.cat([torch.ones(len(d.z)), torch.zeros(len(d.z))])
    expected = torch.log1p(torch.exp(-d.fake)).mean() + 0.7 * cross_entropy(answers, labels)
    loss = d.loss()
    torch.testing.assert_close(loss, expected)
    for player in ("generator", "statistic"):
        weights = list(d.modules[player].parameters())
        theirs = torch.autograd.grad(expected, weights, retain_graph=True)
        for mine, other in zip(torch.autograd.grad(loss, weights, retain_graph=True), theirs, strict=True):
            torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_discriminator_is_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("meg").loss(), duel("none").loss())
    assert duel("meg").game.players.team("generator") == ("generator", "statistic")


def test_samples_that_tell_nothing_of_their_latents_cost_log_2(duel: Callable[..., Any]) -> None:
    """The best answer is 0 then."""
    d = duel("meg", "generator")
    statistic = {name: torch.zeros_like(w) for name, w in d.game.weights["statistic"].items()}
    plain = torch.log1p(torch.exp(-d.fake)).mean()
    blind = d.game.hooks.loss("generator", d.game.with_weights(statistic=statistic))
    torch.testing.assert_close(blind, plain + torch.log(torch.tensor(2.0)))


def test_on_images_latents_are_constant_channels(registry: gc.Registry) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    d = gc.testing.game("meg", "generator", data=data, gan="dcgan", registry=registry, width=4, latent=3)
    planes = d.z[:, :, None, None].expand(6, 3, 8, 8)
    assert d.modules["statistic"](torch.cat([d.samples, planes], 1)).shape == (6, 1)
    assert d.loss().isfinite()


def test_it_composes(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    assert apart(train("mgan(k=2)+meg+pacgan", steps=2), train("mgan(k=2)+pacgan", steps=2)) > 1e-7


def test_an_untrained_network_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = 0\.0 must be positive"):
        duel("meg(weight=0.0)")
