from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath


def test_critic_widens_the_gap_between_mean_logits(duel: Callable[..., Any]) -> None:
    d = duel("wgan-clip")
    torch.testing.assert_close(d.loss(), d.fake.mean() - d.real.mean())


def test_generator_raises_its_logits(duel: Callable[..., Any]) -> None:
    d = duel("wgan-clip", "generator")
    torch.testing.assert_close(d.loss(), -d.fake.mean())


@gc.strategy("second", family="discriminator")
class Second(gc.Strategy):
    """Another critic, an encoder that moves with them, and a helper in the critics' turn."""

    def settings(self, settings: gc.Settings) -> gc.Settings:
        return replace(settings, turns=(("discriminator", "judge"), *settings.turns[1:]))

    def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        players = players.add("discriminator2", info.gan.build(info.seen).discriminator, role="discriminator")
        players = players.add("encoder", nn.Linear(info.data.size, 1), shares="discriminator")
        return players.add("judge", nn.Linear(info.data.size, 1), turn="judge")

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        encoded = game.call("encoder", game.batch.x)
        return loss + (game.real_logits - 1).square().mean() + (encoded - 1).square().mean()

    def helper_loss(self, loss: Tensor, player: str, game: gc.Game) -> Tensor:
        return loss + (game.call("judge", game.batch.x) - 1).square().mean()


@pytest.mark.parametrize("path", [ExecutionPath(), ExecutionPath("looped", "eager")], ids=str)
def test_every_critic_is_clipped_after_every_update_and_nobody_else_is(
    setup: Callable[..., Any], registry: gc.Registry, path: ExecutionPath
) -> None:
    gan = registry.build("gan", "mlp", width=8, depth=1, latent=3)
    trainer = Trainer(setup("wgan-clip", gan=gan, extra=(Second(),), path=path))
    trainer.prepare()
    weights, critics = trainer.replicas.weights, ("discriminator", "discriminator2")
    largest = {name: max(t.abs().max().item() for t in weights[name].values()) for name in weights}
    assert min(largest.values()) > 0.05
    for _ in range(5):
        before = {critic: {n: t.clone() for n, t in weights[critic].items()} for critic in critics}
        trainer.updates["discriminator+judge"]()
        for critic in critics:
            assert max(t.abs().max().item() for t in weights[critic].values()) == pytest.approx(0.01, abs=1e-9)
            assert any(not t.equal(before[critic][n]) for n, t in weights[critic].items())
    trainer.updates["generator"]()
    for free in ("generator", "encoder", "judge"):
        assert max(t.abs().max().item() for t in weights[free].values()) > 0.05


def by_hand(feed: Trainer, seed: int, steps: int, critic_steps: int) -> nn.Module:
    """The paper's algorithm 1 as a plain PyTorch loop: nothing of the trainer but starting tensors and batches."""
    g, d = (copy.deepcopy(feed.replicas.players.modules[name]) for name in ("generator", "discriminator"))
    for module, name in ((g, "generator"), (d, "discriminator")):
        module.load_state_dict({n: t[seed].clone() for n, t in feed.replicas.weights[name].items()})
    movers = {module: torch.optim.RMSprop(module.parameters(), lr=0.003) for module in (d, g)}
    critic, maker = feed.updates["discriminator"], feed.updates["generator"]
    critic.rewind()
    maker.rewind()
    for _ in range(steps):
        for _ in range(critic_steps):
            x, z = critic.batches.next().x[seed], critic.latents.next()[seed]
            move(movers[d], d(g(z).detach()).mean() - d(x).mean())
            for weight in d.parameters():
                weight.data.clamp_(-0.05, 0.05)
        move(movers[g], -d(g(maker.latents.next()[seed])).mean())
    return g


def move(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def test_weights_are_those_of_a_plain_pytorch_loop(setup: Callable[..., Any]) -> None:
    work = setup("wgan-clip(c=0.05, lr=0.003, critic_steps=2)", steps=6)
    feed = Trainer(work)
    for seed, record in enumerate(Trainer(work).train()):
        for name, tensor in by_hand(feed, seed, 6, 2).state_dict().items():
            torch.testing.assert_close(record.snapshots[6].generator[name], tensor, rtol=1e-4, atol=1e-5)


def test_everybody_moves_by_rmsprop_and_the_critic_five_times(setup: Callable[..., Any]) -> None:
    settings = Trainer(setup("wgan-clip", default=gc.Optimiser(name="sgd", lr=0.1, momentum=0.9))).replicas.settings
    assert settings.critic_steps == 5
    for player in ("discriminator", "generator"):
        moved = settings.player(player)
        assert (moved.name, moved.lr, moved.momentum) == ("rmsprop", 5e-5, None)
    assert settings.player("encoder", "discriminator") == settings.player("discriminator")


def test_seeds_trained_together_are_what_they_are_one_by_one(train: Callable[..., Any], apart: Any) -> None:
    together = train("wgan-clip(c=0.1)", steps=3, path=ExecutionPath())
    assert together[0].path == "stacked-traced"
    assert apart(together, train("wgan-clip(c=0.1)", steps=3, path=ExecutionPath("looped", "eager"))) < 1e-6


def test_the_size_of_the_clip_matters(train: Callable[..., Any], apart: Any) -> None:
    assert apart(train("wgan-clip(c=0.1)", steps=2), train("wgan-clip(c=0.2)", steps=2)) > 1e-6


@pytest.mark.parametrize("c", [0.0, -0.01])
def test_a_clip_that_leaves_nothing_is_refused(duel: Callable[..., Any], c: float) -> None:
    with pytest.raises(BadParameter, match="c = "):
        duel(f"wgan-clip(c={c})")
