"""The signals that detectors read: what each is, what it costs, and how a training gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["cheap", "standard", "full"]  #: presets; each holds the ones before
LEVELS: tuple[Level, ...] = ("cheap", "standard", "full")


@dataclass(frozen=True)
class Signal:
    """One kind of number. `level` is the first preset in which it is measured."""

    name: str
    about: str
    how: str  #: what a user does to have it; completes "needs ...:"
    level: Level = "cheap"
    per_layer: bool = False


MODEL = "give the model and its optimiser to gc.watch(model, optimizer)"
CLOSURE = "give gc.watch(model, ..., closure=...), which computes the loss of a fixed batch"
GAME = "give gc.watch(generator=..., discriminator=..., losses=...), which computes both losses of a fixed batch"
PLAYERS = "give both players to gc.watch(generator=..., discriminator=...)"
SAMPLES = "monitor.log(samples=...) with gc.watch(..., reference=...)"
LOGITS = "monitor.log(d_real=..., d_fake=...), a discriminator's logits"

SIGNALS: dict[str, Signal] = {
    signal.name: signal
    for signal in (
        Signal("loss", "the training loss of one step", "monitor.step(loss=...), where there is one loss"),
        Signal("loss_block", "mean of ten losses in a row; also `..._loss_block`", "ten steps: monitor.step(loss=...)"),
        Signal("val_loss", "the loss of held-out data", "monitor.log(val_loss=...)"),
        Signal("accuracy", "any score that is better higher; also `metric_...`", "monitor.log(accuracy=...)"),
        Signal("learning_rate", "the optimiser's learning rate", MODEL),
        Signal("initial_loss", "loss of a constant guess", "gc.watch(..., initial_loss=...): log(classes) or variance"),
        # of the model, at checked steps
        Signal("gradient_norm", "norm of the whole gradient", MODEL, "standard"),
        Signal("gradient_cosine", "cosine between the gradients of two steps in a row", MODEL, "standard"),
        Signal("gradient_noise", "noise of one step's gradient over its signal, squared norms", MODEL, "standard"),
        Signal("layer_gradient", "root mean square of the gradient", MODEL, "standard", True),
        Signal("layer_weight", "root mean square of the weights", MODEL, "standard", True),
        Signal("update_ratio", "norm of a step's change over the norm of the weights", MODEL, "standard", True),
        Signal("unmoved", "1: a gradient that is not zero, but no change", MODEL, "standard", True),
        Signal("no_gradient", "1: asks for a gradient and gets none", MODEL, "standard", True),
        Signal("dead_units", "share of units that were zero in every row seen", MODEL, "standard", True),
        Signal("saturated_units", "share of answers in the flat ends of tanh or sigmoid", MODEL, "standard", True),
        Signal("activation_spread", "standard deviation of the outputs over rows", MODEL, "standard", True),
        Signal("effective_rank", "effective rank of the weights over their smaller side", MODEL, "standard", True),
        Signal("sharpness", "largest eigenvalue of the loss's Hessian", CLOSURE, "full"),
        Signal(
            "negative_curvature",
            "smallest eigenvalue of the Hessian, negated, over the gradient's norm",
            CLOSURE,
            "full",
        ),
        Signal("gradient_error", "relative distance of autograd's slope from finite differences", CLOSURE, "full"),
        # of a GAN
        Signal("generator_loss", "the generator's loss", "monitor.step(generator_loss=...)"),
        Signal("discriminator_loss", "the discriminator's loss", "monitor.step(discriminator_loss=...)"),
        Signal("generator_gradient", "norm of the generator's gradient", MODEL, "standard"),
        Signal("discriminator_gradient", "norm of the discriminator's gradient", MODEL, "standard"),
        Signal("real_logit", "mean logit of real samples", LOGITS),
        Signal("fake_logit", "mean logit of generated samples", LOGITS),
        Signal("real_sign", "mean sign of real samples' logits (r_t of ADA)", LOGITS),
        Signal("discriminator_accuracy", "share of samples on the right side", LOGITS),
        Signal("held_out_logit", "mean logit of real samples that are not trained on", "monitor.log(d_held_out=...)"),
        Signal("fresh_accuracy", "accuracy of a fresh classifier of real against generated", SAMPLES, "standard"),
        Signal("path_turns", "turns of the players' path in the last checks", PLAYERS, "standard"),
        Signal("path_radius", "radius of that path, the last turn's over the one before", PLAYERS, "standard"),
        Signal("duality_gap", "what both players gain by some steps of their own", GAME, "full"),
        Signal("game_rotation", "|imaginary / real part| of the game's least attracting eigenvalue", GAME, "full"),
        Signal("game_growth", "its real part, negated, over the size of the largest eigenvalue", GAME, "full"),
        Signal("spectrum", "effective rank of the discriminator's weights", PLAYERS, "standard", True),
        # of samples, against the reference
        Signal("diversity", "median distance between samples, over real ones'", SAMPLES),
        Signal("mode_shares", "-log10 p that samples fill bins of real features as real ones do", SAMPLES, "standard"),
        Signal(
            "mode_gap", "total variation between bins of samples and of real ones, less chance", SAMPLES, "standard"
        ),
        Signal("modes_held", "share of the bins that hold a tenth of their share", SAMPLES, "standard"),
        Signal(
            "mode_drift",
            "total variation between the bins now and at the check before, less chance",
            SAMPLES,
            "standard",
        ),
        Signal("near_distance", "median distance to the nearest other sample, over real ones'", SAMPLES, "standard"),
        Signal("coverage", "share of real samples with a generated one near by", SAMPLES, "standard"),
        Signal(
            "frechet", "Frechet distance, less that of real samples, over real data's variance", SAMPLES, "standard"
        ),
        Signal(
            "copies",
            "-log10 p that samples are nearer to training than to held-out data",
            SAMPLES + " and training=...",
            "standard",
        ),
        Signal("repeats", "share of samples that repeat another, beyond real ones'", SAMPLES, "standard"),
        # of data
        Signal("label_share", "share of each class among the labels so far", "monitor.log(labels=...)", "cheap", True),
        Signal("label_count", "how many labels these shares are of", "monitor.log(labels=...)"),
        Signal("input_mean", "mean of the inputs of a batch", "monitor.log(inputs=...)"),
        Signal("input_deviation", "standard deviation of the inputs of a batch", "monitor.log(inputs=...)"),
        Signal("input_size", "largest absolute input of a batch", "monitor.log(inputs=...)"),
    )
}


def level_of(needs: tuple[str, ...]) -> Level:
    """The first preset in which all of these signals are measured."""
    return max((SIGNALS[name].level for name in needs if name in SIGNALS), key=LEVELS.index, default="cheap")


def is_known(name: str) -> bool:
    """Whether a training can give this signal: one of the table, a metric of the user's, or the means of any loss."""
    return name in SIGNALS or name.startswith("metric_") or name.endswith("loss_block")
