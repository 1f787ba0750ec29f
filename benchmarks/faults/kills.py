"""Signals at random moments: to the driver, to a worker, to both; and a power cut, which drops unsynced writes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import psutil

from benchmarks.faults.driver import committed, start

Strike = Callable[[Path, Random], bool]  #: does harm to a folder's driver; whether it came before the end
LATEST = 3.0  #: seconds after its start at which a driver is hit, at most
JOURNAL = "synced"  #: file beside the results folder that names what has reached the disk


def strike_driver(*signals: int) -> Strike:
    """Send signals to the driver, a moment apart."""

    def strike(folder: Path, luck: Random) -> bool:
        driver = start(folder)
        time.sleep(luck.uniform(0.05, LATEST))
        alive = driver.is_alive()
        for number in signals:
            hit(driver.pid, number)
            time.sleep(0.05)
        driver.join()
        return alive

    return strike


def strike_workers(also_driver: bool) -> Strike:
    """SIGKILL to one worker of two once they work; the driver goes on without it, or is killed with it."""

    def strike(folder: Path, luck: Random) -> bool:
        driver, before = start(folder, jobs=2), committed(folder)
        wait_for_work(driver, folder, before)
        time.sleep(luck.uniform(0, 1.5))
        workers = [child for child in children(driver) if os.getpgid(child.pid) == child.pid]  # as workers alone do
        for process in [luck.choice(workers).pid] if workers else []:
            hit(process, signal.SIGKILL)
        if also_driver:
            hit(driver.pid, signal.SIGKILL)
        driver.join()
        psutil.wait_procs(workers, timeout=60)
        return bool(workers)

    return strike


def wait_for_work(driver: BaseProcess, folder: Path, before: set[str]) -> None:
    """Until workers have a cell in hand, or all is done."""
    while driver.is_alive() and not (any(folder.glob(".locks/*")) and len(children(driver)) >= 2):
        time.sleep(0.05)


def children(driver: BaseProcess) -> list[psutil.Process]:
    """The processes below a driver."""
    with suppress(psutil.Error):
        return list(psutil.Process(driver.pid).children(recursive=True))
    return []


def hit(process: int | None, number: int) -> None:
    """Send a signal, if there is anybody."""
    with suppress(ProcessLookupError):
        os.kill(process or 0, number)


def cut_power(folder: Path, luck: Random) -> bool:
    """SIGKILL, and every file that was not synced is cut at a random place."""
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder.with_name(f"{folder.name}.{JOURNAL}")
    driver = start(folder, before=lambda: record_syncs(journal))
    time.sleep(luck.uniform(0.05, LATEST))
    alive = driver.is_alive()
    hit(driver.pid, signal.SIGKILL)
    driver.join()
    synced = set(journal.read_text().splitlines()) if journal.exists() else set()
    for path in (path for path in folder.rglob("*") if path.is_file() and str(path) not in synced):
        os.truncate(path, luck.randint(0, path.stat().st_size))
    return alive


def record_syncs(journal: Path) -> None:
    """From here on this process writes down which files have reached the disk, under the names that they end with."""
    sync, replace = os.fsync, os.replace
    whole: set[str] = set()

    def noted_sync(descriptor: int) -> None:
        sync(descriptor)
        whole.add(str(Path(f"/proc/self/fd/{descriptor}").readlink()))

    def noted_replace(source: Path, target: Path) -> None:
        replace(source, target)
        if str(source) in whole:
            with journal.open("a") as file:
                file.write(f"{target}\n")

    os.fsync, os.replace = noted_sync, noted_replace  # type: ignore[assignment]


KILLS: dict[str, Strike] = {
    "SIGKILL of the driver": strike_driver(signal.SIGKILL),
    "SIGKILL of a worker": strike_workers(also_driver=False),
    "SIGKILL of a worker and the driver": strike_workers(also_driver=True),
    "SIGTERM": strike_driver(signal.SIGTERM),
    "Ctrl-C": strike_driver(signal.SIGINT),
    "Ctrl-C twice": strike_driver(signal.SIGINT, signal.SIGINT),
    "power cut, unsynced writes dropped": cut_power,
}
