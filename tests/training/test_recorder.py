"""The record of a run while it is made: the same for the trainer's loop and for a model's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.gans.sampler import PlainSampler
from gancheck.training.recorder import OnStep, RunRecorder
from gancheck.training.setup import TrainingSetup

Recorder = Callable[..., RunRecorder]


class Loop:
    """A loop that trains nothing; `broken` seeds have left the finite numbers."""

    def __init__(self, *broken: int, seeds: int = 2) -> None:
        self.broken, self.seeds = broken, seeds

    def live_generators(self) -> gc.Kept:
        weights = torch.stack([torch.eye(2) * (i + 1) for i in range(self.seeds)])
        return gc.Kept({"generator": {"weight": weights, "bias": torch.zeros(self.seeds, 2)}})

    def are_finite(self) -> list[bool]:
        return [i not in self.broken for i in range(self.seeds)]

    def snapshots(self) -> list[gc.Kept]:
        return self.live_generators().unstack(self.seeds)


@pytest.fixture
def recorder(setup: Callable[..., TrainingSetup]) -> Recorder:
    """Records a run of 8 steps, with evaluations after 4 and 8: `recorder(timeout=1.0)`."""

    def make(seeds: tuple[int, ...] = (3, 5), on_step: OnStep = lambda _: None, **how: Any) -> RunRecorder:
        sampler = PlainSampler(gc.Networks(nn.Linear(2, 2), gc.Latent(2)))
        return RunRecorder(setup(steps=8, evaluations=2, seeds=seeds, **how), seeds, sampler, "some-way", on_step)

    return make


def test_records_know_their_seed_and_how_they_were_computed(recorder: Recorder) -> None:
    records = recorder().finish(0)
    assert [(r.seed, r.path, r.status, r.reason) for r in records] == [
        (seed, "some-way", "done", "") for seed in (3, 5)
    ]


def test_generators_are_kept_at_evaluation_points_only(recorder: Recorder) -> None:
    made = recorder()
    assert all(made.pause(step, Loop()) for step in made.pauses)
    for i, record in enumerate(made.finish(8)):
        assert list(record.snapshots) == [4, 8]
        assert record.snapshots[8].generator["weight"].equal(Loop().snapshots()[i].generator["weight"])


def test_a_seed_that_leaves_the_finite_numbers_is_marked_and_keeps_no_more(recorder: Recorder) -> None:
    made = recorder()
    assert made.pause(4, Loop())
    assert made.pause(6, Loop(1))
    assert made.pause(8, Loop())  # what looks finite later does not heal it
    sound, ill = made.finish(8)
    assert (sound.status, list(sound.snapshots)) == ("done", [4, 8])
    assert (ill.status, list(ill.snapshots)) == ("diverged", [4])
    assert ill.reason == "losses or weights are not finite at step 6"


def test_a_generator_that_diverges_at_an_evaluation_point_is_not_kept(recorder: Recorder) -> None:
    made = recorder()
    made.pause(4, Loop(0))
    assert [list(record.snapshots) for record in made.finish(4)] == [[], [4]]


def test_nothing_goes_on_when_every_seed_has_ended(recorder: Recorder) -> None:
    made = recorder()
    assert made.pause(2, Loop(0))
    assert not made.pause(3, Loop(0, 1))
    assert [r.reason[-6:] for r in made.finish(3)] == ["step 2", "step 3"]


def test_time_that_runs_out_ends_every_seed_but_not_at_the_last_step(recorder: Recorder) -> None:
    late, last = recorder(timeout=1.0), recorder(timeout=1.0)
    late.clock.seconds = last.clock.seconds = 1.5
    assert not late.pause(4, Loop(1))
    assert [(r.status, r.reason, r.snapshots) for r in late.finish(4)] == [
        ("timeout", "over 1 s at step 4", {}),
        ("diverged", "losses or weights are not finite at step 4", {}),
    ]
    assert last.pause(8, Loop())
    assert [r.status for r in last.finish(8)] == ["done", "done"]
    patient = recorder(timeout=2.0)
    patient.clock.seconds = 1.5
    assert patient.pause(4, Loop())


def test_signals_are_written_step_by_step_for_every_seed(recorder: Recorder) -> None:
    made = recorder()
    made.add_signals("generator_loss", "fake_logit")
    for step in range(3):
        made.write_signals(step, {"generator_loss": torch.tensor([1.0, 2.0]) * step})
    made.write_signals(1, {"fake_logit": 0.5})  # one number for all seeds
    one, two = (record.trace for record in made.finish(3))
    assert one["generator_loss"].tolist() == [0, 1, 2]
    assert two["generator_loss"].tolist() == [0, 2, 4]
    for trace in (one, two):
        assert trace["fake_logit"].isnan().tolist() == [True, False, True]
        assert trace["fake_logit"][1] == 0.5


def test_a_signal_that_comes_late_can_have_a_value_before(recorder: Recorder) -> None:
    made = recorder()
    made.add_signals("generator_loss", before=7.0)
    made.write_signals(2, {"generator_loss": 1.0})
    assert made.finish(3)[0].trace["generator_loss"].tolist() == [7, 7, 1]


def test_the_trace_ends_with_the_steps_that_were_done(recorder: Recorder) -> None:
    made = recorder()
    made.add_signals("generator_loss")
    made.pause(3, Loop())
    for record in made.finish(5):
        assert {name: signal.shape for name, signal in record.trace.items()} == {
            "diversity": (5,),
            "generator_loss": (5,),
        }


def test_diversity_is_measured_at_every_pause_of_every_seed(recorder: Recorder) -> None:
    made = recorder()
    made.pause(2, Loop())
    made.pause(5, Loop(0))  # of a seed that has ended too
    one, two = (record.trace["diversity"] for record in made.finish(8))
    assert one.isfinite().nonzero().flatten().tolist() == [1, 4]
    assert two[1].item() == pytest.approx(2 * one[1].item(), rel=1e-5)  # the second generator spreads twice as far


def test_time_is_shared_equally_among_the_seeds(recorder: Recorder) -> None:
    made = recorder()
    made.clock.seconds, made.clock.cpu_seconds = 3.0, 5.0
    assert [(r.seconds, r.cpu_seconds, r.updates) for r in made.finish(8, updates=40)] == [(1.5, 2.5, 40)] * 2


def test_progress_is_told_at_every_pause(recorder: Recorder) -> None:
    heard: list[int] = []
    made = recorder(on_step=heard.append)
    for step in made.pauses:
        made.pause(step, Loop())
    assert heard == made.pauses == list(range(1, 9))
