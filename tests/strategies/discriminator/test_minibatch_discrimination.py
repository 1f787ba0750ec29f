from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from gancheck.errors import BadParameter
from gancheck.strategies.discriminator.minibatch_discrimination import Closeness
from gancheck.training.vectorise import ExecutionPath


def test_every_sample_is_told_how_close_the_others_are() -> None:
    torch.manual_seed(0)
    layer, hidden = Closeness(4, kernels=3, width=2), torch.randn(5, 4)
    told = layer(hidden)
    assert told.shape == (5, 7)
    assert torch.equal(told[:, :4], hidden)
    keys = torch.stack([hidden @ layer.tensor[:, k] for k in range(3)], 1)  # (5, 3, 2)
    for i in range(5):
        for k in range(3):
            others = [j for j in range(5) if j != i]
            expected = sum(math.exp(-(keys[i, k] - keys[j, k]).abs().sum().item()) for j in others)
            assert told[i, 4 + k].item() == pytest.approx(expected, abs=1e-5)


def test_discriminator_decides_from_the_widened_layer(duel: Callable[..., Any]) -> None:
    d = duel("minibatch-discrimination(kernels=3, width=2)")
    *body, flatten, layer, head = d.discriminator
    assert head.in_features == 8 + 3
    hidden = torch.nn.Sequential(*body)(d.x)
    torch.testing.assert_close(d.game.real_logits, head(layer(flatten(hidden))).flatten())


def test_collapsed_samples_are_as_close_as_can_be() -> None:
    torch.manual_seed(0)
    told = Closeness(4, kernels=3, width=2)(torch.randn(1, 4).repeat(6, 1))
    torch.testing.assert_close(told[:, 4:], torch.full((6, 3), 5.0))


@pytest.mark.parametrize("recipe", ["minibatch-discrimination+r1", "wgan-gp(critic_steps=1)+minibatch-discrimination"])
def test_it_composes_with_penalties_on_the_slope(
    train: Callable[..., Any], apart: Callable[..., float], recipe: str
) -> None:
    small = recipe.replace("minibatch-discrimination", "minibatch-discrimination(kernels=4, width=3)")
    stacked, looped = train(small, steps=5), train(small, steps=5, path=ExecutionPath("looped", "eager"))
    assert stacked[0].path == "stacked-eager"
    assert apart(stacked, looped) < 1e-5


class Largest(TorchDispatchMode):
    """Notes the largest tensor that any operation gives."""

    numbers = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        answer = function(*args, **(kwargs or {}))
        if isinstance(answer, Tensor):
            self.numbers = max(self.numbers, answer.untyped_storage().nbytes() // answer.element_size())
        return answer


def test_the_papers_size_needs_no_table_over_samples_kernels_and_width() -> None:
    torch.manual_seed(0)
    layer, n, kernels = Closeness(16, kernels=100, width=5), 128, 100
    hidden = torch.randn(n, 16, requires_grad=True)
    with Largest() as seen:
        (slope,) = torch.autograd.grad(layer(hidden)[:, 16:].sum(), hidden, create_graph=True)
        slope.square().sum().backward()
    assert seen.numbers == n * n * kernels  # and not times the width, 5
    assert layer.tensor.grad is not None
    assert layer.tensor.grad.isfinite().all()


@pytest.mark.parametrize("size", ["kernels=0", "width=0"])
def test_sizes_below_one_are_refused(duel: Callable[..., Any], size: str) -> None:
    with pytest.raises(BadParameter, match="both need at least 1"):
        duel(f"minibatch-discrimination({size})")
