from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

import gancheck as gc
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.detectors.replay import observations, replay
from gancheck.training.own_loop import train_own_loop
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer

Train = Callable[..., list[TrainingRecord]]


@dataclass(frozen=True)
class Own(gc.Gan):
    """One generator against two critics, trained by a loop of its own; `flaw` is what goes wrong, in seed 1 only."""

    flaw: str = ""
    every: int = 1  #: steps between reports

    def build(self, data: gc.DataSpec) -> gc.Players:
        critics = nn.ModuleList([nn.Linear(data.size, 1), nn.Linear(data.size, 1)])
        return gc.Players(nn.Linear(3, data.size), critics, gc.Latent(3))

    def train(self, session: gc.Session) -> None:
        generator, critics = session.players.generator, session.players.discriminator
        one = torch.optim.Adam(generator.parameters(), lr=0.01)
        two = torch.optim.SGD(critics.parameters(), lr=0.1)
        for step in session.steps():
            x, fake = session.real(8), generator(session.latent(8))
            loss = sum(softplus(-c(x)).mean() + softplus(c(fake.detach())).mean() for c in critics)
            two.zero_grad()
            loss.backward()
            two.step()
            hers = sum(softplus(-c(fake)).mean() for c in critics)
            one.zero_grad()
            hers.backward()
            one.step()
            if step % self.every == self.every - 1:
                session.report(discriminator_loss=loss, generator_loss=hers.item())
            if self.flaw and session.seed == 1 and step == 3:
                self.fail(session)
                if self.flaw == "stops":
                    return

    def fail(self, session: gc.Session) -> None:
        """Go wrong."""
        if self.flaw == "raises":
            raise ZeroDivisionError("no modes left")
        if self.flaw == "nan":
            nn.init.constant_(session.players.generator.weight, math.nan)
        if self.flaw == "slow":
            time.sleep(0.05)
        if self.flaw == "signal":
            session.report(loss=1.0)


def test_a_loop_with_two_critics_and_optimisers_trains_every_seed(train: Train) -> None:
    records = train(gan=Own(), steps=20, evaluations=2)
    assert [(r.status, r.path) for r in records] == [("done", "own-loop")] * 2
    for record in records:
        assert sorted(record.snapshots) == [10, 20]
        assert record.seconds > 0
        early, late = (record.snapshots[step].generator["weight"] for step in (10, 20))
        assert not early.equal(late)
        assert (record.trace["generator_loss"] > 0).all()
        assert record.trace["diversity"].isfinite().all()
    assert not records[0].snapshots[20].generator["weight"].equal(records[1].snapshots[20].generator["weight"])


def test_a_loop_is_the_same_to_the_last_bit_when_it_is_run_again(train: Train, apart: Callable[..., float]) -> None:
    first = train(gan=Own())
    torch.manual_seed(99)
    assert apart(first, train(gan=Own())) == 0
    assert apart(first[1:], train(gan=Own(), seeds=(1,))) == 0


@dataclass(frozen=True)
class Drawing(gc.Gan):
    """Trains nobody; hands out what a module would draw in its loop, and which random state torch has afterwards."""

    drawn: list[Tensor]

    def build(self, data: gc.DataSpec) -> gc.Players:
        return gc.Players(nn.Linear(3, data.size), nn.Linear(data.size, 1), gc.Latent(3))

    def train(self, session: gc.Session) -> None:
        for _ in session.steps():
            self.drawn.extend([gc.noise("normal", (5,)), gc.noise("uniform", (5,)), torch.get_rng_state().float()])


def test_modules_draw_from_the_seeds_own_stream_on_its_device(train: Train) -> None:
    one, again, other = list[Tensor](), list[Tensor](), list[Tensor]()
    for drawn, seed in ((one, 0), (again, 0), (other, 1)):
        train(gan=Drawing(drawn), steps=2, seeds=(seed,))
    assert all(a.equal(b) for a, b in zip(one, again, strict=True))
    assert not one[0].equal(one[3])
    assert not one[0].equal(other[0])
    assert one[2].equal(one[5])  # torch's generator, which is the processor's, was not asked


def test_starting_tensors_are_those_of_the_trainer(setup: Callable[..., TrainingSetup]) -> None:
    seen: list[Any] = []

    class Looks(Own):
        def train(self, session: gc.Session) -> None:
            seen.append({n: t.clone() for n, t in session.players.generator.state_dict().items()})
            super().train(session)

    work = setup(gan=Looks(), steps=2)
    train_own_loop(work)
    for i, start in enumerate(seen):
        assert all(t.equal(Trainer(work).replicas.weights["generator"][n][i]) for n, t in start.items())


def test_batches_and_latents_have_the_shape_of_the_data(setup: Callable[..., TrainingSetup]) -> None:
    class Looks(Own):
        def train(self, session: gc.Session) -> None:
            batch = session.batch(5)
            assert (batch.x.shape, batch.y.shape, batch.index.tolist()) == ((5, 2), (5,), [-1] * 5)
            assert not session.real(5).equal(batch.x)
            assert session.latent(7).shape == (7, 3)
            assert not session.latent(7).equal(session.latent(7))
            super().train(session)

    assert [(r.status, r.reason) for r in train_own_loop(setup(gan=Looks(), steps=2))] == [("done", "")] * 2


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("stops", "BadPlugin: train() ended after 3 of 20 steps; iterate session.steps()"),
        ("raises", "ZeroDivisionError: no modes left"),
        ("signal", "BadPlugin: session.report knows no signal 'loss'; it takes discriminator_loss, discriminator_grad"),
    ],
)
def test_a_seed_whose_loop_breaks_is_failed_and_the_others_go_on(train: Train, flaw: str, reason: str) -> None:
    sound, broken, also = train(gan=Own(flaw), seeds=(0, 1, 2))
    assert (sound.status, also.status) == ("done", "done")
    assert broken.status == "failed"
    assert broken.reason.startswith(reason)
    assert not broken.snapshots
    assert broken.path == "own-loop"


def test_a_seed_that_leaves_the_finite_numbers_is_stopped_and_the_others_go_on(train: Train) -> None:
    records = train(gan=Own("nan"), seeds=(0, 1, 2))
    assert [r.status for r in records] == ["done", "diverged", "done"]
    assert records[1].reason == "losses or weights are not finite at step 4"
    assert {len(signal) for signal in records[1].trace.values()} == {4}


def test_a_seed_that_takes_too_long_is_stopped(train: Train) -> None:
    records = train(gan=Own("slow"), timeout=0.04)
    assert records[1].status == "timeout"
    assert records[1].reason.startswith("over 0.04 s at step ")
    assert not records[1].snapshots


def test_signals_that_are_never_reported_raise_no_alarm(train: Train) -> None:
    for every in (1, 7, 1000):
        record = train(gan=Own(every=every), steps=20)[0]
        trace = {name: signal.tolist() for name, signal in record.trace.items()}
        assert replay(AlarmTracker({"nonfinite": NonFinite()}), observations(trace)).alarms == []
        assert ("generator_loss" in trace) == (every < 1000)


def test_a_signal_holds_its_value_until_the_next_report(train: Train) -> None:
    dense, sparse = (train(gan=Own(every=every), steps=20)[0].trace["generator_loss"].tolist() for every in (1, 8))
    assert sparse == [dense[7]] * 15 + [dense[15]] * 5


class Sleepy(nn.Linear):
    """A generator that takes its time outside training, as it is when it is probed."""

    def forward(self, z: Tensor) -> Tensor:
        if not self.training:
            time.sleep(0.02)
        return super().forward(z)


def test_the_clock_stops_for_probes(setup: Callable[..., TrainingSetup]) -> None:
    class Probed(Own):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return super().build(data).replace(generator=Sleepy(3, data.size))

    heard: list[int] = []
    start = time.perf_counter()
    record = train_own_loop(setup(gan=Probed(), steps=10, seeds=(0,)), heard.append)[0]
    assert heard == list(range(1, 11))
    assert record.seconds < time.perf_counter() - start - 0.2


def test_a_gan_without_a_loop_of_its_own_is_refused(setup: Callable[..., TrainingSetup]) -> None:
    record = train_own_loop(setup())[0]
    assert (record.status, record.reason) == ("failed", "Unsupported: this GAN is trained by gancheck's own loop")


class Nothing(nn.Module):
    """Gives its latents back; it holds no tensor at all."""

    def forward(self, z: Tensor) -> Tensor:
        return z


class Untrained(gc.Model):
    """A generator without weights."""

    def build(self, data: gc.DataSpec) -> gc.Networks:
        return gc.Networks(Nothing(), gc.Latent(data.size))

    def train(self, session: gc.Session) -> None:
        for _ in session.steps():
            pass


def test_a_generator_without_any_weight_is_probed(train: Train) -> None:
    records = train(gan=Untrained(), steps=3)
    assert [record.status for record in records] == ["done", "done"]
    assert all(value > 0 for record in records for value in record.trace["diversity"].tolist()[-1:])
