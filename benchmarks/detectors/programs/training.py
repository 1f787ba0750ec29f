"""The loop of everything that has one model and one loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

import gancheck as gc
from benchmarks.detectors.programs.base import Finished, Outcome, is_look

Pair = tuple[Tensor, Tensor]
LOG = 25  #: steps between two looks at held-out data, as a loop logs them


@dataclass
class Shape:
    """What of the architecture a fault may change."""

    width: int = 64
    depth: int = 2
    dropout: float = 0.0


def sgd(parameters: list[nn.Parameter], rate: float, decay: float) -> Optimizer:
    """Plain stochastic gradient descent."""
    return torch.optim.SGD(parameters, lr=rate, weight_decay=decay)


def adam(parameters: list[nn.Parameter], rate: float, decay: float) -> Optimizer:
    """Adam with the weight decay outside of the gradient."""
    return torch.optim.AdamW(parameters, lr=rate, weight_decay=decay)


def unchanged(step: int, x: Tensor, y: Tensor) -> Pair:
    """A batch as it is."""
    return x, y


def constant(step: int) -> float:
    """One learning rate throughout."""
    return 1.0


def same(loss: Tensor) -> Tensor:
    """A loss as it is."""
    return loss


@dataclass
class Training:
    """A model, its data and its loop. Every field may be changed by a fault, before the loop or in it."""

    seed: int
    architecture: Callable[[Shape], nn.Module]
    shape: Shape
    data: Pair  #: training examples and targets
    held_out: Pair  #: what the loop logs
    test: Pair  #: what the outcome is measured on
    loss: Callable[[nn.Module, Tensor, Tensor], Tensor]
    rate: float
    steps: int
    batch: int = 32
    optimiser: Callable[[list[nn.Parameter], float, float], Optimizer] = sgd
    decay: float = 0.0
    schedule: Callable[[int], float] = constant
    clip: float = math.inf
    classes: int = 0  #: 0: no accuracy and no labels
    initial_loss: float | None = None
    zero_every: int = 1  #: steps between two calls of zero_grad
    left_out: int = 0  #: leading parameters that are not given to the optimiser
    change_batch: Callable[[int, Tensor, Tensor], Pair] = unchanged
    change_loss: Callable[[Tensor], Tensor] = same
    samples: Callable[[nn.Module], Tensor] | None = None  #: what a generative model gives, where the loop logs it
    change_samples: Callable[[Tensor], Tensor] = same
    reference: Tensor | None = None
    quality: Callable[[Tensor], Outcome] | None = None  #: outcome of samples
    mode_of: Callable[[Tensor], Tensor] | None = None  #: samples -> their modes
    now: int = 0  #: the step
    model: nn.Module = field(init=False)

    def build(self) -> None:
        """The model, from the seed."""
        torch.manual_seed(self.seed)
        self.model = self.architecture(self.shape)

    def run(self, trace: Path, at: Callable[[int], None]) -> Finished:
        """An ordinary loop under a monitor."""
        chosen = list(self.model.parameters())[self.left_out :]
        optimiser = self.optimiser(chosen, self.rate, self.decay)
        outcomes = list[tuple[int, Outcome]]()
        pick = torch.Generator().manual_seed(self.seed)
        watch = gc.watch(
            self.model,
            optimiser,
            initial_loss=self.initial_loss,
            reference=self.reference,
            training=None if self.samples is None else self.data[0],
            trace=trace,
            on_alarm=lambda alarm: None,
        )
        with watch as monitor:
            for step in range(1, self.steps + 1):
                self.now = step
                at(step)
                loss, batch = self.step(step, optimiser, pick)
                monitor.step(loss=loss)
                self.log(step, monitor, batch)
                if is_look(step, self.steps):
                    outcomes.append((step, self.outcome()))
        return Finished(outcomes, monitor.stopped)

    def step(self, step: int, optimiser: Optimizer, pick: torch.Generator) -> tuple[Tensor, Pair]:
        """One update."""
        rows = torch.randint(len(self.data[0]), (self.batch,), generator=pick)
        x, y = self.change_batch(step, self.data[0][rows], self.data[1][rows])
        for group in optimiser.param_groups:
            group["lr"] = self.rate * self.schedule(step)
        if (step - 1) % self.zero_every == 0:
            optimiser.zero_grad()
        loss = self.change_loss(self.loss(self.model, x, y))
        loss.backward()  # type: ignore[no-untyped-call]
        if math.isfinite(self.clip):
            nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        optimiser.step()
        return loss.detach(), (x, y)

    def log(self, step: int, monitor: gc.Monitor, batch: Pair) -> None:
        """What a careful loop says beside its loss."""
        if step == 1:
            labels = {"labels": self.data[1]} if self.classes else {}
            monitor.log(inputs=batch[0], **labels)
        if step % LOG:
            return
        monitor.log(val_loss=self.measure(self.held_out))
        if self.classes:
            monitor.log(accuracy=self.accuracy())
        if self.samples is not None:
            monitor.log(samples=self.generated())

    @torch.no_grad()
    def measure(self, data: Pair) -> float:
        """The loss of other data; the training's random numbers stay as they are."""
        return float(self.evaluated(lambda: self.loss(self.model, *data)))

    @torch.no_grad()
    def accuracy(self) -> float:
        """Share of held-out data that is classified right."""
        x, y = self.held_out
        return float((self.evaluated(lambda: self.model(x)).argmax(-1) == y).float().mean())

    @torch.no_grad()
    def generated(self) -> Tensor:
        """Samples, as the loop sees them."""
        assert self.samples is not None
        draw = self.samples
        return self.change_samples(self.evaluated(lambda: draw(self.model)))

    def evaluated(self, call: Callable[[], Tensor]) -> Tensor:
        """A call in evaluation mode, with random numbers of its own."""
        self.model.eval()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed + 1)
            found = call()
        self.model.train()
        return found

    def outcome(self) -> Outcome:
        """The loss of the test data, or how good samples are."""
        if self.quality is not None:
            return self.quality(self.generated())
        return {"test loss": self.measure(self.test)}
