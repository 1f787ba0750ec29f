from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import chi2

from gancheck.datasets.base import HIGH_QUALITY_MASS
from gancheck.datasets.mixtures.base import Mixture, nearest_in_chunks
from gancheck.datasets.mixtures.grid import Grid
from gancheck.datasets.mixtures.imbalanced import Imbalanced
from gancheck.datasets.mixtures.random_mixture import RandomMixture
from gancheck.datasets.mixtures.ring import Ring
from gancheck.datasets.mixtures.veegan1200 import Veegan1200
from gancheck.errors import BadParameter

MIXTURES = [Ring(), Grid(), RandomMixture(dims=3, modes=5), Imbalanced(), Veegan1200()]
every_mixture = pytest.mark.parametrize("data", MIXTURES, ids=lambda data: type(data).__name__)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@every_mixture
def test_real_draws_are_of_high_quality_as_often_as_the_closed_form_says(data: Mixture) -> None:
    n = 40_000 if data.spec.size < 100 else 8_000
    good = data.assign(data.draw(n, generator()).x).good.double().mean().item()
    assert abs(good - 0.98889) < 4 * math.sqrt(0.98889 * 0.01111 / n)


@every_mixture
def test_every_draw_is_assigned_to_the_mode_it_came_from(data: Mixture) -> None:
    batch = data.draw(5_000, generator())
    assert torch.equal(data.assign(data.features(batch.x)).label, batch.y)


@every_mixture
def test_modes_are_drawn_by_their_weights(data: Mixture) -> None:
    n = 5_000
    expected = n * data.weights
    counts = torch.bincount(data.draw(n, generator()).y, minlength=len(expected))
    statistic = ((counts - expected).square() / expected).sum().item()
    assert chi2.sf(statistic, len(expected) - 1) > 1e-3


@every_mixture
def test_deviations_are_those_measured_inside_the_radius(data: Mixture) -> None:
    batch = data.draw(200_000 if data.spec.size < 100 else 8_000, generator())
    good = data.assign(batch.x).good & (batch.y == 0)
    x = batch.x[good].double()
    measured = (x - data.centres[0]).square().mean().sqrt().item()
    assert measured == pytest.approx(data.deviations[0].item(), rel=4 / math.sqrt(2 * x.shape[0] * data.noise_dims))
    assert data.deviations.shape == data.weights.shape


@every_mixture
def test_same_seed_gives_same_draws_and_another_seed_others(data: Mixture) -> None:
    one, two, other = (data.draw(50, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(one.x, two.x)
    assert torch.equal(one.y, two.y)
    assert not torch.equal(one.x, other.x)


@every_mixture
def test_draws_are_fresh_float32_points_of_the_declared_shape(data: Mixture) -> None:
    batch = data.draw(7, generator())
    assert batch.x.shape == (7, *data.spec.shape)
    assert batch.x.dtype == torch.float32
    assert batch.index.tolist() == [-1] * 7
    assert data.pool("real", 6, generator()).shape == (6, *data.spec.shape)
    assert len(data.distinct("reference", 9, generator()).unique(dim=0)) == 9


def test_pools_of_one_generator_share_no_point() -> None:
    stream, data = generator(), Grid()
    points = torch.cat([data.draw(500, stream).x, data.pool("real", 500, stream), data.pool("reference", 500, stream)])
    assert len(points.unique(dim=0)) == 1_500


def test_radius_is_three_sigma_in_the_plane() -> None:
    assert Ring(sigma=0.02).reach == pytest.approx(3 * 0.02, rel=1e-12)


@pytest.mark.parametrize("dims", [1, 2, 10, 50, 700])
def test_radius_holds_the_same_mass_in_any_number_of_dimensions(dims: int) -> None:
    data = RandomMixture(dims=dims, modes=1, sigma=0.1)
    assert data.reach / 0.1 == pytest.approx(math.sqrt(chi2.ppf(HIGH_QUALITY_MASS, dims)), rel=1e-9)


def test_small_noise_far_from_the_origin_keeps_its_distances() -> None:
    data = Grid(side=3, spacing=2_000.0, sigma=0.01)
    x = data.centres.float()[:, None] + torch.randn(9, 100, 2, generator=generator()) * 0.01
    x = x.reshape(-1, 2)
    expected = cdist(x.double().numpy(), data.centres.numpy()).min(1) / data.reach
    np.testing.assert_allclose(data.assign(x).distance.numpy(), expected, rtol=1e-9)


def test_assignment_does_not_depend_on_the_chunks() -> None:
    data = Grid()
    x = data.draw(1_000, generator()).x
    whole = data.assign(x)
    label, distance = nearest_in_chunks(x, data.centres, 100)
    assert torch.equal(whole.label, label)
    assert torch.equal(whole.distance, distance / data.reach)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e30])
def test_diverged_samples_are_assigned_without_error_and_never_good(value: float) -> None:
    assignment = Ring().assign(torch.full((3, 2), value))
    assert not assignment.good.any()
    assert ((assignment.label >= 0) & (assignment.label < 8)).all()


def test_no_samples_give_an_empty_assignment() -> None:
    assert len(Ring().assign(torch.empty(0, 2)).label) == 0


@pytest.mark.parametrize("sigma", [0.0, -1.0, math.nan, math.inf])
def test_sigma_that_is_no_deviation_is_refused(sigma: float) -> None:
    with pytest.raises(BadParameter, match="sigma"):
        Ring(sigma=sigma)


def test_modes_whose_high_quality_discs_meet_are_refused() -> None:
    with pytest.raises(BadParameter, match="modes overlap"):
        Grid(spacing=0.29, sigma=0.05)
    with pytest.raises(BadParameter, match="modes overlap"):
        Ring(modes=200, sigma=0.01)
    Grid(spacing=0.3, sigma=0.05)  # discs that just touch are fine


def test_facet_is_the_points_grouped_by_mode() -> None:
    data = Ring()
    batch = data.draw(20, generator())
    (facet,) = data.facets(batch.x, batch.y)
    assert torch.equal(facet.features, batch.x)
    assert torch.equal(facet.group, batch.y)
