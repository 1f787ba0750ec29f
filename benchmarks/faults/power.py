"""A power cut, simulated: the driver is killed, and of what it wrote only that is sure to be there that was synced.

The driver notes every sync of a file or folder and every rename. After the kill, each file whose content was not synced
is cut at a random place, and each rename whose folder was not synced after it is undone or not, by chance; what stood
under the name before is back. Nothing is assumed of the order in which a disk writes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.faults.driver import start, wait
from benchmarks.faults.fault import Fault, Strike
from benchmarks.faults.kills import hit


@dataclass(frozen=True)
class WriteJournal:
    """What a process did to a disk, written down beside it."""

    place: Path  #: folder of the journal and of what renames replaced

    @property
    def file(self) -> Path:
        """One JSON list a line: ["sync", path] or ["rename", from, to, what stood there before]."""
        return self.place / "journal"

    def record(self) -> None:
        """From here on this process notes its syncs and renames."""
        sync, replace = os.fsync, os.replace
        self.place.mkdir(parents=True, exist_ok=True)

        def noted_sync(descriptor: int) -> None:
            sync(descriptor)
            self.note("sync", str(Path(f"/proc/self/fd/{descriptor}").readlink()))

        def noted_replace(source: Path, target: Path) -> None:
            before = self.place / f"{time.monotonic_ns()}"
            with suppress(FileNotFoundError):
                os.link(target, before)
            replace(source, target)
            self.note("rename", str(source), str(target), str(before))

        os.fsync, os.replace = noted_sync, noted_replace  # type: ignore[assignment]

    def note(self, *entry: str) -> None:
        """Append an entry, at once."""
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def entries(self) -> list[list[str]]:
        """All entries in their order."""
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []


def lose_unsynced(folder: Path, journal: WriteJournal, before: set[Path], luck: Random) -> None:
    """Do to a folder what a power cut may do; `before` are the files that were there long before."""
    entries = journal.entries()
    safe = synced_files(entries, before)
    for path in (path for path in folder.rglob("*") if path.is_file() and path not in safe):
        os.truncate(path, luck.randint(0, path.stat().st_size))
    for place, entry in reversed(list(enumerate(entries))):
        if entry[0] == "rename" and not is_synced(entry, entries[place:]) and luck.random() < 0.5:
            undo_rename(*map(Path, entry[1:]))


def synced_files(entries: Sequence[Sequence[str]], before: set[Path]) -> set[Path]:
    """The files whose content is on the disk, by the names that they end with."""
    safe = set(before)
    for kind, path, *rest in entries:
        if kind == "sync":
            safe.add(Path(path))
        else:
            target, is_safe = Path(rest[0]), Path(path) in safe
            safe -= {target, Path(path)}
            safe |= {target} if is_safe else set()
    return safe


def is_synced(rename: Sequence[str], later: Sequence[Sequence[str]]) -> bool:
    """Whether the folder of a rename was synced after it."""
    return ["sync", str(Path(rename[2]).parent)] in [list(entry) for entry in later]


def undo_rename(source: Path, target: Path, before: Path) -> None:
    """The file has its old name again, and its new name is what it was."""
    if target.exists():
        os.replace(target, source)
    if before.exists():
        os.replace(before, target)


def cut_power(strike: Strike) -> bool:
    """SIGKILL, and the loss of what was not synced."""
    folder = strike.folder
    journal = WriteJournal(folder.with_name(f"{folder.name}.journal"))
    shutil.rmtree(journal.place, ignore_errors=True)
    before = set(folder.rglob("*"))
    driver = start(folder, before=journal.record)
    time.sleep(strike.moment)
    alive = driver.is_alive()
    hit(driver.pid, signal.SIGKILL)
    wait(driver)
    lose_unsynced(folder, journal, before, strike.luck)
    return alive


POWER = (Fault("power cut, unsynced writes dropped", cut_power, 40, 2),)
