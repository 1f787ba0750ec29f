"""Strategies composed into the hooks that the training loop calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter, BadPlugin
from gancheck.training.record import TrainingRecord
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Train = Callable[..., list[TrainingRecord]]
Apart = Callable[[list[TrainingRecord], list[TrainingRecord]], float]
LOOPED = ExecutionPath("looped", "eager")


def named(name: str, **hooks: Any) -> gc.Strategy:
    """A strategy made of functions."""
    return gc.strategy(name, family="test")(type(name.title().replace("-", ""), (gc.Strategy,), hooks))()


def second_critic(self: gc.Strategy, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
    return players.add("second", info.gan.build(info.seen).discriminator, role="discriminator")


@gc.strategy("two-critics", family="objective")
@dataclass(frozen=True)
class TwoCritics(gc.Strategy):
    """Both critics play the least squares game."""

    prepare = second_critic

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        for critic in game.critics:
            faced = game.facing(critic)
            loss = loss + (faced.real_logits - 1).square().mean() + faced.fake_logits.square().mean()
        return loss

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        for critic in game.critics:
            loss = loss + (game.facing(critic).fake_logits - 1).square().mean()
        return loss


@gc.strategy("steady", family="regulariser")
@dataclass(frozen=True)
class Steady(gc.Strategy):
    """Keeps logits near their running mean, which is remembered."""

    def memory(self, state: gc.State) -> dict[str, Any]:
        return {"steady/mean": torch.zeros_like(state.progress)}

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        game.remember("steady/mean", game.real_logits.mean())
        return loss + (game.real_logits - game.memory["steady/mean"]).square().mean()


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_a_regulariser_reaches_every_critic_and_remembers_each_apart(setup: Callable[..., Any], path: Any) -> None:
    trainer = Trainer(setup(extra=(TwoCritics(), Steady()), path=path, steps=3))
    trainer.train()
    memory = trainer.replicas.memory
    assert set(memory) == {"steady/mean", "steady/mean@second"}
    assert (memory["steady/mean"] != memory["steady/mean@second"]).all()


def test_two_strategies_cannot_share_a_memory(train: Train) -> None:
    ones = [named(f"memory-{c}", memory=lambda self, state: {"total": torch.zeros(())}) for c in "ab"]
    with pytest.raises(BadPlugin, match="strategies 'memory-a' and 'memory-b' both remember 'total'"):
        train(extra=tuple(ones))


def grow(self: gc.Strategy, state: gc.State) -> gc.State:
    return state.remember("grown", torch.cat([state.memory["grown"], state.memory["grown"]]))


def test_a_memory_keeps_its_shape(train: Train) -> None:
    growing = named("growing", memory=lambda self, state: {"grown": torch.zeros(2)}, after_step=grow)
    with pytest.raises(BadPlugin, match=r"memory 'grown' starts as \(2, 2\) float32 and becomes \(2, 4\) float32"):
        train(extra=(growing,))


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (lambda weights: {}, "evaluation_weights, player 'generator': '0.bias' is missing; return all that came"),
        (lambda weights: {"generator": {**weights["generator"], "x": torch.ones(1)}}, "'x' is unknown"),
        (lambda w: {"generator": {n: t[:1] for n, t in w["generator"].items()}}, r"has shape \(1, 4\) in place of"),
    ],
)
def test_evaluated_weights_are_whole(train: Train, answer: Any, line: str) -> None:
    """A generator of which a parameter is left out was evaluated as a fresh one of seed 0."""
    with pytest.raises(BadPlugin, match=line):
        train(extra=(named("part", evaluation_weights=lambda self, weights, state: answer(weights)),))


def orthogonal(self: gc.Strategy, weights: Any, player: str, module: nn.Module, source: torch.Generator) -> Any:
    return {n: nn.init.orthogonal_(w.clone(), generator=source) if w.dim() > 1 else w for n, w in weights.items()}


def test_starting_weights_stay_as_a_strategy_sets_them(setup: Callable[..., Any]) -> None:
    weights = Trainer(setup(extra=(named("ortho", initial=orthogonal),))).replicas.weights["discriminator"]
    for one in weights["3.weight"]:
        torch.testing.assert_close(one @ one.T, torch.eye(16), rtol=0, atol=1e-5)
    assert not weights["3.weight"][0].equal(weights["3.weight"][1])


@gc.strategy("clip", family="optimisation")
@dataclass(frozen=True)
class Clip(gc.Strategy):
    """Bounds every weight of a critic after each of its updates."""

    bound: float = 0.01

    def settings(self, settings: gc.Settings) -> gc.Settings:
        return gc.Settings(settings.batch, 3, settings.default)

    def after_update(self, state: gc.State, before: Mapping[str, gc.Params]) -> gc.State:
        for critic in set(state.critics) & set(before):
            clipped = {n: w.clamp(-self.bound, self.bound) for n, w in state.weights[critic].items()}
            state = state.with_weights(critic, clipped)
        return state


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_weights_change_after_every_update_of_the_critic(setup: Callable[..., Any], path: ExecutionPath) -> None:
    trainer = Trainer(setup(extra=(Clip(),), path=path))
    assert str(trainer.prepare().path) == str(path)
    for _ in range(3):
        trainer.updates["discriminator"]()
        largest = max(w.abs().max().item() for w in trainer.replicas.weights["discriminator"].values())
        assert largest == pytest.approx(0.01)
    before = trainer.replicas.weights["generator"]["0.weight"].clone()
    trainer.updates["generator"]()
    moved = trainer.replicas.weights["generator"]["0.weight"]
    assert not moved.equal(before)
    assert moved.abs().max() > 0.01


@gc.strategy("reader", family="helper")
@dataclass(frozen=True)
class Reader(gc.Strategy):
    """A helper learns to read latents off samples, in the generator's turn, and nobody else feels it."""

    turn: str = "generator"
    turns: tuple[tuple[str, ...], ...] = (("discriminator",), ("generator",))

    def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        return players.add("reader", nn.Linear(info.data.size, players.latent.size), turn=self.turn)

    def settings(self, settings: gc.Settings) -> gc.Settings:
        slow = gc.Optimiser(name="sgd", lr=0.1, betas=(0.0, 0.0))
        return gc.Settings(settings.batch, 1, settings.default, {"reader": slow}, self.turns)

    def helper_loss(self, loss: Tensor, player: str, game: gc.Game) -> Tensor:
        return loss + (game.call(player, game.samples) - game.latent).square().mean()


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_a_helper_with_its_own_loss_trains_beside_players_that_do_not_feel_it(
    setup: Callable[..., Any], train: Train, apart: Apart, path: ExecutionPath
) -> None:
    alone, trainer = train(path=path), Trainer(setup(extra=(Reader(),), path=path))
    records = trainer.train()
    assert apart(records, alone) < 1e-6
    losses = records[0].trace["reader_loss"]
    assert losses[-5:].mean() < losses[:5].mean()


def test_a_helpers_step_is_that_of_a_plain_loop(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup(extra=(Reader(),)))
    trainer.prepare()
    start = {n: t[1].clone().requires_grad_() for n, t in trainer.replicas.weights["reader"].items()}
    generator = trainer.replicas.players.generator
    trainer.updates["discriminator"]()
    weights = {n: t[1].clone() for n, t in trainer.replicas.weights["generator"].items()}
    z = trainer.updates["generator"].latents.next()[1]
    trainer.updates["generator"].rewind()
    trainer.updates["generator"]()
    samples = torch.func.functional_call(generator, weights, (z,))
    loss = (nn.functional.linear(samples, start["weight"], start["bias"]) - z).square().mean()
    loss.backward()
    for name, tensor in start.items():
        assert tensor.grad is not None
        expected = tensor.detach() - 0.1 * tensor.grad
        torch.testing.assert_close(trainer.replicas.weights["reader"][name][1], expected, rtol=1e-5, atol=1e-6)


def test_a_helper_may_move_in_a_turn_of_its_own(setup: Callable[..., Any]) -> None:
    turns = (("discriminator",), ("generator",), ("reading",))
    trainer = Trainer(setup(extra=(Reader("reading", turns),), path=ExecutionPath()))
    assert trainer.train()[0].path == "stacked-traced"
    assert list(trainer.updates) == ["discriminator", "generator", "reading"]


@pytest.mark.parametrize(
    ("extra", "error", "line"),
    [
        (Reader("reading"), BadPlugin, "there is no 'reading': the turn of player 'reader' is one of discriminator"),
        (
            named("lost", settings=lambda self, s: s.tuned("genrator", lr=9.0)),
            BadParameter,
            "there is no 'genrator': a player with optimiser settings is one of generator, .*Did you mean 'generator'",
        ),
        (
            named(
                "idle", settings=lambda s, t: gc.Settings(t.batch, turns=(("discriminator",), ("generator",), ("x",)))
            ),
            BadParameter,
            "there is no 'x': a turn that moves somebody is one of",
        ),
    ],
)
def test_turns_and_settings_for_nobody_are_refused(train: Train, extra: Any, error: Any, line: str) -> None:
    with pytest.raises(error, match=line):
        train(extra=(extra,))


def test_helpers_take_the_optimiser_of_the_player_in_whose_turn_they_move(setup: Callable[..., Any]) -> None:
    slow = named("slow", settings=lambda self, s: s.tuned("discriminator", name="rmsprop", lr=5e-5))
    critic = named(
        "more", prepare=second_critic, discriminator_loss=lambda self, loss, game: loss + game.real.sum() * 0
    )
    replicas = Trainer(setup(extra=(slow, critic))).replicas
    assert isinstance(replicas.optimisers["second"], torch.optim.RMSprop)
    assert replicas.rate("second") == 5e-5


@gc.strategy("both", family="optimisation")
@dataclass(frozen=True)
class Both(gc.Strategy):
    """All players move at once."""

    def settings(self, settings: gc.Settings) -> gc.Settings:
        return gc.Settings(settings.batch, 1, settings.default, turns=(("discriminator", "generator"),))


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_players_of_one_turn_move_at_once_on_one_batch(setup: Callable[..., Any], path: ExecutionPath) -> None:
    trainer = Trainer(setup("none", extra=(Both(),), path=path, default=gc.Optimiser("sgd", lr=0.5, betas=(0.0, 0.0))))
    trainer.prepare()
    (update,) = trainer.updates.values()
    given = update.arguments()
    update.rewind()
    start = {p: {n: t[0].clone().requires_grad_() for n, t in w.items()} for p, w in given.mine.items()}
    modules = trainer.replicas.players.modules

    def play(player: str, x: Tensor) -> Tensor:
        return torch.func.functional_call(modules[player], start[player], (x,))

    trainer.step()
    real, fake = play("discriminator", given.batch.x[0]), play("discriminator", play("generator", given.latent[0]))
    softplus = nn.functional.softplus
    losses = {"discriminator": softplus(-real).mean() + softplus(fake).mean(), "generator": softplus(-fake).mean()}
    for player, loss in losses.items():
        slopes = torch.autograd.grad(loss, list(start[player].values()), retain_graph=True)
        for (name, tensor), slope in zip(start[player].items(), slopes, strict=True):
            after = trainer.replicas.weights[player][name][0]
            torch.testing.assert_close(after, tensor.detach() - 0.5 * slope, rtol=1e-4, atol=1e-6)


def test_a_simultaneous_turn_has_no_critic_steps() -> None:
    with pytest.raises(BadParameter, match="critic_steps = 5 needs a first turn without the generator"):
        gc.Settings(critic_steps=5, turns=(("discriminator", "generator"),))


@gc.strategy("upper", family="data")
@dataclass(frozen=True)
class Upper(gc.Strategy):
    """Draws four batches and keeps the rows that are highest; what `study` finds is there all along."""

    seen: list[Any] = field(default_factory=list)

    def study(self, look: gc.Look) -> dict[str, Any]:
        return {"upper/mean": look.data(100).x.mean(), "modes": look.modes}

    def settings(self, settings: gc.Settings) -> gc.Settings:
        return gc.Settings(settings.batch, 1, settings.default, draw=4)

    def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        self.seen.append(info.found)
        return players

    def pick(self, batch: gc.Batch, n: int, game: gc.Game) -> gc.Batch:
        order = (batch.x[:, 1] - game.memory["upper/mean"]).argsort(descending=True)[:n]
        return gc.Batch(*(column[order] for column in batch))


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_rows_are_picked_from_several_batches(setup: Callable[..., Any], path: ExecutionPath) -> None:
    upper = Upper()
    trainer = Trainer(setup(extra=(upper,), path=path))
    chosen = trainer.prepare()
    update = trainer.updates["discriminator"]
    given = update.arguments()
    assert given.batch.x.shape == (2, 64, 2)
    one = torch.utils._pytree.tree_map(lambda t: t[0], given)
    game = update.game(one, None, "discriminator", {})  # type: ignore[arg-type]
    assert game.batch.x.shape == (16, 2)
    assert game.batch.x[:, 1].min() >= given.batch.x[0, :, 1].median()
    assert str(chosen.path) == str(path)
    assert [found["modes"] for found in upper.seen] == [8, 8]
    assert upper.seen[0]["upper/mean"] != upper.seen[1]["upper/mean"]
    assert trainer.replicas.memory["upper/mean"].tolist() == [f["upper/mean"].item() for f in upper.seen]
