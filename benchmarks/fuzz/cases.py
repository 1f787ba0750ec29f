"""Cases of one reader: a file struck in one of many ways, read, and judged."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

from benchmarks.fuzz.guard import guarded
from benchmarks.fuzz.mutations import MUTATIONS
from benchmarks.fuzz.readers import READERS, Reader
from benchmarks.fuzz.structures import hostile_files
from gancheck.errors import GancheckError

WELL_FORMED, FOREIGN = "well-formed nonsense", "another kind of file"
KINDS = (WELL_FORMED, FOREIGN, *MUTATIONS)
LONGEST = 4100  #: characters of a message that is a line to read
Outcome = Literal["result", "refused", "fault"]


@dataclass(frozen=True)
class Judgement:
    """What came of one case."""

    kind: str
    outcome: Outcome
    said: str = ""  #: the refusal, or what is wrong


class Cases:
    """The cases of one reader below a folder: the same ones for the same seed and count."""

    def __init__(self, reader: Reader, count: int, seed: int, place: Path) -> None:
        self.reader, self.count, self.place = reader, count, place
        self.seed = zlib.crc32(f"{seed} {reader.name}".encode())
        self.valid = write_valid(reader, place / "valid")
        formed = len(range(0, count, len(KINDS))) if reader.form else 0
        self.formed = hostile_files(reader.form, self.valid, formed, self.seed) if reader.form else []

    def judge(self, number: int) -> Judgement:
        """One case by its number."""
        kind, data = self.strike(number)
        folder = self.place / "case"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.place / "valid", folder)
        (folder / self.reader.file).write_bytes(data)
        return Judgement(kind, *judge_reading(self.reader, folder))

    def strike(self, number: int) -> tuple[str, bytes]:
        """The kind of a case, and its file."""
        turn, luck = divmod(number, len(KINDS))[0], Random(f"{self.seed} {number}")
        kind = KINDS[number % len(KINDS)]
        if kind == WELL_FORMED:
            if turn < len(self.formed):
                return kind, self.formed[turn]
            kind = luck.choice([*MUTATIONS])
        if kind == FOREIGN:
            other = luck.choice([*READERS.values()])
            return kind, write_valid(other, self.place / "foreign")
        return kind, MUTATIONS[kind](self.valid, luck)


def write_valid(reader: Reader, folder: Path) -> bytes:
    """A valid file with what lies beside it, in a fresh folder; its bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    path = folder / reader.file
    folder.mkdir(parents=True)
    reader.write(path)
    return path.read_bytes()


def judge_reading(reader: Reader, folder: Path) -> tuple[Outcome, str]:
    """Read the file in a folder: a result or a line, and nothing beside it."""
    outcome: Outcome
    said: str
    around = sorted(folder.parent.iterdir())
    outcome, said = "fault", "not done"
    with muffled() as heard, guarded(folder) as watch:
        outcome, said = read_once(reader, folder / reader.file)
    seen = [*watch.seen, *tracebacks(heard)]
    if sorted(folder.parent.iterdir()) != around:
        seen.append("wrote beside the folder")
    return ("fault", f"{seen[0]} ({said})") if seen else (outcome, said)


def read_once(reader: Reader, path: Path) -> tuple[Outcome, str]:
    """A result, a refusal in one line, or what else was raised."""
    try:
        reader.read(path)
    except GancheckError as error:
        return judge_message(error)
    except Exception as error:
        return "fault", f"{type(error).__name__}: {error}"[:LONGEST]
    return "result", ""


def judge_message(error: GancheckError) -> tuple[Outcome, str]:
    """Whether a refusal is one clear line, and not for want of memory: a claim in a header must be seen before."""
    said = str(error)
    if not said.strip() or len(said.splitlines()) > 1 or len(said) > LONGEST:
        return "fault", f"no line to read: {said[:LONGEST]!r}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or "DefaultCPUAllocator" in str(cause):
            return "fault", f"asked for too much memory: {said}"
        cause = cause.__cause__ or cause.__context__
    return "refused", said


@contextmanager
def muffled() -> Iterator[Path]:
    """Keep what is written to standard error, by libraries in other languages too."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.NamedTemporaryFile(prefix="fuzz-", delete=False) as file:
        os.dup2(file.fileno(), 2)
    try:
        yield Path(file.name)
    finally:
        sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)


def tracebacks(heard: Path) -> Iterator[str]:
    """What was written that reads as a crash."""
    text = heard.read_text("utf-8", "replace")
    heard.unlink()
    yield from (f"wrote '{mark}' to standard error" for mark in ("Traceback (most", "panicked at") if mark in text)
