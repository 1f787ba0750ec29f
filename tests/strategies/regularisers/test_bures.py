from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from gancheck.errors import BadParameter
from gancheck.strategies.regularisers.bures import square_root


def covariance(features: Tensor) -> Tensor:
    """Of centred and normalised features, in double precision."""
    rows = normalize(features.double() - features.double().mean(0), dim=1)
    return torch.stack([torch.outer(row, row) for row in rows]).mean(0)


def distance(real: Tensor, fake: Tensor) -> Tensor:
    """tr C + tr C' - 2 tr (C C')^(1/2), by eigenvalues."""
    c, d = covariance(real), covariance(fake)
    roots = torch.linalg.eigvals(c @ d).real.clamp(min=0).sqrt()
    return c.trace() + d.trace() - 2 * roots.sum()


@pytest.mark.parametrize("batch", [6, 24])
def test_term_is_the_bures_distance_of_both_covariances(duel: Callable[..., Any], batch: int) -> None:
    """With fewer rows than features, and with more."""
    d = duel("bures(weight=3.0, iterations=20)", "generator", batch=batch)
    body = d.discriminator[:-1]
    expected = -torch.sigmoid(d.fake).log().mean() + 3 * distance(body(d.x), body(d.samples)).float()
    torch.testing.assert_close(d.loss(), expected, rtol=0, atol=0.01)
    paper = duel("bures(weight=3.0)", "generator", batch=batch).loss()
    assert -1e-3 < (paper - expected).item() < 0.06  # 15 iterations leave the smallest roots too small


def test_square_root_and_its_gradient() -> None:
    source = torch.Generator().manual_seed(0)
    half = torch.randn(5, 8, generator=source)
    matrix = (half @ half.mT).requires_grad_()
    root = square_root(matrix, 15)
    torch.testing.assert_close(root @ root, matrix, rtol=1e-3, atol=1e-3)
    (slope,) = torch.autograd.grad(root.diagonal().sum(), matrix)
    torch.testing.assert_close(slope, torch.linalg.inv(root).mT / 2, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("batch", [6, 24])
def test_a_collapsed_generator_pays_the_most_and_has_a_finite_gradient(duel: Callable[..., Any], batch: int) -> None:
    d = duel("bures", "generator", batch=batch)
    with torch.no_grad():
        for name, weight in d.generator.named_parameters():
            weight.mul_(0 if name.endswith("weight") else 1)
    term = d.loss() + torch.sigmoid(d.fake).log().mean()
    torch.testing.assert_close(term, torch.tensor(1.0), rtol=0.01, atol=0.01)
    for slope in torch.autograd.grad(d.loss(), list(d.generator.parameters())):
        assert slope.isfinite().all()


def test_discriminator_is_left_alone_and_weight_0_is_none(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("bures").loss(), duel("none").loss(), rtol=0, atol=0)
    torch.testing.assert_close(duel("bures(weight=0.0)", "generator").loss(), duel("none", "generator").loss())


@pytest.mark.parametrize("parameter", ["weight=-1.0", "iterations=0", "iterations=21"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"bures({parameter})")
