"""Samples of runs that are in the store, drawn again from the weights that each training kept.

Random numbers are keyed by seed and purpose, so the samples of an evaluation come out as they were measured, bit for
bit on one machine, whether the run was made now or long ago.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from gancheck.bench.cell import Job
from gancheck.bench.evaluation_draws import EvaluationDraws
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Store
from gancheck.errors import BadPlugin, Diverged, StoreError
from gancheck.gans.sampler import draw_samples
from gancheck.numerics.seeding import generator
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup


@dataclass(frozen=True)
class KeptRun:
    """A run with its training."""

    spec: RunSpec
    setup: TrainingSetup
    record: TrainingRecord
    samples: int  #: per evaluation

    @property
    def name(self) -> str:
        """For its files: `ring-mlp/r1-seed-0`."""
        return self.spec.file_name

    @property
    def steps(self) -> list[int]:
        """At which the generator was kept."""
        return sorted(self.record.snapshots)

    def evaluated(self) -> Tensor:
        """(n, *shape) float32 samples, on the CPU: those of the last evaluation."""
        draws = EvaluationDraws(self.setup, self.spec.seed, self.samples)
        return draws.of(self.record.snapshots[self.steps[-1]]).cpu()

    def few(self, count: int) -> Iterator[tuple[int, Tensor]]:
        """(count, *shape) samples at every evaluation, on the CPU, of the same latents at each."""
        sampler = EvaluationDraws(self.setup, self.spec.seed, count).sampler
        for step in self.steps:
            source = generator(self.setup.device, self.spec.seed, "grid")
            kept = self.record.snapshots[step].to(self.setup.device)
            yield step, draw_samples(sampler, kept, count, source).cpu()


def kept_runs(job: Job, setup: TrainingSetup, store: Store) -> Iterator[KeptRun]:
    """The runs of a cell that have come to a generator; of one whose weights are gone a word on standard error."""
    for spec in job.specs:
        run = store.read_or_none(spec.run_id)
        if run is None or run.outcome["status"] != "done":
            continue
        try:
            record = TrainingRecord.load(store.weights(spec.training_id))
        except StoreError as error:
            print(f"gancheck: no samples of {spec.label}: {error}", file=sys.stderr)
            continue
        yield KeptRun(spec, setup, record, job.cell.task.protocol.samples)


#: What a kept generator may raise where it is drawn from again.
NOT_DRAWN = (BadPlugin, Diverged)
