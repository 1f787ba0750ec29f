"""A slice of the loss leaves the model alone, and is the loss."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.report.plots.landscape import direction, norms, slice_of


def model() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout(0.5), nn.Linear(4, 1))


X = torch.randn(16, 2, generator=torch.Generator().manual_seed(0))


def test_the_model_and_the_random_numbers_stay_as_they_are(tmp_path: Path) -> None:
    made = model()
    before = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    state = torch.get_rng_state()
    path = gc.draw_landscape(made, lambda: made(X).square().mean(), tmp_path / "made" / "landscape.png", points=5)
    assert path.stat().st_size > 1000
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(before[name], tensor) for name, tensor in made.state_dict().items())


def test_weights_are_put_back_where_the_closure_fails(tmp_path: Path) -> None:
    made = model()
    before = made[0].weight.detach().clone()
    calls = iter(range(100))

    def closure() -> Tensor:
        if next(calls) == 3:
            raise RuntimeError("out of data")
        return made(X).mean()

    with pytest.raises(RuntimeError, match="out of data"):
        gc.draw_landscape(made, closure, tmp_path / "landscape.png")
    assert torch.equal(made[0].weight, before)


def test_every_filter_of_a_direction_is_as_long_as_the_weights_and_biases_stay() -> None:
    made = model()
    found = direction(made, torch.Generator().manual_seed(0))
    assert set(found) == {"0.weight", "4.weight"}
    assert torch.allclose(norms(found["0.weight"]), norms(made[0].weight), atol=1e-6)


def test_the_middle_is_the_loss_and_a_larger_scale_of_weights_gives_the_same_slice() -> None:
    one = nn.Linear(3, 1, bias=False)
    other = nn.Linear(3, 1, bias=False)
    with torch.no_grad():
        other.weight.copy_(10 * one.weight)
    x, places = torch.eye(3), np.linspace(-1, 1, 5)
    slices = [
        slice_of(made, lambda made=made, size=size: (made(x) / size).square().mean(), places, 0)  # type: ignore[misc]
        for made, size in ((one, 1), (other, 10))
    ]
    assert np.allclose(*slices, rtol=1e-4)
    assert slices[0][2, 2] == pytest.approx(one.weight.detach().square().mean().item())


def test_what_has_no_slice_is_one_line(tmp_path: Path) -> None:
    flat = nn.BatchNorm1d(2)
    with pytest.raises(gc.BadData, match="no weights of two or more dimensions"):
        gc.draw_landscape(flat, lambda: flat(X).mean(), tmp_path / "a.png", points=3)
    made = model()
    with pytest.raises(gc.BadData, match="finite nowhere"):
        gc.draw_landscape(made, lambda: made(X).mean() * float("nan"), tmp_path / "a.png", points=3)
    with pytest.raises(gc.BadParameter, match="points = 1"):
        gc.draw_landscape(made, lambda: made(X).mean(), tmp_path / "a.png", points=1)
    constant = gc.draw_landscape(made, lambda: torch.tensor(1.0), tmp_path / "flat.png", points=3)
    assert constant.is_file()
