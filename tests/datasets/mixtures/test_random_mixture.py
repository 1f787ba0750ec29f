from __future__ import annotations

import pytest
import torch

from gancheck.datasets.mixtures.random_mixture import RandomMixture
from gancheck.errors import BadParameter


def test_places_follow_from_the_seed_alone() -> None:
    torch.manual_seed(1)
    first = RandomMixture(seed=3).centres
    torch.manual_seed(2)
    assert torch.equal(first, RandomMixture(seed=3).centres)
    assert not torch.equal(first, RandomMixture(seed=4).centres)


def test_places_keep_their_separation_inside_the_box() -> None:
    data = RandomMixture(dims=2, modes=30, sigma=0.02, separation=2.5)
    assert torch.pdist(data.centres).min() >= 2.5 * data.reach
    assert data.centres.abs().max() <= 1


def test_more_modes_than_fit_are_refused_with_advice() -> None:
    with pytest.raises(BadParameter, match=r"of 5 modes fit .* fewer modes"):
        RandomMixture(dims=2, modes=5, sigma=0.3)


@pytest.mark.parametrize("values", [{"dims": 0}, {"modes": 0}, {"separation": 1.9}, {"sigma": 0.0}])
def test_bad_parameters_are_refused_by_name(values: dict[str, float]) -> None:
    with pytest.raises(BadParameter, match=next(iter(values))):
        RandomMixture(**values)  # type: ignore[arg-type]
