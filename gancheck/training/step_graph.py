"""A step function as a graph over flat tensors that writes what it changes in place.

A step is then one call: it takes the step's numbers and draws, and gives the signals. Nothing else runs in Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import TreeSpec, tree_flatten, tree_map, tree_unflatten

from gancheck.training.replay import Capture, CudaGraph, Replay, copy_as_laid_out, play_side_by_side
from gancheck.training.replicas import in_order_of, is_same_view
from gancheck.training.step_function import Carried, StepFunction
from gancheck.training.vectorise import Finish, drop_unread_inputs, trace_graph


class StepGraph:
    """Traced at once; later calls are for all replicates together, or for one after another where they are looped.

    Inputs that no operation uses are left out: the draws behind them are never made.
    """

    def __init__(
        self, function: StepFunction, carried: Carried, finish: Finish, capture: Capture | None = None
    ) -> None:
        self.function, self.carried = function, carried
        self.streams = [stream for update in function.updates for stream in update.all_streams]
        self.names: tuple[str, ...] = ()  #: of the signals
        draws = self.first_draws()
        leaves, spec = tree_flatten((self.part(carried, 0), function.example_rows(), self.part(draws, 0)))
        leaves = [copy_as_laid_out(leaf) for leaf in leaves]
        graph = trace_graph(self.flattened(spec), leaves)
        used = drop_unread_inputs(graph)
        call = finish(graph, [leaf for leaf, is_used in zip(leaves, used, strict=True) if is_used])
        held = self.bind(used, draws)
        given = leaves[len(tree_flatten(carried)[0]) :]
        moving = [leaf for leaf, is_used in zip(given, used[-len(given) :], strict=True) if is_used]
        #: what plays a step, for all replicates or for each of them; it is given the numbers and the draws
        self.calls = [Replay(call, h, moving, capture) if capture else partial(call, *h) for h in held]
        replays = [made.replay for made in self.calls if isinstance(made, Replay)]
        #: where replicates are played side by side
        self.side_streams = [] if function.stacked else [r.stream for r in replays if isinstance(r, CudaGraph)]

    def first_draws(self) -> list[Any]:
        """What the streams give first; they start again afterwards."""
        draws = [stream.next() for stream in self.streams]
        for stream in self.streams:
            stream.position = 0
        return draws

    def bind(self, used: list[bool], draws: list[Any]) -> list[list[Tensor]]:
        """Note which numbers and draws the graph takes, by their places; gives what it takes of what is carried, for
        every call of a step."""
        uses = iter(used)
        held = [t for t in tree_flatten(self.carried)[0] if next(uses)]
        count = 1 if self.function.stacked else len(self.function.replicas.seeds)
        self.reads_numbers = next(uses)
        self.places = [[i for i, _ in enumerate(tree_flatten(drawn)[0]) if next(uses)] for drawn in draws]
        return [self.part(held, i) for i in range(count)]

    def part(self, tree: Any, i: int) -> Any:
        """What the i-th call of a step gets of stacked tensors: all of them, or one replicate's."""
        return tree if self.function.stacked else tree_map(lambda t: t[i], tree)

    def __call__(self, rows: Tensor) -> Tensor:
        """Do these updates with their rows of numbers, and give the signals (names, replicates)."""
        numbers = [rows] if self.reads_numbers else []
        draws = [leaf for stream, places in zip(self.streams, self.places, strict=True) for leaf in stream.pick(places)]
        with torch.no_grad():
            if self.function.stacked:
                signals: Tensor = self.calls[0](*numbers, *draws)[0]
                return signals
            calls = [partial(call, *numbers, *(t[i] for t in draws)) for i, call in enumerate(self.calls)]
            each = [answer[0] for answer in play_side_by_side(calls, self.side_streams)]
        return torch.stack(each, dim=1)

    def flattened(self, spec: TreeSpec) -> Callable[..., Any]:
        """The function from a flat list of tensors to its signals; what it changes is written to the first of them."""

        def call(*flat: Tensor) -> list[Tensor]:
            carried, rows, draws = tree_unflatten(list(flat), spec)
            after, signals = self.function(carried, rows, iter(draws))
            self.names = tuple(signals)
            write(tree_flatten(carried)[0], tree_flatten(in_order_of(carried, after))[0], flat)
            return [torch.stack([signal.float() for signal in signals.values()])]

        return call


def write(places: list[Tensor], values: list[Tensor], inputs: Sequence[Tensor]) -> None:
    """Write values in place; first those that are parts of inputs are copied, as writing would change them."""
    changed = [(old, new) for old, new in zip(places, values, strict=True) if not is_same_view(new, old)]
    shared = {t.untyped_storage().data_ptr() for t in inputs}
    copies = [(old, new.clone() if new.untyped_storage().data_ptr() in shared else new) for old, new in changed]
    for old, new in copies:
        assert old.shape == new.shape  # copy_ would repeat what is too small
        old.copy_(new)
