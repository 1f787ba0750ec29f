from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from gancheck.errors import StoreError
from gancheck.gans.state import Kept
from gancheck.training.record import TrainingRecord


def record() -> TrainingRecord:
    return TrainingRecord(
        seed=3,
        status="done",
        seconds=1.5,
        updates=12,
        path="stacked-traced",
        snapshots={
            5: Kept({"generator": {"0.weight": torch.randn(2, 3), "steps": torch.tensor(7)}}),
            10: Kept({"generator": {"0.weight": torch.randn(3, 2).mT}, "d": {}}, {"a/b": {"c": torch.ones(2)}}),
        },
        trace={"generator_loss": torch.tensor([1.0, float("nan")]), "diversity": torch.zeros(2)},
    )


def test_a_record_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    path, made = tmp_path / "deep" / "run.safetensors", record()
    made.save(path, {"gan": "mlp"})
    again = TrainingRecord.load(path)
    assert (again.seed, again.status, again.reason, again.seconds, again.updates, again.path) == (
        *(3, "done", "", 1.5, 12, "stacked-traced"),
    )
    assert list(again.snapshots) == [5, 10]
    for step, kept in made.snapshots.items():
        assert again.snapshots[step].generator.keys() == kept.generator.keys()
        assert all(t.equal(again.snapshots[step].generator[n]) for n, t in kept.generator.items())
        assert again.snapshots[step].weights.keys() == kept.weights.keys()  # also of players without weights
    assert again.snapshots[10].memory["a/b"]["c"].equal(torch.ones(2))
    for name, signal in made.trace.items():
        torch.testing.assert_close(again.trace[name], signal, rtol=0, atol=0, equal_nan=True)
    assert [p.name for p in path.parent.iterdir()] == ["run.safetensors"]  # nothing half-written is left


@pytest.mark.parametrize("points", [{}, {"points": "[5, 10]"}], ids=["first", "second"])
def test_files_of_earlier_versions_are_read(tmp_path: Path, points: dict[str, str]) -> None:
    weight, steps = torch.randn(2, 3), torch.tensor(7)
    tensors = {"5/0.weight": weight, "5/bn.steps": steps, "10/0.weight": weight + 1, "trace/diversity": torch.zeros(2)}
    outcome = {"seed": 3, "status": "done", "reason": "", "seconds": 1.5, "cpu_seconds": 1.0, "updates": 12, "path": ""}
    save_file(tensors, tmp_path / "old", {"outcome": json.dumps(outcome), "spec": "{}"} | points)
    made = TrainingRecord.load(tmp_path / "old")
    assert sorted(made.snapshots) == [5, 10]
    assert made.snapshots[5].weights.keys() == {"generator"}
    assert made.snapshots[5].generator["0.weight"].equal(weight)
    assert made.snapshots[5].generator["bn.steps"].equal(steps)
    assert made.snapshots[10].generator["0.weight"].equal(weight + 1)
    assert made.trace["diversity"].equal(torch.zeros(2))


def test_a_record_of_failure_comes_back_too(tmp_path: Path) -> None:
    TrainingRecord(seed=1, status="diverged", reason="not finite at step 3").save(tmp_path / "run", {})
    again = TrainingRecord.load(tmp_path / "run")
    assert (again.status, again.reason, again.snapshots) == ("diverged", "not finite at step 3", {})


@pytest.mark.parametrize("keep", [0, 4, 100, -1])
def test_a_file_cut_short_is_refused_by_name(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "run.safetensors"
    record().save(path, {})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StoreError, match=r"run.safetensors is not a whole training record .*; remove it and run again"):
        TrainingRecord.load(path)


def test_a_file_of_something_else_is_refused_by_name(tmp_path: Path) -> None:
    save_file({"a": torch.ones(2)}, tmp_path / "other")
    with pytest.raises(StoreError, match="other is not a whole training record"):
        TrainingRecord.load(tmp_path / "other")
    with pytest.raises(StoreError, match="missing"):
        TrainingRecord.load(tmp_path / "missing")


@pytest.mark.parametrize(
    ("outcome", "points"),
    [
        *(({"seed": "3"}, "[]"), ({"seed": 3, "status": "well"}, "[]"), ({"seed": 3, "colour": 1}, "[]")),
        *(({"seed": 3}, '{"a": ["generator"]}'), ({"seed": 3}, "[" * 100_000), ({"seed": 3}, "3"), ([], "[]")),
    ],
)
def test_a_file_of_a_stranger_that_makes_no_sense_is_refused(tmp_path: Path, outcome: object, points: str) -> None:
    about = {"outcome": json.dumps(outcome), "points": points}
    save_file({"5/w": torch.ones(2)}, tmp_path / "r.safetensors", about)
    with pytest.raises(StoreError, match="is not a whole training record"):
        TrainingRecord.load(tmp_path / "r.safetensors")


@pytest.mark.parametrize("name", ["five/w", '5/["weights"]', '5/["x", "y"]'])
def test_a_tensor_under_a_name_that_leads_nowhere_is_refused(tmp_path: Path, name: str) -> None:
    tensors = {'5/["weights", "generator", "a"]': torch.ones(2), name: torch.ones(2)}
    save_file(tensors, tmp_path / "r.safetensors", {"outcome": '{"seed": 3}', "points": "[]"})
    with pytest.raises(StoreError, match="is not a whole training record"):
        TrainingRecord.load(tmp_path / "r.safetensors")


def test_a_link_in_a_results_folder_is_refused(tmp_path: Path) -> None:
    record().save(tmp_path / "elsewhere", {})
    (tmp_path / "r.safetensors").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is a link"):
        TrainingRecord.load(tmp_path / "r.safetensors")
