"""Names that others give to signals."""

from __future__ import annotations

import pytest

from gancheck.monitor.readers.names import signal_of, signals_of

NAMES = {
    "loss": "loss train_loss train/loss Loss/train training_loss loss_step total_loss",
    "val_loss": "val_loss valid_loss eval_loss validation/epoch_loss Loss/test val/loss dev_loss",
    "generator_loss": "generator_loss loss_g g_loss errG Loss_G lossG loss/G gen_loss",
    "discriminator_loss": "discriminator_loss loss_d d_loss errD Loss_D D_loss critic_loss",
    "kl_loss": "kl_loss train/kl_loss",
    "val_box_loss": "val/box_loss",
    "gradient_norm": "grad_norm train/grad_norm gradient_norm total_grad_norm",
    "generator_gradient": "grad_norm_g generator_grad_norm",
    "learning_rate": "lr learning_rate lr-Adam train/learning_rate lr/group0",
    "accuracy": "acc accuracy train_acc train/accuracy Acc@1",
    "metric_val_accuracy": "val_acc eval_accuracy val/acc",
    "metric_val_f1": "eval_f1 val/f1",
    "metric_miou": "mIoU train/mIoU",
    "diversity": "diversity",
    "": "epoch step time eta eval_runtime samples_per_second gpu_mem D(x) D(G(z)) wer perplexity layer_gradient fid"
    " gp lpips eer bpd entropy penalty r1_penalty g_adv d_real real_score D_acc mine",
}


@pytest.mark.parametrize(("name", "signal"), [(name, s) for s, names in NAMES.items() for name in names.split()])
def test_a_name_stands_for_a_signal(name: str, signal: str) -> None:
    assert signal_of(name) == signal


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("test-1 - train/loss", "loss"),
        ("test - train/loss", "loss"),
        ("train-lr-3 - loss", "loss"),
        ("test-1 - eval/loss", "val_loss"),
        ("G - train loss", "generator_loss"),
        ("val - G loss", "val_generator_loss"),
        ("Validation set - loss", "val_set_loss"),
    ],
)
def test_words_of_a_run_say_nothing_of_its_columns(name: str, signal: str) -> None:
    assert signal_of(name) == signal


def test_why_a_column_is_left_out_is_said_beside_the_name_of_its_run() -> None:
    assert signals_of(["seed-1 - FID"])[1] == {"seed-1 - FID": "better lower, and a metric is better higher"}


def test_single_steps_go_before_means_of_an_epoch() -> None:
    found, left = signals_of(["train_loss_epoch", "train_loss_step", "wer", "epoch"])
    assert found == {"train_loss_step": "loss"}
    assert left == {
        "train_loss_epoch": "another is loss already",
        "wer": "better lower, and a metric is better higher",
        "epoch": "",
    }


def test_numbers_that_nobody_knows_are_left_out_with_a_word() -> None:
    _, left = signals_of(["gp", "lpips", "D(x)", "grad_norm/layer1", "layer_gradient", "mIoU"])
    assert left == {
        "gp": "not known to be better higher",
        "lpips": "better lower, and a metric is better higher",
        "D(x)": "",
        "grad_norm/layer1": "",
        "layer_gradient": "",
    }
