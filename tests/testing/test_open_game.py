"""One game laid open: what an author compares a loss with."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from torch import Tensor
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.errors import BadParameter, BadPlugin


@gc.strategy("drift", family="regulariser")
@dataclass(frozen=True)
class Drift(gc.Strategy):
    """Keep logits of real samples small (Karras et al., ICLR 2018)."""

    weight: float = 0.001

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + self.weight * game.real_logits.square().mean()


def test_a_loss_is_compared_with_a_formula_in_three_lines() -> None:
    opened = gc.testing.game(Drift(weight=0.5))
    plain = softplus(-opened.real).mean() + softplus(opened.fake).mean()
    torch.testing.assert_close(opened.loss(), plain + 0.5 * opened.real.square().mean())


def test_plain_calls_give_what_the_game_gives() -> None:
    opened = gc.testing.game("none", batch=5, data=gc.DataSpec((3,)))
    assert opened.x.shape == opened.samples.shape == (5, 3)
    assert opened.z.shape == (5, 3)
    torch.testing.assert_close(opened.real, opened.game.real_logits)
    torch.testing.assert_close(opened.fake, opened.game.fake_logits)
    torch.testing.assert_close(opened.slope(opened.x), opened.game.input_gradient(opened.x))
    assert set(opened.modules) == {"generator", "discriminator"}


def test_a_game_is_the_same_when_it_is_opened_again_and_leaves_random_numbers_alone() -> None:
    torch.manual_seed(0)
    before = torch.get_rng_state()
    one, other = gc.testing.game("instance-noise"), gc.testing.game("instance-noise")
    assert torch.equal(one.loss(), other.loss())
    assert torch.equal(torch.get_rng_state(), before)


def test_whose_loss_it_is_follows_the_phase_unless_told() -> None:
    assert gc.testing.game("none", "generator").game.owner == "generator"
    assert gc.testing.game("none", "generator", owner="discriminator").game.owner == "discriminator"
    both = gc.testing.game("none", "discriminator+generator").game
    assert (both.owner, both.moving) == ("discriminator", ("discriminator", "generator"))


def test_progress_and_modes_are_as_asked_for() -> None:
    opened = gc.testing.game("none", batch=8, progress=0.25, modes=4)
    assert opened.game.step == 25
    assert opened.game.batch.y.tolist() == [0, 1, 2, 3] * 2
    assert gc.testing.game("none", width=5).discriminator[1].out_features == 5  # type: ignore[index]


def test_an_objective_stands_alone_and_others_join_the_untreated_one() -> None:
    @gc.strategy("own-objective", family="objective")
    @dataclass(frozen=True)
    class Own(gc.Strategy):
        def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
            return loss + game.fake_logits.mean() - game.real_logits.mean()

    opened = gc.testing.game(Own())
    torch.testing.assert_close(opened.loss(), opened.fake.mean() - opened.real.mean())
    assert gc.testing.game(Drift()).game.hooks.names() == ["none", "drift"]  # type: ignore[attr-defined]


def test_noise_that_was_drawn_can_be_looked_at() -> None:
    opened = gc.testing.game("instance-noise(sigma=0.5)")
    noisy = opened.game.real
    torch.testing.assert_close(noisy, opened.x + 0.5 * opened.game.noise.tensors["instance-noise#1"])


def test_a_strategy_without_a_hook_is_refused() -> None:
    @gc.strategy("idle", family="regulariser")
    @dataclass(frozen=True)
    class Idle(gc.Strategy):
        pass

    with pytest.raises(BadPlugin, match="overrides no hook"):
        gc.testing.game(Idle())


def test_codes_and_latents_in_one_pixel_reach_the_generator() -> None:
    opened = gc.testing.game("mgan")
    assert opened.game.code is not None
    torch.testing.assert_close(opened.samples, opened.game.samples)


def test_a_loss_that_nobody_has_is_refused(registry: gc.Registry) -> None:
    with pytest.raises(BadParameter, match="there is no 'critic': a player with a loss of its own is one of"):
        gc.testing.game("none", "generator", owner="critic", registry=registry)
