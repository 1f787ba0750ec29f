"""Readers' cases in a process of their own: what ends the process, or never answers, is a fault of its case."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

from benchmarks.fuzz.cases import KINDS, Cases, Judgement
from benchmarks.fuzz.guard import limit_addresses
from benchmarks.fuzz.readers import READERS

PATIENCE = 300.0  #: seconds without an answer, on a machine that may be busy


class Case(NamedTuple):
    """Which file to strike, and how."""

    reader: str
    number: int

    def lost(self, why: str) -> Judgement:
        """What is said of a case after which nobody answered."""
        return Judgement(KINDS[self.number % len(KINDS)], "fault", why)


def judge_apart(readers: Sequence[str], each: int, seed: int) -> Iterator[tuple[Case, Judgement]]:
    """Every case of some readers; a new process goes on after one that was lost."""
    left = [Case(reader, number) for reader in readers for number in range(each)]
    while left:
        done = 0
        for done, judged in enumerate(judge_until_lost(left, each, seed), start=1):
            yield left[done - 1], judged
        left = left[done:]


def judge_until_lost(cases: Sequence[Case], each: int, seed: int) -> Iterator[Judgement]:
    """The cases up to the last, or to the one that ends the process."""
    spawn = get_context("spawn")
    here, there = spawn.Pipe(duplex=False)
    process = spawn.Process(target=judge_all, args=(cases, each, seed, there), daemon=True)
    process.start()
    there.close()
    case = cases[0]
    try:
        for case in cases:
            if not here.poll(PATIENCE):
                yield case.lost("never answered")
                return
            yield here.recv()
    except EOFError:
        process.join()
        yield case.lost(f"ended the process ({process.exitcode})")
    finally:
        process.kill()
        process.join()


def judge_all(cases: Sequence[Case], each: int, seed: int, answer: Connection) -> None:
    """In the process: tell each case's judgement."""
    import torch

    threading.Thread(target=end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for reader in dict.fromkeys(case.reader for case in cases):
        limit_addresses()  # anew, as threads and caches of libraries stay
        with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
            whole = Cases(READERS[reader], each, seed, Path(place))
            for case in (case for case in cases if case.reader == reader):
                answer.send(whole.judge(case.number))


def end_with_parent() -> None:
    """A case that hangs would outlive a driver that is killed, with all its memory."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
