from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

from gancheck.errors import BadParameter
from gancheck.strategies.optimisation.sga import Sga
from gancheck.training.trainer import Trainer

TOGETHER = "discriminator+generator"


def adjusted(opened: Any) -> tuple[Tensor, Tensor, Tensor]:
    """What the strategy gives, the field, and its whole Jacobian by plain autograd, all flat."""
    weights = {player: list(opened.modules[player].parameters()) for player in ("discriminator", "generator")}
    fake = opened.discriminator(opened.generator(opened.z))
    losses = {
        "discriminator": softplus(-opened.discriminator(opened.x)).mean() + softplus(fake).mean(),
        "generator": softplus(-fake).mean(),
    }
    slopes = {p: torch.autograd.grad(loss, weights[p], create_graph=True) for p, loss in losses.items()}
    everything = [w for own in weights.values() for w in own]
    xi = torch.cat([s.flatten() for own in slopes.values() for s in own])
    rows = [torch.autograd.grad(number, everything, retain_graph=True) for number in xi]
    jacobian = torch.stack([torch.cat([t.flatten() for t in row]) for row in rows])
    found = opened.game.hooks.gradients(opened.game.field(), opened.game)
    mine = torch.cat([found[p][n].flatten() for p in weights for n, _ in opened.modules[p].named_parameters()])
    return mine, xi.detach(), jacobian


@pytest.mark.parametrize("align", [True, False])
def test_gradients_are_turned_by_the_antisymmetric_part_of_the_jacobian(duel: Callable[..., Any], align: bool) -> None:
    mine, xi, jacobian = adjusted(duel(f"sga(weight=0.7, align={align})", TOGETHER, width=3, depth=1, batch=3))
    turn = (jacobian - jacobian.T).T @ xi / 2
    slope = jacobian.T @ xi
    aligned = ((xi @ slope) * (turn @ slope) / len(xi) + 0.1).sign() if align else 1.0
    assert turn.norm() > 1e-4
    torch.testing.assert_close(mine, xi + aligned * 0.7 * turn, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(("matrix", "sign"), [([[9.0, -9.0], [-9.0, -30.0]], 1), ([[-3.0, 3.0], [-4.0, 1.0]], -1)])
def test_the_sign_attracts_to_what_is_stable_and_repels_from_what_is_not(matrix: Any, sign: int) -> None:
    """A linear game with Jacobian `matrix`: the sign is compared with the paper's formula written out."""
    jacobian, w = torch.tensor(matrix), torch.tensor([1.0, 2.0])
    field = lambda at: {p: {"w": (jacobian @ torch.stack([at[q]["w"] for q in "ab"]))[i]} for i, p in enumerate("ab")}  # noqa: E731
    weights = {p: {"w": w[i]} for i, p in enumerate("ab")}
    game: Any = SimpleNamespace(weights=weights, advanced={}, field=lambda at=weights: field(at))
    found = Sga().gradients(field(weights), game)
    xi, turn = jacobian @ w, (jacobian - jacobian.T).T @ (jacobian @ w) / 2
    slope = jacobian.T @ xi
    expected = ((xi @ slope) * (turn @ slope) / 2 + 0.1).sign()
    torch.testing.assert_close(torch.stack([found[p]["w"] for p in "ab"]), xi + expected * turn)


def test_without_the_adjustment_both_just_move_at_once(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    plain = train("sga(weight=0.0)", steps=3)
    assert apart(plain, train("consensus(gamma=0.0)", steps=3)) < 1e-6
    assert apart(plain, train("sga", steps=3)) > 1e-6


def test_both_players_move_once_a_step_on_one_batch(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("wgan-gp+sga"))
    assert (trainer.replicas.settings.critic_steps, list(trainer.updates)) == (1, [TOGETHER])


def test_a_negative_weight_and_foreseen_gradients_are_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match=r"weight = -1.0"):
        duel("sga(weight=-1.0)")
    wrong = duel("extragradient+sga", TOGETHER).game
    with pytest.raises(BadParameter, match="put it before"):
        wrong.hooks.gradients(wrong.field(), wrong)
