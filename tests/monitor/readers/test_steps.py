"""Steps that go back."""

from __future__ import annotations

from gancheck.detectors.observation import Observation
from gancheck.monitor.readers.steps import without_redone


def test_every_step_back_takes_away_only_what_it_does_again() -> None:
    kept, notes = without_redone([Observation(step, {}) for step in (1, 2, 2, 3, 2, 2, 4, 3)])
    assert [seen.step for seen in kept] == [1, 2, 2, 3]
    assert notes == ["4 entries that a later or resumed training did again"]


def test_many_steps_back_take_no_time() -> None:
    kept, _ = without_redone([Observation(n + 10 * (n % 2), {}) for n in range(20_000)])
    assert len(kept) > 1
