"""A log as people paste it: `step 120 loss 0.53`, `[12/100] train_loss: 0.4 - acc: .8`, `Epoch 3, loss=0.1`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gancheck.errors import BadData
from gancheck.monitor.readers.commas import Commas
from gancheck.monitor.readers.course import Entry
from gancheck.monitor.readers.log_line import Line, line_of
from gancheck.monitor.readers.names import signal_of, signals_of
from gancheck.monitor.readers.numbers import number_of, without_points
from gancheck.monitor.readers.recording import Recording, reasons
from gancheck.monitor.readers.steps import in_order
from gancheck.system.counts import say_count

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONGEST = 20_000  #: characters of a line that is looked at
LEAST = 3  #: lines in which a name that nobody knows counts as a metric


def read_text_log(text: str, source: str) -> Recording:
    """All lines that tell of a training; BadData where there is none."""
    written = list(filter(None, map(str.strip, re.split(r"[\r\n]+", COLOURS.sub("", text)))))
    lines = lines_of(written)
    commas = Commas.of([number for line in lines for number in line.signals])
    if commas.are_decimal:
        lines = lines_of(map(without_points, written))
    read = commas.read
    for line in lines:
        line.find_values(read)
    told = [line for line in lines if line.is_of_training]
    names, left = signals_of(names_in(told))
    if not names:
        raise BadData(f"{source} {why_none(written, commas)}")
    observations, notes = in_order(entries(lines, names))
    notes += (*left_out(len(lines) - len(told), len(written) - len(lines)), *commas.notes("value"))
    return Recording(source, "a log", observations, (*notes, *reasons(left)))


def lines_of(written: Iterable[str]) -> list[Line]:
    """What the lines say, but for those that are too long."""
    return [line_of(line) for line in written if len(line) <= LONGEST]


def left_out(others: int, long: int) -> Iterator[str]:
    """Lines that were not read."""
    if others:
        yield f"{say_count(others, 'line')} without a number that is known"
    if long:
        yield f"{say_count(long, 'line')} of more than {LONGEST:,} characters"


def why_none(written: list[str], commas: Commas) -> str:
    """What a text lacks to be a log."""
    if written and is_headless(written[0]):
        return "begins with numbers: a table needs a first line of names, such as 'step,loss,val_loss'"
    none = "tells of no training: no line such as 'step 120 loss 0.53', and no table with a header"
    return commas.why_none() or none


def is_headless(first: str) -> bool:
    """Whether a file's first line has numbers only, as a table that lacks its header."""
    return all(number_of(cell) is not None for cell in re.split(r"[\s,;]+", first.strip(",;")))


def names_in(lines: list[Line]) -> list[str]:
    """The names that stand for signals or metrics, the most frequent first. A number that never changes is none."""
    found: dict[str, list[float]] = {}
    for line in lines:
        for name, value in line.values.items():
            found.setdefault(name, []).append(value)
    kept = (n for n, values in found.items() if is_known(n) or (len(values) >= LEAST and len(set(values)) > 1))
    return sorted(kept, key=lambda name: -len(found[name]))


def is_known(name: str) -> bool:
    """Whether everybody calls a signal so."""
    signal = signal_of(name)
    return bool(signal) and (signal.endswith("accuracy") or not signal.startswith("metric_"))


def entries(lines: list[Line], names: dict[str, str]) -> Iterator[Entry]:
    """Lines at their steps; without steps at their epochs, and else counted."""
    told = [line for line in lines if line.is_of_training]
    by_epoch = any(line.epoch is not None for line in told) and all(line.step is None for line in told)
    return at_epochs(told, names) if by_epoch else at_steps(lines, names)


def at_epochs(told: list[Line], names: dict[str, str]) -> Iterator[Entry]:
    """Lines at their epochs, of which each may have many; a line without one belongs to that before."""
    epoch = 0
    for line in told:
        if numbers := signals_in(line, names):
            epoch = epoch if line.epoch is None else line.epoch
            yield Entry(epoch, numbers, shares_step=True, is_summary=line.is_summary)


def at_steps(lines: list[Line], names: dict[str, str]) -> Iterator[Entry]:
    """Lines at their steps; one without a step belongs to that before, unless it says the same signal again."""
    epoch, last = 0, Entry(0)
    for line in lines:
        epoch = epoch if line.epoch is None else line.epoch
        numbers = signals_in(line, names)
        if line.is_of_training and numbers:
            step = place_of(line.step, numbers, last)
            if (step, epoch) == (last.step, last.epoch):
                last.numbers.update(numbers)
            else:
                last = Entry(step, dict(numbers), epoch)
            yield Entry(step, numbers, epoch, is_summary=line.is_summary)


def signals_in(line: Line, names: dict[str, str]) -> dict[str, float]:
    """The signals that a line tells of."""
    return {names[name]: value for name, value in line.values.items() if name in names}


def place_of(counted: int | None, numbers: dict[str, float], last: Entry) -> int:
    """The step of a line, counted or not."""
    if counted is not None:
        return counted
    return last.step + int(not last.numbers or bool(numbers.keys() & last.numbers.keys()))
