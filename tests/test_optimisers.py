from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck import optimisers
from gancheck.settings import Optimiser

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
    ours = optimisers.make(Optimiser(name=name, lr=0.01, betas=(0.5, 0.9)), weights)  # type: ignore[arg-type]
    theirs = [THEIRS[name]([w]) for w in alone]
    for step in range(5):
        optimisers.step(ours, weights, {"w": gradient(step, 3, 4, 2)}, 0.01)
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
            made = optimisers.make(Optimiser(name=name, lr=0.1), weights)  # type: ignore[arg-type]
            for _ in range(3):
                optimisers.step(made, weights, {"w": layout}, 0.1)
            moved.append(weights["w"])
        assert torch.equal(*moved)
        assert moved[0].abs().min() > 0


def test_the_rate_of_the_moment_is_used() -> None:
    weights = {"w": torch.zeros(1, 3)}
    made = optimisers.make(Optimiser(name="sgd", lr=1.0, betas=(0.0, 0.0)), weights)
    for rate in (0.5, 0.25):
        optimisers.step(made, weights, {"w": torch.ones(1, 3)}, rate)
    assert torch.equal(weights["w"], torch.full((1, 3), -0.75))


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e-7, 1e-10, 0.0])
def test_foreseen_steps_are_adams_for_gradients_of_any_size(scale: float) -> None:
    settings = Optimiser(lr=0.01, betas=(0.5, 0.999))
    weights = {"w": gradient(99, 1, 6)}
    made = optimisers.make(settings, weights)
    for step in range(3):  # some history first
        optimisers.step(made, weights, {"w": scale * gradient(step, 1, 6)}, 0.01)
    moments = {kind: {"w": held["w"][0]} for kind, held in optimisers.moments(made, weights).items()}
    moments = torch.utils._pytree.tree_map(torch.clone, moments)
    moved = {"w": weights["w"][0].clone()}
    for step in range(3, 6):
        slope = {"w": scale * gradient(step, 1, 6)}
        moved, moments = optimisers.foreseen(moved, {"w": slope["w"][0]}, moments, settings, torch.tensor(0.01))
        optimisers.step(made, weights, slope, 0.01)
    torch.testing.assert_close(moved["w"], weights["w"][0], rtol=1e-6, atol=1e-7)
    assert moments["count"]["w"] == 6


def test_a_gradient_of_exactly_zero_has_a_finite_derivative() -> None:
    zero = torch.zeros(3, requires_grad=True)
    blank = {kind: {"w": torch.zeros(3)} for kind in ("first", "second")} | {"count": {"w": torch.zeros(())}}
    moved, _ = optimisers.foreseen({"w": torch.ones(3)}, {"w": zero}, blank, Optimiser(), torch.tensor(0.01))
    (slope,) = torch.autograd.grad(moved["w"].sum(), zero)
    assert slope.isfinite().all()


def test_nothing_is_remembered_before_the_first_step() -> None:
    weights = {"w": torch.ones(2, 3)}
    held = optimisers.moments(optimisers.make(Optimiser(), weights), weights)
    assert torch.equal(held["first"]["w"], torch.zeros(2, 3))
    assert torch.equal(held["second"]["w"], torch.zeros(2, 3))
    assert torch.equal(held["count"]["w"], torch.zeros(2))
