"""Gradients that grow without need. Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural
networks", ICML 2013."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.layers import by_model, thirds
from gancheck.detectors.observation import LayerNumbers, Observation
from gancheck.errors import BadParameter

LOSSES = {
    "gradient_norm": "loss",
    "generator_gradient": "generator_loss",
    "discriminator_gradient": "discriminator_loss",
}
RECENT = 3  #: checks whose median is now
BEFORE = 10  #: checks before them, at least, that it is compared with
LARGEST = 1e30


@detector(
    "exploding-gradients",
    family="general",
    needs=("layer_gradient",),
    explains=("nonfinite", "divergence", "loss-spike"),
    paper="Pascanu & Mikolov & Bengio 2013",
)
@dataclass
class ExplodingGradients(Detector):
    """Gradients become a hundred times larger while the loss rises, or grow a thousand times towards the input.

    The larger of two numbers, in decades, above 2. One is log10 of (median norm of the last three checks / median of up
    to thirty before, zeros aside), less one decade if the loss has not risen or belongs to a GAN's player, since
    gradients grow too where a training leaves a plateau. The other is log10 of (median gradient of the first third of
    the layers / largest of the last third), less one. A single burst is silent. It reads gradients after clipping, and
    cannot see what clipping hides; weights that are too large from the start are seen by `poor-initialisation`.
    """

    acts_on = (*LOSSES, "layer_gradient")
    cause = "a learning rate or weights that are too large, or a recurrent network over many steps"
    advice = "torch.nn.utils.clip_grad_norm_, a lower learning rate, or smaller initial weights"

    decades: float = 2.0  #: growth at which an alarm begins
    window: int = 30  #: checks that the last three are compared with
    norms: dict[str, list[float]] = field(default_factory=dict, init=False)
    losses: dict[str, list[float]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if not self.decades > 0:
            raise BadParameter(f"decades = {self.decades}: give a number above 0")
        if self.window < BEFORE:
            raise BadParameter(f"window = {self.window}: give at least {BEFORE} checks")

    def start(self) -> None:
        """Forget all norms."""
        self.norms, self.losses = {}, {}

    def update(self, seen: Observation) -> Reading | None:
        found: list[tuple[float, str, str]] = []
        for name, loss in LOSSES.items():
            if name in seen.numbers:
                found += self.growth(name, seen.get(name), seen.get(loss))
        found += [pair for values in by_model(seen.of_layers("layer_gradient")).values() for pair in by_depth(values)]
        if not found:
            return None
        decades, evidence, where = max(found)
        return Reading(decades, self.decades, evidence, where)

    def growth(self, name: str, norm: float, loss: float) -> list[tuple[float, str, str]]:
        """Decades by which a norm has grown; nothing until there is something to compare with."""
        if math.isnan(norm):
            return []
        keep = self.window + RECENT
        norms = self.norms[name] = [*self.norms.get(name, []), min(max(norm, 0.0), LARGEST)][-keep:]
        losses = self.losses[name] = [*self.losses.get(name, []), loss][-keep:]
        earlier, now = [norm for norm in norms[:-RECENT] if norm > 0], statistics.median(norms[-RECENT:])
        if len(earlier) < BEFORE or now == 0:
            return []
        before = statistics.median(earlier)
        decades = math.log10(now) - math.log10(before) - (0.0 if name == "gradient_norm" and has_risen(losses) else 1.0)
        return [(decades, f"{name} is {now:.3g}, {now / before:.3g} times the median before", "")]


def has_risen(losses: list[float]) -> bool:
    """Whether the last losses are above those before; a loss that is no number any more has risen."""
    before = [v for v in losses[:-RECENT] if math.isfinite(v)]
    now = [v if math.isfinite(v) else math.inf for v in losses[-RECENT:]]
    return bool(before) and statistics.median(now) > statistics.median(before)


def by_depth(values: LayerNumbers) -> list[tuple[float, str, str]]:
    """Decades by which gradients grow from the last layers to the first, less one."""
    finite = {layer: value for layer, value in values.items() if math.isfinite(value)}
    early, late = thirds(list(finite.values()))
    if not early or max(late) <= 0 or statistics.median(early) <= 0:
        return []
    ratio = statistics.median(early) / max(late)
    return [
        (math.log10(ratio) - 1, f"gradients of the first layers are {ratio:.3g} times the last", next(iter(finite)))
    ]
