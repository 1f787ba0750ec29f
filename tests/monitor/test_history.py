from __future__ import annotations

from itertools import pairwise

from gancheck.detectors.observation import Observation
from gancheck.monitor.history import MOST, History


def test_a_long_training_is_kept_evenly_in_bounded_memory() -> None:
    history = History()
    for step in range(1, 5 * MOST + 4):
        history.add(Observation(step))
        assert len(history.kept) <= MOST
    steps = [seen.step for seen in history]
    assert steps[0] == 1
    assert steps[-1] == 5 * MOST + 3
    assert len({b - a for a, b in pairwise(steps[:-1])}) == 1
    assert len(steps) > MOST // 2


def test_a_short_training_is_kept_whole() -> None:
    history = History()
    for step in (10, 20, 30):
        history.add(Observation(step))
    assert [seen.step for seen in history] == [10, 20, 30]
    assert history[-1].step == 30


def test_the_first_steps_with_a_loss_are_kept() -> None:
    history = History()
    losses = [Observation(step, {"loss": 1.0 / step}) for step in range(1, 6)]
    history.begin([Observation(0, {"val_loss": 1.0}), losses[0]])
    history.begin(losses[1:])
    assert history.beginning == losses[:3]
    assert len(history) == 0
