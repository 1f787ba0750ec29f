"""The training loop: the seeds of a block side by side, players in turn, no strategy known by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch.utils._pytree import tree_map

from gancheck.gans.sampler import PlainSampler
from gancheck.gans.state import Kept, Params
from gancheck.gans.still_game import played_weights
from gancheck.numerics.seeding import global_seed
from gancheck.strategies.idle_hooks import refuse_idle_hooks
from gancheck.training.block_state import BlockState
from gancheck.training.checkpoints import Checkpoints, NoCheckpoints
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.fallback import ChosenPath, first_path
from gancheck.training.record import TrainingRecord
from gancheck.training.recorder import OnStep, RunRecorder
from gancheck.training.refreshing import Refreshing
from gancheck.training.replicas import ReplicaStack
from gancheck.training.setup import TrainingSetup
from gancheck.training.signals import SIGNALS, Signals
from gancheck.training.snapshot import evaluation_weights, kept_players, standing_game
from gancheck.training.turn_by_turn import TurnByTurn
from gancheck.training.turn_update import TurnUpdate
from gancheck.training.vectorise import ExecutionPath

Stepper = Callable[[], Signals]  #: plays one step of all replicates


class Trainer:
    """Trains one block of seeds."""

    def __init__(self, setup: TrainingSetup) -> None:
        self.setup, self.recipe = setup, setup.recipe
        self.replicas = ReplicaStack(setup)
        made = [TurnUpdate(self.replicas, turn) for turn in self.replicas.settings.turns]
        self.updates = {update.phase: update for update in made}
        first, *others = made
        self.order = [*[first] * self.replicas.settings.critic_steps, *others]  #: the updates of a step
        self.sampler = PlainSampler(self.replicas.players, self.recipe, self.replicas.settings)
        self.recipe.sampler(self.sampler)  # from here on it draws the latents that every strategy's sampler gives
        self.refreshing = Refreshing(self.replicas, self.sampler)
        self.play: Stepper  #: plays one step and gives its signals
        self.evaluated: Callable[..., Any]  #: `evaluation_weights` of all replicates
        self.live: Callable[..., Any]  #: `live_weights` of all replicates
        self.signals: Signals  #: of the last step

    def train(self, on_step: OnStep = lambda _: None, checkpoints: Checkpoints | None = None) -> list[TrainingRecord]:
        """Run the budget, from where a checkpoint leaves off, and give every seed's training."""
        with global_seed(self.setup.seeds, "global"):  # for modules that draw by themselves
            chosen = self.prepare()
            recorder = RunRecorder(self.setup, self.setup.seeds, self.sampler, str(chosen.path), on_step, chosen.reason)
            owners = [owner for update in self.updates.values() for owner in update.owners]
            recorder.add_signals(*SIGNALS, *(f"{o}_{k}" for o in owners for k in ("loss", "gradient")))
            return self.run(recorder, checkpoints or NoCheckpoints())

    def run(self, recorder: RunRecorder, checkpoints: Checkpoints) -> list[TrainingRecord]:
        """Steps, and between them, with the clock stopped, pauses to look at the seeds."""
        state = self.state(recorder)
        checkpoints.resume(state)
        left = [pause for pause in recorder.pauses if pause > self.replicas.steps_done and recorder.goes_on]
        with checkpoints.catch_stops():
            for pause in left:
                self.play_until(pause, recorder, checkpoints, state)
                goes_on = recorder.pause(pause, self)
                checkpoints.stop_if_asked(state)
                if not goes_on:
                    break
                checkpoints.save_if_due(state)
        done = self.replicas.steps_done
        records = recorder.finish(done, updates=done * self.replicas.settings.critic_steps)
        return [replace(record, players=self.replicas.players_of(i)) for i, record in enumerate(records)]

    def play_until(self, pause: int, recorder: RunRecorder, checkpoints: Checkpoints, state: BlockState) -> None:
        """Steps until so many are done, which a request to stop interrupts, but for the last one: what is looked at
        when it is done belongs to the state."""
        while self.replicas.steps_done < pause:
            checkpoints.stop_if_asked(state)
            with recorder.clock.running():
                while (step := self.replicas.steps_done) < pause and not checkpoints.asked_to_stop:
                    self.step()
                    recorder.write_step(step, self.signals)
                self.wait()

    def state(self, recorder: RunRecorder) -> BlockState:
        """What a checkpoint holds."""
        graph = self.play if isinstance(self.play, CompiledStep) else None
        return BlockState(self.replicas, list(self.updates.values()), recorder, graph)

    def prepare(self) -> ChosenPath:
        """Try one replicate, then take the first path on which all updates can be mapped.

        Its reason also says why what is computed beside the steps has left the wanted path.
        """
        replicas, wanted = self.replicas, self.setup.path
        remembered = first_path(self.first_memory, wanted.eagerly())
        replicas.memory = remembered.answer
        refuse_idle_hooks(self.recipe.strategies, set().union(*(u.dry_run() for u in self.updates.values())))
        steps = first_path(self.try_path, wanted)
        self.play = steps.answer
        evaluated = first_path(lambda path: self.try_state(path, self.evaluation_weights), wanted.eagerly())
        live = first_path(lambda path: self.try_state(path, self.live_weights), wanted.eagerly())
        self.evaluated, self.live = evaluated.answer, live.answer
        reasons = (steps.reason, remembered.reason, evaluated.reason, live.reason)
        return replace(steps, reason="; ".join(dict.fromkeys(filter(None, reasons))))

    def first_memory(self, path: ExecutionPath) -> dict[str, Any]:
        """What all replicates remember at the start, computed along a path."""
        if not self.recipe.implementing("memory"):
            return self.replicas.memory
        made = path.map(self.memory_of)(*self.replicas.state())
        return tree_map(torch.clone, made)  # type: ignore[no-any-return]

    def try_state(self, path: ExecutionPath, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of one replicate's state mapped along a path, tried once."""
        mapped = path.map(function)
        mapped(*self.replicas.state())
        return mapped

    def try_path(self, path: ExecutionPath) -> Stepper:
        """What plays a step along a path, tried once."""
        way = CompiledStep if path.execution == "compiled" else TurnByTurn
        return way(self.replicas, self.order, path)

    def step(self) -> None:
        """One step: the first turn `critic_steps` times, then the other turns."""
        self.refreshing.before_step()
        self.signals = self.play()
        self.replicas.steps_done += 1

    def memory_of(self, *state: Any) -> dict[str, Any]:
        """What one replicate remembers at the start."""
        return self.recipe.memory(self.replicas.state_of(*state))

    def evaluation_weights(self, *state: Any) -> dict[str, Params]:
        """One replicate's weights and buffers for evaluation, of all players that a snapshot keeps."""
        return evaluation_weights(self.replicas, self.replicas.state_of(*state))

    def live_generators(self) -> Kept:
        """All replicates' players that generate, as they are now, stacked; with what is remembered, for samplers."""
        return Kept(self.live(*self.replicas.state()), self.replicas.memory)

    def live_weights(self, *state: Any) -> dict[str, Params]:
        """One replicate's weights and buffers, as they are played with, of all players that a snapshot keeps."""
        return played_weights(standing_game(self.replicas, self.replicas.state_of(*state)), kept_players(self.replicas))

    def are_finite(self) -> list[bool]:
        """Of each replicate, whether the last losses and all weights are finite."""
        losses = [v for n, v in zip(self.signals.names, self.signals.values, strict=True) if n.endswith("_loss")]
        tensors = losses + [t for weights in self.replicas.weights.values() for t in weights.values()]
        finite: list[bool] = torch.stack([t.isfinite().reshape(len(t), -1).all(1) for t in tensors]).all(0).tolist()
        return finite

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
