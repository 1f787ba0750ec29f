from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, fx
from torch.func import grad, vmap
from torch.fx.experimental.proxy_tensor import make_fx

from gancheck.training.graph_tracer import GraphTracer

WEIGHT = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))


def penalised(x: Tensor) -> list[Any]:
    """Gradients of gradients, as a gradient penalty has them."""

    def slope(row: Tensor) -> Tensor:
        slopes: Tensor = grad(lambda r: (r @ WEIGHT).tanh().sum())(row)
        return slopes.square().sum()

    return [vmap(grad(slope))(x), x.new_ones(2)]


def in_place(x: Tensor) -> list[Any]:
    """Writes to a part, to a constant's copy and to what it is given."""
    held = torch.tensor([1.0, 2.0, 3.0])
    held.add_(x[0])
    x[1].mul_(2)
    return [held, x.sum(0), x]


def in_parts(x: Tensor) -> list[Any]:
    """Operations with several answers, and with lists of tensors."""
    top, where = x.topk(2, dim=1)
    return [torch.cat([top, top.sort(descending=True)[0]]), where, torch.stack(x.unbind(1)), None, x]


@pytest.mark.parametrize("function", [penalised, in_place, in_parts])
def test_the_graph_is_that_of_make_fx_and_does_what_the_function_does(function: Callable[..., list[Any]]) -> None:
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(1))
    graph = GraphTracer().trace(function, [x.clone()])
    assert operations(graph) == operations(make_fx(function)(x.clone()))
    given = x.roll(1, 0)
    for found, right in zip(graph(given.clone()), function(given.clone()), strict=True):
        torch.testing.assert_close(found, right, rtol=0, atol=0)


def operations(graph: fx.GraphModule) -> list[Any]:
    """What is called on what, and the layout of what comes of it; `make_fx` has a constant once for every use."""
    made = [node for node in graph.graph.nodes if node.op != "get_attr"]
    places = {node: i for i, node in enumerate(made)}
    return [
        (str(node.target), [places.get(source) for source in node.all_input_nodes], layout(node.meta.get("val")))
        for node in made
        if node.op == "call_function"
    ]


def layout(noted: Any) -> Any:
    """Shape, strides and type of an answer; None of several answers, which are nodes of their own."""
    return (noted.shape, noted.stride(), noted.dtype) if isinstance(noted, Tensor) else None


@pytest.mark.parametrize("read", [Tensor.item, bool, lambda value: value.equal(torch.ones(()))])
def test_reading_a_value_that_changes_is_refused(read: Callable[[Tensor], Any]) -> None:
    with pytest.raises(RuntimeError, match="the value of a tracing tensor is read by aten"):
        GraphTracer().trace(lambda x: [x * 2 if read(x.sum()) else x], [torch.ones(3)])
    with pytest.raises(RuntimeError, match="the value of a tracing tensor is read by aten"):
        GraphTracer().trace(lambda x: [x * 2 if read(torch.rand_like(torch.tensor(1.0))) else x], [torch.ones(3)])


def test_constants_may_be_read_and_a_constant_is_never_written_to() -> None:
    def counted(x: Tensor) -> list[Any]:
        held = torch.tensor(2.0)
        doubled = x * held.mul(2).item()
        held.add_(x.sum())
        return [doubled, held]

    graph = GraphTracer().trace(counted, [torch.ones(3)])
    for _ in range(2):
        doubled, held = graph(torch.ones(3))
        assert (doubled.tolist(), held.item()) == ([4, 4, 4], 5)


def test_a_tensor_of_the_function_itself_stays_that_tensor() -> None:
    kept = torch.zeros(3)
    graph = GraphTracer().trace(lambda x: [x + kept, kept], [torch.ones(3)])
    kept.add_(1)
    assert graph(torch.ones(3))[0].tolist() == [2, 2, 2]


def through_a_view(x: Tensor) -> Tensor:
    held = torch.tensor([0.0, 0.0])
    held[0] = x.sum()
    return held


def through_an_earlier_view(x: Tensor) -> Tensor:
    held = torch.tensor([0.0, 0.0])
    view = held[:1]
    held.add_(x.sum())
    return view


def in_a_list(x: Tensor) -> Tensor:
    held = torch.tensor([0.0, 0.0])
    torch._foreach_add_([held], [x[:2]])
    return held


@pytest.mark.parametrize("write", [through_a_view, through_an_earlier_view, in_a_list])
def test_what_was_written_into_a_constant_is_not_read_as_one(write: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(RuntimeError, match="the value of a tracing tensor is read by aten"):
        GraphTracer().trace(lambda x: [x * 2 if write(x).sum() > 0 else x], [torch.ones(3)])


def test_a_random_number_generator_in_an_operation_is_refused_and_not_written_into_code() -> None:
    source = torch.Generator().manual_seed(0)
    with pytest.raises(NotImplementedError, match="given a Generator, which no graph holds"):
        GraphTracer().trace(lambda x: [x + torch.randn(3, generator=source)], [torch.ones(3)])
