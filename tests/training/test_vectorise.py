from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor, fx
from torch.func import grad, vmap
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn.functional import conv2d
from torch.utils._pytree import tree_flatten, tree_unflatten

from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import (
    ExecutionPath,
    Loop,
    Traced,
    flatten,
    script_graph,
    share_repeats,
    simplify,
    unflatten,
)

WAYS = [ExecutionPath(way, execution) for way in ("stacked", "looped") for execution in ("eager", "traced")]  # type: ignore[arg-type]


def inputs(seed: int = 0) -> tuple[dict[str, Tensor], Tensor]:
    source = torch.Generator().manual_seed(seed)
    return {"w": torch.randn(3, 4, 2, generator=source)}, torch.randn(3, 5, 4, generator=source)


def one(weights: dict[str, Tensor], x: Tensor) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Gradients, a loss and a constant, for one replicate."""

    def loss(w: dict[str, Tensor]) -> Tensor:
        return (x @ w["w"]).tanh().square().sum()

    return grad(loss)(weights), {"loss": loss(weights), "constant": torch.ones(2)}


@pytest.mark.parametrize("path", WAYS, ids=str)
def test_every_way_gives_what_the_function_gives_replicate_by_replicate(path: ExecutionPath) -> None:
    mapped = path.map(one)
    for seed in (0, 1):  # the second call must not repeat the first one's numbers
        weights, x = inputs(seed)
        gradients, rest = mapped(weights, x)
        for i in range(3):
            expected, beside = one({"w": weights["w"][i]}, x[i])
            torch.testing.assert_close(gradients["w"][i], expected["w"])
            torch.testing.assert_close(rest["loss"][i], beside["loss"])
            assert torch.equal(rest["constant"][i], torch.ones(2))


def test_a_traced_function_is_called_once() -> None:
    calls = []

    def double(x: Tensor) -> Tensor:
        calls.append(1)
        return 2 * x

    traced = Traced(double, script_graph)
    assert [traced(torch.tensor(float(i))).item() for i in range(5)] == [0, 2, 4, 6, 8]
    assert len(calls) == 1


def test_a_traced_function_still_draws_at_random_and_writes_in_place() -> None:
    def blur(x: Tensor, counter: Tensor) -> tuple[Tensor, Tensor]:
        count = counter.clone()
        count.add_(1)
        return x + torch.randn(1000), count

    traced = Traced(blur, script_graph)
    first, count = traced(torch.zeros(1000), torch.tensor(0.0))
    second, again = traced(torch.zeros(1000), count)
    assert not torch.isclose(first, second).all()
    assert (count, again) == (1, 2)


def test_operations_whose_result_nobody_uses_are_dropped_from_a_trace() -> None:
    def wasteful(x: Tensor) -> Tensor:
        (x.exp() + 1).sum()
        return x.detach() * 2

    graph = simplify(torch.fx.experimental.proxy_tensor.make_fx(wasteful)(torch.ones(3)))
    done = [node.target for node in graph.graph.nodes if node.op == "call_function"]
    assert done == [torch.ops.aten.mul.Tensor]


@pytest.mark.parametrize("execution", ["eager", "traced"])
def test_a_branch_on_values_cannot_be_stacked(execution: Any) -> None:
    def branch(x: Tensor) -> Tensor:
        return x * 2 if x.sum() > 0 else x

    with pytest.raises(RuntimeError):
        ExecutionPath("stacked", execution).map(branch)(torch.ones(2, 3))
    looped = ExecutionPath("looped", "eager").map(branch)(torch.tensor([[1.0], [-1.0]]))
    assert torch.equal(looped, torch.tensor([[2.0], [-1.0]]))


def test_a_branch_on_values_is_not_frozen_into_a_trace() -> None:
    def branch(x: Tensor) -> Tensor:
        return x * 2 if x.sum() > 0 else x

    with pytest.raises(RuntimeError):
        ExecutionPath("looped", "traced").map(branch)(torch.tensor([[1.0], [-1.0]]))


def test_a_loop_stacks_nested_answers() -> None:
    answer = Loop(lambda x, extra: {"a": [x + extra["b"]], "c": (x,)})(torch.arange(3.0), {"b": torch.ones(3)})
    assert torch.equal(answer["a"][0], torch.tensor([1.0, 2.0, 3.0]))
    assert torch.equal(answer["c"][0], torch.arange(3.0))


def test_a_path_is_written_as_two_words() -> None:
    assert [str(path) for path in WAYS] == ["stacked-eager", "stacked-traced", "looped-eager", "looped-traced"]
    assert str(ExecutionPath()) == "stacked-traced"


@pytest.mark.parametrize(
    "recipe",
    ["none", "unrolled(k=1)", "spectral-norm+minibatch-std", "wgan-gp(critic_steps=1)", "rpgan+r1r2+pacgan"],
)
def test_interpreted_graph_gives_the_graphs_own_bits(setup: Callable[..., Any], recipe: str) -> None:
    fast, plain = (Trainer(setup(recipe, steps=6, path=path)) for path in (ExecutionPath(), ExecutionPath().eagerly()))
    for trainer in (fast, plain):
        trainer.prepare()
    for update in plain.updates.values():
        update.mapped = Traced(vmap(update.step_function), lambda graph, flat: graph)
    for _ in range(6):
        fast.step()
        plain.step()
    assert type(fast.updates["generator"].mapped.graph) is not type(plain.updates["generator"].mapped.graph)  # type: ignore[attr-defined]
    for player, params in plain.replicas.weights.items():
        for name, tensor in params.items():
            assert tensor.equal(fast.replicas.weights[player][name])


def test_what_the_interpreter_cannot_follow_runs_as_it_is() -> None:
    def broken(*args: Any, **options: Any) -> Any:
        raise RuntimeError("not supported here")

    traced = Traced(lambda x: 2 * x, partial(script_graph, trace=broken))
    assert [traced(torch.tensor(float(i))).item() for i in range(3)] == [0, 2, 4]


def test_interpreting_leaves_pytorchs_executor_as_it_was() -> None:
    before = torch._C._jit_set_profiling_executor(True)
    try:
        Traced(lambda x: 2 * x, script_graph)(torch.ones(2))
        assert torch._C._jit_set_profiling_executor(True)
    finally:
        torch._C._jit_set_profiling_executor(before)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.addmm(torch.ones(4), x, x),  # would be split and rounded once more
        lambda x: x + torch.rand_like(x),  # would draw twice
        lambda x: x.clone().add_(1),
    ],
)
def test_what_would_run_otherwise_is_not_interpreted(function: Any) -> None:
    traced = Traced(function, script_graph)
    traced(torch.ones(4, 4))
    assert isinstance(traced.graph, torch.fx.GraphModule)


class Pair(NamedTuple):
    """As `Batch` is one."""

    x: Tensor
    y: Tensor


TREES = [
    (),
    ({}, {"a": {}}, ()),
    {"b": torch.ones(1), "a": (torch.ones(2), [torch.ones(3)]), "none": None},
    (Pair(torch.ones(1), torch.ones(2)), {"w": {"z": torch.ones(3), "c": torch.ones(4)}}, torch.ones(5)),
]


@pytest.mark.parametrize("tree", TREES)
def test_leaves_come_in_pytorchs_order_and_fill_puts_them_back(tree: Any) -> None:
    flat, spec = tree_flatten(tree)
    assert [id(leaf) for leaf in flatten(tree)] == [id(leaf) for leaf in flat]
    shape = tree_unflatten(list(range(len(flat))), spec)
    again = unflatten(shape, flat)
    assert tree_flatten(again)[1] == spec
    assert [id(leaf) for leaf in flatten(again)] == [id(leaf) for leaf in flat]


def test_what_is_computed_twice_is_kept_once() -> None:
    def twice(x: Tensor) -> Tensor:
        return (x @ x).tanh().sum() * (x @ x).tanh().mean()

    graph = share_repeats(simplify(make_fx(twice)(torch.randn(3, 3))))
    products = [node for node in graph.graph.nodes if node.target is torch.ops.aten.mm.default]
    assert len(products) == 1
    x = torch.randn(3, 3)
    assert graph(x).equal(twice(x))


def test_two_draws_stay_two() -> None:
    graph = share_repeats(simplify(make_fx(lambda x: torch.rand_like(x) - torch.rand_like(x))(torch.ones(50))))
    assert graph(torch.ones(50)).abs().min() > 0


def test_what_the_interpreter_cannot_take_is_left_to_the_graph_without_a_warning() -> None:
    ones = torch.ones(2, 1, 3, 3)  # a constant of the graph

    def slope(x: Tensor) -> Tensor:
        return grad(lambda weight: conv2d(x, weight, stride=2).square().sum())(ones)

    x = torch.linspace(-1, 1, 49).reshape(1, 1, 7, 7)
    traced = Traced(slope, script_graph)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert traced(x).equal(slope(x))
    assert [str(warning.message) for warning in said] == []
    assert isinstance(traced.graph, fx.GraphModule)
