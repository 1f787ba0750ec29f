from __future__ import annotations

import pytest
import torch

from gancheck.classifiers import negatives
from gancheck.classifiers.negatives import KINDS
from gancheck.datasets.images.digit_pools import digits


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_outliers_come_in_the_number_asked_for_and_in_range() -> None:
    odd = negatives.outliers(*digits("train"), 100, generator())
    assert odd.shape == (100, 8, 8)
    assert odd.abs().max() <= 1


@pytest.mark.parametrize("kind", sorted(set(KINDS), key=lambda kind: kind.__name__))
def test_no_outlier_is_a_digit_of_the_training_pool(kind: negatives.Kind) -> None:
    x, y = digits("train")
    odd = kind(x, y, torch.arange(800), generator())
    assert torch.cdist(odd.flatten(1), x.flatten(1)).min() > 0.3


def test_class_mean_lies_nearer_to_its_class_than_to_the_others() -> None:
    x, y = digits("train")
    rows = torch.arange(800)
    means = torch.stack([x[y == c].mean(0) for c in range(10)]).flatten(1)
    nearest = torch.cdist(negatives.class_mean(x, y, rows, generator()).flatten(1), means).argmin(1)
    assert (nearest == y).double().mean() > 0.9
