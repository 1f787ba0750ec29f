"""Where a training went back, and what only looks back."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gancheck.monitor.readers.course import Entry
from gancheck.monitor.readers.steps import in_order

ASIDE = "1 entry that only looked back to an earlier step"
LAST_ASIDE = f"{ASIDE}; a training resumed there counts from its second entry on"


def followed(steps: Sequence[int]) -> tuple[list[tuple[int, float]], list[str]]:
    """The steps that are kept, each with the place at which it was said."""
    found, notes = in_order(Entry(step, {"loss": float(place)}) for place, step in enumerate(steps))
    return [(seen.step, seen.numbers["loss"]) for seen in found], notes


@pytest.mark.parametrize("back", [1, 2, 50])
def test_one_entry_that_goes_back_takes_nothing_away(back: int) -> None:
    steps = range(1, 101)
    kept, notes = followed([*steps, back])
    assert (kept, notes) == ([(step, float(step - 1)) for step in steps], [LAST_ASIDE])


def test_entries_that_go_on_after_one_that_looks_back_are_kept() -> None:
    kept, notes = followed([1, 2, 3, 4, 2, 5, 6])
    assert (kept, notes) == ([(1, 0), (2, 1), (3, 2), (4, 3), (5, 5), (6, 6)], [ASIDE])


def test_the_same_step_goes_on_after_one_that_looks_back() -> None:
    found, notes = in_order(
        [*(Entry(n, {"loss": 1.0}) for n in range(9)), Entry(3, {"loss": 2.0}), Entry(8, {"f1": 1})]
    )
    assert [seen.step for seen in found] == list(range(9))
    assert (found[-1].numbers, notes) == ({"loss": 1.0, "f1": 1}, [ASIDE])


def test_several_entries_far_apart_only_look_back() -> None:
    kept, notes = followed([*range(100), 20, 50, 80])
    assert ([step for step, _ in kept], notes) == (
        list(range(100)),
        ["3 entries that only looked back to an earlier step"],
    )


@pytest.mark.parametrize("again", [range(50, 52), range(50, 70), range(50, 120), range(51, 119, 2), range(50, 151, 10)])
def test_a_training_that_was_resumed_counts_from_its_checkpoint_on(again: range) -> None:
    kept, notes = followed([*range(100), *again])
    assert [step for step, _ in kept] == [*range(again[0]), *again]
    assert notes == [f"{100 - again[0]} entries that a resumed training did again"]


def test_few_entries_far_apart_are_no_resumed_training_where_they_end_before_the_last_step() -> None:
    kept, notes = followed([*range(100), *range(50, 99, 10)])
    assert [step for step, _ in kept] == list(range(100))
    assert notes == ["5 entries that only looked back to an earlier step"]


@pytest.mark.parametrize("back", [(200, 300), (200, 980), (200, 300, 400)])
@pytest.mark.parametrize("after", [1, 40])
def test_entries_that_look_back_rising_are_no_resumed_training(back: tuple[int, ...], after: int) -> None:
    going_on = range(1000, 1000 + 10 * after, 10)
    kept, notes = followed([*range(0, 1000, 10), *back, *going_on])
    assert [step for step, _ in kept] == [*range(0, 1000, 10), *going_on]
    assert notes == [f"{len(back)} entries that only looked back to an earlier step"]


def test_a_table_whose_newest_row_comes_first_is_read_from_its_end() -> None:
    kept, notes = followed(range(100, 0, -1))
    assert kept == [(step, 100.0 - step) for step in range(1, 101)]
    assert notes == ["the newest come first: read from the last one on"]


def test_epochs_that_fall_with_their_steps_are_read_from_the_end() -> None:
    entries = [Entry(step, {"loss": 1.0}, epoch) for epoch in (2, 1) for step in (20, 10, 0)]
    found, notes = in_order(entries)
    assert [seen.step for seen in found] == [0, 10, 20, 30, 40, 50]
    assert notes == ["the newest come first: read from the last one on"]


def test_two_entries_that_fall_make_no_order() -> None:
    assert followed([2, 1]) == ([(2, 0.0)], [LAST_ASIDE])


def test_a_resumed_training_takes_away_no_earlier_epoch() -> None:
    entries = [Entry(step, {"loss": 1.0}, epoch) for epoch in (1, 2) for step in range(0, 50, 10)]
    found, notes = in_order([*entries, Entry(30, {"loss": 2.0}, 2), Entry(40, {"loss": 2.0}, 2)])
    assert [seen.step for seen in found] == list(range(0, 100, 10))
    assert [seen.numbers["loss"] for seen in found] == [1.0] * 8 + [2.0] * 2
    assert notes == ["2 entries that a resumed training did again"]


def test_numbers_that_come_late_belong_to_their_step() -> None:
    late = [
        Entry(step, {name: step}) for n in range(30) for step, name in ((n, "loss"), (n - 5, "val_loss")) if step >= 0
    ]
    at_end = [*(Entry(n, {"loss": n}) for n in range(30)), *(Entry(n, {"val_loss": n}) for n in range(25))]
    expected = [{"loss": n} | ({"val_loss": n} if n < 25 else {}) for n in range(30)]
    for entries in (late, at_end):
        found, notes = in_order(entries)
        assert ([(seen.step, seen.numbers) for seen in found], notes) == (list(enumerate(expected)), [])


def test_numbers_that_come_late_belong_to_their_epoch() -> None:
    entries = [Entry(step, {"loss": 1.0}, epoch) for epoch in (1, 2) for step in (0, 10)]
    found, notes = in_order([*entries, Entry(0, {"val_loss": 2.0}, 2), Entry(0, {"val_loss": 3.0}, 1)])
    assert [dict(seen.numbers) for seen in found] == [{"loss": 1.0}] * 2 + [{"loss": 1.0, "val_loss": 2.0}, {"loss": 1}]
    assert notes == [LAST_ASIDE]


def test_many_entries_that_look_back_take_no_time() -> None:
    kept, _ = followed([n + 10 * (n % 2) for n in range(20_000)])
    assert len(kept) > 1
    kept, _ = followed([step for n in range(10, 20_000) for step in (n, 3)])
    assert len(kept) > 19_000
