"""Specs as data: they survive JSON, what is no spec is refused, and ids are those of the content."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from gancheck.bench.run_spec import LadderPlace, PluginRecord, RunSpec, SuiteId
from gancheck.errors import BadParameter

Make = Callable[..., RunSpec]


def changed(spec: RunSpec, part: str, **values: Any) -> RunSpec:
    """The same with a part of its training or evaluation replaced, under its own ids."""
    inner = msgspec.structs.replace(getattr(spec, part), **values)
    return msgspec.structs.replace(spec, **{part: inner}).with_ids()


def test_a_spec_survives_json(run_spec: Make) -> None:
    plain = run_spec("rpgan", seed=3)
    placed = msgspec.structs.replace(plain, ladder=LadderPlace("modes a side", 7.0)).with_ids()
    for spec in (plain, placed):
        assert RunSpec.read(json.loads(json.dumps(spec.table()))) == spec


def test_what_a_spec_does_not_say_is_not_in_its_table(run_spec: Make) -> None:
    table = run_spec().table()
    assert "ladder" not in table
    assert [("version" in table["training"][kind]) for kind in ("dataset", "gan")] == [True, False]


def test_a_spec_knows_its_seed_and_its_place(run_spec: Make) -> None:
    spec = run_spec("rpgan+r1r2", seed=3, task="grid/mlp")
    assert spec.seed == 3
    assert spec.place == ("grid/mlp", "rpgan+r1r2", 3)
    assert spec.label == "grid/mlp rpgan+r1r2 seed 3"


LACKING = {
    "nothing": lambda table: {},
    "no recipe": lambda table: {k: v for k, v in table.items() if k != "recipe"},
    "no seed": lambda table: {**table, "training": {k: v for k, v in table["training"].items() if k != "seed"}},
    "a training that is a list": lambda table: {**table, "training": []},
    "a seed that is a text": lambda table: {**table, "training": {**table["training"], "seed": "0"}},
    "a task that is a number": lambda table: {**table, "task": 3},
}


@pytest.mark.parametrize("damage", LACKING)
def test_a_table_that_is_no_spec_is_refused(damage: str, run_spec: Make) -> None:
    with pytest.raises(ValueError):
        RunSpec.read(LACKING[damage](run_spec().table()))


def test_a_field_that_is_not_known_does_not_keep_the_others_from_being_read(run_spec: Make) -> None:
    """A later version may write more; the id then says that the spec is not whole."""
    spec = run_spec()
    read = RunSpec.read({**spec.table(), "kind": "spec"})
    assert read == spec


def test_ids_are_those_of_the_content_and_of_nothing_else(run_spec: Make) -> None:
    spec = run_spec()
    assert spec.run_id == spec.own_id() == run_spec().run_id
    assert msgspec.structs.replace(spec, run_id="", training_id="").with_ids() == spec
    assert msgspec.structs.replace(spec, run_id="other").own_id() == spec.run_id


TRAINING = {
    "engine": 2,
    "torch": "9.9.9",
    "device": "cuda",
    "path": "looped-traced",
    "dataset": PluginRecord("ring", {"modes": 8}, "d", version=99),
    "gan": PluginRecord("mlp", {"width": 17}, "g"),
    "recipe": [PluginRecord("none", {}, "b")],
    "settings": {"batch": 17},
    "budget": {"steps": 11},
    "block": [0, 1],
    "seed": 5,
    "start": {"generator": "f"},
}


def test_every_part_of_the_training_is_tried(run_spec: Make) -> None:
    assert set(TRAINING) == set(msgspec.structs.asdict(run_spec().training))


@pytest.mark.parametrize("part", TRAINING)
def test_every_part_of_the_training_decides_both_ids(part: str, run_spec: Make) -> None:
    before, after = run_spec(), changed(run_spec(), "training", **{part: TRAINING[part]})
    assert before.training_id != after.training_id
    assert before.run_id != after.run_id


@pytest.mark.parametrize(
    "values", [{"evaluation": 9}, {"samples": 101}, {"metrics": {"score": "t"}}, {"data": {"modes": 9}}]
)
def test_every_part_of_the_evaluation_decides_the_run_id_alone(values: dict[str, Any], run_spec: Make) -> None:
    before, after = run_spec(), changed(run_spec(), "evaluation", **values)
    assert before.training_id == after.training_id
    assert before.run_id != after.run_id


@pytest.mark.parametrize(
    "values",
    [{"suite": SuiteId("mine", "2")}, {"task": "circle/mlp"}, {"recipe": "r1"}, {"ladder": LadderPlace("side", 3.0)}],
)
def test_where_a_run_stands_decides_the_run_id_alone(values: dict[str, Any], run_spec: Make) -> None:
    before, after = run_spec(), msgspec.structs.replace(run_spec(), **values).with_ids()
    assert before.training_id == after.training_id
    assert before.run_id != after.run_id


@pytest.mark.parametrize("value", [float("inf"), float("nan"), object()])
def test_what_json_cannot_hold_has_no_id(value: object, run_spec: Make) -> None:
    with pytest.raises(BadParameter, match="must be numbers"):
        run_spec(settings={"gamma": value})


def test_a_real_number_of_numpy_is_one_of_python(run_spec: Make) -> None:
    theirs, ours = (run_spec(settings={"gamma": value}) for value in (np.float64(0.1), 0.1))
    assert theirs.run_id == ours.run_id
    assert RunSpec.read(json.loads(json.dumps(theirs.table()))) == ours
