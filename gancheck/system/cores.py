"""How many cores this process may use, and how many threads it should: affinity, containers, OMP_NUM_THREADS."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

CGROUPS = Path("/sys/fs/cgroup")


def available_cores(cgroups: Path = CGROUPS) -> int:
    """Cores this process may use: the machine's, as `taskset` and a container's limit leave them."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(allowed, cgroup_limit(cgroups))))


def cgroup_limit(cgroups: Path) -> float:
    """Cores' worth of time that a container grants; infinite where there is no limit, or none that can be read."""
    modern, classic = cgroups / "cpu.max", cgroups / "cpu" / "cpu.cfs_quota_us"
    try:
        if modern.is_file():
            quota, period = modern.read_text().split()[:2]
        else:
            quota, period = classic.read_text().strip(), (classic.parent / "cpu.cfs_period_us").read_text().strip()
        return math.inf if quota in ("max", "-1") else int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return math.inf


def default_threads() -> int:
    """Threads for work in this process alone: OMP_NUM_THREADS where it is set, else every core it may use."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(wanted) if wanted.isdecimal() and int(wanted) > 0 else available_cores()


@contextmanager
def thread_count(count: int) -> Iterator[None]:
    """So many threads in here; the caller's own number afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
