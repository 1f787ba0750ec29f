from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.fld import fit_log_variances, fld, likelihood_gradient, negative_log_likelihood, standardise
from gancheck.numerics.features import CHUNK, FeatureSet


def points(n: int, d: int, seed: int) -> Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def value(samples: Tensor, d: int = 8, seed: int = 1) -> float:
    return float(fld(View(samples, points(300, d, seed), train=points(300, d, seed + 1))))


def test_a_perfect_generator_is_near_zero():
    values = [value(points(300, 8, 10 * i), seed=10 * i + 1) for i in range(20)]
    assert abs(sum(values) / 20) < 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda x: x * 3,
        lambda x: x + 2,
        lambda x: torch.cat([x[:, :1].abs() + 1, x[:, 1:]], 1),
        lambda x: x[:3].repeat(100, 1),
    ],
    ids=["blurred", "shifted", "half missing", "collapsed"],
)
def test_damage_of_every_kind_raises_it(damage):
    assert value(damage(points(300, 8, 0))) > value(points(300, 8, 0)) + 4


def test_copies_of_the_training_data_raise_it_beyond_any_blur():
    assert value(points(300, 8, 2)) > 1000
    assert value(torch.cat([points(75, 8, 2), points(225, 8, 0)])) > value(points(300, 8, 0))


def test_units_of_the_features_do_not_matter():
    sets = [points(150, 3, i) for i in range(3)]
    units = torch.tensor([1e-6, 1.0, 1e6], dtype=torch.float64)
    values = [float(fld(View(a, b, train=c))) for a, b, c in (sets, [units * x + 3 * units for x in sets])]
    assert values[0] == pytest.approx(values[1], rel=1e-6)


def test_standardised_features_have_mean_zero_and_deviation_one_and_constant_ones_none():
    x = points(50, 3, 0) * 7 + 3
    x[:, 2] = 4
    view = View(x, x)
    out = standardise(view.samples, view.real_samples).x
    torch.testing.assert_close(out.std(0), torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64))
    assert torch.allclose(out.mean(0), torch.zeros(3, dtype=torch.float64), atol=1e-12)


def test_fewer_samples_than_training_data_are_compared_with_as_few():
    values = [
        float(fld(View(points(60, 8, 3 * i), points(300, 8, 3 * i + 1), train=points(300, 8, 3 * i + 2))))
        for i in range(12)
    ]
    assert abs(sum(values) / 12) < 4


def test_a_single_training_sample_is_refused():
    with pytest.raises(BadData, match="at least 2 training"):
        fld(View(points(9, 2, 0), points(9, 2, 1), train=points(1, 2, 2)))


def theirs(x: Tensor, centres: Tensor, logs: Tensor) -> Tensor:
    """Log-likelihoods (m,) by PyTorch's own mixture."""
    parts = Independent(Normal(centres, (logs / 2).exp()[:, None].expand_as(centres)), 1)
    return MixtureSameFamily(Categorical(torch.ones(len(centres), dtype=torch.float64)), parts).log_prob(x)


@pytest.mark.parametrize("d", [2, 30])
@pytest.mark.parametrize("chunk", [64, CHUNK])
def test_surprise_is_the_likelihood_of_pytorch(d: int, chunk: int):
    x, centres, logs = points(40, d, 0), points(15, d, 1), points(1, 15, 2)[0]
    expected = -theirs(x, centres, logs).mean() / d
    assert float(negative_log_likelihood(FeatureSet(x, chunk), FeatureSet(centres, chunk), logs)) == pytest.approx(
        float(expected), rel=1e-12
    )


@pytest.mark.parametrize("chunk", [64, CHUNK])
def test_slope_is_that_of_automatic_differentiation(chunk: int):
    squared, logs = points(30, 8, 0).square() * 5, points(1, 8, 1)[0].requires_grad_()
    weights = torch.tensor([1 / 7] * 7 + [1.0], dtype=torch.float64)
    terms = weights.log() - squared / (2 * logs.exp()) - 3 / 2 * logs
    (-terms.logsumexp(1).mean() / 3).backward()
    torch.testing.assert_close(
        likelihood_gradient(squared, logs.detach(), FeatureSet(points(30, 3, 2), chunk)), logs.grad
    )


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
    torch.testing.assert_close(
        fit_log_variances(FeatureSet(centres), FeatureSet(data)), logs.detach(), rtol=1e-9, atol=1e-9
    )


def test_fitted_widths_make_the_data_likelier_than_others():
    centres, data = FeatureSet(points(50, 4, 0)), FeatureSet(points(200, 4, 1))
    best = negative_log_likelihood(data, centres, fit_log_variances(centres, data))
    unfitted = fit_log_variances(centres, data, steps=0)
    assert best < negative_log_likelihood(data, centres, unfitted) - 0.05


def test_a_centre_on_a_data_point_stays_finite():
    x = points(30, 5, 0)
    logs = fit_log_variances(FeatureSet(x), FeatureSet(x))
    assert logs.isfinite().all()
    assert negative_log_likelihood(FeatureSet(points(30, 5, 1)), FeatureSet(x), logs).isfinite()
