from __future__ import annotations

from gancheck.detectors.rhythm import MOST, Rhythm


def expected(series: list[float]) -> list[int]:
    """Places, from 0, of the spikes that were to be expected."""
    rhythm = Rhythm(least=2.0)
    return [place for place, z in enumerate(series) if rhythm.expects(z, z)]


def test_the_fourth_spike_at_one_distance_is_expected() -> None:
    assert expected([9.0 if t % 16 == 5 else 0.0 for t in range(80)]) == [53, 69]


def test_spikes_in_between_do_not_break_a_pace() -> None:
    odd = {20, 33, 60}
    assert 53 in expected([9.0 if t % 16 == 5 or t in odd else 0.0 for t in range(80)])


def test_one_that_is_larger_or_off_the_beat_is_not() -> None:
    steady = [9.0 if t % 16 == 5 else 0.0 for t in range(69)]
    assert expected([*steady, 37.0]) == [53]
    assert expected([*steady, 0.0, 9.0]) == [53]


def test_the_steps_of_one_long_spike_are_not_expected() -> None:
    assert expected([0.0] * 20 + [9.0] * 20) == []


def test_only_so_many_spikes_are_remembered() -> None:
    rhythm = Rhythm(least=2.0)
    for _ in range(3 * MOST):
        rhythm.expects(9.0, 9.0)
    assert len(rhythm.spikes) == MOST


def test_spikes_that_grow_slowly_are_not_expected_for_ever() -> None:
    growing = [9.0 * 1.1 ** (t // 16) if t % 16 == 5 else 0.0 for t in range(800)]
    found = expected(growing)
    assert found[0] == 53
    assert found[-1] < 600
