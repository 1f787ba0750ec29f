from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

import gancheck as gc
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD


def test_generator_matches_the_mean_of_the_last_hidden_layer(duel: Callable[..., Any]) -> None:
    d = duel("feature-matching", "generator")
    body = d.discriminator[:-1]
    expected = (body(d.x).mean(0) - body(d.samples).mean(0)).square().sum()
    torch.testing.assert_close(d.loss(), expected)
    weights = list(d.generator.parameters())
    theirs = torch.autograd.grad(expected, weights)
    for mine, other in zip(torch.autograd.grad(d.loss(), weights), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_discriminator_is_trained_as_ever(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("feature-matching").loss(), duel("none").loss(), rtol=0, atol=0)


def test_rows_that_top_k_leaves_out_have_no_part_in_the_mean(duel: Callable[..., Any]) -> None:
    d = duel("feature-matching+top-k(nu=0.5, gamma=0.5)", "generator", progress=1.0)
    body = d.discriminator[:-1]
    kept = body(d.samples)[d.fake.topk(3).indices]
    torch.testing.assert_close(d.loss(), (body(d.x).mean(0) - kept.mean(0)).square().sum())


def test_packs_have_features_too(duel: Callable[..., Any]) -> None:
    d = duel("feature-matching+pacgan", "generator")
    body = d.discriminator[:-1]
    packs = [body(x.reshape(-1, 4)) for x in (d.x, d.samples)]
    torch.testing.assert_close(d.loss(), (packs[0].mean(0) - packs[1].mean(0)).square().sum())


def test_a_discriminator_without_hidden_layers_is_refused(registry: gc.Registry) -> None:
    class Flat(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    made = registry.build("strategy", "feature-matching")
    assert made.supports(Flat(), gc.DataSpec((2,))) == REQUIRES_LINEAR_HEAD


def test_real_features_follow_a_discriminator_that_is_foreseen(duel: Callable[..., Any]) -> None:
    """The loss is differentiated by the discriminator too, as `unrolled` does, through real and generated samples."""
    d = duel("feature-matching", "generator")
    weights = list(d.discriminator.parameters())[:-2]  # the last layer is behind the features
    real, fake = (d.discriminator[:-1](x).mean(0) for x in (d.x, d.generator(d.z)))
    expected = torch.autograd.grad((real - fake).square().sum(), weights)
    for ours, theirs in zip(torch.autograd.grad(d.loss(), weights), expected, strict=True):
        torch.testing.assert_close(ours, theirs)
