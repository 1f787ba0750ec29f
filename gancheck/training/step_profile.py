"""Where the time of a training step goes, by PyTorch's profiler, in a trainer of its own: no run's number changes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

import torch
from torch.profiler import ProfilerActivity, profile

from gancheck.system.arithmetic import arithmetic
from gancheck.system.files import replacing
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer

WARM_UP, STEPS = 5, 20


class OperationTime(NamedTuple):
    """One kind of operation in the steps that were profiled."""

    name: str
    calls: int
    seconds: float  #: in the operation itself, without those that it calls; on the GPU where the block is there


class StepProfile(NamedTuple):
    """What so many steps of a block spent their time on."""

    path: str  #: how the block is computed
    steps: int
    seconds: float  #: wall clock, the profiler's own work included
    operations: list[OperationTime]  #: the most expensive first

    @property
    def share_outside(self) -> float:
        """Share of the time in none of PyTorch's operations: in Python, mostly; kernels of the compiler's, where the
        path is compiled, and waiting for the GPU's, count as outside too."""
        return max(0.0, 1 - sum(found.seconds for found in self.operations) / self.seconds)


def profile_steps(setup: TrainingSetup, trace: Path) -> StepProfile:
    """Time some steps after a warm-up, and write them as a trace for Chrome's viewer (chrome://tracing, Perfetto)."""
    with torch.random.fork_rng(devices=[]), arithmetic(setup.settings.precision):
        trainer = Trainer(setup)
        path = str(trainer.prepare().path)
        play(trainer, WARM_UP)
        on_gpu = setup.device.type == "cuda"
        with profile(activities=[ProfilerActivity.CPU, *[ProfilerActivity.CUDA] * on_gpu]) as found:
            start = time.perf_counter()
            play(trainer, STEPS)
            seconds = time.perf_counter() - start
    with replacing(trace) as part:
        found.export_chrome_trace(str(part))
    spent = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    averages = [OperationTime(f.key, f.count, 1e-6 * getattr(f, spent)) for f in found.key_averages()]
    return StepProfile(path, STEPS, seconds, sorted(averages, key=lambda one: -one.seconds))


def play(trainer: Trainer, steps: int) -> None:
    """Some steps, to their end."""
    for _ in range(steps):
        trainer.step()
    trainer.wait()
