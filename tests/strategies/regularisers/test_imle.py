from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter


def nearest(d: Any, latents: Tensor, *codes: Tensor) -> Tensor:
    """The mean squared difference to the nearest candidate, by loops."""
    candidates = d.generator(latents, *codes)
    gaps = [torch.stack([(x - candidate).square().mean() for candidate in candidates]).min() for x in d.x]
    return torch.stack(gaps).mean()


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_term_is_the_distance_of_real_samples_to_the_nearest_candidate(duel: Callable[..., Any], prior: str) -> None:
    d = duel("imle(weight=3.0, factor=4)", "generator", prior=prior)
    loss, latents = d.loss(), d.game.noise.tensors["imle#1"].reshape(24, 3)
    if prior == "uniform":
        assert 0 <= latents.min() < latents.max() < 1
        latents = 2 * latents - 1
    expected = -torch.sigmoid(d.fake).log().mean() + 3 * nearest(d, latents)
    torch.testing.assert_close(loss, expected)
    weights = list(d.generator.parameters())
    theirs = torch.autograd.grad(expected, weights)
    for mine, other in zip(torch.autograd.grad(loss, weights), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-6)


def test_candidates_have_the_codes_of_the_batch(duel: Callable[..., Any]) -> None:
    d = duel("mgan(k=3)+imle(factor=4)", "generator")
    loss, latents = d.loss(), d.game.noise.tensors["imle#1"].reshape(24, 3)
    expected = duel("mgan(k=3)", "generator").loss() + nearest(d, latents, d.game.code.repeat(4))
    torch.testing.assert_close(loss, expected)


def test_more_candidates_are_nearer(duel: Callable[..., Any]) -> None:
    near = [duel(f"imle(factor={factor})", "generator", batch=24).loss() for factor in (1, 40)]
    assert near[1] < near[0]


def test_images_and_priors_have_a_part_in_it(registry: gc.Registry) -> None:
    data = gc.DataSpec((1, 8, 8), low=-1, high=1)
    d = gc.testing.game("imle", "generator", data=data, gan="dcgan", registry=registry, width=4, latent=3)
    assert d.loss().isfinite()
    d = gc.testing.game("deligan(components=4)+imle", "generator", registry=registry)
    assert torch.autograd.grad(d.loss(), d.modules["prior"].mu)[0].abs().max() > 0


def test_discriminator_is_left_alone_and_weight_0_is_none(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("imle").loss(), duel("none").loss(), rtol=0, atol=0)
    torch.testing.assert_close(duel("imle(weight=0.0)", "generator").loss(), duel("none", "generator").loss())


@pytest.mark.parametrize("parameter", ["weight=-1.0", "factor=0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"imle({parameter})")


def test_a_real_sample_draws_near_a_sample_of_its_own_class(duel: Callable[..., Any]) -> None:
    d = duel("imle", "generator", gan="cgan", modes=3)
    asked: list[torch.Tensor] = []
    generate = d.game.generate
    d.game.generate = lambda latent, code=None: asked.append(code) or generate(latent, code)
    d.loss()
    assert asked[-1].equal(d.game.real_sample(d.game.batch).code)
