"""Tiny real trainings under cross-validation: each word is said of the training that deserves it."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.errors import BadData, FailedFold, GancheckError
from gancheck.monitor.cross_validation.fold import Fold
from gancheck.monitor.cross_validation.result import CrossValidation
from gancheck.monitor.cross_validation.work import validate_folds
from gancheck.monitor.monitor import Monitor

torch.set_num_threads(1)


def watch(*_: object, **options: Any) -> Monitor:
    """`gc.watch` with one detector and no probes."""
    return Monitor(AlarmTracker({"nonfinite": NonFinite()}), **options)


def linear(count: int = 60, noise: float = 0.1) -> tuple[torch.Tensor, torch.Tensor]:
    """A line with noise."""
    source = torch.Generator().manual_seed(0)
    x = torch.randn(count, 3, generator=source)
    return x, x @ torch.tensor([1.0, -2.0, 0.5]) + noise * torch.randn(count, generator=source)


class Regression:
    """A training function as people write them."""

    def __init__(self, rate: float = 0.1, steps: int = 160, width: int = 0, every: int = 4) -> None:
        self.rate, self.steps, self.width, self.every = rate, steps, width, every

    def __call__(self, fold: Fold) -> float:
        (x, y), (x_out, y_out) = fold.train, fold.validation
        wide = [nn.Linear(3, self.width), nn.Tanh(), nn.Linear(self.width, 1)] if self.width else [nn.Linear(3, 1)]
        model = nn.Sequential(*wide)
        optimizer = torch.optim.Adam(model.parameters(), self.rate) if self.width else self.sgd(model)
        monitor = fold.watch(model, optimizer, every=self.every)
        for step in range(self.steps):
            loss = (model(x)[:, 0] - y).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            monitor.step(loss=loss)
            if step % 5 == 4:
                monitor.log(val_loss=self.error(model, x_out, y_out))
        return self.error(model, x_out, y_out)

    def sgd(self, model: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.SGD(model.parameters(), self.rate)

    def error(self, model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> float:
        with torch.no_grad():
            return float((model(x)[:, 0] - y).square().mean())


def validate(train: Any, data: Any = None, folds: Any = 4, seed: int = 0) -> CrossValidation:
    return CrossValidation(validate_folds(train, linear() if data is None else data, folds, None, seed, watch))


def test_a_training_that_works_is_fine() -> None:
    found = validate(Regression())
    assert (found.word, found.mean < 0.05) == ("fine", True), found.report()
    assert found.interval.low is not None
    assert found.interval.low < found.mean
    assert [len(fold.val_loss.values) for fold in found.folds] == [32] * 4
    assert found.alarms == {1: (), 2: (), 3: (), 4: ()}


def test_a_rate_that_is_too_low_is_underfitting() -> None:
    found = validate(Regression(rate=1e-4, steps=100))
    assert found.word == "underfitting", found.report()
    assert "the training loss went from" in found.reason


@pytest.mark.parametrize("rate", [0.3, 0.5])
def test_a_training_that_converged_before_the_first_check_is_not_underfitting(rate: float) -> None:
    found = validate(Regression(rate=rate, every=10))
    assert found.word == "fine", found.report()
    assert found.folds[0].beginning.steps == (1, 2, 3)
    assert found.folds[0].loss.values[0] < 0.1 * found.folds[0].beginning.values[0]


def test_a_training_that_ends_too_early_is_underfitting() -> None:
    found = validate(Regression(rate=0.01, steps=60))
    assert found.word == "underfitting", found.report()
    assert "still falling at the end" in found.reason


def test_a_large_network_on_noise_is_overfitting() -> None:
    found = validate(Regression(rate=0.02, steps=300, width=64), linear(24, noise=2.0))
    assert found.word == "overfitting", found.report()
    assert "validation loss rose from" in found.reason


def test_a_rate_that_is_too_high_is_unstable() -> None:
    found = validate(Regression(rate=3.0, steps=400))
    assert found.word == "unstable", found.report()
    assert found.interval.low is None
    assert {alarm.detector for alarms in found.alarms.values() for alarm in alarms} == {"nonfinite"}


def test_one_fold_far_beyond_the_others_is_unstable() -> None:
    found = validate(lambda fold: 5.0 if fold.number == 2 else 0.3 + 0.01 * fold.number, folds=5)
    assert (found.word, found.reason.partition(":")[0]) == ("unstable", "fold 2")


def test_errors_that_scatter_as_they_do_are_not_unstable() -> None:
    source = random.Random(0)
    for _ in range(200):
        errors = [abs(source.gauss(0.2, 0.07)) for _ in range(5)]
        assert validate(lambda fold, errors=errors: errors[fold.number - 1], np.zeros(10), 5).word == "fine"


def test_a_single_mistake_in_one_fold_is_not_unstable() -> None:
    assert validate(lambda fold: 0.03 if fold.number == 1 else 0.0, folds=5).word == "fine"


def test_a_word_without_a_monitor_says_what_it_is_read_from() -> None:
    found = validate(lambda fold: 0.3)
    assert "fold.watch was never called" in found.reason
    assert "not watched" in found.report()


def test_same_seed_gives_same_folds_and_random_numbers() -> None:
    def draw(fold: Fold) -> float:
        return float(torch.rand(()) + np.random.rand() + random.random())

    first, again, other = validate(draw), validate(draw), validate(draw, seed=1)
    assert first.errors == again.errors
    assert first.errors != other.errors
    assert len(set(first.errors)) == 4


def test_random_numbers_outside_are_left_alone() -> None:
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    expected = torch.rand(()), np.random.rand(), random.random()
    torch.manual_seed(5)
    np.random.seed(5)
    random.seed(5)
    validate(lambda fold: float(torch.rand(()) + np.random.rand() + random.random()))
    assert (torch.rand(()), np.random.rand(), random.random()) == expected


def test_an_error_inside_names_the_fold_and_is_kept_as_its_cause() -> None:
    def train(fold: Fold) -> float:
        fold.watch()
        return 1 / (fold.number - 2)

    with pytest.raises(FailedFold, match="fold 2 of 4: ZeroDivisionError: division by zero") as caught:
        validate(train)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_metrics_by_name_hold_the_error() -> None:
    found = validate(lambda fold: {"accuracy": torch.tensor(0.75), "error": np.float32(0.25)})
    assert found.errors == [0.25] * 4
    assert found.folds[0].metrics == {"accuracy": 0.75, "error": 0.25}
    assert validate(lambda fold: {"mse": 2.0}).mean == 2.0


@pytest.mark.parametrize("returned", [None, "good", torch.zeros(3), {}, {"accuracy": 0.5, "recall": 0.5}])
def test_what_is_no_error_is_one_line(returned: object) -> None:
    with pytest.raises(GancheckError, match="fold 1 of 4: BadData: the training function returned") as caught:
        validate(lambda fold: returned)
    assert isinstance(caught.value.__cause__, BadData)


@pytest.mark.parametrize("name", ["accuracy", "valAUROC", "neg_mse"])
def test_a_single_metric_that_is_better_higher_is_no_error(name: str) -> None:
    with pytest.raises(FailedFold, match=f"returned {name}; name one of them 'error', which is better lower"):
        validate(lambda fold: {name: 0.97})


def test_progress_is_told_fold_by_fold() -> None:
    heard: list[tuple[int, int]] = []
    validate_folds(lambda _: 0.0, linear(), 3, None, 0, watch, lambda _, done, total: heard.append((done, total)))
    assert heard == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_an_interval_of_errors_that_are_never_negative_does_not_go_below_zero() -> None:
    found = validate(lambda fold: 0.0 if fold.number < 4 else 0.2)
    assert found.interval.low == 0.0
    below = validate(lambda fold: -0.1 if fold.number < 4 else 0.2)
    assert below.interval.low is not None
    assert below.interval.low < -0.1
