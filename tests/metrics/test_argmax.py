from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import entropy

from gancheck.datasets.base import Assignment, Facet
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.metrics.argmax import kl_argmax


def far_out(counts: list[int], weights: list[float]) -> View:
    """So many samples nearest to each mode, none of high quality."""
    label = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    x = torch.zeros(len(label), 1)
    shares = torch.tensor(weights, dtype=torch.float64)
    return View(x, modes=Modes(Assignment(label, torch.full((len(label),), 2.0)), (Facet(x, label),), shares, shares))


@pytest.mark.parametrize("counts", [[1, 2, 3], [0, 5, 5], [9, 0, 0], [4, 4, 4]])
@pytest.mark.parametrize("weights", [[0.2, 0.3, 0.5], [1 / 3, 1 / 3, 1 / 3]])
def test_all_samples_count_whatever_their_quality(counts: list[int], weights: list[float]):
    assert kl_argmax(far_out(counts, weights)).item() == pytest.approx(entropy(counts, weights), abs=1e-12)


def test_one_mode_of_ten_is_the_logarithm_of_ten_away_and_even_modes_are_at_zero():
    assert kl_argmax(far_out([50] + [0] * 9, [0.1] * 10)).item() == pytest.approx(math.log(10))
    assert kl_argmax(far_out([5] * 10, [0.1] * 10)).item() == pytest.approx(0, abs=1e-12)
