"""The record of a run while it is being made, for the trainer's loop and for a model's own loop alike.

It holds the clock and the trace. At every pause it probes the generators, looks whether the seeds go on, and keeps
what is to be evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.training.diversity import DiversityProbe
from gancheck.training.record import TrainingRecord, empty_snapshots, snapshot_tensors
from gancheck.training.setup import TrainingSetup
from gancheck.training.signals import Signals, pause_steps
from gancheck.training.stopwatch import Stopwatch

OnStep = Callable[[int], None]  #: hears the number of steps done


class TrainingLoop(Protocol):
    """What the recorder asks of the loop that trains."""

    def live_generators(self) -> Kept:
        """Weights and buffers of the players that generate, as they are now, of all seeds, stacked."""

    def are_finite(self) -> list[bool]:
        """Of each seed, whether nothing that belongs to it has left the finite numbers."""

    def snapshots(self) -> list[Kept]:
        """What every seed is to be evaluated with, copied."""


class RunRecorder:
    """Makes the `TrainingRecord`s of seeds that are trained together."""

    def __init__(
        self,
        setup: TrainingSetup,
        seeds: tuple[int, ...],
        sampler: Sampler,
        path: str,
        on_step: OnStep,
        path_reason: str = "",
    ) -> None:
        self.budget, self.device, self.on_step = setup.budget, setup.device, on_step
        self.records = [TrainingRecord(seed, path=path, path_reason=path_reason) for seed in seeds]
        self.clock = Stopwatch()
        together = setup.path.vectorisation == "stacked"  # convolutions on a CPU are slower so
        self.probe = DiversityProbe(sampler, setup.dataset, setup.device, together)
        self.pauses = pause_steps(self.budget.steps, self.budget.points)
        self.trace: dict[str, Tensor] = {}  #: signal -> (seeds, steps), NaN where not measured
        self.steps: Tensor | None = None  #: (steps, names, seeds) of the signals that a loop gives together
        self.together: tuple[str, ...] = ()  #: names of these signals
        self.add_signals("diversity")

    def add_signals(self, *names: str, before: float = float("nan")) -> None:
        """Signals that the trace shall have, with a value for the steps before the first one that is written."""
        for name in names:
            self.trace[name] = torch.full((len(self.records), self.budget.steps), before, device=self.device)

    def write_signals(self, step: int, signals: Mapping[str, Tensor | float]) -> None:
        """Write what was measured in a step, counted from 0, without waiting for the device."""
        for name, values in signals.items():
            self.trace[name][:, step] = values

    def write_step(self, step: int, signals: Signals) -> None:
        """Write all signals of a step at once; they are the same at every step."""
        if self.steps is None:
            self.begin_steps(signals.names, signals.values.shape)
        assert self.steps is not None
        self.steps[step] = signals.values

    def begin_steps(self, names: tuple[str, ...], shape: torch.Size) -> Tensor:
        """Room for signals of that shape at every step."""
        self.together = names
        self.steps = torch.full((self.budget.steps, *shape), float("nan"), device=self.device)
        self.trace |= {name: self.steps[:, place].T for place, name in enumerate(names)}
        return self.steps

    def state(self, done: int) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """The record so far, as tensors by name and facts that are no tensors."""
        own = {f"trace/{name}": t[:, :done] for name, t in self.trace.items() if name not in self.together}
        steps = {} if self.steps is None else {"steps": self.steps[:done]}
        kept = {f"{i}/{name}": t for i, r in enumerate(self.records) for name, t in snapshot_tensors(r).items()}
        clock = [self.clock.seconds, self.clock.cpu_seconds]
        facts = {"clock": clock, "signals": list(self.together), "seeds": [describe(r) for r in self.records]}
        return own | steps | {f"record/{name}": t for name, t in kept.items()}, facts

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any], done: int) -> None:
        """Go on with a record of so many steps."""
        self.clock.seconds, self.clock.cpu_seconds = facts["clock"]
        for name in self.trace.keys() & {name.removeprefix("trace/") for name in tensors}:
            self.trace[name][:, :done] = tensors[f"trace/{name}"].to(self.device)
        if "steps" in tensors:
            self.begin_steps(tuple(facts["signals"]), tensors["steps"].shape[1:])[:done] = tensors["steps"].to(
                self.device
            )
        for i, (record, told) in enumerate(zip(self.records, facts["seeds"], strict=True)):
            record.status, record.reason = told["status"], told["reason"]
            record.snapshots = empty_snapshots(told["points"])
            for name, tensor in tensors.items():
                if name.startswith(f"record/{i}/"):
                    record.put(name.removeprefix(f"record/{i}/"), tensor.to(self.device))

    def pause(self, done: int, loop: TrainingLoop) -> bool:
        """Look at every seed when so many steps are done; whether any of them goes on."""
        self.trace["diversity"][:, done - 1] = torch.tensor(
            self.probe(loop.live_generators(), len(self.records)), device=self.device
        )
        for record, is_finite in zip(self.records, loop.are_finite(), strict=True):
            if record.status == "done":
                self.mark_end(record, done, is_finite)
        if done in self.budget.points:
            for record, kept in zip(self.records, loop.snapshots(), strict=True):
                if record.status == "done":
                    record.snapshots[done] = kept
        self.on_step(done)
        return self.goes_on

    @property
    def goes_on(self) -> bool:
        """Whether any seed is trained further."""
        return any(record.status == "done" for record in self.records)

    def mark_end(self, record: TrainingRecord, done: int, is_finite: bool) -> None:
        """Mark a seed that has left the finite numbers or run out of time."""
        limit = self.budget.timeout
        if not is_finite:
            record.status, record.reason = "diverged", f"losses or weights are not finite at step {done}"
        elif limit and self.clock.seconds > limit and done < self.budget.steps:
            record.status, record.reason = "timeout", f"over {limit:g} s at step {done}"

    def finish(self, done: int, updates: int = 0) -> list[TrainingRecord]:
        """The records after so many steps, the time shared equally among the seeds."""
        for i, record in enumerate(self.records):
            record.seconds = self.clock.seconds / len(self.records)
            record.cpu_seconds = self.clock.cpu_seconds / len(self.records)
            record.updates = updates
            record.trace = {name: signal[i, :done].cpu().contiguous() for name, signal in self.trace.items()}
        return self.records


def describe(record: TrainingRecord) -> dict[str, Any]:
    """How a seed stands, and which players its snapshots hold."""
    points = {str(step): list(kept.weights) for step, kept in record.snapshots.items()}
    return {"status": record.status, "reason": record.reason, "points": points}
