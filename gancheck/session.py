"""The session: what a GAN with its own training loop is handed.

def train(self, session):
    for _ in session.steps():                  # the budget; evaluation and the clock are seen to in between
        x = session.real(64)                   # (64, *shape) training samples
        z = session.latent(64)                 # (64, latent size)
        ...                                    # session.players holds the modules; move them as you like
        session.report(generator_loss=loss)    # optional: signals for detectors
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from gancheck.cast import seeded_players
from gancheck.datasets.base import Batch
from gancheck.engine import SIGNALS, Progress, stops
from gancheck.errors import BadPlugin
from gancheck.gans import Players
from gancheck.lesson import Lesson
from gancheck.probe import Probe
from gancheck.sampler import Sampler
from gancheck.state import Params
from gancheck.stopwatch import Stopwatch
from gancheck.streams import generator, key
from gancheck.trained import Trained


class Session:
    """One seed's training by the GAN's own loop."""

    def __init__(self, lesson: Lesson, seed: int, tell: Progress) -> None:
        self.lesson, self.seed, self.tell = lesson, seed, tell
        self.device = lesson.device
        self.players: Players = seeded_players(lesson.gan, lesson.dataset.spec, seed, lesson.device)
        self.source = generator(self.device, seed, "data/own")
        self.latents = generator(self.device, seed, "latent/own")
        self.sampler = Sampler(self.players.generator, self.players.latent)
        self.record = Trained(seed, path="own-loop")
        self.record.trace = {"diversity": torch.full((lesson.budget.steps,), float("nan"))}
        self.signals: dict[str, float] = {}
        self.clock = Stopwatch()
        self.done = 0

    def real(self, count: int) -> Tensor:
        """(count, *shape) training samples."""
        return self.batch(count).x

    def batch(self, count: int) -> Batch:
        """Training samples with their modes and rows."""
        return self.lesson.dataset.draw(count, self.source)

    def latent(self, count: int) -> Tensor:
        """(count, latent size) draws of the prior."""
        return self.players.latent.draw(count, self.latents)

    def report(self, **signals: Tensor | float) -> None:
        """Signals, such as generator_loss=... ; one that is not reported at every step holds its value in between."""
        for name, value in signals.items():
            if name not in SIGNALS:
                raise BadPlugin(f"session.report knows no signal '{name}'; it takes {', '.join(SIGNALS)}")
            self.signals[name] = float(value.detach() if isinstance(value, Tensor) else value)

    def steps(self) -> Iterator[int]:
        """Step numbers of the budget; between them the clock stops for probes and snapshots."""
        budget = self.lesson.budget
        probe = Probe(self.sampler, self.lesson.dataset, self.device)
        pauses = set(stops(budget.steps, budget.points))
        while self.done < budget.steps and self.record.status == "done":
            with self.clock.running():
                yield self.done
                self.note()
            self.done += 1
            if self.done in pauses:
                self.record.seconds, self.record.cpu_seconds = self.clock.seconds, self.clock.cpu_seconds
                self.pause(probe)

    def note(self) -> None:
        """Write this step's signals into the trace; before its first report a signal has the value of that report."""
        for name, value in self.signals.items():
            if name not in self.record.trace:
                self.record.trace[name] = torch.full((self.lesson.budget.steps,), value)
            self.record.trace[name][self.done] = value

    def pause(self, probe: Probe) -> None:
        """Probe the generator, keep it at evaluation points, and stop when time or finiteness has run out."""
        budget, record, weights = self.lesson.budget, self.record, self.weights()
        record.trace["diversity"][self.done - 1] = probe(weights).cpu()
        if not all(t.isfinite().all() for t in weights.values()):
            record.status, record.reason = "diverged", f"weights are not finite at step {self.done}"
        elif budget.timeout and record.seconds > budget.timeout and self.done < budget.steps:
            record.status, record.reason = "timeout", f"over {budget.timeout:g} s at step {self.done}"
        elif self.done in budget.points:
            record.snapshots[self.done] = weights
        self.tell(self.done)

    def weights(self) -> Params:
        """A copy of the generator's parameters and buffers."""
        return {name: t.detach().clone() for name, t in self.players.generator.state_dict().items()}

    def finish(self) -> Trained:
        """The record; a loop that ended before its budget is a broken contract."""
        if self.done < self.lesson.budget.steps and self.record.status == "done":
            raise BadPlugin(
                f"train() ended after {self.done} of {self.lesson.budget.steps} steps; iterate session.steps()"
            )
        self.record.trace = {name: signal[: self.done] for name, signal in self.record.trace.items()}
        return self.record


def train_alone(lesson: Lesson, tell: Progress = lambda _: None) -> list[Trained]:
    """Train a block by the GAN's own loop, one seed after another; a seed that raises is failed, the others go on."""
    return [guarded(lambda seed=seed: one(lesson, seed, tell), seed) for seed in lesson.seeds]  # type: ignore[misc]


def one(lesson: Lesson, seed: int, tell: Progress) -> Trained:
    """One seed under a global seed of its own."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(key(seed, "global"))
        session = Session(lesson, seed, tell)
        lesson.gan.train(session)
        return session.finish()


def guarded(train: Callable[[], Trained], seed: int) -> Trained:
    """The record, or one that says why there is none."""
    try:
        return train()
    except Exception as error:
        return Trained(seed, status="failed", reason=f"{type(error).__name__}: {error}", path="own-loop")
