from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck.gans.settings import Optimiser
from gancheck.training import optimisers

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
