"""A step as one compiled graph, or as two where the first update is repeated: critic steps, then the others."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.utils._pytree import tree_flatten

from gancheck.training.compiling import compile_graph
from gancheck.training.number_table import NumberTable
from gancheck.training.replay import Capture, CudaGraph
from gancheck.training.replicas import ReplicaStack, in_order_of
from gancheck.training.signals import Signals
from gancheck.training.step_function import Carried, StepFunction
from gancheck.training.step_graph import StepGraph
from gancheck.training.turn_update import TurnUpdate
from gancheck.training.vectorise import ExecutionPath, Finish


class CompiledStep:
    """Plays a step by graphs that change everything in place; raises where they cannot be made.

    `finish` makes of a traced graph what is called, and `capture` of its calls what plays them again; on a GPU that is
    a CUDA graph.
    """

    def __init__(
        self,
        replicas: ReplicaStack,
        updates: Sequence[TurnUpdate],
        path: ExecutionPath,
        finish: Finish = compile_graph,
        capture: Capture | None = None,
    ) -> None:
        self.replicas, order = replicas, list(updates)
        self.table = NumberTable(replicas, [update.team for update in order])
        self.carried, self.began = Carried.first(replicas, order), dict(replicas.began)
        repeats = order.count(order[0])
        parts = [order] if repeats == 1 else [order[:1], order[repeats:]]
        functions = [StepFunction(replicas, part, self.table, path.vectorisation == "stacked") for part in parts]
        functions[-1].ends_step = True
        if capture is None and replicas.device.type == "cuda":
            capture = CudaGraph
        self.graphs = [StepGraph(function, self.carried, finish, capture) for function in functions]
        self.order = [*self.graphs[:1] * (repeats - 1), *self.graphs]
        self.lengths = [len(graph.function.updates) for graph in self.order]

    def __call__(self) -> Signals:
        """Do the step, and give its signals."""
        self.adopt_memory()
        self.restart_moments()
        rows = torch.split(self.table.rows(), self.lengths)
        found = {graph: graph(row) for graph, row in zip(self.order, rows, strict=True)}
        names = tuple(name for graph in found for name in graph.names)
        values = list(found.values())
        return Signals(names, torch.cat(values) if len(values) > 1 else values[0])

    def restart_moments(self) -> None:
        """Forget the moments of players whose optimisers a hook between steps has started anew."""
        for player, step in self.replicas.began.items():
            if self.began[player] != step:
                self.began[player] = step
                counts = [self.carried.counts[player]] if player in self.carried.counts else []
                for tensor in tree_flatten((self.carried.moments[player], counts))[0]:
                    tensor.zero_()

    def adopt_memory(self) -> None:
        """Write into the graphs' own tensors what a hook between steps has put in their place."""
        own, now = self.carried.memory, self.replicas.memory
        if now is own:
            return
        for ours, theirs in zip(tree_flatten(own)[0], tree_flatten(in_order_of(own, now))[0], strict=True):
            ours.copy_(theirs)
        self.replicas.memory = own
