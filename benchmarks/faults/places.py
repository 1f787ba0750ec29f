"""Disks, folders, clocks and limits that do not do what they should."""

from __future__ import annotations

import errno
import json
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.faults.driver import committed, finish, start

WRITES = 20  #: files that the tiny suite renames into place; beyond the last one nothing fails
NOBODY = 65534  #: the user without rights, as whom root tries what it may not


def refuse_write(place: int, number: int) -> Callable[[], None]:
    """From the file of that place on, every rename into place fails; nothing can be written any more."""

    def patch() -> None:
        replace, seen = os.replace, [0]

        def refuse(source: Any, target: Any) -> None:
            seen[0] += 1
            if seen[0] > place:
                raise OSError(number, os.strerror(number))
            replace(source, target)

        os.replace = refuse  # type: ignore[assignment]

    return patch


def fill_disk(folder: Path, luck: Random) -> bool:
    """No space is left at one of the writes, each in turn."""
    return ended_badly(folder, refuse_write(turn(folder) % WRITES, errno.ENOSPC))


def take_permission(folder: Path, luck: Random) -> bool:
    """Half-way, the right to write is lost."""
    return ended_badly(folder, refuse_write(luck.randint(2, WRITES - 2), errno.EACCES))


def turn(folder: Path) -> int:
    """How often this was called for a folder."""
    counter = folder.with_name(f"{folder.name}.turn")
    count = int(counter.read_text()) if counter.exists() else 0
    counter.write_text(str(count + 1))
    return count


def ended_badly(folder: Path, before: Callable[[], None]) -> bool:
    """Whether the fault was met: the driver ends with status 2 and a line, not with a crash."""
    driver = start(folder, before=before)
    driver.join()
    if driver.exitcode not in (0, 2):
        raise RuntimeError(f"the driver ended with {driver.exitcode}, not with a line and status 2")
    return driver.exitcode == 2


def forbid_folder(folder: Path, luck: Random) -> bool:
    """The folder is read-only from the start."""
    folder.mkdir(parents=True, exist_ok=True)
    mode = folder.stat().st_mode
    folder.chmod(0o555)
    try:
        return ended_badly(folder, lambda: os.seteuid(NOBODY) if os.geteuid() == 0 else None)
    finally:
        folder.chmod(mode)


def turn_back_clock(folder: Path, luck: Random) -> bool:
    """What is there comes from tomorrow, and this process's clock jumps back by an hour while it works."""
    finish_half(folder)
    tomorrow = time.time() + 86_400
    for path in folder.glob("*.*"):
        os.utime(path, (tomorrow, tomorrow))

    def patch() -> None:
        now, start_time = time.time, time.time()
        time.time = lambda: now() - 3_600 * (now() > start_time + 1)

    driver = start(folder, before=patch)
    driver.join()
    return driver.exitcode == 0


def finish_half(folder: Path) -> None:
    """Leave some of the runs behind."""
    driver = start(folder)
    while driver.is_alive() and not committed(folder):
        time.sleep(0.02)
    driver.kill()
    driver.join()


def double_driver(folder: Path, luck: Random) -> bool:
    """Two drivers at once, started a moment apart."""
    first = start(folder)
    time.sleep(luck.uniform(0, 1))
    second = start(folder)
    first.join()
    second.join()
    return first.exitcode == second.exitcode == 0


def age_folder(folder: Path, luck: Random) -> bool:
    """Half of a folder of version 0.1, which did not say which runs were asked for."""
    finish_half(folder)
    about = folder / "suite.json"
    told = json.loads(about.read_text(encoding="utf-8"))
    about.write_text(json.dumps({key: told[key] for key in ("suite", "version")}), encoding="utf-8")
    return finish(folder) == 0


def exhaust_descriptors(folder: Path, luck: Random) -> bool:
    """A few files more may be open than are open at the start."""
    spare = luck.randint(1, 6)

    def limit() -> None:
        most = len(list(Path("/proc/self/fd").iterdir())) + spare
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    return ended_badly(folder, limit)


PLACES: dict[str, Callable[[Path, Random], bool]] = {
    "disk full, at every write in turn": fill_disk,
    "permission lost half-way": take_permission,
    "read-only folder": forbid_folder,
    "clock jumps back": turn_back_clock,
    "two drivers on one folder": double_driver,
    "folder of version 0.1": age_folder,
    "out of file descriptors": exhaust_descriptors,
}
