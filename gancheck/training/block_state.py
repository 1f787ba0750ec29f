"""The state of a block of seeds between two steps, as a checkpoint holds it, and put back in its place.

Every random number is keyed by its place in a stream, so of a stream the place is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils._pytree import keystr, tree_flatten_with_path, tree_unflatten

from gancheck.errors import StoreError
from gancheck.training.checkpoint import Checkpoint
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.recorder import RunRecorder
from gancheck.training.replicas import ReplicaStack
from gancheck.training.turn_update import TurnUpdate

Tensors = dict[str, Tensor]


class BlockState(NamedTuple):
    """What changes while a block is trained."""

    replicas: ReplicaStack
    updates: Sequence[TurnUpdate]
    recorder: RunRecorder
    graph: CompiledStep | None  #: a step that is one graph, which moves tensors of its own

    @property
    def path(self) -> str:
        """How the block is computed: another way rounds otherwise."""
        return self.recorder.records[0].path

    def checkpoint(self, training: str) -> Checkpoint:
        """The state as it is now."""
        replicas = self.replicas
        record, told = self.recorder.state(replicas.steps_done)
        places = [[stream.position for stream in update.all_streams] for update in self.updates]
        facts = {
            "step": replicas.steps_done,
            "began": replicas.began,
            "streams": places,
            "record": told,
            "path": self.path,
        }
        tensors = by_name(self.state()) | by_name(self.optimisers()) | record
        return Checkpoint(training, tensors | random_states(replicas.device), facts)

    def state(self) -> dict[str, Any]:
        """Every tensor that a step changes, but for the optimisers of torch."""
        replicas = self.replicas
        held = {"weights": replicas.weights, "buffers": replicas.buffers, "memory": replicas.memory}
        own = {} if self.graph is None else {"moments": self.graph.carried.moments, "counts": self.graph.carried.counts}
        return {**held, **own}

    def optimisers(self) -> dict[str, Any]:
        """What torch's optimisers hold, by player and place of the tensor; nothing where a step is one graph."""
        states = {player: made.state_dict()["state"] for player, made in self.replicas.optimisers.items()}
        return {"optimisers": {p: {str(i): held for i, held in state.items()} for p, state in states.items()}}

    def restore(self, saved: Checkpoint) -> None:
        """Go on from a checkpoint; StoreError, with nothing changed, where it does not fit."""
        replicas, tensors = self.replicas, saved.tensors
        if saved.facts["path"] != self.path:
            raise StoreError(f"the checkpoint's training was {saved.facts['path']}, and here it is {self.path}")
        refuse_misfits(by_name(self.state()), tensors)
        for place, tensor in by_name(self.in_place()).items():
            tensor.copy_(tensors[place])
        if self.graph is None:
            replicas.buffers = taken_from(tensors, "buffers", replicas.buffers, replicas.device)
            replicas.memory = taken_from(tensors, "memory", replicas.memory, replicas.device)
        for player, made in replicas.optimisers.items():
            load_optimiser(made, tensors, keystr_of("optimisers", player))
        replicas.steps_done = saved.step
        replicas.began.update(saved.facts["began"])
        if self.graph is not None:
            self.graph.began = dict(replicas.began)
        for update, places in zip(self.updates, saved.facts["streams"], strict=True):
            for stream, place in zip(update.all_streams, places, strict=True):
                stream.position = place
        self.recorder.restore(tensors, saved.facts["record"], saved.step)
        restore_random_states(tensors, replicas.device)

    def in_place(self) -> dict[str, Any]:
        """The tensors that others hold too, so that only their content may change."""
        return self.state() if self.graph is not None else {"weights": self.replicas.weights}


def keystr_of(*way: str) -> str:
    """The name of a place in nested dictionaries."""
    return "".join(f"['{part}']" for part in way)


def by_name(tree: Any) -> Tensors:
    """The tensors of nested dictionaries and tuples, by the way to them."""
    return {keystr(way): leaf for way, leaf in tree_flatten_with_path(tree)[0] if isinstance(leaf, Tensor)}


def taken_from(tensors: Tensors, name: str, like: Any, device: torch.device) -> Any:
    """A tree like another, of a checkpoint's tensors."""
    ways, shape = tree_flatten_with_path({name: like})
    leaves = [tensors[keystr(way)].to(device) if isinstance(leaf, Tensor) else leaf for way, leaf in ways]
    return tree_unflatten(leaves, shape)[name]


def refuse_misfits(own: Tensors, tensors: Tensors) -> None:
    """Refuse a checkpoint that lacks a tensor, or has one of another shape or type."""
    for name, tensor in own.items():
        found = tensors.get(name)
        if found is None or found.shape != tensor.shape or found.dtype != tensor.dtype:
            raise StoreError(f"the checkpoint's {name} does not fit the networks of this run")


def load_optimiser(optimiser: torch.optim.Optimizer, tensors: Tensors, place: str) -> None:
    """Give an optimiser of torch its running means and counts back."""
    whole, held = optimiser.state_dict(), dict[int, dict[str, Tensor]]()
    for name, tensor in tensors.items():
        if name.startswith(place):
            index, key = name.removeprefix(place).removeprefix("['").removesuffix("']").split("']['")
            held.setdefault(int(index), {})[key] = tensor
    if held:
        optimiser.load_state_dict({**whole, "state": held})


def random_states(device: torch.device) -> Tensors:
    """The global generators, for modules that draw by themselves."""
    states = {"random/cpu": torch.get_rng_state()}
    return states | ({"random/cuda": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {})


def restore_random_states(tensors: Tensors, device: torch.device) -> None:
    """Put the global generators back."""
    restore: dict[str, Callable[[Tensor], None]] = {"random/cpu": torch.set_rng_state}
    if device.type == "cuda":
        restore["random/cuda"] = lambda state: torch.cuda.set_rng_state(state, device)
    for name, put in restore.items():
        put(tensors[name])
