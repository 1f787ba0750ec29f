"""Training by a model's own loop: one seed after another, with the clock, probes and budget of any other run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map

from gancheck.datasets.base import Batch
from gancheck.errors import BadPlugin, Unsupported
from gancheck.gans.noise import FreshNoise, answered_by
from gancheck.gans.players import Built, Players
from gancheck.gans.sampler import PlainSampler
from gancheck.gans.state import Kept, Params
from gancheck.numerics.seeding import generator, global_seed
from gancheck.training.fallback import is_out_of_memory
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep, RunRecorder
from gancheck.training.replicas import build_untreated
from gancheck.training.setup import TrainingSetup
from gancheck.training.signals import SIGNALS
from gancheck.training.start_weights import load_start


class OwnLoopSession:
    """The session of one seed; see `gancheck.Session`."""

    def __init__(self, setup: TrainingSetup, seed: int, on_step: OnStep) -> None:
        self.setup, self.seed, self.device = setup, seed, setup.device
        self.built: Built = build_untreated(setup.gan, setup.dataset.spec, seed, setup.device)
        self.modules: dict[str, nn.Module] = self.built.modules
        load_start(self.modules, setup.start)
        self.source = generator(self.device, seed, "data/own")
        self.latents = generator(self.device, seed, "latent/own")
        self.code_source = generator(self.device, seed, "code/own")
        sampler = PlainSampler(self.built)
        self.recorder = RunRecorder(setup, (seed,), sampler, "own-loop", on_step)
        self.signals: dict[str, float] = {}
        self.steps_done = 0

    @property
    def players(self) -> Players:
        """The networks of a GAN."""
        if not isinstance(self.built, Players):
            raise Unsupported("this model has no discriminator, so no players; use session.modules")
        return self.built

    def real(self, count: int) -> Tensor:
        """(count, *shape) training samples."""
        return self.batch(count).x

    def batch(self, count: int) -> Batch:
        """Training samples with their modes and rows."""
        return self.setup.dataset.draw(count, self.source)

    def latent(self, count: int) -> Tensor:
        """(count, latent size) draws of the prior, in the shape that the generator takes."""
        return self.built.latent.shaped(self.built.latent.draw(count, self.latents))

    def codes(self, count: int) -> Tensor:
        """(count,) codes, where the latent has some."""
        return self.built.latent.draw_codes(count, self.code_source)

    def report(self, **signals: Tensor | float) -> None:
        """Signals of this step, by name."""
        for name, value in signals.items():
            if name not in SIGNALS:
                raise BadPlugin(f"session.report knows no signal '{name}'; it takes {', '.join(SIGNALS)}")
            self.signals[name] = float(value.detach() if isinstance(value, Tensor) else value)

    def steps(self) -> Iterator[int]:
        """Step numbers of the budget; between them the clock stops for probes and snapshots."""
        recorder, goes_on = self.recorder, True
        pauses = set(recorder.pauses)
        while self.steps_done < self.setup.budget.steps and goes_on:
            with recorder.clock.running():
                yield self.steps_done
                self.record_signals()
                self.steps_done += 1
                if self.steps_done in pauses:
                    self.wait()
            if self.steps_done in pauses:
                goes_on = recorder.pause(self.steps_done, self)

    def wait(self) -> None:
        """Let the device finish, so that the clock tells the truth."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def record_signals(self) -> None:
        """Write this step's signals into the trace; before its first report a signal has the value of that report."""
        for name, value in self.signals.items():
            if name not in self.recorder.trace:
                self.recorder.add_signals(name, before=value)
        self.recorder.write_signals(self.steps_done, self.signals)

    def live_generators(self) -> Kept:
        """Parameters and buffers of what generates, of this one seed, stacked."""
        return Kept(tree_map(lambda t: t[None], self.live_weights()))

    def live_weights(self) -> dict[str, Params]:
        """Parameters and buffers of what generates, copied."""
        return {name: copy_tensors(self.modules[name]) for name in self.built.generating}

    def are_finite(self) -> list[bool]:
        """Whether the generator's weights are finite."""
        return [all(bool(t.isfinite().all()) for t in self.built.generator.state_dict().values())]

    def snapshots(self) -> list[Kept]:
        """The generator as it is."""
        return [Kept(self.live_weights())]

    def finish(self) -> TrainingRecord:
        """The record; a loop that ended before its budget is a broken contract."""
        (record,) = self.recorder.finish(self.steps_done)
        record.players = {name: copy_tensors(module) for name, module in self.modules.items()}
        if self.steps_done < self.setup.budget.steps and record.status == "done":
            raise BadPlugin(
                f"train() ended after {self.steps_done} of {self.setup.budget.steps} steps; iterate session.steps()"
            )
        return record


def copy_tensors(module: nn.Module) -> Params:
    """A module's parameters and buffers, copied."""
    return {name: t.detach().clone() for name, t in module.state_dict().items()}


def train_own_loop(setup: TrainingSetup, on_step: OnStep = lambda _: None) -> list[TrainingRecord]:
    """Train a block by the model's own loop, one seed after another; one that raises is failed, the others go on."""
    return [record_failure(lambda seed=seed: train_seed(setup, seed, on_step), seed) for seed in setup.seeds]  # type: ignore[misc]


def train_seed(setup: TrainingSetup, seed: int, on_step: OnStep) -> TrainingRecord:
    """One seed under a global seed of its own."""
    with global_seed(seed, "global"):
        session = OwnLoopSession(setup, seed, on_step)
        with answered_by(FreshNoise(generator(setup.device, seed, "noise/own"))):
            setup.gan.train(session)
        return session.finish()


def record_failure(train: Callable[[], TrainingRecord], seed: int) -> TrainingRecord:
    """The record, or one that says why there is none; no room in memory is raised, as for any block of seeds."""
    try:
        return train()
    except Exception as error:
        if is_out_of_memory(error):
            raise
        return TrainingRecord(seed, status="failed", reason=f"{type(error).__name__}: {error}", path="own-loop")
