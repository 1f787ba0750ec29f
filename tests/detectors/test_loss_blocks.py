from __future__ import annotations

import json
import math
from dataclasses import dataclass

import pytest

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Detector, Reading
from gancheck.detectors.loss_blocks import LossBlocks
from gancheck.detectors.observation import Observation


def blocks_of(blocks: LossBlocks, values: list[float], name: str = "loss") -> dict[int, float]:
    """Step -> the mean that it completes."""
    steps = [blocks.add(Observation(step, {name: value})) for step, value in enumerate(values, start=1)]
    return {seen.step: seen.numbers[f"{name}_block"] for seen in steps if f"{name}_block" in seen.numbers}


def test_every_tenth_loss_brings_the_mean_of_ten() -> None:
    assert blocks_of(LossBlocks(), [float(v) for v in range(25)]) == {10: 4.5, 20: 14.5}


def test_what_is_not_finite_is_left_out() -> None:
    assert blocks_of(LossBlocks(), [math.nan, math.inf, *[1.0] * 10]) == {12: 1.0}


def test_players_have_blocks_of_their_own_and_held_out_losses_have_none() -> None:
    blocks = LossBlocks()
    assert blocks_of(blocks, [1.0] * 9, "generator_loss") == {}
    assert blocks_of(blocks, [5.0] * 10, "discriminator_loss") == {10: 5.0}
    assert blocks_of(blocks, [1.0], "generator_loss") == {1: 1.0}
    assert blocks_of(LossBlocks(), [1.0] * 20, "val_loss") == {}


@dataclass
class Reads(Detector):
    """Says each block's mean."""

    acts_on = ("loss_block",)

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading:
        return Reading(seen.get("loss_block"), 0.0)


@pytest.mark.parametrize("middle", [0, 7, 10, 16])
def test_a_tracker_that_goes_on_completes_the_block_that_was_begun(middle: int) -> None:
    whole, before, after = (AlarmTracker({"it": Reads()}) for _ in range(3))
    seen = [Observation(step, {"loss": step / 7}) for step in range(1, 31)]
    for one in seen:
        whole.update(one)
    for one in seen[:middle]:
        before.update(one)
    after.load_state_dict(json.loads(json.dumps(before.state_dict())))
    for one in seen[middle:]:
        after.update(one)
    assert len(after.streaks["it"].recent) == 2
    assert after.streaks == whole.streaks
    assert after.state_dict()["blocks"] == whole.state_dict()["blocks"]


@pytest.mark.parametrize("damaged", [3, {"loss": 3}, {"loss": {"total": "much"}}])
def test_damaged_blocks_are_no_state(damaged: object) -> None:
    tracker = AlarmTracker({"it": Reads()})
    with pytest.raises(ValueError, match="blocks"):
        tracker.load_state_dict({**tracker.state_dict(), "blocks": damaged})
    assert blocks_of(tracker.blocks, [1.0] * 10) == {10: 1.0}
