"""Dropout with masks from the seed's own streams."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.dropout import exchange_dropout
from gancheck.gans.noise import FreshNoise, Noise, answered_by


def test_numbers_under_a_low_mask_are_dropped_and_the_rest_is_scaled() -> None:
    mask = torch.tensor([[0.1, 0.2, 0.3, 0.9]])
    with answered_by(Noise({"dropout#1": mask})):
        assert gc.Dropout(0.2)(torch.ones(1, 4)).tolist() == [[0.0, 1.25, 1.25, 1.25]]


def test_every_call_draws_a_mask_and_evaluation_none() -> None:
    drop, x = gc.Dropout(0.5), torch.ones(100)
    with answered_by(FreshNoise(torch.Generator().manual_seed(0))):
        assert not drop(x).equal(drop(x))
        assert drop.eval()(x).equal(x)


@pytest.mark.parametrize(
    ("theirs", "shape"),
    [
        (nn.Dropout(0.3), (50, 6, 8)),
        (nn.Dropout1d(0.3), (50, 6, 8)),
        (nn.Dropout1d(0.3), (50, 8)),
        (nn.Dropout2d(0.3), (50, 6, 2, 4)),
        (nn.Dropout3d(0.3), (50, 6, 2, 2, 2)),
    ],
    ids=lambda value: "x".join(map(str, value)) if isinstance(value, tuple) else type(value).__name__,
)
def test_what_is_dropped_together_is_what_torch_drops_together(theirs: nn.Module, shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    x = torch.ones(shape)
    whole = [axes_dropped_whole(module(x)) for module in (exchange_dropout(nn.Sequential(theirs)), theirs)]
    assert whole[0] == whole[1]


def axes_dropped_whole(dropped: Tensor) -> list[bool]:
    """For every axis, whether all numbers along it were dropped or kept together."""
    assert set(dropped.unique().tolist()) == {0.0, torch.tensor(1 / 0.7).item()}
    return [bool((dropped == dropped.narrow(axis, 0, 1)).all()) for axis in range(dropped.dim())]


class Net(nn.Module):
    """Holds dropout in a list, under two names, and of a kind of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.ModuleDict({"block": nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.4))})
        self.drop = nn.Dropout2d(0.1)
        self.again = self.drop
        self.own = Own(0.2)


class Own(nn.Dropout):
    """An author's own."""


def test_dropout_of_torch_is_exchanged_wherever_it_stands_and_nothing_else() -> None:
    net = Net().eval()
    names = list(net.state_dict())
    assert exchange_dropout(net) is net
    inside = net.inner["block"][1]
    assert (type(inside), inside.p, inside.shared, inside.training) == (gc.Dropout, 0.4, 0, False)
    assert (type(net.drop), net.drop.p, net.drop.shared) == (gc.Dropout, 0.1, 2)
    assert net.again is net.drop
    assert type(net.own) is Own
    assert list(net.state_dict()) == names


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(BadParameter, match=r"dropout of p = 1.0: must lie in \[0, 1\)"):
        gc.Dropout(1.0)
