"""The training loop: the seeds of a block side by side, players in turn, no strategy known by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map

from gancheck import optimisers
from gancheck.cast import Cast
from gancheck.lesson import Lesson
from gancheck.probe import Probe
from gancheck.replicas import Path
from gancheck.sampler import Sampler
from gancheck.state import Params, State
from gancheck.stopwatch import Stopwatch
from gancheck.streams import key
from gancheck.trained import Trained
from gancheck.update import Update

#: Probes per run, at which the loop also looks whether training is still finite; a look waits for the device.
LOOKS = 100
SIGNALS = (
    "discriminator_loss",
    "discriminator_gradient",
    "generator_loss",
    "generator_gradient",
    "real_logit",
    "fake_logit",
)
Progress = Callable[[int], None]


class Engine:
    """Trains one block of seeds."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson
        self.recipe, self.seeds, self.device = lesson.recipe, lesson.seeds, lesson.device
        self.settings = self.recipe.settings(lesson.settings)
        self.cast = Cast.of(lesson.gan, self.recipe, lesson.dataset.spec, self.seeds, self.device)
        self.weights, self.buffers = self.cast.weights, self.cast.buffers
        self.optimisers = {n: optimisers.make(self.settings.player(n), w) for n, w in self.weights.items() if w}
        self.looks_ahead = bool(self.recipe.doing("lookahead"))
        self.memory: dict[str, Any] = {}
        self.done = 0
        self.updates = {phase: Update(self, phase) for phase in ("discriminator", "generator")}
        self.advance: Callable[..., Any] | None = None
        self.trace = {name: self.blank() for name in (*SIGNALS, "diversity")}

    def train(self, tell: Progress = lambda _: None) -> list[Trained]:
        """Run the budget and give every seed's training; `tell` hears the number of steps done."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(key(self.seeds, "global"))  # for modules that draw by themselves, such as dropout
            path = self.prepare()
            records = [Trained(seed, path=str(path)) for seed in self.seeds]
            self.run(records, tell)
        return records

    def run(self, records: list[Trained], tell: Progress) -> None:
        """Steps, and between them, with the clock stopped, probes and snapshots."""
        budget, clock = self.lesson.budget, Stopwatch()
        sampler = Sampler(self.cast.players.generator, self.cast.players.latent)
        probe = Probe(sampler, self.lesson.dataset, self.device)
        for point in stops(budget.steps, budget.points):
            with clock.running():
                while self.done < point:
                    self.step()
                self.wait()
            self.look(records, probe, clock.seconds)
            if point in budget.points:
                self.keep(records, point)
            tell(self.done)
            if all(r.status != "done" for r in records):
                break
        for i, record in enumerate(records):
            record.seconds, record.cpu_seconds = clock.seconds / len(records), clock.cpu_seconds / len(records)
            record.updates = self.done * self.settings.critic_steps
            record.trace = {name: signal[i, : self.done].cpu() for name, signal in self.trace.items()}

    def prepare(self) -> Path:
        """Rehearse on one replicate, then take the first path on which both updates can be mapped."""
        state = (self.weights, self.memory, self.progress())
        if self.recipe.doing("memory"):
            made = self.first_path(lambda path: path.map(self.memory_of)(*state), eager(self.lesson.path))[1]
            self.memory = tree_map(torch.clone, made)
        for update in self.updates.values():
            update.rehearse()
        path, _ = self.first_path(self.trial, self.lesson.path)
        if self.recipe.doing("after_step"):
            self.advance = path.map(self.after_step)
        return path

    def trial(self, path: Path) -> None:
        """Try both updates along a path."""
        for update in self.updates.values():
            update.trial(path)

    def first_path(self, attempt: Callable[[Path], Any], wanted: Path) -> tuple[Path, Any]:
        """The wanted path, else what is left when vmap, the compiler or the tracer cannot follow the hooks."""
        paths = [wanted, Path(wanted.way), Path("looped", wanted.execution), Path("looped"), Path("looped", "eager")]
        for path in dict.fromkeys(paths):
            try:
                return path, attempt(path)
            except Exception:
                if path == paths[-1]:
                    raise
        raise AssertionError("unreachable")

    def step(self) -> None:
        """One generator update, after its discriminator updates."""
        for _ in range(self.settings.critic_steps):
            self.note(self.updates["discriminator"]())
        self.note(self.updates["generator"]())
        if self.advance is not None:
            self.carry(*self.advance(self.weights, self.memory, self.progress()))
        self.done += 1

    def note(self, signals: dict[str, Tensor]) -> None:
        """Write signals into the trace, without waiting for the device."""
        for name, values in signals.items():
            self.trace[name][:, self.done] = values

    def memory_of(self, weights: dict[str, Params], memory: dict[str, Any], progress: Tensor) -> dict[str, Any]:
        """What one replicate remembers at the start."""
        return self.recipe.memory(State(weights, memory, progress))

    def after_step(self, weights: dict[str, Params], memory: dict[str, Any], progress: Tensor) -> tuple[Any, Any]:
        """One replicate's weights and memory when a step is done."""
        state = self.recipe.after_step(State(weights, memory, progress))
        return dict(state.weights), dict(state.memory)

    def evaluated(self, weights: dict[str, Params], memory: dict[str, Any], progress: Tensor) -> Params:
        """One replicate's generator weights for evaluation."""
        return self.recipe.sample(State(weights, memory, progress))

    def carry(self, weights: dict[str, Params], memory: dict[str, Any]) -> None:
        """Take over what `after_step` made; weights are changed in place, because optimisers hold them."""
        self.memory = self.apart(memory)
        for player, params in weights.items():
            for name, tensor in params.items():
                if tensor.data_ptr() != self.weights[player][name].data_ptr():
                    self.weights[player][name].copy_(tensor)

    def apart(self, memory: dict[str, Any]) -> dict[str, Any]:
        """Memories that share nothing with the weights, which change in place."""
        live = {t.untyped_storage().data_ptr() for params in self.weights.values() for t in params.values()}
        return tree_map(lambda t: t.clone() if t.untyped_storage().data_ptr() in live else t, memory)  # type: ignore[no-any-return]

    def look(self, records: list[Trained], probe: Probe, seconds: float) -> None:
        """Probe the live generators, and mark seeds that have left the finite numbers or run out of time."""
        limit = self.lesson.budget.timeout
        for i, record in enumerate(records):
            live = {**self.pick("generator", i), **tree_map(lambda t, i=i: t[i], self.buffers["generator"])}
            self.trace["diversity"][i, self.done - 1] = probe(live)
            if record.status == "done" and not self.finite(i):
                record.status, record.reason = "diverged", f"losses or weights are not finite at step {self.done}"
            if record.status == "done" and limit and seconds > limit and self.done < self.lesson.budget.steps:
                record.status, record.reason = "timeout", f"over {limit:g} s at step {self.done}"

    def finite(self, i: int) -> bool:
        """Whether the last losses and all weights of one replicate are finite."""
        losses = [self.trace[f"{p}_loss"][i, self.done - 1] for p in self.updates]
        tensors = losses + [t[i] for params in self.weights.values() for t in params.values()]
        return bool(torch.stack([t.isfinite().all() for t in tensors]).all())

    def keep(self, records: list[Trained], point: int) -> None:
        """Store every seed's evaluation weights."""
        state = (self.weights, self.memory, self.progress())
        _, weights = self.first_path(lambda path: path.map(self.evaluated)(*state), eager(self.lesson.path))
        for i, record in enumerate(records):
            if record.status == "done":
                parts = {**weights, **self.buffers["generator"]}
                record.snapshots[point] = {name: t[i].detach().clone() for name, t in parts.items()}

    def pick(self, player: str, i: int) -> Params:
        """One replicate's weights of a player."""
        return {name: t[i] for name, t in self.weights[player].items()}

    def moments(self) -> dict[str, dict[str, Params]]:
        """Adam's running means of every player."""
        return {name: optimisers.moments(made, self.weights[name]) for name, made in self.optimisers.items()}

    def rates(self) -> dict[str, Tensor]:
        """Every player's learning rate now, (replicates,)."""
        now = self.done / self.lesson.budget.steps
        return {name: self.everyone(self.settings.player(name).rate(now)) for name in self.optimisers}

    def progress(self) -> Tensor:
        """(replicates,) share of the steps done."""
        return self.everyone(self.done / self.lesson.budget.steps)

    def everyone(self, value: float) -> Tensor:
        """The same number for every replicate."""
        return torch.full((len(self.seeds),), value, device=self.device)

    def blank(self) -> Tensor:
        """A signal not measured yet: (replicates, steps), NaN."""
        return torch.full((len(self.seeds), self.lesson.budget.steps), float("nan"), device=self.device)

    def wait(self) -> None:
        """Let the device finish, so that the clock tells the truth."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


def eager(path: Path) -> Path:
    """The same way without tracing, for what is computed only a few times."""
    return Path(path.way, "eager")


def stops(steps: int, points: tuple[int, ...]) -> list[int]:
    """Steps after which the loop stops to look: evenly spaced, and every evaluation point."""
    every = max(1, steps // LOOKS)
    return sorted({*range(every, steps + 1, every), *points, steps})
