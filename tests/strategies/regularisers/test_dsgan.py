from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter


def ratios(d: Any) -> torch.Tensor:
    """Of the distances of samples and latents, a pair at a time."""
    x, half = d.samples, len(d.z) // 2
    return torch.stack(
        [(x[i] - x[i + half]).abs().mean() / ((d.z[i] - d.z[i + half]).abs().mean() + 1e-5) for i in range(half)]
    )


@pytest.mark.parametrize("batch", [6, 7])
def test_term_is_the_mean_ratio_of_the_distances_of_pairs(duel: Callable[..., Any], batch: int) -> None:
    d = duel("dsgan(weight=3.0)", "generator", batch=batch)
    torch.testing.assert_close(d.loss(), -torch.sigmoid(d.fake).log().mean() - 3 * ratios(d).mean())


def test_a_pair_beyond_the_bound_pays_no_more_and_moves_nothing(duel: Callable[..., Any]) -> None:
    free = duel("none", "generator")
    bound = ratios(free).sort().values[1].item()
    d = duel(f"dsgan(weight=3.0, tau={bound})", "generator")
    expected = free.loss() - 3 * ratios(free).clamp(max=bound).mean()
    torch.testing.assert_close(d.loss(), expected)
    low = duel("dsgan(weight=3.0, tau=1e-6)", "generator")
    weights = list(low.generator.parameters())
    for mine, plain in zip(
        torch.autograd.grad(low.loss(), weights),
        torch.autograd.grad(-torch.sigmoid(low.fake).log().mean(), weights),
        strict=True,
    ):
        torch.testing.assert_close(mine, plain)


def test_samples_that_are_alike_have_a_finite_gradient(duel: Callable[..., Any]) -> None:
    d = duel("dsgan", "generator")
    with torch.no_grad():
        for name, weight in d.generator.named_parameters():
            weight.mul_(0 if name.endswith("weight") else 1)
    for slope in torch.autograd.grad(d.loss(), list(d.generator.parameters())):
        assert slope.isfinite().all()


def test_discriminator_is_left_alone(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("dsgan").loss(), duel("none").loss(), rtol=0, atol=0)


@pytest.mark.parametrize("parameter", ["weight=-1.0", "tau=0.0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"dsgan({parameter})")
