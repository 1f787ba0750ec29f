"""A log as people paste it: `step 120 loss 0.53`, `[12/100] train_loss: 0.4 - acc: .8`, `Epoch 3, loss=0.1`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gancheck.errors import BadData
from gancheck.monitor.readers.log_line import Line, line_of
from gancheck.monitor.readers.names import signal_of, signals_of
from gancheck.monitor.readers.numbers import number_of
from gancheck.monitor.readers.recording import Recording, reasons
from gancheck.monitor.readers.steps import Entry, in_order
from gancheck.system.counts import say_count

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
LONGEST = 20_000  #: characters of a line that is looked at
LEAST = 3  #: lines in which a name that nobody knows counts as a metric


def read_text_log(text: str, source: str) -> Recording:
    """All lines that tell of a training; BadData where there is none."""
    written = list(filter(None, map(str.strip, re.split(r"[\r\n]+", COLOURS.sub("", text)))))
    lines = [line_of(line) for line in written if len(line) <= LONGEST]
    told = [line for line in lines if line.is_of_training]
    names, left = signals_of(names_in(told))
    if not names:
        if written and is_headless(written[0]):
            raise BadData(
                f"{source} begins with numbers: a table needs a first line of names, such as 'step,loss,val_loss'"
            )
        raise BadData(
            f"{source} tells of no training: no line such as 'step 120 loss 0.53', and no table with a header"
        )
    observations, notes = in_order(entries(lines, names))
    others = len(lines) - len(told)
    long = len(written) - len(lines)
    notes += [f"{say_count(others, 'line')} without a number that is known"] if others else []
    notes += [f"{say_count(long, 'line')} of more than {LONGEST:,} characters"] if long else []
    return Recording(source, "a log", observations, (*notes, *reasons(left)))


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
    """Lines at their steps; without steps at their epochs, and else counted.

    A line without a count belongs to the one before, unless it says the same signal again.
    """
    has_steps = any(line.step is not None for line in lines if line.is_of_training)
    epoch, last = 0, Entry(0)
    for line in lines:
        epoch = epoch if line.epoch is None or not has_steps else line.epoch
        numbers = {names[name]: value for name, value in line.values.items() if name in names}
        if line.is_of_training and numbers:
            step = place_of(line.step if has_steps else line.epoch, numbers, last)
            if (step, epoch) == (last.step, last.epoch):
                last.numbers.update(numbers)
            else:
                last = Entry(step, dict(numbers), epoch)
            yield Entry(step, numbers, epoch)


def place_of(counted: int | None, numbers: dict[str, float], last: Entry) -> int:
    """The step of a line, counted or not."""
    if counted is not None:
        return counted
    return last.step + int(not last.numbers or bool(numbers.keys() & last.numbers.keys()))
