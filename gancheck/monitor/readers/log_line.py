"""One line of a log: its counters and its named numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gancheck.monitor.readers.commas import Read
from gancheck.monitor.readers.names import HELD_OUT, signal_of, words
from gancheck.monitor.readers.numbers import count_of

#: A whole number with what follows its commas: of `0,53` the 0 alone would be another number. Not so `0.5,10it/s`.
POINTED = r"[1-9]\d{0,2}(?:\.\d{3})+,\d+(?![\w,])"  #: `1.234,56`, whose points group thousands, or do not
NUMBER = rf"[-+]?(?:{POINTED}|(?:\d+(?:(?:,\d+)+\.?|\.)?\d*|\.\d+)(?:e[-+]?\d+)?|(?:nan|inf(?:inity)?)(?![a-z]))"
VALUE = rf"(?:(?:np\.float\d+|tensor)\()?({NUMBER})"
COUNT = r"(\d{1,3}(?:,\d{3})+|\d+)"
KNOWN = r"(?:\w{0,99}(?:loss|acc|accuracy)(?:_?[gd])?|lr|learning[ _]rate|grad(?:ient)?[ _]norm|gnorm)"
SIDE = r"(?:(?:train(?:ing)?|val(?:id(?:ation)?)?|test|eval|gen(?:erator)?|disc(?:riminator)?|[gd])[ ]+)?"
#: `name: 1`, `name=1`, `"name": 1`; and `name 1`, where the name is one that everybody uses.
PAIR = re.compile(
    rf"""(?<![\w(])(?:({SIDE}{KNOWN})|([a-z_][\w/.@-]{{0,99}}))['"]?(?:\s*[:=]\s*|(?(1)\s+|(?!)))['"]?{VALUE}""",
    re.IGNORECASE,
)
COUNTED = "step|iter(?:ation)?|it|batch(?:_idx)?|num_update"
STEP = re.compile(rf"(?<![a-z])(?:{COUNTED})s?['\"]?[ :=#\[]{{1,3}}['\"]?{COUNT}", re.IGNORECASE)
EPOCH = re.compile(r"(?<![a-z])epochs?['\"]?[ :=#\[]{1,4}(\d+)(?!\d|\.\d)(?:\s*/\s*\d+)?", re.IGNORECASE)
OF_MANY = re.compile(r"(?<![:=] )(?<![\d./:=-])(\d+)\s*/\s*\d+(?![\d./:-])")
EPOCH_AND_STEP = re.compile(r"\[\s*(\d+)\s*/\s*\d+\s*\]\s*\[\s*(\d+)\s*/\s*\d+\s*\]")  #: `[0/5][50/1583]`
OF_HELD_OUT = re.compile(r"\W*(?:test|val|valid|validation|eval|evaluation)\b(?! (?:loss|acc))", re.IGNORECASE)
SUMMARY = re.compile(r"\b(?:best|lowest|highest|final)\b", re.IGNORECASE)


@dataclass
class Line:
    """What one line of a log says."""

    step: int | None
    epoch: int | None
    written: dict[str, str]  #: its numbers, as they are written; of two with one name the first counts
    is_summary: bool = False  #: whether it says again what was
    values: dict[str, float] = field(default_factory=dict)  #: once it is known what commas mean

    @property
    def is_of_training(self) -> bool:
        """Whether it tells of a training, and is no setting or remark."""
        signals = list(filter(None, map(signal_of, self.values)))
        counted = self.step is not None or self.epoch is not None
        return bool(signals) if counted else any(name.endswith(("loss", "accuracy")) for name in signals)

    @property
    def signals(self) -> list[str]:
        """The numbers of signals, as they are written."""
        return [number for name, number in self.written.items() if signal_of(name)]

    def find_values(self, read: Read) -> None:
        """Read its numbers; what is none is left out."""
        found = {name: read(number) for name, number in self.written.items()}
        self.values = {name: value for name, value in found.items() if value is not None}


def line_of(text: str) -> Line:
    """The counters and the named numbers of a line; in `Test set: loss 0.1` the loss is one of held-out data."""
    of_held_out = OF_HELD_OUT.match(text) is not None
    line = Line(*counters(text), {}, is_summary=is_summary(text))
    for one, other, written in PAIR.findall(text):
        name = one or other
        line.written.setdefault(f"val {name}" if of_held_out and not words(name) & HELD_OUT else name, written)
    return line


def counters(text: str) -> tuple[int | None, int | None]:
    """The step and the epoch of a line, where it has them."""
    if both := EPOCH_AND_STEP.search(text):
        return count_of(both[2]), count_of(both[1])
    epoch, step = EPOCH.search(text), STEP.search(text)
    counted = step or OF_MANY.search(EPOCH.sub(" ", text, count=1))
    return count_of(counted[1].replace(",", "")) if counted else None, count_of(epoch[1]) if epoch else None


def is_summary(text: str) -> bool:
    """Whether a line says again what was, as `Best val loss 0.31` does: the word comes before all signals."""
    word = SUMMARY.search(text)
    return word is not None and not any(signal_of(one or other) for one, other, _ in PAIR.findall(text[: word.start()]))
