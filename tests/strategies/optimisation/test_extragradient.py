from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.optimisation.extragradient import Extragradient, foresee
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

LR, LOW, HIGH = 0.01, 0.5, 0.9
ADAM = gc.Optimiser(lr=LR, betas=(LOW, HIGH))
TOGETHER = "discriminator+generator"


class ExtraAdam:
    """Algorithm 4 of the paper for a list of weights, in float64."""

    def __init__(self, weights: list[Tensor]) -> None:
        self.weights = weights
        self.first = [torch.zeros_like(w) for w in weights]
        self.second = [torch.zeros_like(w) for w in weights]
        self.count = 0

    def move(self, start: list[Tensor], slopes: tuple[Tensor, ...]) -> None:
        """Go from `start` by a gradient, which the running means take in."""
        self.count += 1
        for i, slope in enumerate(slopes):
            self.first[i] = LOW * self.first[i] + (1 - LOW) * slope
            self.second[i] = HIGH * self.second[i] + (1 - HIGH) * slope**2
            size = (self.second[i] / (1 - HIGH**self.count)).sqrt() + 1e-8
            self.weights[i].data = start[i] - LR * self.first[i] / (1 - LOW**self.count) / size


def by_hand(trainer: Trainer, seed: int, steps: int) -> tuple[nn.Module, nn.Module]:
    """Extragradient on the trainer's batches, of which both gradients of a step take the same one."""
    players = {n: copy.deepcopy(m).double().requires_grad_() for n, m in trainer.replicas.players.modules.items()}
    for name, module in players.items():
        module.load_state_dict({n: t[seed].double() for n, t in trainer.replicas.weights[name].items()})
    g, d = players["generator"], players["discriminator"]
    movers = {module: ExtraAdam(list(module.parameters())) for module in (d, g)}

    def slopes(x: Tensor, z: Tensor) -> dict[nn.Module, tuple[Tensor, ...]]:
        critic = softplus(-d(x)).mean() + softplus(d(g(z))).mean()
        maker = softplus(-d(g(z))).mean()
        return {d: torch.autograd.grad(critic, movers[d].weights), g: torch.autograd.grad(maker, movers[g].weights)}

    update = trainer.updates[TOGETHER]
    update.rewind()
    for _ in range(steps):
        x, z = update.batches.next().x[seed].double(), update.latents.next()[seed].double()
        start = {module: [w.detach().clone() for w in mover.weights] for module, mover in movers.items()}
        for _ in ("foresee", "move"):
            found = slopes(x, z)
            for module, mover in movers.items():
                mover.move(start[module], found[module])
    return g, d


@pytest.mark.parametrize("path", [ExecutionPath(), ExecutionPath("looped", "eager")], ids=str)
def test_weights_are_those_of_the_papers_algorithm(
    setup: Callable[..., Any], registry: gc.Registry, path: ExecutionPath
) -> None:
    gan = registry.build("gan", "mlp", width=8, depth=1, latent=3)
    work = setup("extragradient", gan=gan, steps=5, default=ADAM, path=path)
    feed, trainer = Trainer(work), Trainer(work)
    assert {record.path for record in trainer.train()} == {str(path)}
    for seed in range(2):
        for name, module in zip(("generator", "discriminator"), by_hand(feed, seed, 5), strict=True):
            for parameter, tensor in module.state_dict().items():
                ours = trainer.replicas.weights[name][parameter][seed]
                torch.testing.assert_close(ours.double(), tensor, rtol=1e-3, atol=1e-5)


def test_adams_means_take_in_both_gradients_of_a_step(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("extragradient", steps=3, default=ADAM))
    trainer.train()
    assert trainer.replicas.moments()["generator"]["count"]["0.bias"].tolist() == [6, 6]


def test_gradients_are_those_at_the_foreseen_weights_of_both_players(duel: Callable[..., Any]) -> None:
    d = duel("extragradient", TOGETHER)
    found = d.game.hooks.gradients(d.game.field(), d.game)
    modules = {n: copy.deepcopy(m) for n, m in d.modules.items()}
    here = {n: torch.autograd.grad(play(d.modules, n, d.x, d.z), list(d.modules[n].parameters())) for n in modules}
    for name, module in modules.items():
        with torch.no_grad():
            for weight, slope in zip(module.parameters(), here[name], strict=True):
                weight -= 0.01 * slope / (slope.abs() + 1e-8)  # Adam's first step
    for name, module in modules.items():
        there = torch.autograd.grad(play(modules, name, d.x, d.z), list(module.parameters()))
        for mine, theirs in zip(found[name].values(), there, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-6)


def play(modules: dict[str, nn.Module], owner: str, x: Tensor, z: Tensor) -> Tensor:
    """The untreated loss of a player."""
    real, fake = modules["discriminator"](x), modules["discriminator"](modules["generator"](z))
    return softplus(-fake).mean() if owner == "generator" else softplus(-real).mean() + softplus(fake).mean()


@gc.strategy("scale-gradients", family="test")
@dataclass(frozen=True)
class ScaleGradients(gc.Strategy):
    """Multiplies all gradients by a number."""

    by: float

    def gradients(self, gradients: dict[str, gc.Params], game: gc.Game) -> dict[str, gc.Params]:
        return {player: {n: self.by * g for n, g in slopes.items()} for player, slopes in gradients.items()}


@pytest.mark.parametrize("scale", [0.0, -3.0])
def test_what_changes_gradients_to_its_left_changes_those_of_the_foreseen_point(
    duel: Callable[..., Any], scale: float
) -> None:
    game = duel("extragradient", TOGETHER).game
    extra, left = Extragradient(), ScaleGradients(scale)
    hooks = Recipe("x", (*game.hooks.strategies[:-1], left, extra))
    found = hooks.gradients(game.field(), replace(game, hooks=hooks, advanced={}))
    there = {p: foresee(p, slopes, game) for p, slopes in left.gradients(game.field(), game).items()}
    for player, slopes in game.field(there).items():
        for name, slope in slopes.items():
            torch.testing.assert_close(found[player][name], scale * slope)


def test_consensus_is_foreseen_too_and_refused_to_the_right(duel: Callable[..., Any]) -> None:
    both = duel("consensus(gamma=3.0)+extragradient", TOGETHER).game
    alone = duel("consensus(gamma=3.0)", TOGETHER).game
    found = both.hooks.gradients(both.field(), both)
    first = alone.hooks.gradients(alone.field(), alone)
    there = alone.with_weights(**{p: foresee(p, slopes, alone) for p, slopes in first.items()})
    expected = alone.hooks.gradients(there.field(), replace(there, advanced={}))
    for player, slopes in expected.items():
        for name, slope in slopes.items():
            torch.testing.assert_close(found[player][name], slope, rtol=1e-4, atol=1e-6)
    wrong = duel("extragradient+consensus", TOGETHER).game
    with pytest.raises(BadParameter, match="put it before"):
        wrong.hooks.gradients(wrong.field(), wrong)


def test_both_move_once_a_step_whatever_the_objective_says(setup: Callable[..., Any]) -> None:
    trainer = Trainer(setup("wgan-gp+extragradient"))
    assert (trainer.replicas.settings.critic_steps, list(trainer.updates)) == (1, [TOGETHER])


def test_an_optimiser_whose_steps_it_cannot_foresee_is_refused(train: Callable[..., Any]) -> None:
    for recipe, default in (("extragradient", gc.Optimiser(name="sgd")), ("wgan-clip+extragradient", ADAM)):
        with pytest.raises(BadParameter, match="foresees Adam"):
            train(recipe, default=default)
