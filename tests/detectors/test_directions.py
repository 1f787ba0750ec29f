from __future__ import annotations

import pytest

from gancheck.detectors.directions import is_better_higher, is_better_lower, is_distance


@pytest.mark.parametrize(
    "name",
    [
        *("accuracy", "metric_val_acc1", "valAccuracy", "AUROC", "eval/f1", "metric_r2", "bleu4", "map50", "ssim"),
        *("inception_score", "neg_mse", "neg_mean_squared_error", "tpr@fpr", "recall_at_10", "metric_score"),
    ],
)
def test_scores_are_better_higher(name: str) -> None:
    assert is_better_higher(name)
    assert not is_better_lower(name)


@pytest.mark.parametrize(
    "name",
    ["fid", "metric_FID", "fid50k_full", "metric_fid_score", "rmse", "val/wer", "ppl", "g_loss", "lpips", "error_rate"],
)
def test_errors_and_distances_are_better_lower(name: str) -> None:
    assert is_better_lower(name)
    assert not is_better_higher(name)


@pytest.mark.parametrize(
    "name",
    ["", "metric_", "gp", "gradient_penalty", "loss_gp", "policy_entropy", "metric_mine", "fidelity", "lr", "r1"],
)
def test_what_nobody_knows_is_neither(name: str) -> None:
    assert not is_better_higher(name)
    assert not is_better_lower(name)


def test_distances_to_real_samples_are_told_from_other_errors() -> None:
    assert is_distance("metric_frechet-inception")
    assert is_distance("metric_kid50k")
    assert not is_distance("metric_mse")
    assert not is_distance("metric_fidelity")
