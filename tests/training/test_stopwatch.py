"""The training clock."""

from __future__ import annotations

import time

from gancheck.training.stopwatch import Stopwatch


def burn(seconds: float) -> None:
    """Use so much CPU time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_waiting_costs_wall_clock_and_no_cpu_time() -> None:
    clock = Stopwatch()
    with clock.running():
        time.sleep(0.2)
    assert clock.seconds >= 0.2
    assert clock.cpu_seconds < 0.1


def test_working_costs_both() -> None:
    clock = Stopwatch()
    with clock.running():
        burn(0.1)
    assert 0.1 <= clock.cpu_seconds < 0.2
    assert clock.seconds >= 0.09


def test_what_happens_between_is_not_counted() -> None:
    wall, cpu = iter([10.0, 11.0, 50.0, 52.0]), iter([1.0, 1.5, 20.0, 20.25])
    clock = Stopwatch(lambda: next(wall), lambda: next(cpu))
    assert (clock.seconds, clock.cpu_seconds) == (0, 0)
    with clock.running():
        pass
    with clock.running():
        pass
    assert (clock.seconds, clock.cpu_seconds) == (3, 0.75)
