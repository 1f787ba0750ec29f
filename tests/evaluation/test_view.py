from __future__ import annotations

import pytest
import torch

from gancheck.datasets.base import Assignment, Facet
from gancheck.errors import BadData
from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbours import radii


def points(n: int, d: int = 2, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def one_mode(n: int) -> Modes:
    label = torch.zeros(n, dtype=torch.int64)
    return Modes(Assignment(label, torch.zeros(n)), (Facet(points(n), label),), torch.ones(1), torch.ones(1))


def test_samples_and_reference_must_have_the_same_features():
    with pytest.raises(BadData, match="samples have 2 features and the reference 3"):
        View(points(4), points(4, 3))


def test_modes_must_be_given_for_the_same_samples():
    with pytest.raises(BadData, match="modes are given for 3 samples, features for 4"):
        View(points(4), modes=one_mode(3))


def test_features_that_are_not_finite_are_refused_on_both_sides():
    bad = points(4)
    bad[0, 0] = torch.nan
    with pytest.raises(BadData, match="NaN"):
        View(bad)
    with pytest.raises(BadData, match="NaN"):
        View(points(4), bad)


def test_asking_for_what_is_not_there_says_what_to_give():
    view = View(points(4))
    with pytest.raises(BadData, match="give a reference"):
        _ = view.real
    with pytest.raises(BadData, match="give a dataset with modes"):
        _ = view.modes
    with pytest.raises(BadData, match="held-out real draw"):
        _ = view.real_row


def test_offers_name_what_metrics_may_need():
    assert View(points(4)).offers == {"samples"}
    assert View(points(4), points(5), modes=one_mode(4)).offers == {"samples", "reference", "modes"}


def test_a_ratio_to_another_number_of_real_samples_is_refused():
    view = View(points(4), points(9), yardstick=View(points(5), points(9)))
    with pytest.raises(BadData, match=r"5 real and 4 generated.*head"):
        _ = view.real_row
    assert len(view.head(3).real_row.samples) == 3


def test_reference_and_what_is_known_of_it_are_shared_with_the_yardstick():
    reference = points(9)
    real = View(points(5, seed=1), reference)
    known = real.real_samples.cached(radii, 2)
    assert View(points(5, seed=2), yardstick=real).real_samples.cached(radii, 2) is known
    assert View(points(5, seed=2), reference, yardstick=real).real_samples.cached(radii, 2) is known
    assert View(points(5, seed=2), real.reference).real_samples.cached(radii, 2) is known


def test_head_thins_samples_reference_modes_and_yardstick():
    real = View(points(6, seed=1), points(8), modes=one_mode(6))
    real.yardstick = real
    thin = View(points(6), modes=one_mode(6), yardstick=real).head(3)
    assert [len(thin.fake), len(thin.real), len(thin.modes), len(thin.real_row.fake)] == [3, 3, 3, 3]
    assert thin.real_samples is thin.real_row.real_samples
    assert torch.equal(thin.fake, points(6)[:3])


def test_a_real_row_stays_its_own_yardstick_when_thinned():
    real = View(points(6), points(8))
    real.yardstick = real
    assert real.head(3).real_row is real.head(3)


def test_head_is_made_once_so_that_metrics_share_its_work():
    view = View(points(6), points(8))
    assert view.head(3) is view.head(3)


def test_thinning_to_nothing_is_refused():
    with pytest.raises(BadData, match="at least one must stay"):
        View(points(6)).head(0)


def test_a_cloud_is_taken_as_it_is():
    features = FeatureSet(points(5))
    assert View(features).samples is features
