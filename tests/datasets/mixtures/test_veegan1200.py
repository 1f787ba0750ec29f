from __future__ import annotations

import math

import torch
from scipy.stats import chi2

from gancheck.datasets.mixtures.veegan1200 import Veegan1200


def draws(n: int) -> torch.Tensor:
    return Veegan1200().draw(n, torch.Generator().manual_seed(0)).x


def test_ten_modes_lie_on_the_diagonal_of_1200_dimensions() -> None:
    centres = Veegan1200().centres
    assert centres.shape == (10, 1_200)
    assert (centres == centres[:, :1]).all()
    assert sorted(centres[:, 0].tolist()) == [-13, -5.5, -2.5, -2, -1, -0.5, 0, 0.25, 0.5, 10]


def test_only_the_first_700_coordinates_are_noisy() -> None:
    data, batch = Veegan1200(), Veegan1200().draw(200, torch.Generator().manual_seed(0))
    noise = batch.x - data.centres.float()[batch.y]
    assert (noise[:, 700:] == 0).all()
    assert (noise[:, :700].std(0) > 0.7).all()


def test_real_draws_lie_far_outside_ten_standard_deviations_yet_inside_the_radius() -> None:
    data = Veegan1200()
    distance = data.assign(draws(2_000)).distance * data.reach
    assert distance.min() > 20
    assert abs(distance.mean().item() - math.sqrt(700)) < 0.1
    assert abs((distance <= math.sqrt(chi2.ppf(1 - math.exp(-4.5), 700))).double().mean().item() - 0.98889) < 0.01


def test_noise_in_the_silent_coordinates_costs_quality() -> None:
    x = draws(2_000)
    x[:, 700:] += torch.randn(2_000, 500, generator=torch.Generator().manual_seed(1))
    assert Veegan1200().assign(x).good.double().mean() < 0.01
