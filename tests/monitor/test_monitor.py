from __future__ import annotations

import io
import logging
import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Detector
from gancheck.detectors.general.nonfinite import NonFinite
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.probes.base import Measured


@dataclass
class Rising(Detector):
    """Suspicious whenever the loss is above 1."""

    patience = 2

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        return gc.Reading(seen.numbers["loss"], 1.0, "the loss is above 1") if "loss" in seen.numbers else None


class Broken(NonFinite):
    """Raises at every step."""

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        raise ZeroDivisionError("mine")


class Counting:
    """A probe that hooks a module while it is armed, and counts what is asked of it."""

    requirements: ClassVar = {"gradient_norm": "a checked step"}

    def __init__(self, module: nn.Module) -> None:
        self.module, self.calls, self.handles, self.forwards = module, [], [], 0  # type: ignore[var-annotated]

    def see(self, *_: object) -> None:
        self.forwards += 1

    def arm(self) -> None:
        self.calls.append("arm")
        self.handles.append(self.module.register_forward_hook(self.see))

    def measure(self) -> Measured:
        self.calls.append("measure")
        self.close()
        return Measured({"gradient_norm": 2.0})

    def rest(self) -> None:
        self.calls.append("rest")

    def close(self) -> None:
        while self.handles:
            self.handles.pop().remove()


class Failing(Counting):
    def measure(self) -> Measured:
        raise RuntimeError("no measure")


def monitor(every: int = 1, detector: Detector | None = None, **options: Any) -> Monitor:
    tracker = AlarmTracker({"rising": detector or Rising()}, {"rising": ("loss",)})
    return Monitor(tracker, every=every, **options)


def seen_losses(made: Monitor) -> list[float]:
    return [o.numbers["loss"] for o in made.history]


@pytest.mark.parametrize(
    "loss",
    [1.5, 3 // 2 + 0.5, np.float32(1.5), np.array(1.5), np.array([1.5]), torch.tensor(1.5), torch.tensor([[1.5]])],
    ids=lambda loss: type(loss).__name__,
)
def test_a_loss_may_be_any_kind_of_number(loss: Any) -> None:
    made = monitor()
    made.step(loss=loss)
    assert seen_losses(made) == [1.5]


def test_half_precision_and_integers_are_numbers_too() -> None:
    made = monitor(every=3)
    for loss in (torch.tensor(1.5, dtype=torch.bfloat16), torch.tensor(2), torch.tensor(1.5, dtype=torch.float16)):
        made.step(loss=loss)
    assert seen_losses(made) == [1.5]


def test_no_graph_is_kept_and_a_later_change_in_place_is_not_seen() -> None:
    made, w = monitor(every=2), torch.ones((), requires_grad=True)
    loss = w * 2.0
    made.step(loss=loss)
    kept = made.waiting[1].numbers["loss"]
    assert not getattr(kept, "requires_grad", False)
    with torch.no_grad():
        loss.mul_(100.0)
    assert float(kept) == 2.0


@pytest.mark.parametrize("loss", [torch.zeros(3), "high", None, [1.0, 2.0]])
def test_what_is_no_number_is_left_out_with_its_name(loss: Any, caplog: pytest.LogCaptureFixture) -> None:
    monitor().step(generator_loss=loss)
    (said,) = caplog.messages
    assert said.startswith("gancheck: left out, generator_loss: expected")


def test_nan_from_the_first_step() -> None:
    made = monitor(detector=NonFinite())
    assert [a.step for a in made.step(loss=torch.tensor(math.nan))] == [1]
    assert made.step(loss=math.inf) == []  # the same story
    assert "not finite" in made.report()


def test_alarms_come_with_the_check_and_know_their_own_step() -> None:
    made = monitor(every=5)
    given = [made.step(loss=loss) for loss in (0.0, 2.0, 2.0, 0.0, 0.0)]
    assert given[:4] == [[]] * 4
    (alarm,) = given[4]
    assert (alarm.step, alarm.recovered, made.alarms[0].recovered) == (3, None, 5)


def test_a_step_may_come_without_a_loss() -> None:
    made = monitor()
    for _ in range(3):
        made.step()
    assert made.steps == 3
    assert made.idle == {"rising": "needs loss: monitor.step(loss=...), where there is one loss"}


def test_what_is_logged_belongs_to_the_step_before() -> None:
    made = monitor(every=2)
    made.step(loss=0.5)
    made.step(loss=0.5)
    made.log(val_loss=0.7, accuracy=0.8, f1=torch.tensor(0.9))
    made.step(loss=0.5)
    assert set(made.waiting) == {2, 3}
    made.step(loss=0.5)
    assert {"val_loss", "accuracy", "metric_f1"} <= made.tracker.seen


def test_log_before_the_first_step_and_check_without_anything_new() -> None:
    made = monitor()
    made.log(val_loss=1.0)
    assert made.check() == []
    assert made.check() == []
    assert [(o.step, o.numbers) for o in made.history] == [(1, {"val_loss": 1.0})]


def test_on_alarm_log_and_warn_and_a_function(caplog: pytest.LogCaptureFixture) -> None:
    said: list[gc.Alarm] = []
    with caplog.at_level(logging.INFO, "gancheck"):
        monitor(detector=NonFinite()).step(loss=math.nan)
    assert "step 1: rising (fatal" in caplog.text
    assert "loss is not finite" in caplog.text
    with pytest.warns(UserWarning, match="loss is not finite") as caught:
        monitor(detector=NonFinite(), on_alarm="warn").step(loss=math.nan)
    assert len(caught) == 1
    monitor(detector=NonFinite(), on_alarm=said.append).step(loss=math.nan)
    assert [alarm.detector for alarm in said] == ["rising"]


def test_on_alarm_raise_stops_once_and_the_alarm_stays() -> None:
    made = monitor(detector=NonFinite(), on_alarm="raise")
    with pytest.raises(gc.TrainingAlarm, match="not finite"):
        made.step(loss=math.nan)
    assert made.step(loss=math.nan) == []
    assert len(made.alarms) == 1


@pytest.mark.parametrize("how", ["shout", "", 3, None])
def test_a_wrong_on_alarm_is_refused(how: Any) -> None:
    with pytest.raises(gc.BadParameter, match="choose log, warn, raise"):
        monitor(on_alarm=how)


def test_probes_see_checked_steps_only_and_each_once() -> None:
    net = nn.Linear(2, 2)
    probe = Counting(net)
    made = monitor(every=3, probes=[probe])
    for _ in range(7):
        net(torch.zeros(1, 2))
        made.step(loss=0.1)
    assert probe.calls == ["rest", "arm", "measure", "rest", "arm", "measure", "rest"]
    assert probe.forwards == 2
    assert not net._forward_hooks


def test_accumulated_batches_are_one_step_and_the_probe_sees_all_of_them() -> None:
    net = nn.Linear(2, 2)
    probe = Counting(net)
    made = monitor(every=2, probes=[probe])
    for _ in range(2):
        for _ in range(4):
            net(torch.zeros(1, 2))
        made.step(loss=0.1)
    assert probe.forwards == 4


def test_asking_for_the_state_or_a_check_in_between_measures_nothing_unfinished() -> None:
    net = nn.Linear(2, 2)
    probe = Counting(net)
    made = monitor(probes=[probe])
    made.step(loss=0.1)
    made.state_dict()
    made.check()
    made.check()
    assert probe.calls == ["arm", "measure", "arm"]
    assert len(net._forward_hooks) == 1


def test_a_probe_that_fails_is_said_once_and_leaves_no_hook(caplog: pytest.LogCaptureFixture) -> None:
    net = nn.Linear(2, 2)
    well = Counting(net)
    made = monitor(probes=[Failing(net), well])
    for _ in range(50):
        made.step(loss=2.0)
        made.log(val_loss=1.0)
    assert caplog.text.count("no measure") == 1
    assert well.calls.count("measure") == 50
    assert len(net._forward_hooks) == 1  # of the one that is well
    assert [a.detector for a in made.alarms] == ["rising"]
    assert "Failing: RuntimeError: no measure" in made.report()


def test_a_reader_that_cannot_read_ends_alone() -> None:
    made = gc.watch(every=1, detectors="nonfinite, duplicates", reference=np.zeros((100, 2)))
    for _ in range(2):  # what is logged under its keyword is then dropped
        made.log(samples="no samples")
    assert [a.detector for a in made.step(loss=math.nan)] == ["nonfinite"]
    assert list(made.failed) == ["SampleReader"]


def test_an_error_of_the_monitor_itself_is_said_once_and_nothing_piles_up(caplog: pytest.LogCaptureFixture) -> None:
    made = monitor()
    made.tracker.update = None  # type: ignore[assignment,method-assign]
    for _ in range(20):
        made.step(loss=1.0)
    assert caplog.text.count("training goes on") == 1
    assert len(made.waiting) <= 1


def test_a_detector_that_fails_is_left_out_and_the_others_go_on() -> None:
    made = Monitor(AlarmTracker({"broken": Broken(), "rising": Rising()}), every=1)
    made.step(loss=2.0)
    assert [a.detector for a in made.step(loss=2.0)] == ["rising"]
    assert made.idle == {"broken": "stopped by its own error, ZeroDivisionError: mine"}


def test_out_of_memory_of_a_probe_ends_the_probe_alone() -> None:
    class Full(Counting):
        def measure(self) -> Measured:
            raise torch.OutOfMemoryError("no room")

    made = monitor(probes=[Full(nn.Linear(1, 1))])
    made.step(loss=2.0)
    assert [a.step for a in made.step(loss=2.0)] == [2]
    assert list(made.failed) == ["Full"]


def test_the_state_survives_a_checkpoint_that_holds_only_plain_values() -> None:
    first, whole = monitor(every=2), monitor(every=2)
    series = [0.1, 2.0, 0.1, 2.0, 2.0, 2.0, 0.1, 0.1, 0.1, 0.1]
    for loss in series[:4]:
        first.step(loss=loss)
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second = monitor(every=2)
    second.load_state_dict(torch.load(file, weights_only=True))
    for loss in series:
        whole.step(loss=loss)
    for loss in series[4:]:
        second.step(loss=loss)
    assert (second.steps, second.alarms) == (whole.steps, whole.alarms)
    assert [(a.step, a.recovered) for a in second.alarms] == [(5, 8)]


def test_an_alarm_found_while_the_state_is_kept_is_said_with_the_next_check() -> None:
    said: list[gc.Alarm] = []
    made = monitor(every=10, on_alarm=said.append)
    for _ in range(3):
        made.step(loss=2.0)
    made.state_dict()
    assert made.alarms
    assert not said
    assert [alarm.step for alarm in made.check()] == [2]
    assert len(said) == 1


def test_an_alarm_that_was_not_yet_said_is_kept_with_the_state() -> None:
    made, resumed = monitor(every=10), monitor(every=10)
    for _ in range(3):
        made.step(loss=2.0)
    state = made.state_dict()
    assert plain(state["fresh"][0])
    resumed.load_state_dict(state)
    assert [alarm.step for alarm in resumed.check()] == [2]


def test_counting_goes_on_where_a_training_is_resumed_without_a_state() -> None:
    probe = Counting(nn.Linear(1, 1))
    made = monitor(every=3, probes=[probe])
    made.count_from(4)
    for _ in range(2):
        made.step(loss=2.0)
    assert [a.step for a in made.alarms] == [6]
    assert probe.calls == ["arm", "measure"]


def test_the_context_manager_looks_once_more_and_leaves_no_hooks() -> None:
    net = nn.Linear(2, 2)
    said: list[gc.Alarm] = []
    with monitor(every=10, probes=[Counting(net)], on_alarm=said.append) as made:
        for _ in range(9):
            made.step(loss=2.0)
        assert net._forward_hooks
    assert not net._forward_hooks
    assert len(said) == 1


def test_an_error_of_the_loop_goes_through_the_context_manager() -> None:
    net = nn.Linear(2, 2)
    made = monitor(probes=[Counting(net)], on_alarm="raise")

    def loop() -> None:
        with made:
            made.waiting[1] = Measured({"loss": math.nan})
            raise KeyError("mine")

    with pytest.raises(KeyError):
        loop()
    assert not net._forward_hooks


def test_after_close_losses_are_still_looked_at(tmp_path: Path) -> None:
    made = monitor(trace=tmp_path / "t.jsonl")
    made.close()
    made.close()
    made.step(loss=2.0)
    assert [a.step for a in made.step(loss=2.0)] == [2]
    assert made.stopped == ""


def test_plot_without_a_drawing_function_says_how_to_have_one(tmp_path: Path) -> None:
    with pytest.raises(gc.Unsupported, match=r"gc\.watch"):
        monitor().plot(tmp_path)


def test_no_warning_in_a_healthy_loop_and_a_report_that_says_so() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = monitor(every=2)
        for _ in range(4):
            made.step(loss=0.5)
    assert made.report() == "4 steps watched: no alarms"


def test_losses_of_several_networks_have_names() -> None:
    made = monitor(detector=NonFinite())
    (alarm,) = made.step(generator_loss=0.1, discriminator_loss=torch.tensor(math.nan))
    assert alarm.evidence == "discriminator_loss is not finite"


def plain(values: Any) -> bool:
    if isinstance(values, Mapping):
        return all(isinstance(key, str) and plain(value) for key, value in values.items())
    if isinstance(values, list):
        return all(plain(value) for value in values)
    return values is None or isinstance(values, str | int | float | bool)


def test_the_state_is_json() -> None:
    made = monitor()
    made.step(loss=torch.tensor(2.0))
    assert plain(made.state_dict())


def test_the_last_steps_are_seen_too(tmp_path: Path) -> None:
    said: list[gc.Alarm] = []
    monitor = gc.watch(detectors="cheap", every=10, on_alarm=said.append, trace=tmp_path / "t.jsonl")
    for step in range(37):
        monitor.step(loss=math.nan if step > 34 else 1.0)
    assert "nonfinite" in monitor.report()
    monitor.close()
    assert [alarm.detector for alarm in said] == ["nonfinite"]
    assert '"step": 37' in (tmp_path / "t.jsonl").read_text()


def test_what_is_no_number_is_said_once_and_the_training_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    monitor = gc.watch(detectors="cheap", every=1)
    for _ in range(3):
        monitor.log(note="hello", val_loss=0.5)
        monitor.step(loss=torch.ones(3))
    assert [r.getMessage().split(":")[0] for r in caplog.records] == [
        "gancheck",
        "gancheck",
    ]
    assert "metric_note" in monitor.report()
    assert "give its mean()" in monitor.report()


def test_history_keeps_what_is_logged_between_checks() -> None:
    monitor = gc.watch(detectors="cheap", every=10)
    for step in range(1, 31):
        monitor.step(loss=1.0)
        if step == 15:
            monitor.log(accuracy=0.5)
    assert [seen.step for seen in monitor.history] == [10, 15, 20, 30]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (lambda m, o: {"model": o}, "model: expected a torch.nn.Module, got SGD"),
        (lambda m, o: {"model": m, "optimizer": 3}, "optimizer: expected a torch.optim.Optimizer, got int"),
        (lambda m, o: {"model": m, "optimizer": o, "closure": 3}, "closure: expected a function"),
        (lambda m, o: {"model": m, "every": 1.5}, "every = 1.5: a check after so many steps needs a whole number"),
        (lambda m, o: {"model": m, "detectors": "standart"}, "Did you mean 'standard'"),
    ],
)
def test_wrong_arguments_are_refused_in_one_line(given: Any, line: str) -> None:
    model = nn.Linear(2, 1)
    with pytest.raises(gc.GancheckError, match=line):
        gc.watch(**given(model, torch.optim.SGD(model.parameters(), lr=0.1)))


def test_a_state_of_something_else_is_refused() -> None:
    with pytest.raises(gc.BadData, match="no state of a monitor"):
        gc.watch(detectors="cheap").load_state_dict({"a": 1})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("alarms", [{"detector": 3}]),
        ("alarms", None),
        ("seen", [["loss"]]),
        ("streaks", {"nonfinite": 4}),
        ("failed", 1),
    ],
)
def test_a_state_with_a_part_of_another_kind_is_refused_and_every_detector_is_afresh(key: str, value: object) -> None:
    state = gc.watch(detectors="nonfinite", every=1).state_dict()
    made = gc.watch(detectors="nonfinite", every=1, on_alarm=str)
    with pytest.raises(gc.BadData, match="no state of a monitor"):
        made.load_state_dict({**state, "tracker": {**state["tracker"], key: value}})
    assert len(made.step(loss=float("nan"))) == 1


def test_a_state_with_less_than_no_steps_is_refused() -> None:
    made = gc.watch(detectors="nonfinite")
    with pytest.raises(gc.BadData, match="no state of a monitor"):
        made.load_state_dict({**made.state_dict(), "steps": -1})
