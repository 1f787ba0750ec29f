from __future__ import annotations

import math
from typing import Any

import pytest

import gancheck as gc

engine = pytest.importorskip("ignite.engine", reason="pytorch-ignite is not installed")
from gancheck.monitor.adapters.ignite import attach  # noqa: E402


def watched(outputs: list[Any], **options: Any) -> gc.Monitor:
    monitor = gc.watch(every=1, detectors="nonfinite")
    trainer = engine.Engine(lambda _, output: output)
    attach(trainer, monitor, **options)
    trainer.run(outputs, max_epochs=1)
    return monitor


@pytest.mark.parametrize("output", [1.5, (1.5, "logits"), {"loss": 1.5, "logits": "no loss"}])
def test_an_output_is_a_loss_or_holds_one(output: Any) -> None:
    assert [o.numbers for o in watched([output] * 2).history] == [{"loss": 1.5}] * 2


def test_several_losses_have_names() -> None:
    monitor = watched([{"generator_loss": 1.0, "discriminator_loss": math.nan}])
    assert monitor.alarms[0].evidence == "discriminator_loss is not finite"


def test_an_iteration_without_an_update_is_no_step() -> None:
    assert watched([(1.0, 0), (3.0, 1)], output_transform=lambda o: o[0] if o[1] else None).steps == 1


def test_metrics_of_an_evaluator_are_logged() -> None:
    monitor = gc.watch(every=1, detectors="nonfinite")
    trainer, evaluator = engine.Engine(lambda *_: 1.0), engine.Engine(lambda *_: None)
    attach(trainer, monitor, evaluator=evaluator, higher_is_better=["quality"])

    @evaluator.on(engine.Events.COMPLETED(once=1))
    def measure(evaluator: Any) -> None:
        pass

    @evaluator.on(engine.Events.EPOCH_COMPLETED)
    def metrics(evaluator: Any) -> None:
        evaluator.state.metrics = {"loss": 0.7, "accuracy": 0.9, "error": 0.1, "quality": 3.0}

    trainer.add_event_handler(engine.Events.EPOCH_COMPLETED, lambda _: evaluator.run([0]))
    trainer.run([0], max_epochs=1)
    assert {"val_loss", "accuracy", "metric_quality"} <= monitor.tracker.seen
    assert "metric_error" not in monitor.tracker.seen


def test_an_alarm_can_stop_the_run() -> None:
    monitor = gc.watch(every=1, detectors="nonfinite", on_alarm="raise")
    trainer = engine.Engine(lambda _, loss: loss)
    attach(trainer, monitor)
    with pytest.raises(gc.TrainingAlarm):
        trainer.run([1.0, math.nan, 1.0], max_epochs=1)
    assert monitor.steps == 2
