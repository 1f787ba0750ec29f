from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from gancheck.strategies.regularisers._slopes import between, squared_slopes


def test_slopes_are_those_of_every_sample_alone(duel: Callable[..., Any]) -> None:
    d = duel("none")
    alone = torch.stack([d.slope(row[None]).square().sum() for row in d.x])
    torch.testing.assert_close(squared_slopes(d.game, d.x), alone)


def test_points_lie_between_pairs_of_samples(duel: Callable[..., Any]) -> None:
    d = duel("none")
    points, mix = between(d.game, "mix"), d.game.noise.tensors["mix#1"]
    assert mix.shape == (6, 1)
    torch.testing.assert_close(points, torch.lerp(d.samples, d.x, mix))
