"""Strategies composed into the hooks that the training loop calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadParameter, BadPlugin
from gancheck.gans.noise import Noise
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
    with pytest.raises(BadPlugin, match=r"memory 'grown' starts as \(2,\) float32 and becomes \(4,\) float32"):
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


@pytest.mark.parametrize("recipe", ["none", "extragradient"])
def test_a_loss_of_its_own_that_nobody_gives_is_refused(setup: Callable[..., Any], recipe: str) -> None:
    @gc.strategy("lonely", family="helper")
    class Lonely(gc.Strategy):
        def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
            return players.add("lonely", nn.Linear(2, 1), turn="generator")

        def helper_loss(self, loss: Tensor, player: str, game: gc.Game) -> Tensor:
            return loss

    with pytest.raises(BadPlugin, match="player 'lonely' has a loss of its own that no helper_loss gives"):
        Trainer(setup(recipe, extra=(Lonely(),))).prepare()


def test_a_kept_player_that_is_not_there_is_refused(setup: Callable[..., Any]) -> None:
    @gc.strategy("keeping", family="sampling")
    class Keeping(gc.Strategy):
        keeps = ("critic2",)

        def sampler(self, inner: gc.Sampler) -> gc.Sampler:
            return inner

    said = "there is no 'critic2': a player that strategy 'keeping' keeps is one of generator, discriminator, encoder"
    with pytest.raises(BadPlugin, match=said):
        Trainer(setup("ali", extra=(Keeping(),)))


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
    game = update.game(one, Noise({}), "discriminator", {})
    assert game.batch.x.shape == (16, 2)
    assert game.batch.x[:, 1].min() >= given.batch.x[0, :, 1].median()
    assert str(chosen.path) == str(path)
    assert [found["modes"] for found in upper.seen] == [8, 8]
    assert upper.seen[0]["upper/mean"] != upper.seen[1]["upper/mean"]
    assert trainer.replicas.memory["upper/mean"].tolist() == [f["upper/mean"].item() for f in upper.seen]


def swapped(self: gc.Strategy, state: gc.State) -> gc.State:
    one, two = state.memory["a"] + 1, state.memory["b"] + 10
    return replace(state, memory={"b": two, "a": one})


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_memories_may_come_back_in_another_order(setup: Callable[..., Any], path: ExecutionPath) -> None:
    start = {"a": torch.zeros(()), "b": torch.zeros(())}
    trainer = Trainer(
        setup(extra=(named("order", memory=lambda self, s: start, after_step=swapped),), path=path, steps=4)
    )
    trainer.train()
    assert {name: t.tolist() for name, t in trainer.replicas.memory.items()} == {"a": [4, 4], "b": [40, 40]}


def exchange(self: gc.Strategy, state: gc.State) -> gc.State:
    weights = state.weights["discriminator"]
    one, two = weights["1.bias"], weights["3.bias"]
    return state.with_weights(
        "discriminator", {**weights, "1.bias": two, "3.bias": one, "3.weight": weights["3.weight"].mT}
    )


@pytest.mark.parametrize("path", [ExecutionPath(), ExecutionPath("stacked", "eager"), LOOPED], ids=str)
def test_weights_can_be_exchanged_and_turned(setup: Callable[..., Any], path: ExecutionPath) -> None:
    trainer = Trainer(setup(extra=(named("exchange", after_step=exchange),), path=path, default=gc.Optimiser(lr=1e-9)))
    trainer.prepare()
    live = trainer.replicas.weights["discriminator"]
    live["1.bias"].fill_(1.0)
    live["3.bias"].fill_(2.0)
    before = live["3.weight"].clone()
    trainer.step()
    assert [round(live[name].mean().item(), 4) for name in ("1.bias", "3.bias")] == [2, 1]
    torch.testing.assert_close(live["3.weight"], before.mT, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("hooks", "line"),
    [
        ({"after_step": lambda self, state: None}, "strategy 'x', after_step: gave NoneType; it must give a state"),
        (
            {"after_update": lambda self, state, before: state.with_weights("generator", {"0.bias": torch.ones(())})},
            "strategy 'x', after_update, player 'generator': '0.weight' is missing",
        ),
        (
            {
                "memory": lambda self, state: {"x": torch.zeros(())},
                "after_update": lambda self, state, before: replace(state, memory={}),
            },
            "strategy 'x', after_update: memory 'x' is missing; change memories by state.remember",
        ),
        (
            {"constrain": lambda self, weights, player, game: {n: w for n, w in weights.items() if "bias" in n}},
            "strategy 'x', constrain, player 'generator': '0.weight' is missing",
        ),
    ],
)
def test_hooks_give_back_all_that_came(train: Train, hooks: dict[str, Any], line: str) -> None:
    with pytest.raises(BadPlugin, match=line):
        train(extra=(named("x", **hooks),))


def test_a_memory_of_weights_starts_from_the_critics_own(setup: Callable[..., Any]) -> None:
    past = named(
        "past",
        memory=lambda self, state: {"past": state.weights[state.critic]["1.weight"]},
        discriminator_loss=lambda self, loss, game: loss + 0 * game.memory["past"].sum(),
    )
    trainer = Trainer(setup(extra=(TwoCritics(), past)))
    trainer.prepare()
    weights, memory = trainer.replicas.weights, trainer.replicas.memory
    assert memory["past"].equal(weights["discriminator"]["1.weight"])
    assert memory["past@second"].equal(weights["second"]["1.weight"])


class Grainy(nn.Module):
    """Noise of one kind behind a layer."""

    def __init__(self, inputs: int, outputs: int, kind: Any) -> None:
        super().__init__()
        self.layer, self.kind = nn.Linear(inputs, outputs), kind

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layer(x)
        return y + gc.noise(self.kind, y.shape)


@dataclass(frozen=True)
class Grain(gc.Gan):
    """Players that draw, of other widths and kinds."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        generator = nn.Sequential(Grainy(3, 5, "normal"), nn.Linear(5, data.size))
        return gc.Players(generator, nn.Sequential(Grainy(data.size, 7, "uniform"), nn.Linear(7, 1)), gc.Latent(3))


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_losses_of_one_turn_have_noise_of_their_own(setup: Callable[..., Any], path: ExecutionPath) -> None:
    trainer = Trainer(setup(gan=Grain(), extra=(Both(),), path=path))
    assert trainer.train()[0].status == "done"
    (update,) = trainer.updates.values()
    assert sorted(update.noise) == ["generator/module#1", "generator/module#2", "module#1", "module#2", "module#3"]


def test_turns_at_once_see_the_data_of_the_untreated_gan(setup: Callable[..., Any]) -> None:
    (both,), plain = (Trainer(setup(extra=e)).updates.values() for e in ((Both(),), ()))
    assert both.arguments().batch.x.equal(next(iter(plain)).arguments().batch.x)


def test_noise_of_two_shapes_under_one_name_is_refused(train: Train) -> None:
    asks = [0]

    def uneven(self: gc.Strategy, loss: Tensor, game: gc.Game) -> Tensor:
        asks[0] += 1
        return loss + 0 * game.normal("uneven", (asks[0],)).sum()

    more = named("uneven", discriminator_loss=uneven, gradients=lambda self, slopes, game: game.field())
    with pytest.raises(BadPlugin, match=r"noise 'uneven' is asked for as .* and as .*; give them two names"):
        train(extra=(more,))


def test_rates_that_are_read_in_passing_are_there(setup: Callable[..., Any]) -> None:
    scaled = named("scaled", discriminator_loss=lambda self, loss, game: loss * sum(game.rates.values()))
    trainer = Trainer(setup(extra=(scaled,)))
    trainer.prepare()
    assert len(trainer.updates["discriminator"].arguments().rates) == 2
    assert trainer.train()[0].status == "done"


def test_more_batches_than_are_picked_from_are_cut(setup: Callable[..., Any]) -> None:
    assert (
        Trainer(setup(extra=(named("wide", settings=lambda self, s: replace(s, draw=3)),))).train()[0].status == "done"
    )


def test_a_critic_that_no_objective_asks_is_refused(train: Train) -> None:
    with pytest.raises(BadPlugin, match=r"player 'second' gets no gradient, .* by game.facing\('second'\)"):
        train(extra=(named("twin", prepare=second_critic),))


@pytest.mark.parametrize(
    ("inputs", "line"),
    [
        (lambda self, x, of, game: gc.join(x, x), r"inputs makes real samples of shape \(4,\), but .* says \(2,\)"),
        (lambda self, x, of, game: x[:13], "inputs makes 13 rows of 16 real samples, so some are lost"),
    ],
)
def test_inputs_must_be_what_was_said(train: Train, inputs: Any, line: str) -> None:
    with pytest.raises(BadPlugin, match=line):
        train(extra=(named("shaped", inputs=inputs),))
