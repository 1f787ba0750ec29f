"""The page about the fuzz table."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version

from benchmarks.fuzz.tally import Tally
from benchmarks.machine import machine

LIBRARIES = ("polars", "pillow", "safetensors", "hypothesis", "optuna", "tensorboard", "h5py")
HEAD = """# Fuzzing

Everything that gancheck reads from outside, given broken and hostile files. A file that the package itself has written
(or the library whose format it is) is damaged, or taken apart and put together well-formed with values that make no
sense, with its checksums made right again where it has some. Reading it must give a result or one clear line, the
message of a `GancheckError`. A fault is anything else: another exception, the end of the process, more than 10 s of CPU
time or 512 MiB, a write outside of the case's folder, something unpickled, a command, a connection.

One more reader is one more line of a table in [readers](readers): what writes a valid file, and what reads it."""


def page(tallies: Sequence[Tally], cases: int, seed: int) -> str:
    """The README."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    where = f"On {json.dumps(machine())}, {platform.system()}; {libraries}."
    command = f"`python -m benchmarks.fuzz --cases {cases} --seed {seed}`: {outcome(tallies)}"
    by_reader, by_kind = table("reader", tallies), table("kind", tallies)
    every = "Every reader with every kind: [fuzz.csv](fuzz.csv)."
    return "\n\n".join((HEAD, command, where, by_reader, by_kind, every)) + "\n"


def outcome(tallies: Iterable[Tally]) -> str:
    """All of it in a line."""
    cases, results, refused, faults = sums(tallies)
    return f"{cases:,} cases, {results:,} results, {refused:,} refused in a line, {faults} faults."


def sums(tallies: Iterable[Tally]) -> tuple[int, int, int, int]:
    """Cases, results, refused, faults."""
    rows = [(tally.cases, tally.results, tally.refused, tally.faults) for tally in tallies]
    a, b, c, d = map(sum, zip(*rows, strict=True))
    return a, b, c, d


def table(column: str, tallies: Sequence[Tally]) -> str:
    """A row for each reader, or for each kind of damage."""
    names = dict.fromkeys(getattr(tally, column) for tally in tallies)
    lines = [f"| {column} | cases | results | refused | faults |", "|---|---|---|---|---|"]
    for name in names:
        numbers = sums(tally for tally in tallies if getattr(tally, column) == name)
        lines.append(f"| {name} | {' | '.join(f'{number:,}' for number in numbers)} |")
    return "\n".join(lines)
