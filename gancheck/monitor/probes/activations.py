"""What the layers of a model answer during a checked step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from gancheck.monitor.probes.base import Measured
from gancheck.monitor.probes.unit_counts import UnitCounts, answers_or_bends, bends

FIRST = 10  #: checks at which the spread of answers is measured; later it is at every tenth only


class ActivationProbe:
    """Forward hooks on modules without children, on checked steps only.

    Only what runs as a module is seen: neither `F.relu` nor a model that was compiled before. The last module of each
    model is left out of saturated units, because an answer near 0 or 1 is what it is there for.
    """

    requirements: Mapping[str, str] = {
        "dead_units": "a module such as nn.ReLU that is called at two checks (F.relu is not seen)",
        "saturated_units": "a module such as nn.Tanh that is not the last one (torch.tanh is not seen)",
        "activation_spread": "a module with weights that answers with two rows or more at a check",
    }
    signals = tuple(requirements)

    def __init__(self, models: Mapping[str, nn.Module]) -> None:
        self.models = dict(models)
        self.counts: dict[tuple[str, str], UnitCounts] = {}  #: (model, module) -> what was seen
        self.last: dict[str, str] = {}  #: model -> layer that answered last, when all were looked at
        self.handles: list[Any] = []
        self.error: Exception | None = None
        self.checks = 0
        self.calls = 0  #: of all modules since the hooks were attached
        self.weights: nn.Module | None = None  #: the last module with weights that answered

    def arm(self) -> None:
        """Attach to all modules that have something to say."""
        self.detach()
        has_use = answers_or_bends if self.checks < FIRST or self.checks % FIRST == 0 else bends
        self.checks += 1
        self.calls, self.weights = 0, None
        for counts in self.counts.values():
            counts.begin()
        for model, whole in self.models.items():
            for name, module in whole.named_modules():
                if has_use(module):
                    self.attach(model, name, module)

    def attach(self, model: str, name: str, module: nn.Module) -> None:
        """Hook one module; what was seen at earlier checks stays, but where another kind of module took its place."""
        layer = ".".join(filter(None, (model if len(self.models) > 1 else "", name))) or model
        counts = self.counts.get((model, name))
        if counts is None or counts.kind is not type(module):
            counts = self.counts[model, name] = UnitCounts(module, layer)
        self.handles.append(module.register_forward_hook(ForwardHook(self, counts)))

    def measure(self) -> Measured:
        """What was seen; nothing is attached any more."""
        self.detach()
        if self.error is not None:
            raise RuntimeError(f"inside the model's forward pass: {self.error}") from self.error
        seen = [(model, counts) for (model, _), counts in self.counts.items() if counts.calls]
        if any(counts.spread is not None for _, counts in seen):
            self.last |= {model: c.layer for model, c in sorted(seen, key=lambda each: each[1].order)}
        found: dict[str, dict[str, Tensor | None]] = {
            "dead_units": {c.layer: c.dead() for _, c in seen if c.has_zeros},
            "saturated_units": {c.layer: c.saturated for model, c in seen if self.last.get(model) != c.layer},
            "activation_spread": {c.layer: c.spread for _, c in seen},
        }
        return Measured(layers={name: present for name, values in found.items() if (present := those(values))})

    def detach(self) -> None:
        """Take the hooks off."""
        for handle in self.handles:
            handle.remove()
        self.handles = []

    def close(self) -> None:
        """Take the hooks off, and forget."""
        self.detach()
        self.counts.clear()


def those(values: Mapping[str, Tensor | None]) -> dict[str, float | Tensor]:
    """What is there."""
    return {layer: value for layer, value in values.items() if value is not None}


class ForwardHook:
    """A hook that never raises; a copy of it (of a model that is copied or saved meanwhile) does nothing."""

    def __init__(self, probe: ActivationProbe, counts: UnitCounts) -> None:
        self.probe, self.counts = probe, counts

    def __call__(self, module: nn.Module, given: Any, output: Any) -> None:
        if torch.compiler.is_compiling() or not torch.is_grad_enabled():
            return
        try:
            self.probe.calls += 1
            self.counts.order = self.probe.calls
            self.probe.weights = module if module._parameters else self.probe.weights
            self.counts.add(output, self.probe.weights)
        except Exception as error:  # it happens inside the user's forward pass
            self.probe.error = error

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, str]]:
        """A method of the standard library that takes anything and does nothing, so that a saved model loads where
        this package is not installed."""
        return getattr, (nullcontext(), "__exit__")
