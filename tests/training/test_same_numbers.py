from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, fx
from torch.fx.experimental.proxy_tensor import make_fx

from gancheck.training.same_numbers import refuse_other_numbers


def descent(factor: float = 1.0, rounding: float = 0.0) -> Callable[..., list[Tensor]]:
    """A step in place: weights go down a gradient."""

    def step(weights: Tensor, gradient: Tensor) -> list[Tensor]:
        weights.sub_(0.1 * factor * gradient * (1 + rounding * gradient.sign()))
        return [weights.sum()]

    return step


def graph_of(step: Callable[..., list[Tensor]], examples: list[Tensor]) -> fx.GraphModule:
    return make_fx(step)(*[t.clone() for t in examples])


def examples() -> list[Tensor]:
    return [torch.randn(4, 5, generator=torch.Generator().manual_seed(i)) for i in range(2)]


def test_code_that_differs_by_rounding_is_taken_and_its_inputs_stay() -> None:
    given = examples()
    refuse_other_numbers(graph_of(descent(), given), descent(rounding=1e-6), given)
    assert all(torch.equal(a, b) for a, b in zip(given, examples(), strict=True))


@pytest.mark.parametrize("factor", [1.001, 0.0, float("nan")])
def test_code_that_computes_something_else_is_refused(factor: float) -> None:
    with pytest.raises(RuntimeError, match="computes other numbers than it should"):
        refuse_other_numbers(graph_of(descent(), examples()), descent(factor), examples())


def test_a_step_that_is_not_finite_is_no_reason_to_refuse() -> None:
    refuse_other_numbers(graph_of(descent(float("nan")), examples()), descent(float("nan")), examples())


def test_in_bfloat16_code_may_round_elsewhere_and_not_compute_something_else() -> None:
    def step(factor: float) -> Callable[..., list[Tensor]]:
        def half(weights: Tensor, gradient: Tensor) -> list[Tensor]:
            weights.sub_(0.1 * factor * gradient.to(torch.bfloat16).float())
            return [weights.sum()]

        return half

    graph = graph_of(step(1.0), examples())
    refuse_other_numbers(graph, step(1.02), examples())
    with pytest.raises(RuntimeError, match="computes other numbers than it should"):
        refuse_other_numbers(graph, step(2.0), examples())
