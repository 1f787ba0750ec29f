from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from gancheck import mixture
from gancheck.cloud import CHUNK, Cloud
from gancheck.mixture import slope, surprise, widths


def points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def theirs(x: Tensor, centres: Tensor, logs: Tensor) -> Tensor:
    """Log-likelihoods (m,) by PyTorch's own mixture."""
    parts = Independent(Normal(centres, (logs / 2).exp()[:, None].expand_as(centres)), 1)
    return MixtureSameFamily(Categorical(torch.ones(len(centres), dtype=torch.float64)), parts).log_prob(x)


@pytest.mark.parametrize("d", [2, 30])
@pytest.mark.parametrize("chunk", [64, CHUNK])
def test_surprise_is_the_likelihood_of_pytorch(d: int, chunk: int):
    x, centres, logs = points(40, d, 0), points(15, d, 1), points(1, 15, 2)[0]
    expected = -theirs(x, centres, logs).mean() / d
    assert float(surprise(Cloud(x, chunk), Cloud(centres, chunk), logs)) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("chunk", [64, CHUNK])
def test_slope_is_that_of_automatic_differentiation(chunk: int):
    squared, logs = points(30, 8, 0).square() * 5, points(1, 8, 1)[0].requires_grad_()
    weights = torch.tensor([1 / 7] * 7 + [1.0], dtype=torch.float64)
    terms = weights.log() - squared / (2 * logs.exp()) - 3 / 2 * logs
    (-terms.logsumexp(1).mean() / 3).backward()
    torch.testing.assert_close(slope(squared, logs.detach(), Cloud(points(30, 3, 2), chunk)), logs.grad)


@pytest.mark.parametrize("d", [2, 12])
def test_widths_are_those_of_automatic_differentiation_through_pytorchs_mixtures(d: int):
    centres, data = points(20, d, 0), points(50, d, 1) * 1.3
    reach = torch.cdist(centres, data).amin(1).square()
    logs, broad = ((reach + 1e-3) / d).log().requires_grad_(), torch.zeros((), dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([logs, broad], lr=0.5)
    for _ in range(50):
        adam.zero_grad()
        scale = (broad / 2).exp().expand(d)
        background = Normal(torch.zeros(d, dtype=torch.float64), scale).log_prob(0.9 * (data - data.mean(0))).sum(1)
        (-torch.logaddexp(theirs(data, centres, logs), background).mean() / d).backward()
        adam.step()
    torch.testing.assert_close(widths(Cloud(centres), Cloud(data)), logs.detach(), rtol=1e-9, atol=1e-9)


def test_fitted_widths_make_the_data_likelier_than_others(monkeypatch: pytest.MonkeyPatch):
    centres, data = Cloud(points(50, 4, 0)), Cloud(points(200, 4, 1))
    best = surprise(data, centres, widths(centres, data))
    monkeypatch.setattr(mixture, "STEPS", 0)
    assert best < surprise(data, centres, widths(centres, data)) - 0.05


def test_a_centre_on_a_data_point_stays_finite():
    x = points(30, 5, 0)
    logs = widths(Cloud(x), Cloud(x))
    assert logs.isfinite().all()
    assert surprise(Cloud(points(30, 5, 1)), Cloud(x), logs).isfinite()
