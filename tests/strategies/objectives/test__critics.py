from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.strategies.objectives._critics import fake_logits, losses_against, names, real_logits, refuse_count


def test_critics_are_the_gans_own_and_others_built_anew(duel: Callable[..., Any]) -> None:
    d = duel("gman(critics=3)")
    assert d.game.critics == names(3) == ("discriminator", "discriminator2", "discriminator3")
    first = [next(d.modules[critic].parameters()) for critic in names(3)]
    assert not first[0].equal(first[1])
    assert not first[1].equal(first[2])


def test_logits_are_a_column_for_each_critic(duel: Callable[..., Any]) -> None:
    d = duel("gman(critics=3)")
    for logits, x in ((real_logits(d.game, 3), d.x), (fake_logits(d.game, 3), d.samples)):
        torch.testing.assert_close(logits, torch.cat([d.modules[critic](x) for critic in names(3)], 1))


def test_rows_that_weigh_nothing_are_left_out_of_every_loss(duel: Callable[..., Any]) -> None:
    d = duel("gman(critics=2)+top-k(nu=0.5, gamma=0.001)", "generator", progress=1.0)
    kept = d.fake.topk(3).indices
    rows = [-torch.sigmoid(d.modules[critic](d.samples).flatten()).log()[kept].mean() for critic in names(2)]
    torch.testing.assert_close(losses_against(d.game, 2), torch.stack(rows))


def test_one_critic_is_refused() -> None:
    with pytest.raises(BadParameter, match="critics = 1"):
        refuse_count(1)
