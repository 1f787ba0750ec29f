"""How a training went through the entries of its log: on, back to a checkpoint, or through a count that begins anew."""

from __future__ import annotations

import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from gancheck.system.counts import say_count

STEP = attrgetter("step")


@dataclass
class Entry:
    """The numbers of one place in a log."""

    step: int
    numbers: dict[str, float] = field(default_factory=dict)
    epoch: int = 0  #: which count of steps it belongs to
    shares_step: bool = False  #: whether others at this step may be steps of their own, as the lines of an epoch are
    is_summary: bool = False  #: whether it says again what was, such as the best loss
    is_steady: bool = False  #: whether it has a loss that never changes: then its like at a step is another step


def is_at_step(last: Entry, entry: Entry) -> bool:
    """Whether an entry has the count of another."""
    return (last.step, last.epoch) == (entry.step, entry.epoch)


def is_even(stretch: Sequence[Entry], back: int) -> bool:
    """Whether entries of which the first `back` go back go on beyond them without a hole, at the pace of them all."""
    rises = [later.step - earlier.step for earlier, later in pairwise(stretch)]
    return back < len(stretch) and max(rises[:back]) <= 2 * statistics.median_low(rises)


@dataclass
class Course:
    """The entries that count so far, and how often the training went back."""

    kept: list[Entry] = field(default_factory=list)
    start: int = 0  #: where the count began that goes on now
    restarts: int = 0
    redone: int = 0
    asides: int = 0
    ends_back: bool = False  #: whether the last entry alone goes back: it may be the first one of a resumed training

    def follow(self, stretch: Sequence[Entry]) -> None:
        """Entries whose steps rise, after those before.

        Where the first goes back, the stretch is a later epoch, a count that begins anew, or a training that was
        resumed from a checkpoint. What is neither, such as `best loss 0.3 at step 200`, is left out. Numbers that only
        come late, as those of a validation that took its time, belong to the step that they name.
        """
        last, stretch = stretch[-1], [entry for entry in stretch if not self.takes_in(entry)]
        self.ends_back = False
        again = [entry for entry in stretch if self.kept and entry.step <= self.kept[-1].step]
        if again and again[0].epoch > self.kept[-1].epoch:
            self.start = len(self.kept)
        elif len(again) > 1 and again[0].step <= self.kept[0].step:
            self.start = len(self.kept)
            self.restarts += 1
        elif self.is_resumed(stretch, again):
            self.take_back(again[0].step)
        elif again:
            self.ends_back = len(stretch) == 1 and stretch[0] is last and not last.is_summary
            stretch = [entry for entry in stretch if entry.step >= self.kept[-1].step]
            self.asides += sum(entry.step < self.kept[-1].step for entry in again)
        self.kept += stretch

    def takes_in(self, entry: Entry) -> bool:
        """Whether its step is kept and says nothing of its signals: then it says them now."""
        place = bisect_right(self.kept, entry.step, self.start, key=STEP) - 1
        if place < self.start or not is_at_step(self.kept[place], entry) or entry.is_summary:
            return False
        numbers = self.kept[place].numbers
        is_new = not numbers.keys() & entry.numbers.keys()
        if is_new:
            numbers.update(entry.numbers)
        return is_new

    def is_resumed(self, stretch: Sequence[Entry], again: Sequence[Entry]) -> bool:
        """Whether entries that go back are a resumed training: two at least, and half as many as between their steps
        before, or going on beyond the last step at the pace of what follows. Fewer would take away more than they
        tell: a resumed training of one line so far is left out too."""
        if len(again) < 2:
            return False
        begin, end = self.place_of(again[0].step), bisect_right(self.kept, again[-1].step, self.start, key=STEP)
        return 2 * len(again) >= end - begin or is_even(stretch, len(again))

    def take_back(self, step: int) -> None:
        """Without what is done again."""
        place = self.place_of(step)
        self.redone += len(self.kept) - place
        del self.kept[place:]

    def place_of(self, step: int) -> int:
        """Where a step stands, or would stand, in the count that goes on."""
        return bisect_left(self.kept, step, self.start, key=STEP)

    def notes(self) -> Iterator[str]:
        """What was left out, and what was counted on."""
        if self.redone:
            yield f"{say_count(self.redone, 'entry')} that a resumed training did again"
        if self.asides:
            if_resumed = "; a training resumed there counts from its second entry on" if self.ends_back else ""
            yield f"{say_count(self.asides, 'entry')} that only looked back to an earlier step{if_resumed}"
        if self.restarts:
            yield f"steps begin anew {say_count(self.restarts, 'time')}, and are counted on"
