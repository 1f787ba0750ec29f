"""The kernel density estimate has scikit-learn's density, and its width is the likeliest."""

from __future__ import annotations

import pytest
import torch
from sklearn.neighbors import KernelDensity

import gancheck as gc
from gancheck.datasets.base import Batch


@pytest.fixture
def batch() -> Batch:
    """300 fresh points of a mixture of two narrow Gaussians, 2 apart."""
    source = torch.Generator().manual_seed(0)
    y = torch.randint(2, (300,), generator=source)
    x = 0.1 * torch.randn(300, 2, generator=source) + y[:, None] * 2.0
    return Batch(x, y, torch.full((300,), -1))


def fitted(registry: gc.Registry, batch: Batch, **values: object) -> torch.nn.Module:
    model = registry.build("gan", "kde", count=300, **values)
    kernels: torch.nn.Module = model.build(gc.DataSpec((2,))).generator
    kernels.fit(batch, model.rule, model.width)  # type: ignore[operator]
    return kernels


@pytest.mark.parametrize("width", [0.05, 0.7])
def test_its_density_is_scikit_learns(registry: gc.Registry, batch: Batch, width: float) -> None:
    kernels, x = fitted(registry, batch, width=width), batch.x[:20] + 0.1 * torch.randn(20, 2)
    expected = KernelDensity(bandwidth=width).fit(batch.x.double().numpy()).score_samples(x.double().numpy())
    torch.testing.assert_close(kernels.log_density(x), torch.from_numpy(expected), rtol=1e-5, atol=1e-5)  # type: ignore[operator]


def test_likelihood_finds_the_width_of_modes_that_scotts_rule_blurs(registry: gc.Registry, batch: Batch) -> None:
    likely, scott = (float(fitted(registry, batch, rule=rule).width) for rule in ("likelihood", "scott"))  # type: ignore[arg-type]
    assert 0.02 < likely < 0.1  # under the modes' own 0.1
    assert scott > 0.3  # e. g. 1 * 300 ** (-1 / 6)


def test_samples_lie_around_the_kept_points_and_in_the_data_s_range(registry: gc.Registry, batch: Batch) -> None:
    kernels = fitted(registry, batch, width=0.01)
    drawn = kernels(torch.randn(1_000, 3))
    assert torch.cdist(drawn, batch.x).amin(1).max() < 0.06
    assert (drawn.mean(1) > 1).float().mean() == pytest.approx(float(batch.y.float().mean()), abs=0.06)
    pixels = registry.build("gan", "kde", count=10).build(gc.DataSpec((1, 4, 4), -1, 1)).generator
    assert pixels(torch.randn(50, 17)).abs().max() <= 1
