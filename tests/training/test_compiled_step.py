from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten

import gancheck as gc
from gancheck.strategies.recipe import Recipe
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.setup import TrainingSetup
from gancheck.training.thin_products import turn_thin_products
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Setup = Callable[..., TrainingSetup]
TRACED = ExecutionPath("stacked", "traced")
SMALL = {"steps": 40, "batch": 8}
STEPS = 20
SHORT = {**SMALL, "steps": 8}  #: where nothing happens between steps, a fifth of this shows as much
SHORT_STEPS = 4

#: Hooks that are asked in a step, or that build what plays in it.
IN_STEP = set(gc.Strategy.hooks) - {"study", "discriminator_data", "settings", "memory", "initial", "sampler"}
CLUSTERED = "self-conditioned(clusterings=3, clusters=8, rows=300)"

#: Strategies that turn rounding into other numbers: signs of small differences, clusters of features, gradients that
#: are nothing but rounding (of a bias that a difference of logits leaves out), eigenvalues that are nearly equal.
CHAOTIC = ("minibatch-discrimination", CLUSTERED, "ragan", "mmd", "gdpp")


def as_it_is(graph: Any, examples: list[Tensor]) -> Any:
    """The graph without a compiler, which would take its time, but with what is done to it before."""
    turn_thin_products(graph)
    return graph


def prepared(setup: TrainingSetup) -> Trainer:
    """A trainer whose turns are played one by one, traced where the path says so; that changes no bit."""
    made = Trainer(setup)
    made.prepare()
    return made


class WholeStep(Trainer):
    """A trainer whose step is one graph, with no machine code made of it."""

    def try_path(self, path: ExecutionPath) -> CompiledStep:
        return CompiledStep(self.replicas, self.order, ExecutionPath(path.vectorisation, "compiled"), as_it_is)


def whole(setup: TrainingSetup, vectorisation: Any = "stacked") -> Trainer:
    """A trainer whose step is one graph, of all replicates together or of one; what cannot be is raised."""
    made = WholeStep(replace(setup, path=ExecutionPath(vectorisation, "eager")))
    assert made.prepare().path.vectorisation == vectorisation
    return made


def carried(trainer: Trainer) -> list[Tensor]:
    """Everything that training has changed."""
    replicas = trainer.replicas
    leaves: list[Tensor] = tree_flatten((replicas.weights, replicas.memory, replicas.buffers))[0]
    return leaves


def gap(one: Trainer, other: Trainer) -> float:
    """The largest difference between two trainers, relative to the largest number of each tensor."""
    pairs = zip(carried(one), carried(other), strict=True)
    gaps = [(a.double() - b.double()).abs().max() / (b.double().abs().max() + 1e-6) for a, b in pairs]
    return max(float(g) for g in gaps)


def play(*trainers: Trainer, steps: int = STEPS) -> None:
    for trainer in trainers:
        for _ in range(steps):
            trainer.step()


def registered() -> list[str]:
    """All strategies that do something in a step or between two, some of them at a size that takes less time."""
    smaller = {
        "unrolled": "unrolled(k=2)",
        "self-conditioned": CLUSTERED,
        "adagan": "adagan(critic_updates=3, rows=100)",
        "gman": "gman(critics=2)",
        "mcl": "mcl(critics=2)",
        "presgan": "presgan(burn_in=0, draws=1, leapfrog=1)",
        "random-d": "random-d(critics=2)",
        "cluster-balance": "cluster-balance(clusters=8, rows=200)",
        "cleaning": "cleaning(rows=100)",
        "batch-size": "batch-size(factor=2)",
        "bourgan": "bourgan(points=100)",
        "stackelberg": "stackelberg(k=2)",
        "dyngan": "dyngan(rows=200)",
    }
    registry = gc.Registry.load()
    inside = [n for n in registry.names("strategy") if any(map(registry.entry("strategy", n).thing.overrides, IN_STEP))]
    return [smaller.get(name, name) for name in inside]


@pytest.mark.parametrize("recipe", registered())
def test_one_graph_does_what_turns_do(setup: Setup, registry: gc.Registry, recipe: str) -> None:
    layers = 2 if recipe == "skip-connections" else 1  # fewer layers are traced sooner
    refreshed = Recipe.parse(recipe, registry).implementing("refresh")
    length, steps = (SMALL, STEPS) if refreshed else (SHORT, SHORT_STEPS)
    small: dict[str, Any] = {**length, "gan": registry.build("gan", "mlp", width=16, latent=4, depth=layers)}
    one, other = whole(setup(recipe, **small)), prepared(setup(recipe, **small))
    assert isinstance(one.play, CompiledStep)
    bound = 1e-5
    if recipe in CHAOTIC:
        moved = prepared(setup(recipe, **small))
        for weights in moved.replicas.weights.values():
            for tensor in weights.values():
                tensor.mul_(1 + 2e-7 * torch.randn(tensor.shape, generator=torch.Generator().manual_seed(0)))
        play(moved, other, steps=steps)
        bound = 10 * gap(moved, other)
    else:
        play(other, steps=steps)
    play(one, steps=steps)
    assert gap(one, other) < bound
    assert one.signals.names == other.signals.names
    if recipe not in CHAOTIC:
        torch.testing.assert_close(one.signals.values, other.signals.values, rtol=1e-4, atol=1e-5, equal_nan=True)


@pytest.mark.parametrize(
    "recipe",
    ["wgan-gp(critic_steps=3)+ema+spectral-norm", "extragradient+pacgan", "d2gan+top-k"],
)
def test_recipes_and_looped_replicates_agree_too(setup: Setup, recipe: str) -> None:
    other = prepared(setup(recipe, **SMALL))
    play(other, steps=4)
    for vectorisation in ("stacked", "looped"):
        one = whole(setup(recipe, **SMALL), vectorisation)
        play(one, steps=4)
        assert gap(one, other) < 1e-5
        assert one.signals.values.shape == other.signals.values.shape


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize("schedule", ["constant", "cosine"])
def test_optimisers_and_schedules_agree(setup: Setup, name: Any, schedule: Any) -> None:
    optimiser = gc.Optimiser(name=name, lr=3e-3, schedule=schedule, warm_up=0.25, weight_decay=0.01)
    how: Any = {**SHORT, "default": optimiser}
    one, other = whole(setup(**how)), prepared(setup(**how))
    play(one, other, steps=SHORT_STEPS)
    assert gap(one, other) < 1e-5


@pytest.mark.parametrize("vectorisation", ["stacked", "looped"])
def test_steps_that_are_played_again_from_a_capture_agree(setup: Setup, vectorisation: Any) -> None:
    """What a CUDA graph needs, with the body in its place: inputs that never move, and a state left as it was."""
    other = prepared(setup("wgan-gp(critic_steps=2)+ema+dropout", path=TRACED, **SMALL))
    one = prepared(setup("wgan-gp(critic_steps=2)+ema+dropout", path=TRACED.eagerly(), **SMALL))
    path, before = ExecutionPath(vectorisation, "compiled"), [t.clone() for t in carried(one)]
    captured: list[Any] = []
    one.play = CompiledStep(one.replicas, one.order, path, as_it_is, lambda body: captured.append(body) or body)
    assert len(captured) == (2 if vectorisation == "stacked" else 4)
    assert all(now.equal(was) for now, was in zip(carried(one), before, strict=True))
    places = [t.data_ptr() for t in carried(one)]
    play(one, other, steps=6)
    assert gap(one, other) < 1e-5
    assert [t.data_ptr() for t in carried(one)] == places


def test_modules_with_buffers_agree(setup: Setup) -> None:
    class Normalised(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            g = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.BatchNorm1d(8), torch.nn.Linear(8, data.size))
            return gc.Players(g, torch.nn.Linear(data.size, 1), gc.Latent(4))

    how: Any = {**SMALL, "gan": Normalised(), "path": TRACED}
    one, other = whole(setup(**how)), prepared(setup(**how))
    before = other.replicas.buffers["generator"]["1.running_mean"].clone()
    play(one, other)
    assert not other.replicas.buffers["generator"]["1.running_mean"].equal(before)
    assert one.replicas.buffers["generator"]["1.num_batches_tracked"].tolist() == [40, 40]
    assert gap(one, other) < 1e-5


@gc.strategy("halving", family="optimisation")
class Halving(gc.Strategy):
    """Between steps: halves the generator's weights and counts how often."""

    period = 5

    def memory(self, state: gc.State) -> dict[str, Any]:
        return {"halved": torch.zeros(())}

    def refresh(self, state: gc.State, look: Any) -> gc.State:
        weights = {name: tensor / 2 for name, tensor in state.weights["generator"].items()}
        return state.with_weights("generator", weights).remember("halved", state.memory["halved"] + 1)


def test_hooks_between_steps_change_what_the_graph_goes_on_from(setup: Setup) -> None:
    how: Any = {**SMALL, "extra": (Halving(),), "path": TRACED}
    one, other = whole(setup(**how)), prepared(setup(**how))
    play(one, other, steps=12)
    assert one.replicas.memory["halved"].tolist() == [3, 3]
    assert gap(one, other) < 1e-5


@gc.strategy("exchanging", family="optimisation")
class Exchanging(gc.Strategy):
    """Gives weights back in another order, after the discriminator's update already."""

    def after_update(self, state: gc.State, before: Any) -> gc.State:
        for player in ("generator", "discriminator"):
            state = state.with_weights(player, dict(reversed(state.weights[player].items())))
        return state


@gc.strategy("halved-moments", family="optimisation")
class HalvedMoments(gc.Strategy):
    """Sets the discriminator's running means in every turn, also where it is not the one to move."""

    def gradients(self, gradients: Any, game: gc.Game) -> Any:
        held = game.moments["discriminator"]
        game.advance_moments("discriminator", {**held, "first": {n: t / 2 for n, t in held["first"].items()}})
        return gradients


@gc.strategy("reading-moments", family="optimisation")
class ReadingMoments(gc.Strategy):
    """Adds what it reads of all players' moments to the gradients."""

    def gradients(self, gradients: Any, game: gc.Game) -> Any:
        read = sum(t.mean() for held in game.moments.values() for kind in held.values() for t in kind.values())
        return {p: {n: slope + 0.01 * read for n, slope in slopes.items()} for p, slopes in gradients.items()}


@pytest.mark.parametrize(
    ("strategy", "optimiser"),
    [
        (Exchanging, "adam"),
        (HalvedMoments, "adam"),
        (ReadingMoments, "adam"),
        (ReadingMoments, "sgd"),
        (ReadingMoments, "rmsprop"),
    ],
)
def test_what_hooks_do_with_weights_and_moments_agrees(setup: Setup, strategy: Any, optimiser: Any) -> None:
    default = gc.Optimiser(name=optimiser, lr=3e-3)
    how: Any = {**SMALL, "extra": (strategy(),), "default": default}
    one, other = whole(setup(**how)), prepared(setup(**how))
    play(one, other, steps=6)
    assert gap(one, other) < 1e-5


def test_a_capture_that_fails_leaves_everything_as_it_was(setup: Setup) -> None:
    one = prepared(setup("ema", path=TRACED.eagerly(), **SMALL))
    before = [t.clone() for t in carried(one)]

    def refuse(body: Callable[[], None]) -> Callable[[], None]:
        body()
        raise RuntimeError("capture failed")

    with pytest.raises(RuntimeError, match="capture failed"):
        CompiledStep(one.replicas, one.order, ExecutionPath("stacked", "compiled"), as_it_is, refuse)
    assert all(now.equal(was) for now, was in zip(carried(one), before, strict=True))


def test_draws_that_nobody_reads_are_never_made(setup: Setup) -> None:
    trainer = whole(setup(path=TRACED, **SMALL))
    generator_turn = trainer.order[-1]
    length = generator_turn.latents.length
    for stream in generator_turn.all_streams:
        stream.position = length
    play(trainer, steps=1)
    assert (generator_turn.latents.held, generator_turn.latents.position) == (1, length + 1)
    assert (generator_turn.batches.held, generator_turn.batches.position) == (0, length + 1)  # it sees no real sample


@pytest.mark.parametrize(("recipe", "graphs"), [("none", 1), ("wgan-gp", 2)])
def test_critic_steps_are_one_graph_called_again(setup: Setup, recipe: str, graphs: int) -> None:
    play_step = whole(setup(recipe, path=TRACED, **SMALL)).play
    assert isinstance(play_step, CompiledStep)
    assert len(play_step.graphs) == graphs
    assert len(play_step.order) == (6 if recipe == "wgan-gp" else 1)


def test_machine_code_agrees(setup: Setup, registry: gc.Registry) -> None:
    how: Any = {**SMALL, "gan": registry.build("gan", "mlp", width=16, latent=4, depth=1)}  # less to compile
    path = ExecutionPath("stacked", "compiled")
    one, other = prepared(setup("ema", path=path, **how)), prepared(setup("ema", path=TRACED, **how))
    assert isinstance(one.play, CompiledStep)
    play(one, other)
    assert gap(one, other) < 1e-5
    assert one.signals.names == other.signals.names


def test_what_cannot_be_compiled_is_traced_and_says_why(setup: Setup, train: Callable[..., Any]) -> None:
    class Branch(torch.nn.Module):
        def forward(self, z: Tensor) -> Tensor:
            return z * 2 if z.sum() > 0 else z

    class Gan(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            g = torch.nn.Sequential(torch.nn.Linear(4, data.size), Branch())
            return gc.Players(g, torch.nn.Linear(data.size, 1), gc.Latent(4))

    (record, _) = train(gan=Gan(), steps=2, path=ExecutionPath("stacked", "compiled"))
    assert record.path == "looped-eager"
    assert record.path_reason.startswith("stacked-compiled: ")
