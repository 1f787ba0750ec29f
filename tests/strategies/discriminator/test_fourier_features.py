from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.discriminator.fourier_features import Features, FourierFeatures


def features(x: Tensor, bands: int) -> Tensor:
    """The formula, number by number."""
    columns = [x]
    for wave in (torch.sin, torch.cos):
        columns += [wave(2**i * math.pi * x) for i in range(bands)]
    return torch.cat(columns, 1)


def test_critics_see_sines_and_cosines_beside_the_sample(duel: Callable[..., Any]) -> None:
    d = duel("fourier-features(bands=3)")
    assert d.discriminator[2].in_features == 2 * 7
    torch.testing.assert_close(d.game.real_logits, d.discriminator[1:](features(d.x, 3)).flatten())
    images = torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(Features(2)(images), features(images, 2))


def test_gradient_penalties_are_those_of_the_sample(duel: Callable[..., Any]) -> None:
    d = duel("fourier-features+r1(gamma=2.0)")
    x = d.x.clone().requires_grad_()
    slope = torch.autograd.grad(d.discriminator[1:](features(x, 2)).sum(), x)[0]
    torch.testing.assert_close(d.loss(), duel("fourier-features").loss() + slope.square().sum(1).mean())


@pytest.mark.parametrize("other", ["d2gan", "dropout", "pacgan(m=2)", "minibatch-std", "ali"])
def test_it_keeps_what_others_did_to_critics(duel: Callable[..., Any], other: str) -> None:
    left, right = duel(f"{other}+fourier-features"), duel(f"fourier-features+{other}")
    for d in (left, right):
        assert d.loss().isfinite()
        width = d.game.real.shape[1]
        for critic in d.game.critics if d is left else d.game.critics[:1]:
            first = next(m for m in d.modules[critic].modules() if isinstance(m, nn.Linear))
            assert first.in_features == 5 * width


def test_a_discriminator_of_one_layer_is_refused() -> None:
    class Flat(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    assert "several layers" in str(FourierFeatures().supports(Flat(), gc.DataSpec((2,))))


def test_no_frequency_is_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="bands = 0"):
        duel("fourier-features(bands=0)")
