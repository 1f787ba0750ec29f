from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.noise import DrawnNoise
from gancheck.strategies.data._augmentations import augment


def with_spread(opened: Any, name: str = "diffaugment") -> Any:
    """The same game with the mean and deviation that a study would have found."""
    opened.game.memory |= {f"{name}/mean": torch.tensor([0.5, -1.0]), f"{name}/deviation": torch.tensor([1.0, 3.0])}
    return opened


def replayed(opened: Any) -> Callable[[Tensor], Tensor]:
    """The augmentation, with the random numbers that a loss has drawn."""
    opened.loss()
    game: Any = type("", (), {"memory": opened.game.memory, "noise": DrawnNoise(opened.game.noise.tensors)})()
    game.uniform = lambda name, shape: game.noise.take(name, gc.gans.noise.NoiseRequest("uniform", tuple(shape)))
    return lambda x: augment(x, game, "diffaugment")


@pytest.mark.parametrize("player", ["discriminator", "generator"])
@pytest.mark.parametrize("kind", ["points", "images"])
def test_both_streams_are_changed_in_both_losses(
    duel: Callable[..., Any], registry: gc.Registry, player: str, kind: str
) -> None:
    def made() -> Any:
        if kind == "points":
            return with_spread(duel("diffaugment", player))
        how = {"gan": "dcgan", "width": 4, "data": gc.DataSpec((2, 8, 8), -1, 1), "registry": registry}
        return gc.testing.game("diffaugment", player, **how)

    change, d = replayed(made()), made()
    judge = lambda x: d.discriminator(change(x)).flatten()  # noqa: E731
    losses = {"discriminator": lambda: softplus(-judge(d.x)).mean() + softplus(judge(d.samples)).mean()}
    losses["generator"] = lambda: softplus(-judge(d.samples)).mean()
    expected = losses[player]()
    torch.testing.assert_close(d.loss(), expected)
    assert (d.loss() - duel("none", player).loss()).abs() > 1e-5


def test_codes_that_are_joined_stay_and_samples_of_a_pack_are_changed_apart(duel: Callable[..., Any]) -> None:
    d, plain = with_spread(duel("diffaugment+ali+pacgan")), duel("ali+pacgan")
    mine, theirs = (game.game.fake.reshape(6, -1) for game in (d, plain))
    assert mine[:, 2:].equal(theirs[:, 2:])
    moves = mine[:, :2] - theirs[:, :2]
    assert (moves.abs() > 1e-6).all()
    assert (moves[0::2] - moves[1::2]).abs().min() > 1e-6


def test_critics_see_samples_as_they_are_at_evaluation(duel: Callable[..., Any]) -> None:
    d = with_spread(duel("diffaugment"))
    sample = gc.Sample(d.x, None, None, real=True)
    d.game.phase = "evaluation"
    assert d.game.see(sample).equal(d.x)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_it_has_an_effect_beside_others(train: Callable[..., Any], apart: Callable[..., float], other: str) -> None:
    how = {"steps": 2, "seeds": (0,), "default": gc.Optimiser(lr=0.02)}
    assert apart(train(f"{other}+diffaugment", **how), train(other, **how)) > 1e-6


def test_packs_of_samples_with_something_joined_are_refused(train: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="put it first"):
        train("pacgan+self-conditioned(clusters=4, clusterings=2)+diffaugment", steps=2)
