"""The `stats.jsonl` of NVIDIA's StyleGAN2-ADA and StyleGAN3: means of every tick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gancheck.monitor.readers.course import Entry
from gancheck.monitor.readers.names import signals_of
from gancheck.monitor.readers.numbers import count_of, number_of
from gancheck.monitor.readers.recording import Recording, reasons
from gancheck.monitor.readers.steps import in_order
from gancheck.monitor.readers.trace import row_of
from gancheck.system.counts import say_count

TICK = "Progress/tick"


def is_statistics(text: str) -> bool:
    """Whether the first line is such a row."""
    return TICK in row_of(text.lstrip().partition("\n")[0])


def read_statistics(text: str, source: str) -> Recording:
    """The means of every tick."""
    lines = [line for line in text.splitlines() if line.strip()]
    rows = [means_of(row_of(line)) for line in lines]
    names, left = signals_of(dict.fromkeys(name for row in rows for name in row))
    seen, notes = in_order(entries(rows, names))
    return Recording(source, "statistics of StyleGAN", seen, (*without_tick(rows), *notes, *reasons(left)))


def means_of(row: Mapping[str, Any]) -> dict[str, float]:
    """The mean of every quantity that has one; StyleGAN writes NaN for one that no step of the tick reported."""
    known = {name: value for name, value in row.items() if isinstance(value, dict) and value.get("num") != 0}
    means = {name: number_of(value.get("mean")) for name, value in known.items()}
    return {name: mean for name, mean in means.items() if mean is not None}


def without_tick(rows: list[dict[str, float]]) -> Iterator[str]:
    """Lines that are no statistics, such as a last one that is cut off."""
    if bad := sum(count_of(row.get(TICK)) is None for row in rows):
        yield f"{say_count(bad, 'line')} without a tick"


def entries(rows: list[dict[str, float]], names: Mapping[str, str]) -> Iterator[Entry]:
    """The signals of every tick, which count from 0."""
    for row in rows:
        tick = count_of(row.get(TICK))
        if tick is not None:
            yield Entry(tick, {signal: row[name] for name, signal in names.items() if name in row})
