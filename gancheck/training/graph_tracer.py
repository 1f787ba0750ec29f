"""The tensor operations of a function, noted as they are done.

PyTorch's own tracer, `make_fx`, gives the same graph in five times the time: it is made for shapes that change, tensors
without values and operations that are to be decomposed, and nothing here is.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx._lazy_graph_module import _make_graph_module
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakTensorKeyDictionary

#: What hands over a new constant, and its like that copies: one that a graph keeps would be written to at every call.
LIFT, COPY = torch.ops.aten.lift_fresh.default, torch.ops.aten.lift_fresh_copy.default

#: What a graph's code can hold beside tensors. A generator of random numbers, say, would be written as its name.
PLAIN = (type(None), bool, int, float, complex, str, torch.dtype, torch.device, torch.layout, torch.memory_format)


class GraphTracer(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every operation that reaches a device, below `vmap` and `grad`, as a node of a graph; each is done as well.

    Tensors that are neither inputs nor made of them are constants of the graph.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.graph, self.constants = fx.Graph(), nn.Module()
        self.nodes = WeakTensorKeyDictionary()  #: what has made each tensor, or has changed it last
        self.fixed = FixedNodes()

    def trace(self, function: Callable[..., list[Any]], inputs: list[Tensor]) -> fx.GraphModule:
        """The graph of a function from flat tensors to a flat list; RuntimeError where it reads a tensor's value,
        NotImplementedError where an operation is given what no graph can hold."""
        for i, tensor in enumerate(inputs):
            self.note(self.graph.placeholder(f"input_{i}"), tensor)
        with self:
            answers = function(*inputs)
        self.graph.output(self.argument(answers))
        return _make_graph_module(self.constants, self.graph)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        func, kwargs = COPY if func is LIFT else func, kwargs or {}
        noted = {name: self.argument(value) for name, value in kwargs.items()}
        node = self.graph.call_function(func, self.argument(args), noted)
        is_fixed = self.fixed.is_made_of_fixed(node)
        if torch.Tag.data_dependent_output in func.tags and not is_fixed:
            raise RuntimeError(
                f"the value of a tracing tensor is read by {func}, as for control flow; at later steps it is another"
            )
        answer = func(*args, **kwargs)
        if not is_fixed:
            self.fixed.drop(written_tensors(func, args, kwargs))
        self.note(node, answer)
        return answer

    def argument(self, value: Any) -> Any:
        """What stands for an operation's argument in the graph."""
        if isinstance(value, Tensor):
            return self.node_of(value)
        if isinstance(value, list | tuple):
            return type(value)([self.argument(part) for part in value])
        if not isinstance(value, PLAIN):
            raise NotImplementedError(f"an operation is given a {type(value).__name__}, which no graph holds")
        return value

    def node_of(self, tensor: Tensor) -> fx.Node:
        """What has made a tensor; one that is seen for the first time here is a constant."""
        if tensor not in self.nodes:
            name = f"constant_{len(self.constants.state_dict())}"
            self.constants.register_buffer(name, tensor)
            self.note(self.graph.get_attr(name), tensor)
        node: fx.Node = self.nodes[tensor]
        return node

    def note(self, node: fx.Node, value: Any) -> None:
        """A node has made a tensor, or several; its note "val" has their shape, strides and type, without values."""
        if isinstance(value, Tensor):
            self.nodes[value] = node
            self.fixed.add(node, value)
            node.meta["val"] = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
        elif isinstance(value, list | tuple):
            for i, part in enumerate(value):
                self.note(self.graph.call_function(operator.getitem, (node, i)), part)


class FixedNodes:
    """Nodes that give the same at every call, as they are made of constants only: their values may be read."""

    def __init__(self) -> None:
        self.nodes: set[fx.Node] = set()
        #: Memory -> itself, so that its place is not taken by another's, and the fixed nodes whose values lie there.
        self.memory: dict[int, tuple[torch.UntypedStorage, list[fx.Node]]] = {}

    def is_made_of_fixed(self, node: fx.Node) -> bool:
        """Whether a node's answer is the same at every call, as what it is made of stands now."""
        sources = node.all_input_nodes
        return bool(sources) and not draws(node) and all(source in self.nodes for source in sources)

    def add(self, node: fx.Node, value: Tensor) -> None:
        """Take a node that has made a tensor, where it is fixed."""
        if node.op == "get_attr" or (node.op == "call_function" and self.is_made_of_fixed(node)):
            storage = value.untyped_storage()
            self.nodes.add(node)
            self.memory.setdefault(storage._cdata, (storage, []))[1].append(node)

    def drop(self, written: Iterable[Tensor]) -> None:
        """What shares memory with tensors that something else was written to is fixed no longer."""
        for tensor in written:
            _, nodes = self.memory.pop(tensor.untyped_storage()._cdata, (None, []))
            self.nodes.difference_update(nodes)


def written_tensors(func: Any, args: Any, kwargs: Any) -> Iterator[Tensor]:
    """The tensors that an operation changes in place."""
    if not func._schema.is_mutable:
        return
    given = {argument.name: value for argument, value in zip(func._schema.arguments, args, strict=False)} | kwargs
    for argument in func._schema.arguments:
        value = given.get(argument.name)
        if argument.alias_info is not None and argument.alias_info.is_write and value is not None:
            yield from [value] if isinstance(value, Tensor) else value


def draws(node: fx.Node) -> bool:
    """Whether a node gives random numbers, so that twice is not the same as once."""
    return torch.Tag.nondeterministic_seeded in getattr(node.target, "tags", ())
