"""The training loop: the seeds of a block side by side, players in turn, no strategy known by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck.gans.sampler import PlainSampler
from gancheck.gans.state import Kept, Params
from gancheck.gans.still_game import played_weights
from gancheck.numerics.seeding import key
from gancheck.strategies.idle_hooks import refuse_idle_hooks
from gancheck.training.fallback import ChosenPath, first_path
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep, RunRecorder
from gancheck.training.refreshing import Refreshing
from gancheck.training.replicas import ReplicaStack
from gancheck.training.setup import TrainingSetup
from gancheck.training.signals import SIGNALS
from gancheck.training.snapshot import evaluation_weights, kept_players, standing_game
from gancheck.training.turn_update import TurnUpdate
from gancheck.training.vectorise import ExecutionPath


class Trainer:
    """Trains one block of seeds."""

    def __init__(self, setup: TrainingSetup) -> None:
        self.setup, self.recipe = setup, setup.recipe
        self.replicas = ReplicaStack(setup)
        made = [TurnUpdate(self.replicas, turn) for turn in self.replicas.settings.turns]
        self.updates = {update.phase: update for update in made}
        self.sampler = PlainSampler(self.replicas.players, self.recipe, self.replicas.settings)
        self.recipe.sampler(self.sampler)  # from here on it draws the latents that every strategy's sampler gives
        self.refreshing = Refreshing(self.replicas, self.sampler)
        self.advance: Callable[..., Any] | None = None
        self.evaluated: Callable[..., Any]  #: `evaluation_weights` of all replicates
        self.signals: dict[str, Tensor] = {}  #: of the last step, (replicates,)

    def train(self, on_step: OnStep = lambda _: None) -> list[TrainingRecord]:
        """Run the budget and give every seed's training."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(self.setup.seeds, "global"))  # for modules that draw by themselves
            chosen = self.prepare()
            recorder = RunRecorder(self.setup, self.setup.seeds, self.sampler, str(chosen.path), on_step, chosen.reason)
            owners = [owner for update in self.updates.values() for owner in update.owners]
            recorder.add_signals(*SIGNALS, *(f"{o}_{k}" for o in owners for k in ("loss", "gradient")))
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

    def prepare(self) -> ChosenPath:
        """Try one replicate, then take the first path on which all updates can be mapped.

        Its reason also says why what is computed beside the steps has left the wanted path.
        """
        replicas, wanted = self.replicas, self.setup.path
        remembered = first_path(self.first_memory, eager(wanted))
        replicas.memory = remembered.answer
        refuse_idle_hooks(self.recipe.strategies, set().union(*(u.dry_run() for u in self.updates.values())))
        steps = first_path(self.try_path, wanted)
        evaluated = first_path(self.try_evaluation, eager(wanted))
        self.evaluated = evaluated.answer
        reasons = (steps.reason, remembered.reason, evaluated.reason)
        return replace(steps, reason="; ".join(dict.fromkeys(filter(None, reasons))))

    def first_memory(self, path: ExecutionPath) -> dict[str, Any]:
        """What all replicates remember at the start, computed along a path."""
        if not self.recipe.implementing("memory"):
            return self.replicas.memory
        made = path.map(self.memory_of)(*self.replicas.state())
        return tree_map(torch.clone, made)  # type: ignore[no-any-return]

    def try_evaluation(self, path: ExecutionPath) -> Callable[..., Any]:
        """What gives the weights to evaluate along a path, tried once."""
        mapped = path.map(self.evaluation_weights)
        mapped(*self.replicas.state())
        return mapped

    def try_path(self, path: ExecutionPath) -> None:
        """Try all updates along a path, and what comes after a step."""
        for update in self.updates.values():
            update.try_path(path)
        if self.recipe.implementing("after_step"):
            self.advance = path.map(self.after_step)
            self.advance(*self.replicas.state())

    def step(self) -> None:
        """One step: the first turn `critic_steps` times, then the other turns."""
        self.refreshing.before_step()
        first, *others = self.updates.values()
        for _ in range(self.replicas.settings.critic_steps):
            signals = first()
        for update in others:
            signals |= update()
        self.signals = signals
        if self.advance is not None:
            self.replicas.adopt_state(*self.advance(*self.replicas.state()))
        self.replicas.steps_done += 1

    def memory_of(self, *state: Any) -> dict[str, Any]:
        """What one replicate remembers at the start."""
        return self.recipe.memory(self.replicas.state_of(*state))

    def after_step(self, *state: Any) -> tuple[Any, Any]:
        """One replicate's weights and memory when a step is done."""
        after = self.recipe.after_step(self.replicas.state_of(*state))
        return dict(after.weights), dict(after.memory)

    def evaluation_weights(self, *state: Any) -> dict[str, Params]:
        """One replicate's weights and buffers for evaluation, of all players that a snapshot keeps."""
        return evaluation_weights(self.replicas, self.replicas.state_of(*state))

    def live_generator(self, i: int) -> Kept:
        """One replicate's players that generate, as they are now."""
        state = self.replicas.state_of(*tree_map(lambda t: t[i], self.replicas.state()))
        return Kept(
            played_weights(standing_game(self.replicas, state), kept_players(self.replicas)), dict(state.memory)
        )

    def is_finite(self, i: int) -> bool:
        """Whether the last losses and all weights of one replicate are finite."""
        losses = [signal[i] for name, signal in self.signals.items() if name.endswith("_loss")]
        tensors = losses + [t[i] for params in self.replicas.weights.values() for t in params.values()]
        return bool(torch.stack([t.isfinite().all() for t in tensors]).all())

    def snapshots(self) -> list[Kept]:
        """What every replicate is evaluated with: weights, buffers, and the memories that samplers need."""
        replicas = self.replicas
        weights = self.evaluated(*replicas.state())
        memory = replicas.memory if self.recipe.implementing("sampler") else {}
        copies = [tree_map(lambda t, i=i: t[i].detach().clone(), (weights, memory)) for i in range(len(replicas.seeds))]
        return [Kept(*copied) for copied in copies]

    def wait(self) -> None:
        """Let the device finish, so that the clock tells the truth."""
        if self.setup.device.type == "cuda":
            torch.cuda.synchronize(self.setup.device)


def eager(path: ExecutionPath) -> ExecutionPath:
    """The same way without tracing, for what is computed only a few times."""
    return ExecutionPath(path.vectorisation, "eager")
