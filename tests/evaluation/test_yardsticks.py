"""What nobody trained: noise over the data's square, and copies of training data."""

from __future__ import annotations

import pytest
import torch

from gancheck.bench.evaluation import TaskEvaluation
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.run_result import RunResult
from gancheck.datasets.base import Dataset
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.yardsticks import blanket, memoriser
from gancheck.plugins.registry import Registry

CPU = torch.device("cpu")


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def grid(registry: Registry) -> Dataset:
    """Nine modes, wide enough that noise hits each of them."""
    made: Dataset = registry.build("dataset", "grid", side=3, spacing=2.0, sigma=0.12)
    return made


def test_the_blanket_covers_the_square_of_the_data_evenly(grid: Dataset) -> None:
    noise, data = blanket(grid, 20_000, source()), grid.draw(10_000, source(1)).x
    assert noise.shape == (20_000, 2)
    torch.testing.assert_close(noise.amin(0), data.amin(0), atol=0.15, rtol=0)
    torch.testing.assert_close(noise.amax(0), data.amax(0), atol=0.15, rtol=0)
    quarters = torch.bincount((noise[:, 0] > 0) * 2 + (noise[:, 1] > 0), minlength=4)
    assert quarters.tolist() == pytest.approx([5000] * 4, abs=350)


def test_the_blanket_of_pixels_is_noise_over_their_range(registry: Registry) -> None:
    noise = blanket(registry.build("dataset", "digits"), 500, source())
    assert noise.shape == (500, 1, 8, 8)
    assert -1 <= noise.min() < -0.99
    assert 0.99 < noise.max() <= 1
    assert noise.mean().abs() < 0.02


def test_the_memoriser_repeats_ten_training_samples_per_mode(grid: Dataset) -> None:
    copies = memoriser(grid, 5_000, source())
    assert copies.shape == (5_000, 2)
    assert len(copies.unique(dim=0)) == 10 * 9
    assert grid.assign(grid.features(copies)).good.double().mean() > 0.9


def test_the_memoriser_of_a_finite_set_copies_its_training_data(registry: Registry) -> None:
    digits: Dataset = registry.build("dataset", "digits")
    copies = {x.numpy().tobytes() for x in memoriser(digits, 2_000, source())}
    assert 50 < len(copies) <= 10 * 10
    own = digits.training()
    assert own is not None
    assert copies <= {x.numpy().tobytes() for x in own}


def test_the_same_seed_gives_the_same_yardsticks(grid: Dataset) -> None:
    for draw in (blanket, memoriser):
        assert torch.equal(draw(grid, 50, source(3)), draw(grid, 50, source(3)))
        assert not torch.equal(draw(grid, 50, source(3)), draw(grid, 50, source(4)))


def test_the_blanket_holds_all_nine_modes_of_the_grid_and_is_marked_as_blurred(
    registry: Registry, grid: Dataset
) -> None:
    made = TaskEvaluation.with_metrics(grid, select_metrics(registry, ("modes", "quality")), 10_000, CPU)
    found: dict[str, dict[str, float | None]] = {"memoriser": {}, "blanket": {}}
    for row in made.yardsticks:
        found[row["name"]][row["metric"]] = row["value"]
    beside = {row["metric"]: row["real"] for row in made.rows(blanket(grid, 10_000, source()), 1, last=True)[:2]}
    assert found["blanket"]["modes"] == 9
    run = RunResult(
        "none", "grid/mlp", 0, "done", {"modes": 9.0, "quality": 0.9}, beside, 1.0, modes=9, yardsticks=found
    )
    rows = {row["strategy"]: row for row in Leaderboard([run], "quick", "1", {}).leaderboard()}
    assert [(rows[name]["held"], rows[name]["blurred"]) for name in ("real", "memoriser", "blanket")] == [
        (1, False),
        (1, False),
        (1, True),
    ]
