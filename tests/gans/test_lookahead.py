"""The look ahead is the optimiser's own step, and can be differentiated."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck.gans.lookahead import adam
from gancheck.gans.settings import Optimiser
from gancheck.training import optimisers


def gradient(step: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(step))


@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e-7, 1e-10, 0.0])
def test_foreseen_steps_are_adams_for_gradients_of_any_size(scale: float) -> None:
    require_foreseen(Optimiser(lr=0.01, betas=(0.5, 0.999)), scale)


@pytest.mark.parametrize("told", [{"weight_decay": 0.5}, {"eps": 0.1}, {"weight_decay": 0.5, "eps": 0.1}])
def test_foreseen_steps_decay_weights_and_stay_off_zero_as_adams_do(told: dict[str, float]) -> None:
    require_foreseen(Optimiser(lr=0.01, betas=(0.5, 0.9), **told), 1.0)  # type: ignore[arg-type]


def require_foreseen(settings: Optimiser, scale: float) -> None:
    """Three steps that are foreseen are those that the optimiser then makes."""
    weights = {"w": gradient(99, 1, 6)}
    made = optimisers.build_optimiser(settings, weights)
    for step in range(3):  # some history first
        optimisers.apply_gradients(made, weights, {"w": scale * gradient(step, 1, 6)}, 0.01)
    moments = {kind: {"w": held["w"][0]} for kind, held in optimisers.adam_moments(made, weights).items()}
    moments = torch.utils._pytree.tree_map(torch.clone, moments)
    moved = {"w": weights["w"][0].clone()}
    for step in range(3, 6):
        slope = {"w": scale * gradient(step, 1, 6)}
        moved, moments = adam(moved, {"w": slope["w"][0]}, moments, settings, torch.tensor(0.01))
        optimisers.apply_gradients(made, weights, slope, 0.01)
    torch.testing.assert_close(moved["w"], weights["w"][0], rtol=1e-6, atol=1e-7)
    assert moments["count"]["w"] == 6


def test_a_gradient_of_exactly_zero_has_a_finite_derivative() -> None:
    zero = torch.zeros(3, requires_grad=True)
    blank = {kind: {"w": torch.zeros(3)} for kind in ("first", "second")} | {"count": {"w": torch.zeros(())}}
    moved, _ = adam({"w": torch.ones(3)}, {"w": zero}, blank, Optimiser(), torch.tensor(0.01))
    (slope,) = torch.autograd.grad(moved["w"].sum(), zero)
    assert slope.isfinite().all()
