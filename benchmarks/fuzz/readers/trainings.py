"""What trainings leave for `diagnose`, and the state that a monitor goes on from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.fuzz import forms
from benchmarks.fuzz.readers.base import Reader
from benchmarks.fuzz.structures import Form
from gancheck.api.diagnose import diagnose
from gancheck.api.watch import watch
from gancheck.detectors.observation import Observation
from gancheck.monitor.adapters.state_file import read_state
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.trace import TraceWriter

STEPS = 12
CHEAP = "nonfinite, divergence, plateau, loss-spike"


def losses() -> Iterator[tuple[int, float]]:
    """A training that goes well."""
    return ((step, math.exp(-step / 5)) for step in range(1, STEPS + 1))


def write_trace(path: Path) -> None:
    """As `gc.watch` writes it."""
    writer = TraceWriter(path)
    layers = {"weight_norm": {"0": 1.0, "2": 2.0}}
    writer.write(Observation(step, {"loss": loss, "val_loss": loss + 0.1}, layers) for step, loss in losses())
    writer.close()


def write_state(path: Path) -> None:
    """As Hugging Face's Trainer writes it."""
    history = [{"step": step, "epoch": step / 4, "loss": loss, "eval_loss": loss} for step, loss in losses()]
    path.write_text(json.dumps({"global_step": STEPS, "log_history": history}), encoding="utf-8")


def write_table(path: Path) -> None:
    """As Lightning writes it."""
    rows = [f"{step},{loss},{loss + 0.1}" for step, loss in losses()]
    path.write_text("\n".join(["step,train_loss,val_loss", *rows]) + "\n", encoding="utf-8")


def write_log(path: Path) -> None:
    """As people paste it."""
    lines = [f"[{step}/{STEPS}] loss: {loss:.4f} - acc: {1 - loss:.3f} lr=1e-3" for step, loss in losses()]
    path.write_text("\n".join(lines), encoding="utf-8")


def dump_events(tree: Any) -> bytes:
    """An event file of TensorBoard's, with right checksums."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    class File:
        written = b""

        def write(self, data: bytes) -> None:
            self.written += data

    file = File()
    writer = RecordWriter(file)
    writer.write(Event(wall_time=0.0, file_version="brain.Event:2").SerializeToString())
    for row in tree:
        value = Summary.Value(tag=row["tag"], simple_value=row["value"])
        writer.write(Event(wall_time=row["time"], step=row["step"], summary=Summary(value=[value])).SerializeToString())
    return file.written


def events() -> list[dict[str, Any]]:
    """What they hold."""
    return [{"tag": "loss", "step": step, "value": loss, "time": float(step)} for step, loss in losses()]


def write_monitor(path: Path) -> None:
    """As a checkpoint keeps it."""
    monitor = watch(detectors=CHEAP, every=2, on_alarm=str)
    for _, loss in losses():
        monitor.step(loss=loss)
    monitor.log(val_loss=0.5)
    monitor.check()
    path.write_text(json.dumps(monitor.state_dict()), encoding="utf-8")


def go_on(path: Path) -> list[Any]:
    """Load the state, and train on."""
    monitor = watch(detectors=CHEAP, every=2, on_alarm=str)
    monitor.load_state_dict(read_state(path))
    return show(monitor)


def show(monitor: Monitor) -> list[Any]:
    """Some steps more, and the report."""
    for _, loss in losses():
        monitor.step(loss=loss)
    return [*monitor.check(), monitor.report()]


def explain(path: Path) -> tuple[str, str]:
    """All that `gancheck diagnose` says, for people and for programs."""
    found = diagnose(path)
    return str(found), found.to_json()


EVENTS = "events.out.tfevents.1.host"
TRAININGS = (
    Reader("trace .jsonl", "run.jsonl", write_trace, explain, forms.LINES),
    Reader("trainer_state.json", "trainer_state.json", write_state, explain, forms.JSON),
    Reader("table of losses", "metrics.csv", write_table, explain, forms.TABLE),
    Reader("pasted log", "log.txt", write_log, explain),
    Reader(
        "event file",
        EVENTS,
        lambda path: path.write_bytes(dump_events(events())),
        explain,
        Form(lambda _: events(), dump_events),
    ),
    Reader("state of a monitor", "monitor.json", write_monitor, go_on, forms.JSON),
)
