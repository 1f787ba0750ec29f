from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

from gancheck.errors import BadParameter
from gancheck.strategies.regularisers import gdpp
from gancheck.strategies.regularisers.gdpp import decompose


def difference(real: Tensor, fake: Tensor, magnitude: float = 1e-4) -> Tensor:
    """The term, by PyTorch's own gradients."""
    (a, v), (b, w) = (torch.linalg.eigh(f @ f.mT) for f in (normalize(real, dim=1), normalize(fake, dim=1)))
    importance = (a - a.min()) / (a.max() - a.min())
    aligned = torch.stack([(v[:, i] @ w[:, i]).abs() for i in range(len(a))])
    return magnitude * (a - b).square().mean() - (importance * aligned).sum()


def test_term_compares_eigenvalues_and_eigenvectors(duel: Callable[..., Any]) -> None:
    d = duel("gdpp(weight=2.0, magnitude=0.3)", "generator")
    body = d.discriminator[:-1]
    expected = -torch.sigmoid(d.fake).log().mean() + 2 * difference(body(d.x), body(d.samples), 0.3)
    torch.testing.assert_close(d.loss(), expected, rtol=1e-4, atol=1e-5)


def test_gradient_is_pytorchs_where_eigenvalues_lie_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gdpp, "GAP", 1e-4)
    source = torch.Generator().manual_seed(0)
    turn = torch.linalg.qr(torch.randn(5, 5, generator=source, dtype=torch.float64))[0]
    matrix = (turn * torch.tensor([0.1, 1.0, 2.0, 4.0, 9.0])) @ turn.mT
    weights = [torch.randn(shape, generator=source, dtype=torch.float64) for shape in ((5,), (5, 5))]
    slopes = []
    for way in (decompose, torch.linalg.eigh):
        given = matrix.clone().requires_grad_()
        values, vectors = way(given)
        total = (weights[0] * values).sum() + (weights[1] * vectors.square()).sum()
        (slope,) = torch.autograd.grad(total, given)
        slopes.append(slope + slope.mT)
    torch.testing.assert_close(*slopes, rtol=1e-4, atol=1e-4)


def test_the_sign_of_an_eigenvector_does_not_matter(monkeypatch: pytest.MonkeyPatch, duel: Callable[..., Any]) -> None:
    d = duel("gdpp", "generator")
    loss, eigh = d.loss(), torch.linalg.eigh
    turned = iter([1.0, -1.0])
    monkeypatch.setattr(torch.linalg, "eigh", lambda matrix: (lambda a, v: (a, next(turned) * v))(*eigh(matrix)))
    torch.testing.assert_close(d.loss(), loss)


@pytest.mark.parametrize("batch", [6, 24])
def test_equal_eigenvalues_leave_the_gradient_finite(duel: Callable[..., Any], batch: int) -> None:
    """A collapsed generator, and more samples than features, whose kernel has many eigenvalues 0."""
    for collapsed in (True, False):
        d = duel("gdpp", "generator", batch=batch)
        with torch.no_grad():
            for name, weight in d.generator.named_parameters():
                weight.mul_(0 if collapsed and name.endswith("weight") else 1)
        for slope in torch.autograd.grad(d.loss(), list(d.generator.parameters())):
            assert slope.isfinite().all()
            assert slope.abs().max() < 100


def test_what_is_not_finite_does_not_raise() -> None:
    values, _ = decompose(torch.full((3, 3), torch.nan))
    assert values.isnan().all()


def test_samples_like_the_data_are_best(duel: Callable[..., Any]) -> None:
    d = duel("gdpp", "generator")
    real = d.discriminator[:-1](d.x)
    values = torch.linalg.eigvalsh(normalize(real, dim=1) @ normalize(real, dim=1).mT)
    best = -((values - values.min()) / (values.max() - values.min())).sum()
    torch.testing.assert_close(difference(real, real), best, rtol=1e-4, atol=1e-4)
    assert d.loss() - duel("none", "generator").loss() > best


def test_discriminator_is_left_alone_and_weight_0_is_none(duel: Callable[..., Any]) -> None:
    torch.testing.assert_close(duel("gdpp").loss(), duel("none").loss(), rtol=0, atol=0)
    torch.testing.assert_close(duel("gdpp(weight=0.0)", "generator").loss(), duel("none", "generator").loss())


@pytest.mark.parametrize("parameter", ["weight", "magnitude"])
def test_negative_weights_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=rf"{parameter} = -1\.0"):
        duel(f"gdpp({parameter}=-1.0)")


def test_a_discriminator_without_features_gives_a_finite_gradient(duel: Callable[..., Any]) -> None:
    d = duel("gdpp", "generator")
    with torch.no_grad():
        for weight in d.discriminator.parameters():
            weight.zero_()
    assert all(slope.isfinite().all() for slope in torch.autograd.grad(d.loss(), list(d.generator.parameters())))
