from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from gancheck.gans.settings import Optimiser
from gancheck.training.optimiser_graph import StepSize, first_moments, step_numbers, step_weights
from tests.training.test_optimisers import TUNED, gradient

UNTUNED = [
    (Optimiser("sgd", betas=(0.0, 0.9)), lambda p: torch.optim.SGD(p)),
    (Optimiser("rmsprop"), lambda p: torch.optim.RMSprop(p)),
    (Optimiser("adam"), lambda p: torch.optim.Adam(p, betas=(0.5, 0.999))),
]


@pytest.mark.parametrize(("settings", "theirs"), [*TUNED, *UNTUNED], ids=lambda value: getattr(value, "name", ""))
def test_tensor_operations_move_as_torch_does(settings: Optimiser, theirs: Any) -> None:
    alone = gradient(99, 2, 5)
    weights, made = {"w": alone.clone()}, theirs([alone])
    moments = first_moments(settings, weights)
    for step in range(6):
        rate = 0.01 / (step + 1)
        made.param_groups[0]["lr"] = rate
        alone.grad = gradient(step, 2, 5)
        made.step()
        now = StepSize(*map(torch.tensor, step_numbers(settings, rate, step)))
        weights, moments = step_weights(settings, weights, {"w": gradient(step, 2, 5)}, moments, now)
    torch.testing.assert_close(weights["w"], alone, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("settings", [settings for settings, _ in [*TUNED, *UNTUNED]])
def test_nothing_is_carried_that_an_optimiser_does_not_keep(settings: Optimiser) -> None:
    moments = first_moments(settings, {"w": torch.ones(2)})
    keeps = {"adam": (1, 1), "adamw": (1, 1), "sgd": (1, 0), "rmsprop": (0, 1)}[settings.name]
    if settings.momentum is not None or settings.betas[0] == 0:
        keeps = (int(bool(settings.momentum)), keeps[1])
    assert (len(moments.first), len(moments.second)) == keeps


@pytest.mark.parametrize("count", [0, 1, 7, 1000])
def test_a_count_that_is_a_tensor_gives_the_same_sizes(count: int) -> None:
    settings = Optimiser(betas=(0.5, 0.999))
    sizes = StepSize.after(settings, torch.tensor(0.01), torch.tensor(float(count)))
    assert [x.item() for x in sizes] == pytest.approx(step_numbers(settings, 0.01, count), rel=1e-6)
    assert sizes.root.item() == pytest.approx(math.sqrt(1 - 0.999 ** (count + 1)), rel=1e-6)
