from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn.functional import softplus
from torch.utils._pytree import tree_map

from gancheck.errors import BadParameter
from gancheck.strategies.optimisation.past_discriminators import MEMORY
from gancheck.training.trainer import Trainer

SCALES = (0.5, -1.0)


def with_past(opened: Any) -> Any:
    """The same game, whose past players have the present weights times 0.5 and -1."""
    held = opened.game.memory[MEMORY]
    opened.game.memory[MEMORY] = tree_map(
        lambda queue: torch.stack([scale * queue[0] for scale in SCALES]).detach(), held
    )
    return opened


def played(opened: Any, player: str, sizes: dict[str, float]) -> torch.Tensor:
    """The untreated loss, weights of each player times a number, by plain calls."""
    modules = opened.modules
    answer = {
        name: lambda x, name=name: torch.func.functional_call(
            modules[name], {n: sizes.get(name, 1.0) * w for n, w in modules[name].named_parameters()}, (x,)
        )
        for name in modules
    }
    fake = answer["discriminator"](answer["generator"](opened.z))
    real = answer["discriminator"](opened.x)
    return softplus(-fake).mean() if player == "generator" else softplus(-real).mean() + softplus(fake).mean()


@pytest.mark.parametrize(("player", "foe"), [("generator", "discriminator"), ("discriminator", "generator")])
def test_the_loss_is_the_mean_against_the_present_and_the_past_opponents(
    duel: Callable[..., Any], player: str, foe: str
) -> None:
    d = with_past(duel("past-discriminators(k=2)", player))
    expected = torch.stack([played(d, player, {foe: size}) for size in (1.0, *SCALES)]).mean()
    torch.testing.assert_close(d.loss(), expected)
    slopes = d.game.slopes(player, d.game.weights)
    theirs = torch.autograd.grad(expected, list(d.modules[player].parameters()))
    for mine, other in zip(slopes[player].values(), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_before_anything_is_past_it_is_the_untreated_gan(duel: Callable[..., Any]) -> None:
    d = duel("past-discriminators", "generator")
    torch.testing.assert_close(d.loss(), softplus(-d.fake).mean())


def test_the_queue_holds_the_last_players_at_even_steps(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("past-discriminators(k=2, parts=3)", steps=6))
    trainer.prepare()
    seen = []
    for _ in range(6):
        seen.append(trainer.replicas.weights["discriminator"]["1.weight"].clone())
        trainer.step()
    queue = trainer.replicas.memory[MEMORY]["discriminator"]["1.weight"]
    for place, step in enumerate((2, 4)):
        torch.testing.assert_close(queue[:, place], seen[step])


def test_the_past_is_felt_beside_others(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    recipe = "past-discriminators(k=1, parts=4)"
    for other in ("ali", "d2gan", "pacgan"):
        assert apart(train(f"{other}+{recipe}", steps=4), train(other, steps=4)) > 1e-6


@pytest.mark.parametrize("bad", ["k=0", "parts=1"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.replace("=", " = ").split(" ")[0]):
        duel(f"past-discriminators({bad})")
