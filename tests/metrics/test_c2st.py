from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.c2st import c2st
from gancheck.metrics.duplicates import near_duplicates


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("d", "k"), [(2, 1), (2, 5), (30, 5)])
def test_agrees_with_leaving_one_out_in_scikit_learn(d: int, k: int):
    fake, real = points(50, d, 0) * 1.2, points(50, d, 1)
    both, label = np.concatenate([fake, real]), np.repeat([0, 1], 50)
    expected = cross_val_score(KNeighborsClassifier(k), both, label, cv=LeaveOneOut()).mean()
    assert float(c2st(View(fake, real), k)) == pytest.approx(expected, abs=1e-12)


def test_a_perfect_generator_cannot_be_told_from_real_data():
    found = [c2st(View(points(150, 2, 2 * i), points(150, 2, 2 * i + 1))) for i in range(80)]
    assert sum(float(f) for f in found) / 80 == pytest.approx(0.495, abs=0.012)
    assert sum(bool(f.low <= 0.5 <= f.high) for f in found) >= 70


def test_half_of_the_modes_in_the_plane_are_missed(ring):
    half = ring.draw(5, torch.tensor([1.0, 0] * 4))
    view = View(half[:600], ring.reference[:600])
    assert c2st(view).low > 0.6  # all that is in the missing half, and two of three where twice as many are generated
    assert c2st(View(ring.draw(6)[:600], ring.reference[:600])).high < 0.6


def test_sets_that_lie_apart_are_told_apart_and_copies_are_worse_than_chance():
    real = points(200, 3, 0)
    assert c2st(View(points(200, 3, 1) + 50, real)).value == 1
    assert c2st(View(real + 1e-6, real)).high < 0.45


def test_samples_that_all_coincide_on_both_sides_are_a_draw():
    assert c2st(View(torch.ones(20, 2), torch.ones(20, 2))).value == 0.5


def test_a_larger_reference_has_no_more_votes():
    fake, real = points(100, 2, 0), points(400, 2, 1)
    assert float(c2st(View(fake, real))) == float(c2st(View(fake, real[:100])))


def test_neighbours_inside_each_set_are_those_that_other_metrics_found():
    view = View(points(30, 2, 0), points(30, 2, 1))
    near_duplicates(view)
    before = len(view.samples._kept), len(view.real_samples._kept)
    c2st(view)
    assert (len(view.samples._kept), len(view.real_samples._kept)) == before


def test_too_few_samples_for_so_many_neighbours_are_refused():
    with pytest.raises(BadData, match="5 neighbours need at least 6 samples on both sides, got 5"):
        c2st(View(points(5, 2, 0), points(9, 2, 1)))
