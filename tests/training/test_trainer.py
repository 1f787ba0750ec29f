from __future__ import annotations

import copy
import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.detectors.replay import observations, replay
from gancheck.numerics.seeding import key
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Train = Callable[..., list[TrainingRecord]]
Apart = Callable[[list[TrainingRecord], list[TrainingRecord]], float]
LOOPED = ExecutionPath("looped", "eager")


class Sign(nn.Module):
    """Takes one of two branches by the value of its input, which neither vmap nor tracing can follow."""

    def forward(self, z: Tensor) -> Tensor:
        return z * 2 if z.sum() > 0 else z / 2


class Drops(nn.Module):
    """Drops by a function, which draws where seeds cannot be trained together."""

    def forward(self, z: Tensor) -> Tensor:
        return nn.functional.dropout(z, 0.3, self.training)


class Counter(nn.Module):
    """Assigns a new buffer instead of writing to the old one."""

    calls: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, z: Tensor) -> Tensor:
        self.calls = self.calls + 1
        return z


MIDDLES: dict[str, Callable[[], nn.Module]] = {
    "norm": lambda: nn.BatchNorm1d(8),
    "dropout": lambda: nn.Dropout(0.3),
    "function": Drops,
    "sign": Sign,
    "count": Counter,
}


@dataclass(frozen=True)
class Odd(gc.Gan):
    """A small GAN with something unusual in the middle of its players, and a flaw if asked for."""

    middle: str = "none"
    poison: int | None = None  #: seed whose generator starts with a NaN

    def build(self, data: gc.DataSpec) -> gc.Players:
        odd = MIDDLES.get(self.middle, nn.Identity)
        sides = [nn.Sequential(nn.Linear(n, 8), nn.Tanh(), odd(), nn.Linear(8, m)) for n, m in ((3, 2), (2, 1))]
        if self.poison is not None and torch.initial_seed() == key(self.poison, "weights"):
            nn.init.constant_(sides[0][0].weight, math.nan)
        return gc.Players(*sides, gc.Latent(3))


def by_hand(setup: TrainingSetup, seed: int, penalty: Callable[[nn.Module, Tensor], Tensor] | None = None) -> nn.Module:
    """The same training as a plain PyTorch loop: nothing of the trainer but starting tensors, batches and latents."""
    feed = Trainer(setup)
    players = {name: copy.deepcopy(module) for name, module in feed.replicas.players.modules.items()}
    for name, module in players.items():
        start = {**feed.replicas.weights[name], **feed.replicas.buffers[name]}
        module.load_state_dict({n: t[seed] for n, t in start.items()})
    g, d = players["generator"].requires_grad_(), players["discriminator"].requires_grad_()
    optimiser = {p: torch.optim.Adam(players[p].parameters(), lr=2e-4, betas=(0.5, 0.999)) for p in players}

    def draw(phase: str) -> tuple[Tensor, Tensor]:
        update = feed.updates[phase]
        return update.batches.next().x[seed], update.latents.next()[seed]

    for _ in range(setup.budget.steps):
        x, z = draw("discriminator")
        loss = softplus(-d(x)).mean() + softplus(d(g(z).detach())).mean()
        if penalty:
            loss = loss + penalty(d, x)
        move(optimiser["discriminator"], loss)
        x, z = draw("generator")
        move(optimiser["generator"], softplus(-d(g(z))).mean())
    return g


def move(optimiser: torch.optim.Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()


def half_gamma_slope(d: nn.Module, x: Tensor) -> Tensor:
    x = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
    return 5 * slope.square().sum(1).mean()


@pytest.mark.parametrize(
    "path", [ExecutionPath("stacked", "traced"), ExecutionPath("stacked", "eager"), LOOPED], ids=str
)
@pytest.mark.parametrize(("recipe", "penalty"), [("none", None), ("r1", half_gamma_slope)])
def test_weights_are_those_of_a_plain_pytorch_loop(
    setup: Callable[..., TrainingSetup], recipe: str, penalty: Any, path: ExecutionPath
) -> None:
    work = setup(recipe, path=path)
    for seed, record in enumerate(Trainer(work).train()):
        for name, tensor in by_hand(work, seed, penalty).state_dict().items():
            torch.testing.assert_close(record.snapshots[20].generator[name], tensor, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("middle", ["norm", "sign"])
def test_unusual_players_are_trained_as_by_a_plain_pytorch_loop(
    setup: Callable[..., TrainingSetup], middle: str
) -> None:
    work = setup(gan=Odd(middle))
    for seed, record in enumerate(Trainer(work).train()):
        plain = by_hand(work, seed).state_dict()
        assert record.snapshots[20].generator.keys() == plain.keys()
        for name, tensor in plain.items():
            torch.testing.assert_close(record.snapshots[20].generator[name], tensor, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "recipe",
    [
        "rpgan+r1r2",
        "wgan-gp(critic_steps=2)+spectral-norm",
        "pacgan+dragan",
        "minibatch-std+ema(decay=0.5)",
        "minibatch-discrimination(kernels=3, width=2)",
        "unrolled(k=1)",
        "instance-noise+mode-seeking",
        "hinge+ttur",
    ],
)
def test_seeds_trained_together_are_what_they_are_one_by_one(train: Train, apart: Apart, recipe: str) -> None:
    together, alone = train(recipe, steps=8), train(recipe, steps=8, path=LOOPED)
    assert (together[0].path, alone[0].path) == ("stacked-eager", "looped-eager")
    assert apart(together, alone) < 1e-5


@pytest.mark.parametrize("recipe", ["wgan-gp(critic_steps=2)+spectral-norm", "minibatch-std+ema(decay=0.5)"])
@pytest.mark.parametrize("way", ["stacked", "looped"])
def test_traced_steps_are_eager_steps(train: Train, apart: Apart, recipe: str, way: Any) -> None:
    traced, eager = (train(recipe, steps=8, path=ExecutionPath(way, how)) for how in ("traced", "eager"))
    assert traced[0].path == f"{way}-traced"
    assert apart(traced, eager) < 1e-6


@pytest.mark.parametrize(
    "how",
    [{"recipe": "wgan-gp+instance-noise"}, {"gan": Odd("dropout")}, {"gan": Odd("function")}],
    ids=["noise", "dropout", "function"],
)
def test_a_run_is_the_same_to_the_last_bit_when_it_is_made_again(
    train: Train, apart: Apart, how: dict[str, Any]
) -> None:
    first = train(**how, steps=8, evaluations=4)
    torch.manual_seed(123)  # whatever others did to the global generator, and whatever was trained in between
    train("r1+ema", steps=3)
    again = train(**how, steps=8, evaluations=4)
    assert apart(first, again) == 0
    for one, other in zip(first, again, strict=True):
        for name, signal in one.trace.items():
            torch.testing.assert_close(signal, other.trace[name], rtol=0, atol=0, equal_nan=True)


def test_the_number_of_threads_changes_nothing(train: Train, apart: Apart) -> None:
    threads, records = torch.get_num_threads(), []
    wide = {"batch": 64, "steps": 2, "data": "veegan1200", "seeds": (0,)}  # large enough that torch uses its threads
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            records.append(train("r1", **wide))
    finally:
        torch.set_num_threads(threads)
    assert apart(*records) == 0


def test_global_random_states_are_left_alone(train: Train) -> None:
    before = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()
    train("wgan-gp+minibatch-std", steps=2)
    train(gan=Odd("function"), steps=2)
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == np.random.get_state()[1].tolist()
    assert before[2] == random.getstate()


def test_seeds_differ(train: Train) -> None:
    one, other = train(steps=2)
    assert all(
        not one.snapshots[2].generator[name].equal(other.snapshots[2].generator[name])
        for name in one.snapshots[2].generator
    )


def test_a_snapshot_is_kept_at_each_evaluation(train: Train) -> None:
    record = train(steps=20, evaluations=4)[0]
    assert sorted(record.snapshots) == [5, 10, 15, 20]
    weights = [record.snapshots[step].generator["0.weight"] for step in (5, 10, 15, 20)]
    assert all(not a.equal(b) for a, b in itertools.pairwise(weights))
    assert weights[1].equal(train(steps=20, evaluations=2)[0].snapshots[10].generator["0.weight"])


def test_trace_holds_losses_at_every_step(train: Train) -> None:
    trace = train(steps=20)[0].trace
    for name in ("discriminator_loss", "generator_loss", "discriminator_gradient", "generator_gradient"):
        assert trace[name].shape == (20,)
        assert (trace[name] > 0).all()
    assert trace["real_logit"].isfinite().all()
    assert trace["diversity"].isfinite().all()
    long = train(steps=200, batch=4, path=ExecutionPath())[0].trace["diversity"]
    assert long[1::2].isfinite().all()
    assert long[::2].isnan().all()


def test_dropout_of_torch_is_stacked_and_draws_afresh(
    setup: Callable[..., TrainingSetup], train: Train, apart: Apart
) -> None:
    work = setup(gan=Odd("dropout"), path=ExecutionPath(), steps=3)
    trainer = Trainer(work)
    records = trainer.train()
    assert {r.path for r in records} == {"stacked-traced"}
    assert apart(records, train(gan=Odd("dropout"), steps=3, path=LOOPED)) < 1e-6
    update = trainer.updates["generator"]
    one, other = update.arguments(), update.arguments()
    losses = [update.mapped(*given)[1]["generator_loss"] for given in (one, one._replace(noise=other.noise))]
    assert not torch.isclose(*losses).any()  # with other masks, all else being the same


def test_a_function_that_drops_falls_back_to_seed_by_seed(train: Train) -> None:
    records = train(gan=Odd("function"), path=ExecutionPath(), steps=2)
    assert {(r.status, r.path) for r in records} == {("done", "looped-traced")}
    assert "write gancheck.Dropout in place of torch's" in records[0].path_reason


def test_branching_on_values_falls_back_to_eager_steps(train: Train) -> None:
    assert {(r.status, r.path) for r in train(gan=Odd("sign"), path=ExecutionPath())} == {("done", "looped-eager")}


def test_batch_normalisation_is_stacked_and_composes_with_slopes_and_look_aheads(train: Train, apart: Apart) -> None:
    for recipe in ("r1", "unrolled(k=1)", "ema"):
        stacked = train(recipe, gan=Odd("norm"), steps=5)
        assert stacked[0].path == "stacked-eager"
        assert (
            stacked[0].snapshots[5].generator["2.num_batches_tracked"] == 10
        )  # two updates a step; looking is not counted
        assert apart(stacked, train(recipe, gan=Odd("norm"), steps=5, path=LOOPED)) < 1e-5


def test_a_buffer_that_a_module_assigns_is_carried_along(train: Train) -> None:
    assert train(gan=Odd("count"), steps=5)[0].snapshots[5].generator["2.calls"] == 10


def test_nan_in_one_seed_leaves_the_others_untouched(train: Train) -> None:
    sound, ill = (train(gan=Odd(poison=p), seeds=(0, 1, 2), evaluations=2) for p in (None, 1))
    assert [r.status for r in ill] == ["done", "diverged", "done"]
    assert ill[1].reason == "losses or weights are not finite at step 1"
    assert not ill[1].snapshots
    for seed in (0, 2):
        for step in (10, 20):
            assert all(
                t.equal(ill[seed].snapshots[step].generator[n])
                for n, t in sound[seed].snapshots[step].generator.items()
            )


def test_training_stops_when_every_seed_has_diverged(train: Train) -> None:
    record = train(gan=Odd(poison=0), seeds=(0,), steps=20)[0]
    assert (record.status, record.updates, len(record.trace["generator_loss"])) == ("diverged", 1, 1)


def test_a_block_that_takes_too_long_is_given_up(train: Train) -> None:
    records = train(steps=500, timeout=1e-9)
    assert {(r.status, r.reason) for r in records} == {("timeout", "over 1e-09 s at step 5")}
    assert not records[0].snapshots
    trace = {name: signal.tolist() for name, signal in records[0].trace.items()}
    assert {len(signal) for signal in trace.values()} == {5}
    assert (
        replay(AlarmTracker({"nonfinite": NonFinite()}), observations(trace)).alarms == []
    )  # being cut short is no divergence


def test_progress_is_told(setup: Callable[..., TrainingSetup]) -> None:
    heard: list[int] = []
    Trainer(setup(steps=200, batch=4, path=ExecutionPath())).train(heard.append)
    assert heard == list(range(2, 201, 2))


@gc.strategy("clip", family="regulariser")
class Clip(gc.Strategy):
    """Clips the discriminator's weights when a step is done."""

    def after_step(self, state: gc.State) -> gc.State:
        clipped = {n: w.clamp(-0.05, 0.05) for n, w in state.weights["discriminator"].items()}
        return state.with_weights("discriminator", clipped)


@pytest.mark.parametrize("path", [ExecutionPath(), LOOPED], ids=str)
def test_weights_changed_after_a_step_are_the_ones_that_go_on(
    setup: Callable[..., TrainingSetup], path: ExecutionPath
) -> None:
    trainer = Trainer(setup(extra=(Clip(),), path=path, steps=5))
    trainer.train()
    held = {id(t) for group in trainer.replicas.optimisers["discriminator"].param_groups for t in group["params"]}
    for tensor in trainer.replicas.weights["discriminator"].values():
        assert tensor.abs().max() <= 0.05
        assert id(tensor) in held  # the optimiser moves these very tensors
