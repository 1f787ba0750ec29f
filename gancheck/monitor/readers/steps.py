"""The steps of a log in order: those that repeat, that a resumed training did again, or that begin anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from gancheck.detectors.observation import Observation, is_training_loss
from gancheck.monitor.readers.course import Course, Entry, is_at_step
from gancheck.system.counts import say_count

LEAST = 3  #: steps that fall, which makes an order of them


def in_order(entries: Iterable[Entry]) -> tuple[tuple[Observation, ...], list[str]]:
    """Observations with steps that grow, and notes.

    Entries in a row with the same step are one, but for lines of an epoch that say a signal again. Steps that begin
    anew, as they do in every epoch, are counted on. Where a training went back to a checkpoint, what it did again
    takes the place of what it had done; what only looks back is left out. Entries whose steps fall throughout are
    read from the last one on.
    """
    given = [entry for entry in entries if entry.numbers]
    newest_first = fall_throughout(given)
    joined, counts = join_entries(mark_steady(given[::-1] if newest_first else given))
    course = Course()
    for stretch in stretches(joined):
        course.follow(stretch)
    found, beside_asides = join_entries(course.kept)
    own = sum(is_at_step(last, entry) for last, entry in pairwise(found))
    notes = ["the newest come first: read from the last one on"] if newest_first else []
    notes += [*course.notes(), *repeats(counts + beside_asides, own)]
    return tuple(Observation(s, e.numbers) for s, e in zip(counted_on(found), found, strict=True)), notes


def fall_throughout(entries: Sequence[Entry]) -> bool:
    """Whether the newest of at least three steps comes first, the next newest then, and so on."""
    places = [(entry.epoch, entry.step) for entry in entries]
    return len(set(places)) >= LEAST and all(later >= earlier for later, earlier in pairwise(places))


def mark_steady(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Entries, those of a training loss that is the same all through the log marked as such."""
    losses = {(name, value) for entry in entries for name, value in entry.numbers.items() if is_training_loss(name)}
    steady = Counter(name for name, _ in losses)
    return (replace(entry, is_steady=any(steady[name] == 1 for name in entry.numbers)) for entry in entries)


def repeats(counts: Counter[str], own: int) -> Iterator[str]:
    """What became of steps and epochs that were said again."""
    if again := counts["again"]:
        yield f"{say_count(again, 'value')} that the same step says anew later: the later count"
    if twice := counts["twice"]:
        yield f"{say_count(twice, 'entry')} of an epoch that only repeat the one before"
    if summaries := counts["summary"]:
        yield f"{say_count(summaries, 'entry')} that only told the best or last of a step that has its own value"
    if own:
        yield f"{say_count(own, 'entry')} of an epoch that has others: each is a step of its own, and counted on"


def join_entries(entries: Iterable[Entry]) -> tuple[list[Entry], Counter[str]]:
    """Entries in a row of the same step and epoch as one, unless each is a step of its own; what comes later counts.
    And how many values were said again otherwise, and how many entries tell nothing new."""
    found: list[Entry] = []
    counts: Counter[str] = Counter()
    for entry in entries:
        last = found[-1] if found and is_at_step(found[-1], entry) else None
        if last and (empty := nothing_new(last, entry)):
            counts[empty] += 1
        elif last and not is_own_step(last, entry):
            counts["again"] += sum(last.numbers.get(name, value) != value for name, value in entry.numbers.items())
            last.numbers.update(entry.numbers)
        else:
            found.append(replace(entry, numbers=dict(entry.numbers)))
    return found, counts


def nothing_new(last: Entry, entry: Entry) -> str:
    """Why an entry at the step of the one before adds nothing to it; empty where it adds something."""
    if entry.is_summary and says_again(last, entry):
        return "summary"
    is_repeat = entry.shares_step and not entry.is_steady
    return "twice" if is_repeat and entry.numbers.items() <= last.numbers.items() else ""


def says_again(last: Entry, entry: Entry) -> bool:
    """Whether it has a signal that the one before has."""
    return bool(last.numbers.keys() & entry.numbers.keys())


def is_own_step(last: Entry, entry: Entry) -> bool:
    """Whether it is another step of the same epoch: it says a signal again."""
    return entry.shares_step and says_again(last, entry)


def stretches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries in a row whose steps do not fall, nor stay where the epoch is another."""
    stretch: list[Entry] = []
    for entry in entries:
        if stretch and entry.step <= stretch[-1].step and not is_at_step(stretch[-1], entry):
            yield stretch
            stretch = []
        stretch.append(entry)
    if stretch:
        yield stretch


def counted_on(entries: Sequence[Entry]) -> list[int]:
    """Steps that grow: as they are given as far as they do, and else counted on."""
    steps = [entry.step for entry in entries[:1]]
    for last, entry in pairwise(entries):
        rise = entry.step - last.step
        if is_at_step(last, entry):
            steps.append(steps[-1] + 1)
        else:
            steps.append(steps[-1] + rise if rise > 0 else next_step(steps))
    return steps


def next_step(steps: Sequence[int]) -> int:
    """The step that would come next."""
    last = steps[-1]
    return last + max(1, last - steps[-2] if len(steps) > 1 else last)


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
