from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field

from gancheck.detectors.remembered import remembered, restore
from gancheck.statistics.sequential import BlockMeans, Window


@dataclass
class Memory:
    size: int = 3
    pair: tuple[float, ...] = (1.0, 2.0)
    last: deque[float] = field(default_factory=lambda: deque(maxlen=2))
    window: Window = field(default_factory=lambda: Window(4))
    by_name: dict[str, BlockMeans] = field(default_factory=dict, init=False)
    lists: dict[str, list[float]] = field(default_factory=dict, init=False)
    several: list[BlockMeans] = field(default_factory=list, init=False)
    perhaps: Window | None = field(default=None, init=False)
    later: float = field(init=False)


def used() -> Memory:
    memory = Memory(size=5, pair=(3.0, 4.0))
    memory.last.extend([1.0, 2.0, 3.0])
    memory.window.add(7.0)
    memory.by_name["loss"] = BlockMeans(2)
    memory.by_name["loss"].add(1.0)
    memory.lists["loss"] = [1.0]
    memory.several = [BlockMeans(3)]
    memory.perhaps = Window(2)
    memory.perhaps.add(8.0)
    return memory


def test_all_kinds_of_fields_come_back_through_json() -> None:
    before, after = used(), Memory()
    restore(after, json.loads(json.dumps(remembered(before))))
    assert remembered(after) == remembered(before)
    assert after.pair == (3.0, 4.0)
    assert after.last == deque([2.0, 3.0])
    assert after.last.maxlen == 2


def test_objects_that_were_not_there_yet_are_made() -> None:
    after = Memory()
    restore(after, remembered(used()))
    assert after.by_name["loss"].add(3.0) == 2.0
    assert isinstance(after.several[0], BlockMeans)
    assert after.perhaps is not None
    assert after.perhaps.values == [8.0]


def test_what_was_remembered_is_not_changed_by_going_on() -> None:
    state = remembered(used())
    kept = json.dumps(state)
    after = Memory()
    restore(after, state)
    after.lists["loss"].append(2.0)
    after.by_name["loss"].add(9.0)
    assert json.dumps(state) == kept


def test_fields_that_the_state_lacks_stay() -> None:
    after = Memory(size=9)
    restore(after, {"pair": [5.0]})
    assert (after.size, after.pair) == (9, (5.0,))
    restore(after, {"perhaps": None, "window": {"size": 4, "values": [1.0]}})
    assert after.perhaps is None
    assert after.window.values == [1.0]
