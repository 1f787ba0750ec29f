"""Files of every format, whole and damaged."""

from __future__ import annotations

import json
import math
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from gancheck.detectors.observation import Observation
from gancheck.errors import BadData, Unsupported
from gancheck.monitor.readers import content, event_files
from gancheck.monitor.readers.open import read_recording
from gancheck.monitor.readers.recording import Recording
from gancheck.monitor.trace import TraceWriter


def read(path: Path, text: str | bytes) -> Recording:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_recording(path)


def steps(found: Recording, name: str = "loss") -> list[tuple[int, float]]:
    return [(seen.step, seen.numbers[name]) for seen in found.observations if name in seen.numbers]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace of five steps, the last of which is not finite."""
    path = tmp_path / "run.jsonl"
    writer = TraceWriter(path)
    losses = (1.0, 0.5, 0.25, 0.2, math.nan)
    writer.write(Observation(s, {"loss": loss}, {"layer_gradient": {"a": 1.0}}) for s, loss in enumerate(losses, 1))
    writer.close()
    return path


def test_a_trace_is_read_with_its_layers(trace: Path) -> None:
    found = read_recording(trace)
    assert steps(found)[:4] == [(1, 1.0), (2, 0.5), (3, 0.25), (4, 0.2)]
    assert math.isnan(steps(found)[4][1])
    assert (found.signals, found.layers, found.notes) == (["loss", "layer_gradient"], ["a"], ())


def test_a_trace_that_is_cut_off_or_mixed_is_read_as_far_as_it_goes(trace: Path) -> None:
    lines = trace.read_text().splitlines()
    found = read(trace, "\n".join([*lines[:3], "Traceback: oh", '["x"]', '{"alarm": {}}', *lines[3:5], lines[5][:20]]))
    assert [s for s, _ in steps(found)] == [1, 2, 3, 4]
    assert found.notes == (
        "the last line, which is cut off",
        "2 lines that are no observations, the first of them line 4",
    )


def test_a_trace_of_a_resumed_training_holds_each_step_once(trace: Path) -> None:
    writer = TraceWriter(trace)
    writer.write(Observation(s, {"loss": 9.0}) for s in (3, 3, 4))
    writer.close()
    found = read_recording(trace)
    assert steps(found) == [(1, 1.0), (2, 0.5), (3, 9.0), (3, 9.0), (4, 9.0)]
    assert found.notes == ("3 entries that a later or resumed training did again",)


def test_a_trainer_state_is_read_without_its_summary(tmp_path: Path) -> None:
    history: list[Any] = [
        {"loss": 0.5, "grad_norm": 1.0, "learning_rate": 1e-4, "epoch": 0.5, "step": 10},
        {"loss": math.nan, "grad_norm": math.inf, "learning_rate": 1e-4, "epoch": 1.0, "step": 20},
        {"eval_loss": 0.4, "eval_accuracy": 0.8, "eval_wer": 0.1, "eval_runtime": 1.0, "epoch": 1.0, "step": 20},
        "damaged",
        {"train_loss": 0.1, "train_runtime": 9.0, "step": 20},
    ]
    folder = tmp_path / "out" / "checkpoint-20"
    folder.mkdir(parents=True)
    (folder / "trainer_state.json").write_text(json.dumps({"best_metric": None, "log_history": history}))
    found = read_recording(tmp_path / "out")
    assert [seen.step for seen in found.observations] == [10, 20]
    assert found.signals == ["loss", "gradient_norm", "learning_rate", "val_loss", "metric_val_accuracy"]
    assert found.notes == ("eval_wer: better lower, and a metric is better higher",)
    with pytest.raises(BadData, match="is cut off or damaged"):
        read(tmp_path / "trainer_state.json", (folder / "trainer_state.json").read_text()[:200])


@pytest.mark.parametrize(
    "text",
    [
        "step,loss,val_loss\n1,0.5,\n2,0.4,0.6\n3,NaN,inf\n",
        "step;loss;val_loss\n1;0,5;\n2;0,4;0,6\n3;nan;Infinity\n",
        "\ufeffval_loss\tglobal_step\tloss\n\t1\t0.5\n0.6\t2\t0.4\ninf\t3\tnan\n",
        "epoch,step,train_loss,val_loss\n0,1,0.5,\n0,2,0.4,\n0,2,,0.6\n0,3,nan,inf\n",
    ],
)
def test_a_table_of_losses_is_read(text: str, tmp_path: Path) -> None:
    found = read(tmp_path / "losses.csv", text)
    assert steps(found)[:2] == [(1, 0.5), (2, 0.4)]
    assert math.isnan(steps(found)[2][1])
    assert steps(found, "val_loss") == [(2, 0.6), (3, math.inf)]


def test_a_table_without_steps_counts_rows_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    found = read(tmp_path / "losses.csv", "name,loss,auc,mae\nx,3,0.5,1\ny,2,0.6,1\nz,1")
    assert steps(found) == [(1, 3.0), (2, 2.0), (3, 1.0)]
    assert steps(found, "metric_auc") == [(1, 0.5), (2, 0.6)]
    assert found.notes == (
        "the last row, which is cut off, beyond its last cell",
        "mae: better lower, and a metric is better higher",
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "is no text"),
        (b'{"format": "gancheck trace", "version": 1}\n', "is a trace of gancheck without any step"),
        (b"name,city\nx,y\n", "has no column of losses: its columns are name, city"),
        (b"hello", "tells of no training"),
        (b'{"log_history": 3}', "it has no log_history that is a list"),
        (b'{"log_history": []}', "without any step"),
        (b'{"a": {"log_history": []}}', "it has no log_history that is a list"),
        (b"a" * 200_000 + b"\nloss", "tells of no training"),
        (b"a\x1b[2J,b\nx,y", r"its columns are a\\x1b\[2J, b"),
        (b'{"a": [1, 2]}', "tells of no training"),
    ],
)
def test_what_cannot_be_read_is_one_line(content: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(BadData, match=says):
        read(tmp_path / "file", content)


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="there is no"):
        read_recording(tmp_path / "nothing")
    with pytest.raises(BadData, match="holds no event files, no trainer_state"):
        read_recording(tmp_path)


def test_a_log_in_utf_16_is_read(tmp_path: Path) -> None:
    assert steps(read(tmp_path / "log.txt", "step 1 loss 2\n".encode("utf-16"))) == [(1, 2.0)]


def test_rows_with_a_cell_that_is_too_long_are_left_out_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path / "losses.csv", f"step,loss\n1,0.5\n2,{'9' * 200_000}\n3,0.4")
    assert steps(found) == [(1, 0.5), (3, 0.4)]
    assert found.notes == ("1 row with a cell of more than 131,072 characters",)


def test_the_last_checkpoint_is_read_whatever_others_are_called(tmp_path: Path) -> None:
    for name, loss in (("checkpoint-9", 1), ("checkpoint-10", 2), ("checkpoint-²", 3), ("checkpoint-best", 4)):
        (tmp_path / name).mkdir()
        history = json.dumps({"log_history": [{"step": 1, "loss": loss}]})
        (tmp_path / name / "trainer_state.json").write_text(history)
    assert steps(read_recording(tmp_path)) == [(1, 2.0)]


def test_what_has_no_end_or_never_answers_is_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "events.out.tfevents.1")
    for path in (tmp_path / "pipe", tmp_path / "events.out.tfevents.1", Path("/dev/zero")):
        with pytest.raises(BadData, match="is no file: give a file, a folder or /dev/stdin"):
            read_recording(path)


def test_an_open_pipe_is_read_and_a_file_beyond_the_limit_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "CHUNK", 10)
    for text, says in (("step 1 loss 2\n", None), ("step 1 loss 2\n" * 100, "is larger than 1 GiB")):
        end, start = os.pipe()
        os.write(start, text.encode())
        os.close(start)
        with pytest.raises(BadData, match=says) if says else nullcontext():
            assert steps(read_recording(Path(f"/dev/fd/{end}"))) == [(1, 2.0)]
        os.close(end)


def test_event_files_without_the_package_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_files, "find_spec", lambda name: None)
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes(b"")
    for place in (path, tmp_path):
        with pytest.raises(Unsupported, match="pip install tensorboard"):
            read_recording(place)
