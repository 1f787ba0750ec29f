"""Pictures of a training: those that there are numbers for, whatever the numbers are."""

from __future__ import annotations

import math
import random
import warnings
from pathlib import Path

import numpy as np
import pytest

from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import Observation
from gancheck.report.plots.training import draw
from gancheck.report.plots.training_losses import draw_losses, rows_of
from gancheck.report.plots.training_series import Series, layers_of, series_of, smooth

ALL = {"losses.png", "gradients.png", "updates.png", "learning_curves.png", "collapse.png"}


def history(layers: int = 3, steps: int = 120, **more: float) -> list[Observation]:
    source = random.Random(0)
    numbers = {
        "loss": 1.0,
        "val_loss": 1.2,
        "accuracy": 0.5,
        "metric_f1": 0.5,
        "diversity": 1.0,
        "coverage": 0.9,
        **more,
    }
    names = [f"block.{n}" for n in range(layers)]
    return [
        Observation(
            step,
            {name: value * source.uniform(0.9, 1.1) for name, value in numbers.items()},
            {s: {name: 1e-3 * source.random() for name in names} for s in ("layer_gradient", "update_ratio")},
        )
        for step in range(1, steps + 1)
    ]


def alarm(name: str, step: int, **more: int | str) -> Alarm:
    return Alarm(name, step, "warning", 1.0, 0.5, "seen", **more)  # type: ignore[arg-type]


def drawn(seen: list[Observation], folder: Path, *alarms: Alarm) -> set[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = draw(seen, alarms, folder)
    assert all(path.stat().st_size > 1000 for path in paths)
    assert {path.name for path in paths} == {path.name for path in folder.glob("*.png")}
    return {path.name for path in paths}


def test_every_picture_is_drawn_where_everything_is_measured(tmp_path: Path) -> None:
    alarms = (
        alarm("overfitting", 40, recovered=60),
        alarm("divergence", 80),
        alarm("nonfinite", 81, part_of="divergence"),
    )
    assert drawn(history(layers=9), tmp_path, *alarms) == ALL


def test_no_picture_without_numbers_and_none_of_an_earlier_training_stays(tmp_path: Path) -> None:
    for name in ALL:
        (tmp_path / name).write_bytes(b"of an earlier training")
    assert drawn([Observation(1, {"loss": 1.0}), Observation(2, {"loss": 0.5})], tmp_path) == {"losses.png"}
    assert drawn([], tmp_path) == set()


@pytest.mark.parametrize("bad", [[math.nan], [1.0, math.nan, math.inf, 0.0, 1e300, -math.inf, -1e300]])
def test_any_numbers_can_be_drawn(bad: list[float], tmp_path: Path) -> None:
    names, layers = ("loss", "generator_loss", "val_loss", "metric_x", "modes_held"), ("layer_gradient", "update_ratio")
    values = [(step, bad[step % len(bad)]) for step in range(1, 15)]
    seen = [Observation(s, dict.fromkeys(names, v), {layer: {"a": v} for layer in layers}) for s, v in values]
    assert drawn(seen, tmp_path, alarm("nonfinite", 1)) == ALL


def test_alarms_are_named_beside_their_row(tmp_path: Path) -> None:
    steps = np.arange(1.0, 50.0)
    alarms = [alarm("overfitting", 10), alarm("plateau", 20), alarm("overfitting", 30)]
    draw_losses(tmp_path / "losses.svg", {"loss": Series(steps, 1 / steps)}, alarms)
    text = (tmp_path / "losses.svg").read_text()
    assert text.count(">overfitting<") == 1
    assert text.count(">plateau<") == 1
    many = [alarm(f"detector-{n}", n) for n in range(40)]
    assert len(rows_of(many)) == 14
    assert len(rows_of(many)["others"]) == 27


def test_a_running_mean_leaves_out_what_is_not_finite() -> None:
    smoothed = smooth(np.array([1.0, 2.0, np.nan, 4.0, 5.0, np.inf]))
    assert np.array_equal(smoothed, [1.5, 1.5, np.nan, 4.5, 4.5, np.nan], equal_nan=True)
    assert np.isnan(smooth(np.full(5, np.nan))).all()


def test_what_was_measured_at_some_steps_stands_at_those() -> None:
    seen = [
        Observation(1, {"a": 1.0}, {"g": {"x": 1.0}}),
        Observation(2),
        Observation(3, {"a": 3.0}, {"g": {"y": 2.0}}),
    ]
    assert series_of(seen)["a"].steps.tolist() == [1.0, 3.0]
    layers = layers_of(seen, "g")
    assert layers.names == ["x", "y"]
    assert np.array_equal(layers.values, [[1.0, np.nan], [np.nan, 2.0]], equal_nan=True)
