"""Sure and varied classes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.inception_score import inception_score
from gancheck.numerics.seeding import permutation
from gancheck.statistics.estimate import Estimate
from gancheck.system.torchvision_compat import torchvision_operators


def logits(n: int, classes: int = 12, seed: int = 0) -> Tensor:
    return 2 * torch.randn(n, classes, generator=torch.Generator().manual_seed(seed))


def measured(classes: Tensor) -> Estimate:
    return inception_score(View(torch.randn(len(classes), 2), classes=classes))


def test_one_split_is_torch_fidelitys():
    torchvision_operators()
    from torch_fidelity.metric_isc import isc_features_to_metric

    raw = logits(700)
    peer = isc_features_to_metric(raw, splits=1)["inception_score_mean"]
    assert float(measured(raw.double().softmax(1))) == pytest.approx(peer, rel=1e-9)


def test_certain_and_even_classes_score_their_number():
    assert float(measured(torch.eye(10).repeat(50, 1))) == pytest.approx(10)


@pytest.mark.parametrize("row", [[1.0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0]])
def test_samples_that_all_look_alike_score_one_whether_sure_or_not(row: list[float]):
    estimate = measured(torch.tensor(row).repeat(100, 1))
    assert (float(estimate), float(estimate.low), float(estimate.high)) == pytest.approx((1, 1, 1))


def test_collapse_inside_classes_goes_unseen():
    varied = torch.eye(10).repeat(50, 1)
    assert float(measured(varied[:10])) == pytest.approx(float(measured(varied)))


def test_interval_holds_the_score_of_very_many_samples():
    truth = float(measured(logits(200_000, seed=9).softmax(1)))
    hits = 0
    for seed in range(100):
        estimate = measured(logits(1_000, seed=seed).softmax(1))
        hits += bool(estimate.low <= truth <= estimate.high)
    assert 85 <= hits <= 100


def test_leave_one_out_error_is_that_of_scores_computed_one_by_one():
    p = logits(30).double().softmax(1)
    scores = torch.tensor([float(measured(torch.cat([p[:i], p[i + 1 :]]))) for i in range(30)], dtype=torch.float64)
    error = (29 * scores.var(correction=0)).sqrt()
    estimate = measured(p)
    assert float(estimate.high - estimate.value) == pytest.approx(1.959964 * float(error), rel=1e-6)


def test_one_sample_scores_one_and_says_that_it_knows_nothing():
    estimate = measured(torch.tensor([[0.2, 0.8]]))
    assert (float(estimate), float(estimate.low), float(estimate.high)) == (1, 1, 2)


@pytest.mark.parametrize(
    "wrong", [torch.tensor([[2.0, -1.0]]), torch.tensor([[0.2, 0.2]]), torch.tensor([[torch.nan]])]
)
def test_logits_and_nan_are_refused(wrong: Tensor):
    with pytest.raises(BadData, match="probabilities"):
        measured(wrong)


def test_without_a_classifier_it_is_not_defined():
    with pytest.raises(BadData, match="classifier"):
        inception_score(View(torch.randn(5, 2)))


def test_ten_splits_are_torch_fidelitys_of_samples_in_the_same_order():
    torchvision_operators()
    from torch_fidelity.metric_isc import isc_features_to_metric

    raw = logits(703)
    shuffled = raw[permutation(703, torch.device("cpu"), "inception-score", "splits")]
    peer = isc_features_to_metric(shuffled, splits=10, shuffle=False)["inception_score_mean"]
    ours = inception_score(View(torch.zeros(703, 1), classes=raw.double().softmax(1)), splits=10)
    assert float(ours) == pytest.approx(peer, rel=1e-9)
    assert float(ours) < float(measured(raw.double().softmax(1)))


def test_samples_that_are_sorted_by_class_are_split_at_random():
    sure = torch.eye(10).repeat_interleave(50, 0)
    assert float(inception_score(View(torch.zeros(500, 1), classes=sure), splits=10)) > 8


def test_more_splits_than_samples_are_refused():
    with pytest.raises(BadData, match="3 samples cannot be split into 10 parts"):
        inception_score(View(torch.zeros(3, 1), classes=torch.eye(3)), splits=10)
