from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.gans.settings import Optimiser
from gancheck.training import optimisers

#: Settings beside the name and the rate -> torch's optimiser for the same.
TUNED = [
    (
        Optimiser("adam", betas=(0.5, 0.9), weight_decay=0.3),
        lambda p: torch.optim.Adam(p, betas=(0.5, 0.9), weight_decay=0.3),
    ),
    (Optimiser("adam", betas=(0.5, 0.9), eps=0.1), lambda p: torch.optim.Adam(p, betas=(0.5, 0.9), eps=0.1)),
    (Optimiser("adamw", weight_decay=0.3), lambda p: torch.optim.AdamW(p, betas=(0.5, 0.999), weight_decay=0.3)),
    (Optimiser("adamw"), lambda p: torch.optim.AdamW(p, betas=(0.5, 0.999), weight_decay=0.01)),
    (Optimiser("sgd", momentum=0.9), lambda p: torch.optim.SGD(p, momentum=0.9)),
    (Optimiser("sgd", momentum=0.0), lambda p: torch.optim.SGD(p)),
    (Optimiser("sgd", weight_decay=0.3), lambda p: torch.optim.SGD(p, momentum=0.5, weight_decay=0.3)),
    (Optimiser("rmsprop", momentum=0.9), lambda p: torch.optim.RMSprop(p, momentum=0.9)),
    (Optimiser("rmsprop", eps=0.1, weight_decay=0.3), lambda p: torch.optim.RMSprop(p, eps=0.1, weight_decay=0.3)),
]

THEIRS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.9)),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.5, 0.9)),
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.5),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
}


def gradient(step: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(step))


@pytest.mark.parametrize("name", THEIRS)
def test_replicates_move_as_torch_moves_each_alone(name: str) -> None:
    weights = {"w": gradient(99, 3, 4, 2)}
    alone = [weights["w"][i].clone() for i in range(3)]
    ours = optimisers.build_optimiser(Optimiser(name=name, lr=0.01, betas=(0.5, 0.9)), weights)  # type: ignore[arg-type]
    theirs = [THEIRS[name]([w]) for w in alone]
    for step in range(5):
        optimisers.apply_gradients(ours, weights, {"w": gradient(step, 3, 4, 2)}, 0.01)
        for i, made in enumerate(theirs):
            alone[i].grad = gradient(step, 3, 4, 2)[i]
            made.step()
    torch.testing.assert_close(weights["w"], torch.stack(alone), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("settings", "theirs"), TUNED, ids=lambda value: getattr(value, "name", ""))
def test_what_is_set_is_what_torch_is_told(settings: Optimiser, theirs: Any) -> None:
    weights = {"w": gradient(99, 2, 5)}
    plain, alone = weights["w"].clone(), weights["w"].clone()
    ours, made = optimisers.build_optimiser(settings, weights), theirs([alone])
    made.param_groups[0]["lr"] = 0.01
    for step in range(4):
        optimisers.apply_gradients(ours, weights, {"w": gradient(step, 2, 5)}, 0.01)
        alone.grad = gradient(step, 2, 5)
        made.step()
    torch.testing.assert_close(weights["w"], alone, rtol=1e-5, atol=1e-6)
    assert (weights["w"] - plain).abs().min() > 1e-4


@pytest.mark.parametrize("done", [0, 3])
def test_adam_steps_from_the_means_that_it_is_given(done: int) -> None:
    weights, theirs = {"w": gradient(99, 2, 5)}, {"w": gradient(99, 2, 5)}
    ours, made = (optimisers.build_optimiser(Optimiser(), w) for w in (weights, theirs))
    for step in range(done):
        optimisers.apply_gradients(ours, weights, {"w": gradient(step, 2, 5)}, 0.01)
    for step in range(5):
        optimisers.apply_gradients(made, theirs, {"w": gradient(10 + step, 2, 5)}, 0.01)
    optimisers.set_adam_moments(ours, weights, optimisers.adam_moments(made, theirs))
    weights["w"].copy_(theirs["w"])
    for step in range(2):
        for optimiser, held in ((ours, weights), (made, theirs)):
            optimisers.apply_gradients(optimiser, held, {"w": gradient(20 + step, 2, 5)}, 0.01)
    assert torch.equal(weights["w"], theirs["w"])
    assert optimisers.adam_moments(ours, weights)["count"]["w"].tolist() == [7, 7]


@pytest.mark.parametrize("name", THEIRS)
def test_layout_of_a_gradient_in_memory_does_not_matter(name: str) -> None:
    """A gradient that is the same for every replicate comes expanded; others come transposed."""
    for given in (gradient(1, 2).expand(3, 4, 2), gradient(1, 3, 2, 4).mT):
        moved = []
        for layout in (given, given.contiguous()):
            weights = {"w": torch.zeros(3, 4, 2)}
            made = optimisers.build_optimiser(Optimiser(name=name, lr=0.1), weights)  # type: ignore[arg-type]
            for _ in range(3):
                optimisers.apply_gradients(made, weights, {"w": layout}, 0.1)
            moved.append(weights["w"])
        assert torch.equal(*moved)
        assert moved[0].abs().min() > 0


def test_the_rate_of_the_moment_is_used() -> None:
    weights = {"w": torch.zeros(1, 3)}
    made = optimisers.build_optimiser(Optimiser(name="sgd", lr=1.0, betas=(0.0, 0.0)), weights)
    for rate in (0.5, 0.25):
        optimisers.apply_gradients(made, weights, {"w": torch.ones(1, 3)}, rate)
    assert torch.equal(weights["w"], torch.full((1, 3), -0.75))


def test_nothing_is_remembered_before_the_first_step() -> None:
    weights = {"w": torch.ones(2, 3)}
    held = optimisers.adam_moments(optimisers.build_optimiser(Optimiser(), weights), weights)
    assert torch.equal(held["first"]["w"], torch.zeros(2, 3))
    assert torch.equal(held["second"]["w"], torch.zeros(2, 3))
    assert torch.equal(held["count"]["w"], torch.zeros(2))
