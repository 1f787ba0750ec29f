from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch


@pytest.mark.parametrize("batch", [6, 7])
def test_term_is_the_ratio_of_latent_to_sample_distances(duel: Callable[..., Any], batch: int) -> None:
    d = duel("mode-seeking(weight=2.0)", "generator", batch=batch)
    x = d.generator(d.z)
    pairs = [(i, i + 3) for i in range(3)]
    samples = torch.stack([(x[i] - x[j]).abs().mean() for i, j in pairs]).mean()
    latents = torch.stack([(d.z[i] - d.z[j]).abs().mean() for i, j in pairs]).mean()
    torch.testing.assert_close(d.loss(), -torch.sigmoid(d.fake).log().mean() + 2 / (samples / latents + 1e-5))


def test_a_collapsed_generator_pays_most(duel: Callable[..., Any]) -> None:
    free, stuck = duel("mode-seeking", "generator"), duel("mode-seeking", "generator")
    with torch.no_grad():
        for name, weight in stuck.generator.named_parameters():
            weight.mul_(0 if name.endswith("weight") else 1)
    assert stuck.loss() > 1e4 > free.loss()
    for gradient in torch.autograd.grad(stuck.loss(), list(stuck.generator.parameters())):
        assert gradient.isfinite().all()


def test_discriminator_is_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("mode-seeking").loss(), duel("none").loss(), rtol=0, atol=0)
