"""All that a measurement must not change: gradients, buffers, modes, weights, random numbers."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy


class ModelState:
    """How models stood when a measurement began.

    `rewind` brings back random numbers, buffers and modes, so that a function of the models gives the same number each
    time: dropout draws the same units, batch norm starts from the same statistics. `restore` brings back gradients and
    weights as well. What a module keeps in ordinary attributes, and a `torch.Generator` of the user's own, stay.
    """

    def __init__(self, *models: nn.Module) -> None:
        modules = list(dict.fromkeys(module for model in models for module in model.modules()))
        parameters = dict.fromkeys(p for model in models for p in model.parameters() if not is_lazy(p))
        self.modes = [(module, module.training) for module in modules]
        self.buffers = [(m, n, b, b.detach().clone()) for m in modules for n, b in filled_buffers(m)]
        self.gradients = [(p, p.grad, p.requires_grad) for p in parameters]
        self.weights = [(p, p.detach().clone()) for p in parameters]
        self.devices = {p.device for p in parameters if p.device.type == "cuda"}
        self.random = self.random_state()

    def random_state(self) -> dict[Any, Any]:
        """States of all generators that a loss may draw from."""
        cuda = {device: torch.cuda.get_rng_state(device) for device in self.devices}
        return {"torch": torch.get_rng_state(), "numpy": np.random.get_state(), "python": random.getstate(), **cuda}

    def rewind(self) -> None:
        """Random numbers, buffers and modes as they were."""
        torch.set_rng_state(self.random["torch"])
        np.random.set_state(self.random["numpy"])
        random.setstate(self.random["python"])
        for device in self.devices:
            torch.cuda.set_rng_state(self.random[device], device)
        for module, mode in self.modes:
            module.training = mode
        for module, name, buffer, values in self.buffers:
            buffer.data.copy_(values)
            module._buffers[name] = buffer

    def restore(self) -> None:
        """Everything as it was. `.data`: graphs that still hold the weights need not know that they moved."""
        self.rewind()
        for parameter, values in self.weights:
            parameter.data.copy_(values)
        for parameter, gradient, asks in self.gradients:
            parameter.requires_grad_(asks)
            parameter.grad = gradient


def filled_buffers(module: nn.Module) -> list[tuple[str, Tensor]]:
    """A module's own buffers that hold numbers."""
    return [(name, b) for name, b in module._buffers.items() if b is not None and not is_lazy(b)]


@contextmanager
def keep_state(*models: nn.Module) -> Iterator[ModelState]:
    """A measurement: gradients are recorded within, `.grad` is empty, and nothing is left behind."""
    with torch.inference_mode(False), torch.enable_grad(), skip_compilation():
        state = ModelState(*models)
        for parameter, _, _ in state.gradients:
            parameter.grad = None
        try:
            yield state
        finally:
            state.restore()


def skip_compilation() -> AbstractContextManager[Any]:
    """Models that were compiled run as they were written, as compiled ones cannot be differentiated twice. Where the
    compiler was never loaded, which takes seconds, none was compiled."""
    return torch.compiler.set_stance("force_eager") if "torch._dynamo" in sys.modules else nullcontext()


def trained_parameters(model: nn.Module) -> list[Tensor]:
    """Real parameters that ask for a gradient; all real ones where none does, as a loop may freeze one player."""
    real = [p for p in model.parameters() if not is_lazy(p) and p.is_floating_point()]
    return [p for p in real if p.requires_grad] or [p.requires_grad_() for p in real]


def flat_gradient(loss: Tensor, parameters: list[Tensor], keep_graph: bool = False) -> Tensor:
    """The gradient as one vector, zero where the loss does not depend on a parameter."""
    found = torch.autograd.grad(
        loss, parameters, retain_graph=True, create_graph=keep_graph, allow_unused=True, materialize_grads=True
    )
    return flat(found)


def gradient_with_graph(loss: Tensor, parameters: list[Tensor]) -> Tensor:
    """The gradient, to be differentiated again; NotImplementedError where an operation says that it cannot be."""
    gradient = flat_gradient(loss, parameters, keep_graph=True)
    seen, waiting = set(), [gradient.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting += [before for before, _ in node.next_functions]
    if any(
        node.name() in ("torch::autograd::Error", "DelayedError") for node in seen
    ):  # it would not be raised, but pass for zero
        raise NotImplementedError("a custom autograd.Function is marked with once_differentiable")
    return gradient


def flat(parts: list[Tensor] | tuple[Tensor, ...]) -> Tensor:
    """Tensors as one vector, on the first one's device, at least in single precision."""
    dense = [part.to_dense() if part.is_sparse else part for part in parts]
    kind = torch.float64 if any(part.dtype == torch.float64 for part in dense) else torch.float32
    return torch.cat([part.reshape(-1).to(parts[0].device, kind) for part in dense])


def like(vector: Tensor, parameters: list[Tensor]) -> list[Tensor]:
    """One vector as tensors of the parameters' shapes, kinds and devices."""
    parts = torch.split(vector, [p.numel() for p in parameters])
    return [part.view(p.shape).to(p.device, p.dtype) for part, p in zip(parts, parameters, strict=True)]
