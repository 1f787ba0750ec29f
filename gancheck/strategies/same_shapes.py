"""What hooks give back must be whole: all tensors that came, in the shapes in which they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck.errors import BadPlugin
from gancheck.gans.state import State


def require_same_shapes(made: Mapping[str, Tensor], wanted: Mapping[str, Tensor], what: str) -> None:
    """Refuse tensors that are missing, too many, or of another shape."""
    if made.keys() != wanted.keys():
        name = sorted(made.keys() ^ wanted.keys())[0]
        raise BadPlugin(f"{what}: '{name}' is {'missing' if name in wanted else 'unknown'}; return all that came")
    for name, tensor in wanted.items():
        if made[name].shape != tensor.shape:
            got, need = tuple(made[name].shape), tuple(tensor.shape)
            raise BadPlugin(f"{what}: '{name}' has shape {got} in place of {need}")


def require_same_state(after: object, before: State, what: str) -> None:
    """Refuse a state that has lost weights or memories, or changed their shapes."""
    if not isinstance(after, State):
        raise BadPlugin(f"{what}: gave {type(after).__name__}; it must give a state, such as state.remember(...)")
    for player, weights in before.weights.items():
        require_same_shapes(after.weights.get(player, {}), weights, f"{what}, player '{player}'")
    if lost := sorted(set(before.memory) - set(after.memory)):
        raise BadPlugin(f"{what}: memory '{lost[0]}' is missing; change memories by state.remember")
    refuse_changed_memory(after.memory, before.memory)


def require_step_state(after: object, before: State, what: str) -> None:
    """The same for a hook inside the step, which cannot start an optimiser anew."""
    require_same_state(after, before, what)
    if isinstance(after, State) and after.restarted:
        raise BadPlugin(f"{what}: restarts {after.restarted[0]}; only refresh can, as it stands between steps")


def refuse_changed_memory(remembered: Mapping[str, Any], memory: Mapping[str, Any]) -> None:
    """Refuse memories that nobody has started, and those whose shape or type changes."""
    for name, value in remembered.items():
        if name not in memory:
            raise BadPlugin(f"'{name}' is remembered in a loss, but no strategy's memory() says how it starts")
        now, start = tree_map(describe_fully, value), tree_map(describe_fully, memory[name])
        if now != start:
            raise BadPlugin(f"memory '{name}' starts as {start} and becomes {now}; it must keep its shape and type")


def describe_fully(value: object) -> str:
    """Shape and type of a tensor in words."""
    kind = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return f"{tuple(value.shape)} {kind}" if isinstance(value, Tensor) else "no tensor"
