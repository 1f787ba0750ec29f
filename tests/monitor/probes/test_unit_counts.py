"""Which axis is units."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from gancheck.monitor.fetch import fetch
from gancheck.monitor.probes.activations import FIRST, ActivationProbe


class Swapped(nn.Module):
    """The same with the last two axes swapped."""

    def forward(self, given: torch.Tensor) -> torch.Tensor:
        """No weights."""
        return given.transpose(1, 2)


def dead(net: nn.Module, given: torch.Tensor, checks: int) -> float:
    probe = ActivationProbe({"model": net})
    for _ in range(checks):
        probe.arm()
        net(given)
        found = fetch({1: probe.measure()})[1][1]
    return next(iter(found["dead_units"].values()))


@pytest.mark.parametrize("checks", [3, FIRST + 3])
@pytest.mark.parametrize("norm", [nn.Identity, lambda: nn.BatchNorm1d(16), lambda: nn.GroupNorm(16, 16)])
def test_signals_have_channels_for_units(norm: type[nn.Module], checks: int) -> None:
    net = nn.Sequential(nn.Conv1d(1, 16, 3), norm(), nn.ReLU())
    last = net[0] if isinstance(net[1], nn.Identity) else net[1]
    assert last.bias is not None
    nn.init.constant_(last.bias, 9.0)
    nn.init.constant_(last.bias[:15].data, -99.0)
    assert dead(net, torch.randn(8, 1, 20), checks) == pytest.approx(15 / 16)


@pytest.mark.parametrize("kind", [lambda: nn.Linear(16, 16), lambda: nn.LayerNorm(16)])
def test_sequences_have_their_last_axis_for_units(kind: type[nn.Module]) -> None:
    net = nn.Sequential(nn.Conv1d(1, 16, 3), Swapped(), kind(), nn.ReLU())
    nn.init.constant_(net[2].bias, 9.0)
    nn.init.constant_(net[2].bias[:4].data, -99.0)
    assert dead(net, torch.randn(8, 1, 20), 3) == 0.25
