"""Numbers that are no numbers any more."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation

LAYERS = ("layer_gradient", "layer_weight")
NUMBERS = ("gradient_norm", "generator_gradient", "discriminator_gradient", "real_logit", "fake_logit")

CALM = Reading(0.0, 0.0)  #: nothing is bad


@detector(
    "nonfinite",
    family="general",
    needs=(),
    reads=("loss", "*_loss", *NUMBERS, *LAYERS),
)
@dataclass
class NonFinite(Detector):
    """A loss, a gradient or a weight is NaN or infinite.

    The statistic is the number of losses, gradients, weights and logits that were not when they were last measured; one
    reading is enough, and that nothing is bad is said once. They are read as they are measured, before anything
    averages or replaces them. Other numbers are left out: a score that is not defined on a batch (`metric_auc`), or a
    ratio to nothing, is no fault of the training.
    """

    acts_on = ("*loss", *NUMBERS, *LAYERS)
    severity = "fatal"
    patience = 1
    cause = "a step that was too large, a logarithm or root of zero, or a number beyond half precision"
    advice = (
        "a lower learning rate, clipped gradients, or torch.autograd.set_detect_anomaly(True) to find the operation"
    )

    bad: list[str] = field(default_factory=list, init=False)
    is_calm: bool = field(default=False, init=False)  #: whether it was said that nothing is bad

    def start(self) -> None:
        """Forget what was not finite."""
        self.bad, self.is_calm = [], False

    def update(self, seen: Observation) -> Reading | None:
        if not is_read(seen):
            return None
        if not self.bad and all_finite(seen):
            said, self.is_calm = self.is_calm, True
            return None if said else CALM
        self.is_calm = False
        measured = dict(named(seen))
        left = [name for name in self.bad if name not in measured and not is_gone(name, seen)]
        self.bad = left + [name for name, value in measured.items() if not math.isfinite(value)]
        more = f", and {len(self.bad) - 1} more" if len(self.bad) > 1 else ""
        return Reading(float(len(self.bad)), 0.0, f"{self.bad[0]} is not finite{more}" if self.bad else "")


def is_read(seen: Observation) -> bool:
    """Whether any of them was measured."""
    for name in seen.numbers:
        if name.endswith("loss") or name in NUMBERS:
            return True
    return bool(seen.layers) and any(seen.of_layers(name) for name in LAYERS)


def all_finite(seen: Observation) -> bool:
    """Whether every number is finite, others too: a quick look, as at nearly every step they are."""
    if not all(map(math.isfinite, seen.numbers.values())):
        return False
    return not seen.layers or all(all(map(math.isfinite, seen.of_layers(name).values())) for name in LAYERS)


def named(seen: Observation) -> Iterator[tuple[str, float]]:
    """Losses, gradients, weights and logits that were measured, each layer by its own name."""
    yield from ((name, value) for name, value in seen.numbers.items() if name.endswith("loss") or name in NUMBERS)
    for name in LAYERS:
        yield from ((f"{name} of {layer}", value) for layer, value in seen.of_layers(name).items())


def is_gone(name: str, seen: Observation) -> bool:
    """Whether a layer's signal is measured no more, while that of others is: the layer was frozen or replaced."""
    return bool(seen.of_layers(name.partition(" of ")[0]))
