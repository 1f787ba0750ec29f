from __future__ import annotations

import pytest
import torch

from gancheck.numerics.random_classifier import fresh_accuracy


def normal(seed: int, n: int = 400, d: int = 5) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_draws_of_one_distribution_cannot_be_told_apart() -> None:
    assert sum(fresh_accuracy(normal(2 * s), normal(2 * s + 1)) for s in range(5)) / 5 == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    ("change", "least"), [(lambda x: x + 2, 0.95), (lambda x: 3 * x, 0.85), (lambda x: 0 * x, 0.9)]
)
def test_shifted_wider_and_collapsed_samples_can(change, least: float) -> None:  # type: ignore[no-untyped-def]
    assert fresh_accuracy(normal(0), change(normal(1))) > least


def test_constant_features_and_unequal_numbers_are_no_trouble() -> None:
    x = torch.cat([normal(0), torch.ones(400, 2)], 1)
    assert fresh_accuracy(x[:100], x[100:]) == pytest.approx(0.5, abs=0.15)
    assert fresh_accuracy(torch.zeros(64, 2), torch.zeros(64, 2)) <= 0.5
