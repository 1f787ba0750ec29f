from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Train = Callable[..., list[TrainingRecord]]
Apart = Callable[[list[TrainingRecord], list[TrainingRecord]], float]
LOOPED = ExecutionPath("looped", "eager")


@pytest.mark.parametrize("recipe", ["wgan-gp(critic_steps=3)", "pacgan", "instance-noise"])
def test_every_strategy_sees_the_same_data_and_latents(setup: Callable[..., TrainingSetup], recipe: str) -> None:
    trainers = [Trainer(setup(r)) for r in ("none", recipe)]
    for trainer in trainers:
        trainer.prepare()
        for _ in range(3):
            trainer.step()
    plain, treated = ([u.updates["generator"].batches.next(), u.updates["generator"].latents.next()] for u in trainers)
    rows = plain[0].x.shape[1]  # a strategy that judges larger batches sees these first
    assert plain[0].x.equal(treated[0].x[:, :rows])
    assert plain[1].equal(treated[1][:, :rows])
    assert treated[0].x.shape[1] == treated[1].shape[1] == (2 * rows if recipe == "pacgan" else rows)
    assert not plain[1][0].equal(plain[1][1])
    first, critic = trainers[0].updates["discriminator"], trainers[1].updates["discriminator"]
    first.latents.position = critic.latents.position = 2
    assert first.latents.next().equal(critic.latents.next()[:, :rows])


def test_the_players_move_on_different_data_and_latents(setup: Callable[..., TrainingSetup]) -> None:
    one, other = (update.arguments() for update in Trainer(setup()).updates.values())
    assert not torch.isclose(one[-3].x, other[-3].x).any()
    assert not torch.isclose(one[-2], other[-2]).any()


class Shapes(gc.Gan):
    """Players that give what they are told to give."""

    def __init__(self, samples: nn.Module, logits: nn.Module) -> None:
        self.samples, self.logits = samples, logits

    def build(self, data: gc.DataSpec) -> gc.Players:
        return gc.Players(self.samples, self.logits, gc.Latent(3))


class Pair(nn.Module):
    """Gives a tuple."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


@pytest.mark.parametrize(
    ("samples", "logits", "line"),
    [
        (nn.Linear(3, 5), nn.Linear(2, 1), r"the generator made samples of shape \(16, 5\); this data needs shape"),
        (Pair(), nn.Linear(2, 1), "the generator made samples of type tuple; this data needs"),
        (nn.Linear(3, 2), nn.Linear(2, 2), r"gave logits of shape \(16, 2\) for 16 inputs; it must give one for each"),
        (nn.Linear(3, 2), Pair(), "the discriminator gave logits of type tuple for 16 inputs"),
    ],
)
def test_players_that_give_the_wrong_shape_are_refused(
    train: Train, samples: nn.Module, logits: nn.Module, line: str
) -> None:
    with pytest.raises(BadPlugin, match=line):
        train(gan=Shapes(samples, logits))


@pytest.mark.parametrize(
    ("answer", "words"),
    [(lambda loss, game: game.fake_logits, r"shape \(16,\)"), (lambda loss, game: 3.0, "type float")],
)
@pytest.mark.parametrize("phase", ["discriminator", "generator"])
def test_a_loss_that_is_no_scalar_is_refused(train: Train, phase: str, answer: Any, words: str) -> None:
    hook = {f"{phase}_loss": lambda self, loss, game: answer(loss, game)}
    bad = gc.strategy("bad", family="regulariser")(type("Bad", (gc.Strategy,), hook))()
    with pytest.raises(BadPlugin, match=f"{phase}_loss of 'bad' gave {words}; it must give a scalar tensor"):
        train(extra=(bad,))


@gc.strategy("lecam", family="regulariser")
class Lecam(gc.Strategy):
    """Remembers a running mean of the logits from inside the loss."""

    def memory(self, state: gc.State) -> dict[str, Any]:
        return {"mean": torch.zeros(()), "moves": torch.zeros(())}

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        game.remember("mean", 0.9 * game.memory["mean"] + 0.1 * game.real_logits.mean())
        game.remember("moves", game.memory["moves"] + 1)
        return loss + (game.fake_logits - game.memory["mean"]).square().mean()


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_a_running_mean_is_remembered_from_inside_a_loss(
    setup: Callable[..., TrainingSetup], path: ExecutionPath
) -> None:
    trainer = Trainer(setup(extra=(Lecam(),), path=path))
    records = trainer.train()
    assert trainer.replicas.memory["moves"].tolist() == [20, 20]
    for i, record in enumerate(records):
        mean = 0.0
        for logit in record.trace["real_logit"].tolist():
            mean = 0.9 * mean + 0.1 * logit
        assert trainer.replicas.memory["mean"][i].item() == pytest.approx(mean, abs=1e-6)


@gc.strategy("past", family="memory")
class Past(gc.Strategy):
    """Remembers the generator as it was a step ago, and how far it has moved since."""

    def memory(self, state: gc.State) -> dict[str, Any]:
        return {"past": state.generator, "moved": torch.zeros(())}

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        past, now = game.memory["past"], game.weights["generator"]
        game.remember("moved", torch.stack([(now[n] - past[n]).abs().max() for n in now]).max())
        game.remember("past", {**now, "0.weight": now["0.weight"][:]})  # weights themselves, and a view of one
        return loss


@pytest.mark.parametrize("path", [ExecutionPath(), ExecutionPath("stacked", "eager"), LOOPED], ids=str)
def test_remembered_weights_stay_as_they_were(setup: Callable[..., TrainingSetup], path: ExecutionPath) -> None:
    trainer = Trainer(setup(extra=(Past(),), path=path))
    trainer.prepare()
    for _ in range(3):
        before = {name: tensor.clone() for name, tensor in trainer.replicas.weights["generator"].items()}
        trainer.step()
    assert all(trainer.replicas.memory["past"][name].equal(tensor) for name, tensor in before.items())
    assert (trainer.replicas.memory["moved"] > 0).all()


@gc.strategy("encoder", family="generator loss")
class Encoder(gc.Strategy):
    """Adds a player that learns, with the generator, to read latents off samples."""

    def prepare(self, players: gc.Players, info: gc.BuildInfo) -> gc.Players:
        return players.add("encoder", nn.Linear(info.data.size, players.latent.size), shares="generator")

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + (game.call("encoder", game.samples) - game.latent).square().mean()


def test_a_helper_that_follows_the_generator_is_trained_with_it(setup: Callable[..., TrainingSetup]) -> None:
    trainer = Trainer(setup(extra=(Encoder(),)))
    start = {name: tensor.clone() for name, tensor in trainer.replicas.weights["encoder"].items()}
    records = trainer.train()
    assert all((trainer.replicas.weights["encoder"][name] - tensor).abs().min() > 0 for name, tensor in start.items())
    assert not any("encoder" in name for name in records[0].snapshots[20].generator)
    plain = Trainer(setup())
    plain.train()
    assert not plain.replicas.weights["generator"]["0.weight"].equal(trainer.replicas.weights["generator"]["0.weight"])


@gc.strategy("still", family="optimiser")
class Still(gc.Strategy):
    """Stops one player by its gradients."""

    def gradients(self, gradients: dict[str, Any], game: gc.Game) -> dict[str, Any]:
        scale = 0.0 if game.phase == "generator" else 1.0
        return {p: {n: scale * t for n, t in params.items()} for p, params in gradients.items()}


def test_gradients_can_be_changed_before_the_step(setup: Callable[..., TrainingSetup]) -> None:
    trainer = Trainer(setup(extra=(Still(),)))
    weights = trainer.replicas.weights
    start = torch.utils._pytree.tree_map(torch.clone, weights)
    record = trainer.train()[0]
    assert all(tensor.equal(weights["generator"][n]) for n, tensor in start["generator"].items())
    assert all(not tensor.equal(weights["discriminator"][n]) for n, tensor in start["discriminator"].items())
    assert (record.trace["generator_gradient"] == 0).all()


@gc.strategy("pull", family="regulariser")
class Pull(gc.Strategy):
    """A term whose gradient is the same for every replicate, so that vmap does not give it memory of its own."""

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + sum(w.sum() for w in game.weights["discriminator"].values())


def test_a_gradient_that_all_replicates_share_moves_all_of_them(train: Train, apart: Apart) -> None:
    assert apart(train(extra=(Pull(),)), train(extra=(Pull(),), path=LOOPED)) < 1e-5


def test_learning_rates_follow_their_schedule(setup: Callable[..., TrainingSetup]) -> None:
    falling = gc.Optimiser(name="sgd", lr=0.1, betas=(0.0, 0.0), schedule="linear", floor=0.0)
    trainer = Trainer(setup(default=falling, steps=4))
    trainer.prepare()
    rates = []
    for _ in range(4):
        trainer.step()
        rates.append(trainer.replicas.optimisers["generator"].param_groups[0]["lr"])
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025])


@gc.strategy("half-latents", family="generator")
class HalfLatents(gc.Strategy):
    """Latents half as long, pushed by fresh noise."""

    def latents(self, latent: Tensor, code: Tensor | None, game: gc.Game) -> tuple[Tensor, Tensor | None]:
        return latent / 2 + game.normal("half-latents", latent.shape), code


@pytest.mark.parametrize("recipe", ["none", "unrolled(k=1)"])
def test_latents_are_changed_before_the_losses(train: Train, apart: Apart, recipe: str) -> None:
    seen: list[Tensor] = []

    @gc.strategy("watch", family="test")
    class Watch(gc.Strategy):
        def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
            seen.append(game.latent.detach().clone())
            return loss

    how: dict[str, Any] = {"path": LOOPED, "steps": 1, "seeds": (0,), "batch": 512}
    plain = train(recipe, extra=(Watch(),), **how)
    before = seen[-1]
    changed = train(recipe, extra=(HalfLatents(), Watch()), **how)
    push = seen[-1] - before / 2
    assert push.std().item() == pytest.approx(1, abs=0.1)
    assert torch.corrcoef(torch.stack([push.flatten(), before.flatten()]))[0, 1].abs() < 0.1
    assert apart(plain, changed) > 1e-5


def test_changed_latents_stay_stacked_and_traced(train: Train, apart: Apart) -> None:
    together, alone = (train(extra=(HalfLatents(),), steps=2, path=path) for path in (ExecutionPath(), LOOPED))
    assert together[0].path == "stacked-traced"
    assert apart(together, alone) < 1e-5
