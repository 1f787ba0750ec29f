"""A checkpoint's file: one of a stranger's with a right hash and facts that make no sense is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from gancheck.errors import StoreError
from gancheck.training.checkpoint import Checkpoint, content_hash

TENSORS = {"x": torch.ones(2, 3).T, "random/cpu": torch.zeros(4, dtype=torch.uint8)}
FACTS = {"step": 4, "path": "stacked-traced", "training": "id", "strides": {"x": [1, 3]}, "version": 1}


def seal(path: Path, facts: Any) -> None:
    text, tensors = json.dumps(facts), {name: t.contiguous() for name, t in TENSORS.items()}
    path.write_bytes(safetensors.torch.save(tensors, {"facts": text, "sha256": content_hash(tensors, text)}))


def test_strides_come_back(tmp_path: Path) -> None:
    Checkpoint("id", TENSORS, {"step": 4}).save(tmp_path / "a")
    found = Checkpoint.load(tmp_path / "a", "id")
    assert (found.step, found.tensors["x"].stride()) == (4, (1, 3))


def test_one_column_of_a_wide_table_comes_back(tmp_path: Path) -> None:
    Checkpoint("id", {"column": torch.arange(600.0).view(3, 200)[:, 0]}, {"step": 4}).save(tmp_path / "a")
    assert Checkpoint.load(tmp_path / "a", "id").tensors["column"].tolist() == [0, 200, 400]


@pytest.mark.parametrize(
    "odd",
    [
        *({"strides": None}, {"strides": {"x": [10**12, 1]}}, {"strides": {"x": [-1, 1]}}, {"strides": {"x": [1]}}),
        *({"step": "four"}, {"version": 2}, {"training": "other"}, {"training": ["id"]}),
    ],
)
def test_facts_that_make_no_sense_are_refused(tmp_path: Path, odd: dict[str, Any]) -> None:
    seal(tmp_path / "a", FACTS | odd)
    with pytest.raises(StoreError, match=r"^a "):
        Checkpoint.load(tmp_path / "a", "id")


@pytest.mark.parametrize("missing", FACTS)
def test_a_fact_that_is_missing_is_refused(tmp_path: Path, missing: str) -> None:
    seal(tmp_path / "a", {name: value for name, value in FACTS.items() if name != missing})
    if missing != "path":
        with pytest.raises(StoreError):
            Checkpoint.load(tmp_path / "a", "id")


def test_a_link_is_refused(tmp_path: Path) -> None:
    seal(tmp_path / "a", FACTS)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(StoreError, match="is a link"):
        Checkpoint.load(tmp_path / "b", "id")
