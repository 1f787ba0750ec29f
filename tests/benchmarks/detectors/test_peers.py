"""Peers' rules on losses and gradients of which it is known what they say."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.detectors.peers import debuggers, streams
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.observation import Observation

PEERS = {peer.name: peer for peer in (*debuggers.PEERS, *streams.PEERS)}
NOISE = np.random.default_rng(0).normal(size=600)


def watched(name: str, loss: Callable[[int], float], **layers: float) -> set[str]:
    tracker = AlarmTracker({rule: make() for rule, (make, _) in PEERS[name].rules.items()})
    per_layer = {signal: {"first": value, "last": value} for signal, value in layers.items()}
    for step in range(1, 401):
        tracker.update(Observation(step, {"loss": loss(step)}, per_layer))
    assert not tracker.failed
    return {alarm.detector for alarm in tracker.alarms}


def falling(step: int) -> float:
    return 2 * math.exp(-step / 100) + 0.1 + 0.01 * float(NOISE[step])


@pytest.mark.parametrize("name", [name for name in PEERS if name != "always"])
def test_nothing_is_broken_by_nan_from_the_first_step(name):
    found = watched(name, lambda step: math.nan)
    assert ("not-finite" in found or "exploding-tensor" in found) == any(
        rule in PEERS[name].rules for rule in ("not-finite", "exploding-tensor")
    )


def test_quiet_rules_are_quiet_on_a_loss_that_falls():
    for name in ("KillLossSpike", "river Page-Hinkley", "river ADWIN", "loss is NaN", "never"):
        assert watched(name, falling) == set(), name


def test_a_loss_that_stays_up_is_seen_by_those_who_look_for_it():
    def jumps(step: int) -> float:
        return falling(step) + 20 * (step > 250)

    assert "spike" in watched("KillLossSpike", jumps)
    assert watched("river Page-Hinkley", jumps) == {"page-hinkley"}
    assert watched("river ADWIN", jumps) == {"adwin"}
    assert "spike" in watched("trainpulse", jumps)


def test_debuggers_read_the_layers():
    assert "vanishing-gradient" in watched("smdebug", falling, layer_gradient=1e-9)
    assert "dead-relu" in watched("smdebug", falling, dead_units=0.9)
    assert "dying-relu" in watched("AutoTrainer", falling, dead_units=0.8)
    assert "update-high" in watched("DeepDiagnosis", falling, update_ratio=0.5)
    assert "exploding" in watched("BTTackler", falling, layer_gradient=1e5)
    assert "vanishing" in watched("TheDeepChecker", falling, layer_gradient=1e-8)


def test_a_loss_that_does_not_move_is_a_plateau():
    assert watched("ReduceLROnPlateau", lambda step: 1.0) == set()  # it reads the held-out loss, which was not logged
    assert "plateau" in watched("trainpulse", lambda step: 1.0)
