"""What the layers of a model answer during a checked step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from gancheck.monitor.probes.answer_graph import AnswerGraph, Key
from gancheck.monitor.probes.base import Measured
from gancheck.monitor.probes.unit_counts import UnitCounts, answers_or_bends, bends, first_of

FIRST = 10  #: checks at which the spread of answers is measured, and ends are found; later it is at every tenth only
NOR = ", nor is a compiled model"


class ActivationProbe:
    """Forward hooks on modules without children, on checked steps only.

    Only what runs as a module is seen: neither `F.relu` nor a model that was compiled before. Left out of saturated
    units are the ends of each model, because an answer near 0 or 1 is what they are there for: modules of whose
    answers nothing went on into another curve or module with weights of the same model, whatever lies between. So every
    head has an end, and a curve in a loop, whose answer comes back, is none. Where there is no graph to tell, as in a
    frozen model, the end is what answered last.
    """

    requirements: Mapping[str, str] = {
        "dead_units": f"a module such as nn.ReLU that is called at two checks (F.relu is not seen{NOR})",
        "saturated_units": f"a module such as nn.Tanh that is not at an end of the model (torch.tanh is not seen{NOR})",
        "activation_spread": "a module with weights, not compiled, that answers with two rows or more at a check",
    }
    signals = tuple(requirements)

    def __init__(self, models: Mapping[str, nn.Module]) -> None:
        self.models = dict(models)
        self.counts: dict[Key, UnitCounts] = {}  #: (model, module) -> what was seen
        self.graph: AnswerGraph | None = None  #: at checks at which all are looked at
        self.ends: dict[Key, bool] = {}  #: (model, module) -> whether it was an end, when all were looked at
        self.handles: list[Any] = []
        self.error: Exception | None = None
        self.checks = 0
        self.calls = 0  #: of all modules since the hooks were attached
        self.weights: nn.Module | None = None  #: the last module with weights that answered

    def arm(self) -> None:
        """Attach to all modules that have something to say."""
        self.detach()
        self.graph = AnswerGraph() if self.checks < FIRST or self.checks % FIRST == 0 else None
        has_use = bends if self.graph is None else answers_or_bends
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
        self.handles.append(module.register_forward_hook(ForwardHook(self, (model, name), counts)))

    def measure(self) -> Measured:
        """What was seen; nothing is attached any more."""
        self.detach()
        if self.error is not None:
            raise RuntimeError(f"inside the model's forward pass: {self.error}") from self.error
        seen = {key: counts for key, counts in self.counts.items() if counts.calls}
        if self.graph is not None:
            self.ends |= find_ends(seen, self.graph)
        found: dict[str, dict[str, Tensor | None]] = {
            "dead_units": {c.layer: c.dead() for c in seen.values() if c.has_zeros},
            "saturated_units": {c.layer: c.saturated for key, c in seen.items() if not self.ends.get(key)},
            "activation_spread": {c.layer: c.spread for c in seen.values()},
        }
        return Measured(layers={name: present for name, values in found.items() if (present := those(values))})

    def detach(self) -> None:
        """Take the hooks off."""
        for handle in self.handles:
            handle.remove()
        self.handles = []

    def rest(self) -> None:
        """Nothing is attached."""

    def close(self) -> None:
        """Take the hooks off, and forget."""
        self.detach()
        self.counts.clear()


def find_ends(seen: Mapping[Key, UnitCounts], graph: AnswerGraph) -> dict[Key, bool]:
    """Of every module, whether it is an end of its model."""
    last = {key[0]: key for key in sorted(seen, key=lambda key: seen[key].order)}
    return {key: key not in graph.used if key in graph.known else key == last[key[0]] for key in seen}


def those(values: Mapping[str, Tensor | None]) -> dict[str, float | Tensor]:
    """What is there."""
    return {layer: value for layer, value in values.items() if value is not None}


class ForwardHook:
    """A hook that never raises; a copy of it (of a model that is copied or saved meanwhile) does nothing."""

    def __init__(self, probe: ActivationProbe, key: Key, counts: UnitCounts) -> None:
        self.probe, self.key, self.counts = probe, key, counts

    def __call__(self, module: nn.Module, given: Any, output: Any) -> None:
        if torch.compiler.is_compiling() or not torch.is_grad_enabled():
            return
        try:
            self.probe.calls += 1
            self.counts.order = self.probe.calls
            self.probe.weights = module if module._parameters else self.probe.weights
            if self.probe.graph is not None:
                self.probe.graph.add(self.key, first_of(output))
            self.counts.add(output, self.probe.weights)
        except Exception as error:  # it happens inside the user's forward pass
            self.probe.error = error

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, str]]:
        """A method of the standard library that takes anything and does nothing, so that a saved model loads where
        this package is not installed."""
        return getattr, (nullcontext(), "__exit__")
