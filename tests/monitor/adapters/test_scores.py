from __future__ import annotations

from gancheck.monitor.adapters.scores import validation_values


def test_losses_and_scores_are_taken_by_their_usual_names() -> None:
    for name in ("val_loss", "eval_loss", "val/loss", "valid_loss", "loss"):
        assert validation_values({name: 1.0}) == {"val_loss": 1.0}
    metrics = {"val_acc": 0.5, "eval_f1": 0.6, "valid/auroc": 0.7}
    assert validation_values(metrics) == {"acc": 0.5, "f1": 0.6, "auroc": 0.7}


def test_what_may_be_better_lower_is_left_out_unless_named() -> None:
    metrics = {"val_rmse": 1.0, "perplexity": 9.0, "eval_runtime": 3.0, "mine": 2.0, "val_gp": 2.0, "fid_score": 3.0}
    assert validation_values(metrics) == {}
    assert validation_values(metrics, ["mine"]) == {"mine": 2.0}
