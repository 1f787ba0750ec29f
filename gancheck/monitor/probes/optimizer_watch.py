"""Hooks on an optimiser that measure one of its steps, and compare its gradient with the next one's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from gancheck.monitor.probes.around_step import AroundStep, Factor
from gancheck.monitor.probes.parameters import Watched


class OptimizerWatch:
    """The first step after `arm` is measured, and the gradient of the next one compared with it.

    A step that the optimiser skips (an AMP scaler that met an infinity, accumulation of gradients) is waited for. An
    error of its own is kept until it is asked for, since it must not stop the training.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.handles: list[Any] = []
        self.parts: list[AroundStep] = []  #: of the step to measure, one for each device
        self.done: list[AroundStep] = []  #: measured, not yet asked for
        self.before: list[AroundStep] = []  #: of the step before, whose gradients are kept
        self.pair: list[list[Tensor]] = []  #: norms of two gradients in a row, one for each device
        self.is_wanted = False  #: whether the next step is to be measured
        self.is_inside = False  #: whether a step that is measured is going on
        self.has_closure = False
        self.missing: list[Watched] = []  #: without a gradient at the last measured step
        self.reached: set[str] = set()  #: layers of these that had one at a step since
        self.waits = 0  #: checks in a row between which the optimiser did not step
        self.error: Exception | None = None

    def arm(self, parameters: Sequence[Watched]) -> None:
        """Measure the optimiser's next step."""
        devices = dict.fromkeys(w.parameter.device for w in parameters)
        self.parts = [AroundStep([w for w in parameters if w.parameter.device == device]) for device in devices]
        self.is_wanted = True
        if not self.handles:
            before, after = self.optimizer.register_step_pre_hook, self.optimizer.register_step_post_hook
            self.handles = [before(self.start), after(self.end)]

    def start(self, _: Optimizer, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        """The optimiser's step begins. With a closure, gradients are computed inside the step."""
        self.find_reached()
        if self.is_inside:
            self.begin_anew()
        if not (self.is_wanted or self.before):
            return
        self.has_closure = callable(named.get("closure", given[1] if len(given) > 1 else None))
        self.safely(self.copy_weights)
        if not self.has_closure:
            self.safely(self.take_gradients)

    def begin_anew(self) -> None:
        """The step before was broken off: nothing that was copied for it may mix with this one."""
        self.parts = [AroundStep(part.watched) for part in self.parts]
        self.is_wanted, self.is_inside = True, False

    def end(self, *_: Any) -> None:
        """The optimiser's step is done."""
        self.find_reached()
        if self.has_closure and not self.is_inside and (self.is_wanted or self.before):
            self.safely(self.take_gradients)
        if self.is_inside:
            self.is_inside = False
            self.safely(self.take_norms)

    def find_reached(self) -> None:
        """Layers that got no gradient at the last measured step and have one now: they are used for some batches."""
        if self.missing:
            self.reached |= {w.layer for w in self.missing if w.parameter.grad is not None}

    def copy_weights(self) -> None:
        """Weights from before the step."""
        if self.is_wanted:
            for part in self.parts:
                part.copy_weights()

    def take_gradients(self) -> None:
        """Compare with the gradients of the step before; then take this step's, if it is to be measured."""
        factor = self.factor()
        if self.before:
            self.pair = [found for part in self.before if (found := part.compare(factor))]
            self.before = []
        if self.is_wanted:
            self.is_wanted, self.is_inside = False, True
            for part in self.parts:
                part.copy_gradients(factor)

    def take_norms(self) -> None:
        """How large all was, and how far the step went."""
        found = getattr(self.optimizer, "found_inf", None)  # an AMP scaler's word: above 0, and nothing moved
        for part in self.parts:
            part.take_norms(found.detach().clone() if isinstance(found, Tensor) else None)
        self.before = [part for part in self.parts if part.dense]
        self.done, self.parts = self.parts, []
        self.missing = [w for part in self.done for w in part.asked if w.parameter.grad is None]

    def factor(self) -> Factor:
        """What undoes an AMP scaler's factor, which fused optimisers do themselves inside the step."""
        scale = getattr(self.optimizer, "grad_scale", None)
        return 1.0 / scale.detach() if isinstance(scale, Tensor) else None

    def safely(self, call: Callable[[], None]) -> None:
        """The watch's own errors wait, and end its work."""
        try:
            call()
        except Exception as error:  # it happens inside the user's step
            # without its traceback, which would keep copies of weights: memory may be what was missing
            self.error, self.parts, self.before, self.done = error.with_traceback(None), [], [], []
            self.is_wanted = self.is_inside = False

    def take_parts(self) -> list[AroundStep]:
        """What was measured and not yet asked for."""
        if self.error is not None:
            raise RuntimeError(f"inside the optimiser's step: {self.error}") from self.error
        found, self.done = self.done, []
        self.waits = 0 if found or not self.is_wanted else self.waits + 1
        self.rest()
        return found

    def rest(self) -> None:
        """Take the hooks off where they have nothing left to do."""
        if not (self.is_wanted or self.before or self.missing):
            self.detach()

    def take_reached(self) -> set[str]:
        """Layers without a gradient at the measured step before the last that had one at a step in between."""
        found, self.reached = self.reached, set()
        return found

    def take_pair(self) -> list[list[Tensor]]:
        """What two steps in a row showed, if it was not yet asked for."""
        found, self.pair = self.pair, []
        return found

    def detach(self) -> None:
        """Take the hooks off."""
        for handle in self.handles:
            handle.remove()
        self.handles, self.before, self.parts, self.missing = [], [], [], []
        self.is_wanted = self.is_inside = False
