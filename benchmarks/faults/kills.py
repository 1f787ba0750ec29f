"""Signals at random moments: to the driver, to a worker, to both."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from multiprocessing.process import BaseProcess

import psutil

from benchmarks.faults.driver import await_ends, start, wait, workers
from benchmarks.faults.fault import Act, Fault, Strike

WORKING = 1.5  #: seconds that workers work on the tiny suite, about
APART = 0.05  #: seconds between two signals
SOME = 0.15  #: share of the tries of a driver's faults in which it has two workers, which take seconds to start


def strike_driver(*signals: int) -> Act:
    """Send signals to the driver, a moment apart."""

    def act(strike: Strike) -> bool:
        driver = start(strike.folder, strike.jobs)
        time.sleep(strike.moment)
        family, alive = workers(driver), driver.is_alive()
        for number in signals:
            hit(driver.pid, number)
            time.sleep(APART)
        wait(driver)
        await_ends(family)
        return alive

    return act


def strike_worker(strike: Strike) -> bool:
    """SIGKILL to one worker of two; the driver goes on without it."""
    driver = start(strike.folder, strike.jobs)
    family = await_work(driver, strike)
    if family:
        hit(strike.luck.choice(family).pid, signal.SIGKILL)
    wait(driver)
    await_ends(family)
    return bool(family)


def strike_both(strike: Strike) -> bool:
    """SIGKILL to one worker of two and, at once, to the driver."""
    driver = start(strike.folder, strike.jobs)
    family = await_work(driver, strike)
    for process in [strike.luck.choice(family).pid if family else None, driver.pid]:
        hit(process, signal.SIGKILL)
    wait(driver)
    await_ends(family)
    return bool(family)


def await_work(driver: BaseProcess, strike: Strike) -> list[psutil.Process]:
    """The workers of a driver at a random moment of their own lives: most of its time passes before there are any."""
    while driver.is_alive() and not workers(driver):
        time.sleep(APART)
    time.sleep(strike.luck.uniform(0, WORKING))
    return workers(driver)


def hit(process: int | None, number: int) -> None:
    """Send a signal, if there is anybody."""
    if process:
        with suppress(ProcessLookupError):
            os.kill(process, number)


KILLS = (
    Fault("SIGKILL of the driver", strike_driver(signal.SIGKILL), 40, 2, SOME),
    Fault("SIGKILL of a worker", strike_worker, 16, 1, 1.0),
    Fault("SIGKILL of a worker and the driver", strike_both, 16, 2, 1.0),
    Fault("SIGTERM", strike_driver(signal.SIGTERM), 40, 2, SOME),
    Fault("Ctrl-C", strike_driver(signal.SIGINT), 40, 2, SOME),
    Fault("Ctrl-C twice", strike_driver(signal.SIGINT, signal.SIGINT), 40, 2, SOME),
)
