from __future__ import annotations

import json
import math
from typing import Any

import pytest

from gancheck.detectors.observation import Observation


def test_what_was_not_measured_is_nan_or_empty() -> None:
    seen = Observation(1, {"loss": 2.0}, {"dead_units": {"0": 0.5}})
    assert math.isnan(seen.get("val_loss"))
    assert seen.of_layers("layer_gradient") == {}
    assert list(seen.names()) == ["loss", "dead_units"]


def test_losses_are_those_that_are_trained_on() -> None:
    names = ("loss", "generator_loss", "kl_loss", "val_loss", "eval_loss", "test_loss", "initial_loss", "accuracy")
    assert list(Observation(1, dict.fromkeys(names, 1.0)).losses) == ["loss", "generator_loss", "kl_loss"]


def test_a_row_is_strict_json_and_comes_back() -> None:
    seen = Observation(3, {"loss": math.inf, "accuracy": 0.5}, {"layer_gradient": {"0.weight": -math.inf, "1": 2.0}})
    text = json.dumps(seen.row(), allow_nan=False)
    assert Observation.from_row(json.loads(text)) == seen
    nan = Observation.from_row(Observation(1, {"loss": math.nan}).row())
    assert math.isnan(nan.get("loss"))


def test_layers_may_be_missing_in_a_row() -> None:
    assert Observation.from_row({"step": 2, "numbers": {"loss": 1}, "layers": None}) == Observation(2, {"loss": 1.0})


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"step": 1},
        {"step": None, "numbers": {}},
        {"step": math.inf, "numbers": {}},
        {"step": 1, "numbers": [1, 2]},
        {"step": 1, "numbers": {"loss": "high"}},
        {"step": 1, "numbers": {"loss": None}},
        {"step": 1, "numbers": {}, "layers": {"dead_units": 3}},
        [1, 2],
    ],
)
def test_a_row_that_is_none_is_a_key_type_or_value_error(row: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Observation.from_row(row)
