"""Mapping a function of one replicate over a stack: together (vmap) or one after another, traced, compiled.

Tracing runs the function once and keeps the flat list of tensor operations, so that the steps that follow pay nothing
for Python hooks, `vmap` and `grad`. On the compiled path a whole step is one graph, see compiled_step.py.
"""

from __future__ import annotations

import operator
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import fx
from torch._functorch.compile_utils import fx_graph_cse
from torch.func import vmap
from torch.fx._lazy_graph_module import _use_lazy_graph_module
from torch.utils._pytree import TreeSpec, tree_flatten, tree_unflatten

from gancheck.training.graph_tracer import GraphTracer, draws

Vectorisation = Literal["stacked", "looped"]
Execution = Literal["eager", "traced", "compiled"]
Function = Callable[..., Any]
Finish = Callable[[fx.GraphModule, list[torch.Tensor]], Function]  #: makes of a graph what is called at every step


@dataclass(frozen=True)
class ExecutionPath:
    """How a block is computed; part of the training id, because the ways differ by rounding."""

    vectorisation: Vectorisation = "stacked"
    execution: Execution = "traced"

    def __str__(self) -> str:
        return f"{self.vectorisation}-{self.execution}"

    def map(self, function: Function) -> Function:
        """The function over stacks: every tensor gets a leading replicate axis."""
        if self.vectorisation == "stacked":
            return self.run(vmap(function))
        return Loop(self.run(function))

    def run(self, function: Function) -> Function:
        """The function as it is executed."""
        return function if self.execution == "eager" else Traced(function, script_graph)

    def eagerly(self) -> ExecutionPath:
        """The same way without tracing, for what is computed only a few times."""
        return ExecutionPath(self.vectorisation, "eager")


class Loop:
    """Calls a function for one replicate after another and stacks the answers."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        replicas = range(len(flatten(args)[0]))
        answers = [self.function(*map_tensors(lambda t, i=i: t[i], args)) for i in replicas]
        return map_tensors(lambda *tensors: torch.stack(tensors), *answers)


class Traced:
    """A function that is traced at its first call; later calls must have the same shapes."""

    def __init__(self, function: Function, finish: Finish) -> None:
        self.function, self.finish = function, finish
        self.graph: Function | None = None
        self.answer: TreeSpec | None = None
        self.shape: Any = None  #: of the answer, with places in the flat list as leaves

    def __call__(self, *args: Any) -> Any:
        if self.graph is None:
            flat, spec = tree_flatten(args)
            self.graph = self.finish(trace_graph(self.flattened(spec), flat), flat)
            assert self.answer is not None
            self.shape = tree_unflatten(list(range(self.answer.num_leaves)), self.answer)
        return unflatten(self.shape, self.graph(*flatten(args)))

    def flattened(self, spec: TreeSpec) -> Function:
        """The function from a flat list of tensors to a flat list of tensors."""

        def call(*flat: torch.Tensor) -> list[Any]:
            leaves, self.answer = tree_flatten(self.function(*tree_unflatten(list(flat), spec)))
            return leaves

        return call


def trace_graph(function: Function, inputs: list[torch.Tensor]) -> fx.GraphModule:
    """The tensor operations of a function from flat tensors to flat tensors, without those that change nothing.

    Python code is generated when the graph is first called, not at every step of simplifying it: that took an eighth to
    a third of the time.
    """
    with _use_lazy_graph_module(True):
        return simplify(GraphTracer().trace(function, inputs))


def drop_unread_inputs(graph: fx.GraphModule) -> list[bool]:
    """Take inputs that nothing uses out of a graph; says of each whether it stays."""
    inputs = [node for node in graph.graph.nodes if node.op == "placeholder"]
    used = [bool(node.users) for node in inputs]
    for node, stays in zip(inputs, used, strict=True):
        if not stays:
            graph.graph.erase_node(node)
    graph.recompile()
    return used


def flatten(tree: Any) -> list[Any]:
    """The tensors in nested dictionaries and tuples, in the order of `tree_flatten`, which takes ten times as long."""
    if isinstance(tree, dict):
        tree = tree.values()
    elif not isinstance(tree, tuple | list):
        return [tree]
    return [leaf for branch in tree for leaf in flatten(branch)]


def map_tensors(function: Function, *trees: Any) -> Any:
    """The nested dictionaries and tuples of the first tree, with the function's answer to all trees' tensors there.

    As `tree_map`, in a tenth of the time.
    """
    first = trees[0]
    if isinstance(first, dict):
        return {name: map_tensors(function, *(tree[name] for tree in trees)) for name in first}
    if not isinstance(first, tuple | list):
        return function(*trees)
    parts = [map_tensors(function, *branches) for branches in zip(*trees, strict=True)]
    return type(first)(*parts) if hasattr(first, "_fields") else type(first)(parts)


def unflatten(shape: Any, flat: Any) -> Any:
    """The nested dictionaries and tuples of a shape, with the flat list's entries for their places in it."""
    return map_tensors(flat.__getitem__, shape)


def simplify(traced: fx.GraphModule) -> fx.GraphModule:
    """Drop operations that change nothing or whose result nobody uses: half of all, and no bit of any result."""
    pure = not any(node.op == "call_function" and has_side_effects(node) for node in traced.graph.nodes)
    for node in list(traced.graph.nodes):
        if node.op == "call_function" and is_no_op(node, pure):
            node.replace_all_uses_with(node.args[0])
    traced.graph.eliminate_dead_code(is_impure_node=has_side_effects)
    traced.recompile()
    return traced


def share_repeats(graph: fx.GraphModule) -> fx.GraphModule:
    """Compute once what is computed twice, as where several losses of one turn share a forward pass: no bit changes.

    Only where the graph runs as it is: PyTorch's interpreter and compiler share repeats themselves.
    """
    if not any(has_side_effects(node) or draws(node) for node in graph.graph.nodes if node.op == "call_function"):
        graph.graph = fx_graph_cse(graph.graph)
        graph.recompile()
    return graph


def is_no_op(node: fx.Node, pure: bool) -> bool:
    """Whether a node hands on its input: detach outside autograd, a view or expansion to the same shape, times one.

    A product is a copy, which only may be shared where nothing is written in place.
    """
    aten = torch.ops.aten
    if node.target is aten.detach.default:
        return True
    if node.target in (aten.view.default, aten._unsafe_view.default, aten.expand.default):
        source = node.args[0]
        return isinstance(source, fx.Node) and source.meta["val"].shape == node.meta["val"].shape
    return pure and node.target is aten.mul.Scalar and bool(node.args[1] == 1) and same_type(node)


def same_type(node: fx.Node) -> bool:
    """Whether a node's result has its input's type."""
    source = node.args[0]
    return isinstance(source, fx.Node) and source.meta["val"].dtype == node.meta["val"].dtype


def has_side_effects(node: fx.Node) -> bool:
    """Whether a node must stay even if nobody reads it: inputs, outputs and operations in place."""
    if node.op in ("placeholder", "output"):
        return True
    schema = getattr(node.target, "_schema", None)
    return node.target is not operator.getitem and (schema is None or schema.is_mutable)


def script_graph(graph: fx.GraphModule, flat: list[torch.Tensor], trace: Function = torch.jit.trace) -> Function:
    """The graph in PyTorch's own interpreter: the same operations with no Python between them, so the same bits.

    Where it would do something else, or cannot follow, the graph itself is as good, and slower.
    """
    if not can_be_scripted(graph, flat):
        return share_repeats(graph)
    try:
        with plain_executor(), torch.no_grad():
            runner = fx.Interpreter(graph)  # for a single call, Python code would take longer to generate
            runner.extra_traceback = False  # it would write out tensors, of which the tracer warns
            scripted: Function = trace(lambda *inputs: tuple(runner.run(*inputs)), tuple(flat), check_trace=False)
            scripted(*flat)  # how it is executed is settled at the first call
    except Exception:
        return graph
    return scripted


def can_be_scripted(graph: fx.GraphModule, flat: list[torch.Tensor]) -> bool:
    """Whether the interpreter gives the graph's own bits: on a CPU, and without what it takes apart or runs twice."""
    calls = [node for node in graph.graph.nodes if node.op == "call_function"]
    apart = any(node.target in FUSED_PRODUCTS for node in calls)
    return not (apart or any(map(draws, calls)) or any(map(has_side_effects, calls))) and all(
        t.device.type == "cpu" for t in flat
    )


#: Fused products, which the interpreter splits into a product and a sum, and so rounds once more.
FUSED_PRODUCTS = (torch.ops.aten.addmm.default, torch.ops.aten.baddbmm.default)


@contextmanager
def plain_executor() -> Iterator[None]:
    """Scripts that are made in here share repeated operations, but are never specialised, fused or profiled.

    PyTorch calls its tracer deprecated in favour of compiling, which pays on long runs only; runs need not repeat it.
    """
    profiling = torch._C._jit_set_profiling_executor(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        torch._C._jit_set_profiling_executor(profiling)
