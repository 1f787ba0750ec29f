"""The training loop: the seeds of a block side by side, players in turn, no strategy known by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck.gans.state import Params, State
from gancheck.numerics.seeding import key
from gancheck.training.player_update import PlayerUpdate
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep, RunRecorder
from gancheck.training.replicas import ReplicaStack
from gancheck.training.sampler import GeneratorSampler
from gancheck.training.setup import TrainingSetup
from gancheck.training.signals import SIGNALS
from gancheck.training.vectorise import ExecutionPath


class Trainer:
    """Trains one block of seeds."""

    def __init__(self, setup: TrainingSetup) -> None:
        self.setup, self.recipe = setup, setup.recipe
        self.replicas = ReplicaStack(setup)
        self.updates = {phase: PlayerUpdate(self.replicas, phase) for phase in ("discriminator", "generator")}
        self.advance: Callable[..., Any] | None = None
        self.signals: dict[str, Tensor] = {}  #: of the last step, (replicates,)

    def train(self, on_step: OnStep = lambda _: None) -> list[TrainingRecord]:
        """Run the budget and give every seed's training."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(self.setup.seeds, "global"))  # for modules that draw by themselves, such as dropout
            path = self.prepare()
            sampler = GeneratorSampler(self.replicas.players.generator, self.replicas.players.latent)
            recorder = RunRecorder(self.setup, self.setup.seeds, sampler, str(path), on_step)
            recorder.add_signals(*SIGNALS)
            return self.run(recorder)

    def run(self, recorder: RunRecorder) -> list[TrainingRecord]:
        """Steps, and between them, with the clock stopped, pauses to look at the seeds."""
        for pause in recorder.pauses:
            with recorder.clock.running():
                while (step := self.replicas.steps_done) < pause:
                    self.step()
                    recorder.write_signals(step, self.signals)
                self.wait()
            if not recorder.pause(pause, self):
                break
        done = self.replicas.steps_done
        return recorder.finish(done, updates=done * self.replicas.settings.critic_steps)

    def prepare(self) -> ExecutionPath:
        """Try one replicate, then take the first path on which both updates can be mapped."""
        if self.recipe.implementing("memory"):
            state, wanted = self.state(), eager(self.setup.path)
            made = self.first_path(lambda path: path.map(self.memory_of)(*state), wanted)[1]
            self.replicas.memory = tree_map(torch.clone, made)
        for update in self.updates.values():
            update.dry_run()
        path, _ = self.first_path(self.try_path, self.setup.path)
        if self.recipe.implementing("after_step"):
            self.advance = path.map(self.after_step)
        return path

    def try_path(self, path: ExecutionPath) -> None:
        """Try both updates along a path."""
        for update in self.updates.values():
            update.try_path(path)

    def first_path(self, attempt: Callable[[ExecutionPath], Any], wanted: ExecutionPath) -> tuple[ExecutionPath, Any]:
        """The wanted path, else what is left when vmap, the compiler or the tracer cannot follow the hooks."""
        looped = [ExecutionPath("looped", wanted.execution), ExecutionPath("looped"), ExecutionPath("looped", "eager")]
        paths = [wanted, ExecutionPath(wanted.vectorisation), *looped]
        for path in dict.fromkeys(paths):
            try:
                return path, attempt(path)
            except Exception:
                if path == paths[-1]:
                    raise
        raise AssertionError("unreachable")

    def step(self) -> None:
        """One generator update, after its discriminator updates."""
        for _ in range(self.replicas.settings.critic_steps):
            judged = self.updates["discriminator"]()
        self.signals = {**judged, **self.updates["generator"]()}
        if self.advance is not None:
            self.replicas.adopt_state(*self.advance(*self.state()))
        self.replicas.steps_done += 1

    def state(self) -> tuple[dict[str, Params], dict[str, Any], Tensor]:
        """What hooks between steps are given: weights, memory and progress of all replicates."""
        return self.replicas.weights, self.replicas.memory, self.replicas.progress()

    def memory_of(self, weights: dict[str, Params], memory: dict[str, Any], progress: Tensor) -> dict[str, Any]:
        """What one replicate remembers at the start."""
        return self.recipe.memory(State(weights, memory, progress))

    def after_step(self, weights: dict[str, Params], memory: dict[str, Any], progress: Tensor) -> tuple[Any, Any]:
        """One replicate's weights and memory when a step is done."""
        state = self.recipe.after_step(State(weights, memory, progress))
        return dict(state.weights), dict(state.memory)

    def evaluation_weights(self, weights: dict[str, Params], memory: dict[str, Any], progress: Tensor) -> Params:
        """One replicate's generator weights for evaluation."""
        return self.recipe.sample(State(weights, memory, progress))

    def live_generator(self, i: int) -> Params:
        """One replicate's generator as it is now."""
        return self.replicas.live_generator(i)

    def is_finite(self, i: int) -> bool:
        """Whether the last losses and all weights of one replicate are finite."""
        losses = [self.signals[f"{phase}_loss"][i] for phase in self.updates]
        tensors = losses + [t[i] for params in self.replicas.weights.values() for t in params.values()]
        return bool(torch.stack([t.isfinite().all() for t in tensors]).all())

    def snapshots(self) -> list[Params]:
        """Every replicate's evaluation weights and buffers."""
        state, wanted = self.state(), eager(self.setup.path)
        _, weights = self.first_path(lambda path: path.map(self.evaluation_weights)(*state), wanted)
        parts = {**weights, **self.replicas.buffers["generator"]}
        return [{name: t[i].detach().clone() for name, t in parts.items()} for i in range(len(self.setup.seeds))]

    def wait(self) -> None:
        """Let the device finish, so that the clock tells the truth."""
        if self.setup.device.type == "cuda":
            torch.cuda.synchronize(self.setup.device)


def eager(path: ExecutionPath) -> ExecutionPath:
    """The same way without tracing, for what is computed only a few times."""
    return ExecutionPath(path.vectorisation, "eager")
