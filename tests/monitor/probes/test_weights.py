from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from gancheck.monitor.fetch import fetch
from gancheck.monitor.probes.weights import EVERY, WeightProbe, effective_rank


def test_effective_rank_is_the_share_of_directions_in_use() -> None:
    assert float(effective_rank(torch.eye(20))) == pytest.approx(1.0)
    assert float(effective_rank(torch.ones(20, 30))) == pytest.approx(1 / 20, rel=0.1)
    assert float(effective_rank(torch.zeros(20, 20))) == 0.0
    assert math.isfinite(float(effective_rank(torch.full((20, 20), math.nan))))


def test_ranks_come_at_the_first_and_every_tenth_check() -> None:
    net = nn.Sequential(nn.Linear(20, 30), nn.Conv2d(8, 16, 3), nn.Linear(3, 3), nn.Linear(2000, 9))
    probe = WeightProbe({"model": net})
    found = [fetch({1: probe.measure()})[1][1] for _ in range(EVERY + 1)]
    assert [bool(layers) for layers in found] == [True, *[False] * (EVERY - 1), True]
    assert list(found[0]["effective_rank"]) == ["0", "1", "3"]
    assert all(0.5 < rank <= 1 for rank in found[0]["effective_rank"].values())


def test_the_discriminators_ranks_are_its_spectrum() -> None:
    players = {"generator": nn.Sequential(nn.Linear(9, 9)), "discriminator": nn.Sequential(nn.Linear(9, 9))}
    layers = fetch({1: WeightProbe(players).measure()})[1][1]
    assert list(layers["spectrum"]) == ["discriminator.0"]
    assert list(layers["effective_rank"]) == ["generator.0", "discriminator.0"]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.complex64])
def test_other_types_of_numbers(dtype: torch.dtype) -> None:
    assert 0.3 < float(effective_rank(torch.randn(16, 16).to(dtype))) <= 1


def test_a_frozen_player_has_ranks_while_its_gradients_are_there_and_no_empty_signal_else() -> None:
    players = {"generator": nn.Linear(9, 9), "discriminator": nn.Linear(9, 9)}
    players["discriminator"].requires_grad_(False)
    layers = fetch({1: WeightProbe(players).measure()})[1][1]
    assert set(layers) == {"effective_rank"}
    players["discriminator"].weight.grad = torch.zeros(9, 9)  # type: ignore[assignment]
    layers = fetch({1: WeightProbe(players).measure()})[1][1]
    assert list(layers["spectrum"]) == ["discriminator.weight"]


def test_ranks_that_no_detector_reads_come_more_rarely_later() -> None:
    players = {"generator": nn.Linear(9, 9), "discriminator": nn.Linear(9, 9)}
    probe = WeightProbe(players)
    found = [fetch({1: probe.measure()})[1][1] for _ in range(10 * EVERY + 1)]
    both = [check for check, layers in enumerate(found, start=1) if len(layers.get("effective_rank", {})) == 2]
    assert both == [1, 11, 21, 101]
    assert [check for check, layers in enumerate(found, start=1) if "spectrum" in layers] == list(range(1, 102, EVERY))
