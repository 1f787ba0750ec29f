"""Disks, folders, clocks and limits that do not do what they should."""

from __future__ import annotations

import os
import resource
import shutil
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmarks.faults.driver import HERE, BadEnd, committed, finish, start, start_whole, wait
from benchmarks.faults.fault import Act, Fault, Strike

NOBODY = 65534  #: the user without rights, as whom root tries what it may not
MOST_BYTES = 40  #: of the first file that finds no room, at most; fewer than any file has
FIRST_VERSION = HERE / "folder-0.1"  #: as version 0.1 wrote it, of a suite of this name


def after_files(folder: Path, count: int, act: Callable[[], None]) -> Callable[[], None]:
    """Do something once so many files were renamed into place in a folder."""

    def prepare() -> None:
        seen = [0]

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            if event == "os.rename" and Path(arguments[1]).is_relative_to(folder):
                seen[0] += 1
                if seen[0] == count:
                    act()

        sys.addaudithook(hook)
        if not count:
            act()

    return prepare


def ended_with_a_line(driver: BaseProcess) -> bool:
    """Whether the fault was met: the driver ends with a line and status 2, not with a crash or runs that failed."""
    if (status := wait(driver)) not in (0, 2):
        raise BadEnd(f"the driver ended with {status}, not with a line and status 2")
    return status == 2


def full_disk(bytes_left: int) -> Callable[[], None]:
    """From now on no file grows beyond so many bytes: the kernel lets writes fail in the middle of a file."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))


def fill_disk(strike: Strike) -> bool:
    """No space is left after so many files."""
    act = full_disk(strike.luck.randint(0, MOST_BYTES))
    return ended_with_a_line(start(strike.folder, before=after_files(strike.folder, strike.number, act)))


def fill_disk_late(strike: Strike) -> bool:
    """All runs are there; no space is left after so many files of the board, the pictures and the report."""
    finish(strike.folder)
    act = full_disk(strike.luck.randint(0, MOST_BYTES))
    return ended_with_a_line(start_whole(strike.folder, before=after_files(strike.folder, strike.number, act)))


def take_permission(strike: Strike) -> bool:
    """After so many files the right to write is lost."""
    folder = strike.folder

    def act() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o555)
        give_up_root()

    try:
        return ended_with_a_line(start(folder, before=after_files(folder, strike.number, act)))
    finally:
        folder.chmod(0o755)


def give_up_root() -> None:
    """Root may write anywhere; this process no longer."""
    if os.geteuid() == 0:
        os.seteuid(NOBODY)


def forbid_folder(strike: Strike) -> bool:
    """The folder, which holds some of the runs, is read-only from the start."""
    finish_half(strike.folder)
    strike.folder.chmod(0o555)
    try:
        return ended_with_a_line(start(strike.folder, before=give_up_root))
    finally:
        strike.folder.chmod(0o755)


def finish_half(folder: Path) -> None:
    """Leave some of the runs behind."""
    driver = start(folder)
    while driver.is_alive() and not committed(folder):
        time.sleep(0.01)
    driver.kill()
    driver.join()


def turn_back_clock(strike: Strike) -> bool:
    """What is there comes from tomorrow, and the driver's clock jumps back by an hour while it works."""
    finish_half(strike.folder)
    tomorrow = time.time() + 86_400
    for path in strike.folder.glob("*.*"):
        os.utime(path, (tomorrow, tomorrow))
    jump = strike.moment

    def patch() -> None:
        now, begin = time.time, time.time()
        time.time = lambda: now() - 3_600 * (now() > begin + jump)

    return not wait(start(strike.folder, before=patch))


def double_driver(strike: Strike) -> bool:
    """Two drivers at once, started a moment apart; both end well."""
    first = start(strike.folder)
    time.sleep(strike.moment)
    alive = first.is_alive()
    second = start(strike.folder)
    for driver in (first, second):
        if status := wait(driver):
            raise BadEnd(f"one of two drivers ended with {status}")
    return alive


def age_folder(strike: Strike) -> bool:
    """The folder is one of version 0.1, of a suite of the same name and version."""
    shutil.copytree(FIRST_VERSION, strike.folder, dirs_exist_ok=True)
    finish(strike.folder)
    return True


def exhaust_descriptors(strike: Strike) -> bool:
    """Only a few files more may be open than are open at the start, each number in turn."""

    def limit() -> None:
        most = len(os.listdir("/proc/self/fd")) + strike.number  # noqa: PTH208 (listing opens one more)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    return ended_with_a_line(start(strike.folder, before=limit))


def in_turn(name: str, act: Act) -> Fault:
    """A fault at every place where it can happen, until it no longer meets anything."""
    return Fault(name, act, None)


PLACES = (
    in_turn("disk full, after every file in turn", fill_disk),
    in_turn("disk full, after every picture in turn", fill_disk_late),
    in_turn("permission lost, after every file in turn", take_permission),
    Fault("read-only folder", forbid_folder, 4),
    Fault("clock jumps back", turn_back_clock, 8),
    Fault("two drivers on one folder", double_driver, 8),
    Fault("folder of version 0.1", age_folder, 2),
    in_turn("out of file descriptors", exhaust_descriptors),
)
