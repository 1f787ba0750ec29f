from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist
from scipy.stats import chi2

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.birthday import birthday, closeness, partners


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def few(support: int, n: int, seed: int) -> torch.Tensor:
    """Samples from so many equally likely outputs far apart, with a little noise."""
    source = torch.Generator().manual_seed(seed)
    which = torch.randint(support, (n,), generator=source)
    return 30 * points(support, 10, 1000 + seed)[which] + 1e-6 * points(n, 10, 2000 + seed)


@pytest.mark.parametrize("chunk", [80, 2**23])
def test_pairs_are_those_of_scipy_in_chunks_of_any_size(chunk: int):
    fake, real = points(60, 3, 0), points(50, 3, 1)
    view = View(fake, real, chunk=chunk)
    apart = np.sort(pdist(real.numpy()))
    threshold = apart[int(0.02 * len(apart)) - 1]
    assert float(closeness(view.real_samples)) == pytest.approx(threshold)
    assert (
        int(partners(view.samples, closeness(view.real_samples)).sum()) == 2 * (pdist(fake.numpy()) <= threshold).sum()
    )


@pytest.mark.parametrize("support", [3, 20, 100])
def test_the_number_of_outputs_is_found(support: int):
    found = [birthday(View(few(support, 500, i), points(500, 10, 100 + i))) for i in range(25)]
    assert sum(float(f) for f in found) / 25 == pytest.approx(support, rel=0.05)
    assert sum(bool(f.low <= support <= f.high) for f in found) >= 21


def test_outputs_near_one_another_by_chance_count_as_real_samples_would():
    found = [birthday(View(points(100, 10, i)[torch.arange(500) % 100], points(500, 10, 99 + i))) for i in range(25)]
    expected = 1 / (4 / 499 + 200 / (500 * 499) * 495 / 499)  # each output meets its 4 copies, and others by chance
    assert sum(float(f) for f in found) / 25 == pytest.approx(expected, rel=0.03)


def test_unequal_outputs_count_by_the_sum_of_their_squares():
    which = torch.cat([torch.zeros(200), torch.arange(200) % 10 + 1]).long()
    fake = points(11, 10, 0)[which]
    assert float(birthday(View(fake, points(400, 10, 1)))) == pytest.approx(1 / (0.5**2 + 10 * 0.05**2), rel=0.02)


def test_a_perfect_generator_gets_the_resolution():
    values = torch.stack([birthday(View(points(300, 4, 2 * i), points(300, 4, 2 * i + 1))).value for i in range(60)])
    assert float(values.mean()) == pytest.approx(300 * 299 / 200, rel=0.1)


def test_pairs_that_never_coincide_give_twice_their_number_and_a_lower_bound_only():
    found = birthday(View(points(100, 5, 0) * 1e6, points(100, 5, 1)))
    assert float(found) == 100 * 99
    assert float(found.low) == pytest.approx(4950 / (chi2.ppf(0.975, 2) / 2))
    assert found.high == torch.inf


def test_one_output_has_a_support_of_one():
    assert float(birthday(View(torch.ones(300, 5), points(300, 5, 0)))) == pytest.approx(1, abs=1e-4)


def test_a_single_sample_has_no_pair():
    with pytest.raises(BadData, match="at least 2 samples"):
        birthday(View(points(1, 2, 0), points(9, 2, 1)))
