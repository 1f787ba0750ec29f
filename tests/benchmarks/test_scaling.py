"""What a cluster would take is reckoned from what was measured, and the dummy suite is what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.scaling.__main__ import PARTS
from benchmarks.scaling.dummy import DummySuite
from benchmarks.scaling.forecast import BlockKind, ClusterCosts, Forecast, driver_bound_from
from benchmarks.scaling.page import ROWS, added_by_ray, figures, limit_of, overhead_rows

COSTS = ClusterCosts(start=6.0, around=4.0, overhead=0.5, driver=0.1)
BLOCKS = BlockKind("blocks", 9.5)
OVERHEAD = {"runs": 400, "workers": 2, "repeats": 3, "start_seconds": 20.0, "overhead_ms_per_block": 14.4}


@pytest.mark.parametrize(
    ("gpus", "rounds", "seconds", "bound"),
    [
        (1, 1_000, 10_010.0, "GPUs"),
        (8, 125, 1_260.0, "GPUs"),
        (64, 16, 170.0, "GPUs, and the last round"),
        (512, 2, 110.0, "the driver"),  # which takes 100 s for a thousand blocks, however many GPUs there are
    ],
)
def test_a_suite_takes_as_long_as_its_busiest_gpu_or_its_driver(
    gpus: int, rounds: int, seconds: float, bound: str
) -> None:
    found = Forecast(1_000, BLOCKS, gpus, COSTS)
    assert (found.rounds, found.bound) == (rounds, bound)
    assert found.seconds == pytest.approx(seconds)
    assert found.paid_hours * 3600 == pytest.approx(gpus * seconds)
    assert found.share == pytest.approx(9_500 / (gpus * seconds))


@pytest.mark.parametrize(("blocks", "first"), [(1_000, 112), (997, 111), (101, 101), (100, None)])
def test_from_so_many_gpus_on_the_driver_is_the_bound(blocks: int, first: int | None) -> None:
    bounds = [Forecast(blocks, BLOCKS, gpus, COSTS).bound for gpus in range(1, blocks + 2)]
    last_other = max(gpus for gpus, bound in enumerate(bounds, 1) if bound != "the driver")
    assert driver_bound_from(blocks, BLOCKS, COSTS) == (None if last_other > blocks else last_other + 1) == first


def test_more_gpus_than_the_driver_can_feed_do_not_help() -> None:
    most = driver_bound_from(1_000, BLOCKS, COSTS)
    assert most
    assert Forecast(1_000, BLOCKS, most, COSTS).seconds == Forecast(1_000, BLOCKS, 2 * most, COSTS).seconds
    assert "the driver is the bound from 112 GPUs on" in limit_of(1_000, BLOCKS, COSTS)
    assert "the driver is never the bound" in limit_of(1, BLOCKS, COSTS)


def test_what_ray_adds_counts_where_every_turn_shows_it() -> None:
    noise, shown = ({**OVERHEAD, "efficiency": turns} for turns in ([1.306, 0.788, 0.936], [0.9, 0.788, 0.936]))
    assert [added_by_ray(noise), added_by_ray(shown)] == [0.0, 0.0144]
    assert "| not told apart from nothing |" in overhead_rows(noise)[0]
    assert "78.8% to 130.6% of local workers' speed" in overhead_rows(noise)[0]
    assert "| 14 ms |" in overhead_rows(shown)[0]
    assert "78.8% to 93.6% of local workers' speed" in overhead_rows(shown)[0]


def test_a_dummy_suite_has_its_runs_in_its_blocks(tmp_path: Path) -> None:
    plan = DummySuite(seeds=10, tasks=3, block=5, work=0.5).plan(tmp_path, "runs")
    assert [len(job.specs) for job in plan.jobs] == [5] * 6
    assert len({spec.run_id for spec in plan.specs}) == 30


def test_the_committed_figures_are_of_whole_runs_and_say_how_they_were_made() -> None:
    made = figures()
    assert set(made) <= set(PARTS) == set(ROWS)
    assert all(part["command"] == f"python -m benchmarks.scaling {name}" for name, part in made.items())
    assert made["driver"]["done"] == made["driver"]["runs"] == 10_000
