"""Which parameters of the models are watched, under which layer, and which optimiser moves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.optim import Optimizer


@dataclass(frozen=True)
class Watched:
    """A parameter that may ask for a gradient."""

    model: str
    layer: str
    parameter: Tensor
    optimizer: int | None  #: place of the optimiser at whose step it is measured; None: whenever a check comes
    group: Mapping[str, Any] | None  #: of the optimiser that holds it; None where none does

    @property
    def is_asked(self) -> bool:
        """Whether it asks for a gradient, or its optimiser has one although the loop froze it meanwhile."""
        return is_trained(self.parameter) if self.group is not None else self.parameter.requires_grad

    @property
    def is_meant_to_move(self) -> bool:
        """False where its learning rate is zero now; a rate that is a tensor is not waited for."""
        rate = self.group.get("lr", 1.0) if self.group else 1.0
        return isinstance(rate, Tensor) or float(rate) != 0.0


def watched(models: Mapping[str, nn.Module], optimizers: Sequence[Optimizer]) -> list[Watched]:
    """All parameters that have a shape, in order of depth.

    A parameter that no optimiser holds is measured with the rest of its model. Whether a parameter asks for a gradient
    is a question for its optimiser's step: a loop may freeze one player while the other one moves.
    """
    groups = {id(p): (i, group) for i, o in enumerate(optimizers) for group in o.param_groups for p in group["params"]}
    found: list[Watched] = []
    for model, module in models.items():
        named = list(with_shape(module))
        rest = next((groups[id(p)][0] for _, p in named if id(p) in groups), None)
        for name, parameter in named:
            place, group = groups.get(id(parameter), (rest, None))
            found.append(Watched(model, layer_name(model, name, len(models)), parameter, place, group))
    return found


def holds_any(optimizers: Sequence[Optimizer], models: Mapping[str, nn.Module]) -> bool:
    """Whether an optimiser holds a parameter of a model, sharded or not."""
    held = {id(p) for optimizer in optimizers for group in optimizer.param_groups for p in group["params"]}
    return any(id(p) in held for module in models.values() for p in module.parameters())


def with_shape(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Parameters that one process holds; a lazy one is left out until it has a shape."""
    named = module.named_parameters()
    return ((n, p) for n, p in named if not is_lazy(p) and p.numel() and not is_sharded(p))


def is_sharded(parameter: Tensor) -> bool:
    """Whether it is a DTensor: any sum over one waits for all processes, and only the first one measures."""
    return hasattr(parameter, "placements")


def is_trained(parameter: Tensor) -> bool:
    """Whether it asks for a gradient, or has one although it is frozen now."""
    return parameter.requires_grad or parameter.grad is not None


def layer_name(model: str, parameter: str, models: int) -> str:
    """A parameter's module; of one on the model itself its own name; after the model's name where there are more."""
    layer = parameter.rpartition(".")[0] or parameter
    return f"{model}.{layer}" if models > 1 else layer
