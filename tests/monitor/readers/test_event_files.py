"""Event files, written by the package that reads them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gancheck.errors import BadData
from gancheck.monitor.readers import event_files
from gancheck.monitor.readers.open import read_recording

pytest.importorskip("tensorboard")
event_accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


def write(folder: Path, **series: dict[int, float]) -> Path:
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(folder)) as writer:
        for name, values in series.items():
            for step, value in values.items():
                writer.add_scalar(name.replace("__", "/"), value, step)
    return folder


def test_scalars_are_read_by_step(tmp_path: Path) -> None:
    write(tmp_path, Loss__train={1: 0.5, 2: math.nan}, Loss__test={2: 0.75}, lr={1: 0.125, 2: 0.125})
    found = read_recording(tmp_path)
    assert [seen.step for seen in found.observations] == [1, 2]
    assert found.observations[0].numbers == {"loss": 0.5, "learning_rate": 0.125}
    assert found.observations[1].get("val_loss") == 0.75
    (file,) = tmp_path.iterdir()
    assert read_recording(file).signals == found.signals
    file.write_bytes(file.read_bytes()[:-10])
    assert len(read_recording(file).observations) == 2


def test_training_and_validation_are_one_and_several_trainings_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "one" / "train", epoch_loss={1: 0.5})
    write(tmp_path / "one" / "validation", epoch_loss={1: 0.6})
    assert read_recording(tmp_path / "one").signals == ["loss", "val_loss"]
    write(tmp_path / "two" / "first", loss={1: 0.5})
    write(tmp_path / "two" / "second", loss={1: 0.5})
    with pytest.raises(BadData, match="holds several trainings: name one of first, second"):
        read_recording(tmp_path / "two")


@pytest.mark.parametrize(("dtype", "sizes"), [(1, [10**11]), (99, []), (1, [1] * 100), (7, [])])
def test_tensors_that_are_no_number_are_left_out(dtype: int, sizes: list[int], tmp_path: Path) -> None:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from torch.utils.tensorboard import SummaryWriter

    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])
    odd = TensorProto(dtype=dtype, tensor_shape=shape, float_val=[1.0])
    one = TensorProto(dtype=1, float_val=[0.25])
    with SummaryWriter(str(tmp_path)) as writer:
        for tag, tensor in (("acc", odd), ("loss", one)):
            writer._get_file_writer().add_summary(Summary(value=[Summary.Value(tag=tag, tensor=tensor)]), 1)
    assert [dict(seen.numbers) for seen in read_recording(tmp_path).observations] == [{"loss": 0.25}]


def test_a_tensor_that_cannot_be_read_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, loss={1: 0.5})
    monkeypatch.setattr(event_files, "tensor_scalars", lambda *_: 1 / 0)
    monkeypatch.setattr(event_accumulator.EventAccumulator, "Tags", lambda _: {"scalars": [], "tensors": ["x"]})
    with pytest.raises(BadData, match=r"cannot read .*division by zero"):
        read_recording(tmp_path)


def test_files_without_scalars_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1").write_bytes(b"not an event file at all")
    with pytest.raises(BadData, match="holds no scalars"):
        read_recording(tmp_path)
    write(tmp_path / "other", time={1: 0.5})
    with pytest.raises(BadData, match="no loss or metric among time"):
        read_recording(tmp_path / "other")
