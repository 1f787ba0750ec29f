"""Gradients as an optimiser uses them, weights, and how far a step moves them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from torch import Tensor, nn
from torch.optim import Optimizer

from gancheck.detectors.signals import MODEL
from gancheck.monitor.probes.around_step import AroundStep
from gancheck.monitor.probes.base import Measured
from gancheck.monitor.probes.optimizer_watch import OptimizerWatch
from gancheck.monitor.probes.parameters import Watched, holds_any, watched
from gancheck.monitor.probes.step_numbers import NORMS, Likeness, StepNumbers

log = logging.getLogger("gancheck")
STILL = 10  #: checks in a row without a step after which an optimiser counts as left aside
ONE_STEP = "a step of the optimiser at a check, with gradients"
TWO_STEPS = "two steps of the optimiser in a row, with gradients of the same parameters"
ONE_MODEL = "a training of one model"
OPTIMIZERS = "give the players' optimisers to gc.watch(..., optimizers=[...])"


class GradientProbe:
    """Measures inside an optimiser's step: after unscaling, clipping and accumulation, before gradients are cleared.

    The gradient of the step that follows a checked one is compared with it, and told with the next check; so the hooks
    of the optimisers (none is on the model) stay for that step. Of a model without optimiser, `.grad` is read when
    the check comes. For the length of two steps a copy of weights and gradients is kept.
    """

    signals: tuple[str, ...] = (
        *NORMS.values(),
        *("learning_rate", "gradient_cosine", "gradient_noise"),
        *("layer_gradient", "layer_weight", "update_ratio", "unmoved", "no_gradient"),
    )

    def __init__(self, models: Mapping[str, nn.Module], optimizers: Sequence[Optimizer]) -> None:
        self.models = dict(models)
        hooked = (with_hooks(optimizer) for optimizer in optimizers)
        self.watches = [OptimizerWatch(optimizer) for optimizer in hooked if optimizer is not None]
        self.found: list[Watched] = []
        self.is_looked_at = False  #: whether the optimisers were compared with the models

    @property
    def requirements(self) -> Mapping[str, str]:
        """Steps of the optimisers, or optimisers: without any, gradients may be cleared before a check."""
        if self.watches:
            found = {**dict.fromkeys(self.signals, ONE_STEP), "gradient_cosine": TWO_STEPS, "gradient_noise": TWO_STEPS}
        else:
            found = dict.fromkeys(self.signals, MODEL if "model" in self.models else OPTIMIZERS)
        return found if "model" in self.models else {**found, NORMS["model"]: ONE_MODEL}

    def arm(self) -> None:
        """Attach to the optimisers."""
        self.look_at_optimizers()
        self.found = watched(self.models, [watch.optimizer for watch in self.watches])
        for place, watch in enumerate(self.watches):
            watch.arm([w for w in self.found if w.optimizer == place])

    def measure(self) -> Measured:
        """What the last measured steps showed; nothing of an optimiser that has not stepped since."""
        pairs = [pair for watch in self.watches for pair in watch.take_pair()]
        parts = [part for watch in self.watches for part in watch.take_parts()] + self.read_gradients()
        reached = {layer for watch in self.watches for layer in watch.take_reached()}
        made = Measured(learning_rate(self.find_stepping()))
        made.layers |= without_gradient(parts, reached) if self.watches else {}
        made.later += StepNumbers([part for part in parts if part.seen]).later() + Likeness(pairs).later()
        return made

    def rest(self) -> None:
        """Take the hooks off optimisers of which nothing is awaited: even a hook that does nothing takes time."""
        for watch in self.watches:
            watch.rest()

    def look_at_optimizers(self) -> None:
        """Say once, at the first check, where no optimiser holds anything of the models."""
        optimizers = [watch.optimizer for watch in self.watches]
        if optimizers and not self.is_looked_at and not holds_any(optimizers, self.models):
            log.warning(
                "gancheck: the optimiser holds none of the model's parameters, so its steps are not measured: it moves "
                "copies of them, or another model. Make it from model.parameters() after the model is complete"
            )
        self.is_looked_at = True

    def find_stepping(self) -> list[Optimizer]:
        """The optimisers that are in use; of one that is not any more it is said once."""
        if any(watch.waits == STILL for watch in self.watches):
            log.warning(
                "gancheck: an optimiser has not stepped at %d checks in a row: its gradients and its learning rate are "
                "not measured until it does. If another took its place, watch that one: gc.watch(model, optimizer)",
                STILL,
            )
        return [watch.optimizer for watch in self.watches if watch.waits < STILL]

    def read_gradients(self) -> list[AroundStep]:
        """Gradients that lie in models without an optimiser."""
        parts = [AroundStep(own) for own in by_device([w for w in self.found if w.optimizer is None])]
        for part in parts:
            part.find_gradients()
            part.take_norms()
        return parts

    def close(self) -> None:
        """Take all hooks off."""
        for watch in self.watches:
            watch.detach()


def with_hooks(optimizer: Optimizer) -> Optimizer | None:
    """The optimiser inside a wrapper that takes no hooks; None where there is none."""
    inner = optimizer if hasattr(optimizer, "_optimizer_step_pre_hooks") else getattr(optimizer, "optimizer", None)
    return inner if isinstance(inner, Optimizer) else None


def learning_rate(optimizers: Sequence[Optimizer]) -> dict[str, float | Tensor]:
    """The largest of all groups; where one is a tensor, the first, since comparing would wait for its device."""
    rates = [group["lr"] for optimizer in optimizers for group in optimizer.param_groups if "lr" in group]
    if not rates:
        return {}
    if any(isinstance(rate, Tensor) for rate in rates):
        return {"learning_rate": rates[0].detach().clone() if isinstance(rates[0], Tensor) else float(rates[0])}
    return {"learning_rate": max(float(rate) for rate in rates)}


def without_gradient(parts: Sequence[AroundStep], reached: set[str]) -> dict[str, dict[str, float | Tensor]]:
    """Layers none of whose parameters, held by an optimiser, got a gradient, nor were `reached` since the check before:
    1; others 0."""
    seen = {w.layer for part in parts for w in part.seen} | reached
    asked = dict.fromkeys(w.layer for part in parts for w in part.asked if w.group is not None)
    return {"no_gradient": {layer: float(layer not in seen) for layer in asked}} if asked else {}


def by_device(parameters: Sequence[Watched]) -> list[list[Watched]]:
    """Parameters apart by their device."""
    devices = dict.fromkeys(w.parameter.device for w in parameters)
    return [[w for w in parameters if w.parameter.device == device] for device in devices]
