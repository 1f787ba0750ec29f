"""The steps of a log in order: those that repeat, that a resumed training did again, or that begin anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gancheck.detectors.observation import Observation
from gancheck.system.counts import say_count


@dataclass
class Entry:
    """The numbers of one place in a log."""

    step: int
    numbers: dict[str, float] = field(default_factory=dict)
    epoch: int = 0  #: which count of steps it belongs to


def in_order(entries: Iterable[Entry]) -> tuple[tuple[Observation, ...], list[str]]:
    """Observations with steps that grow, and notes.

    Entries in a row with the same step are one. Steps that begin anew, as they do in every epoch, are counted on.
    Where a training went back to a checkpoint, what it did again takes the place of what it had done.
    """
    found: list[Entry] = []
    first, offset, restarts, redone = 0, 0, 0, 0
    for entry in merged(entries):
        first = entry.step if not found else first
        step, before = entry.step + offset, len(found)
        if found and step <= found[-1].step:
            if begins_anew := entry.epoch != found[-1].epoch or entry.step <= first:
                restarts += entry.epoch == found[-1].epoch
                offset, step = offset + next_step(found) - step, next_step(found)
            while not begins_anew and found and found[-1].step >= step:
                found.pop()
        redone += before - len(found)
        found.append(Entry(step, entry.numbers, entry.epoch))
    notes = [f"{say_count(redone, 'entry')} that a resumed training did again"] if redone else []
    notes += [f"steps begin anew {say_count(restarts, 'time')}, and are counted on"] if restarts else []
    return tuple(Observation(entry.step, entry.numbers) for entry in found if entry.numbers), notes


def next_step(found: list[Entry]) -> int:
    """The step that would come next."""
    last = found[-1].step
    return last + max(1, last - found[-2].step if len(found) > 1 else last)


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in a row of the same step and epoch as one; what comes later counts."""
    found: list[Entry] = []
    for entry in entries:
        if found and (found[-1].step, found[-1].epoch) == (entry.step, entry.epoch):
            found[-1].numbers.update(entry.numbers)
        else:
            found.append(Entry(entry.step, dict(entry.numbers), entry.epoch))
    return found


def without_redone(seen: Iterable[Observation]) -> tuple[list[Observation], list[str]]:
    """The same for a trace, whose steps may repeat: what is logged beside a step that was checked follows it."""
    kept: list[Observation] = []
    redone = 0
    for observation in seen:
        if kept and observation.step < kept[-1].step:
            before = len(kept)
            while kept and kept[-1].step >= observation.step:
                kept.pop()
            redone += before - len(kept)
        kept.append(observation)
    return kept, [f"{say_count(redone, 'entry')} that a later or resumed training did again"] if redone else []
