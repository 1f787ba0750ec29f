"""The loop of two players."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

import gancheck as gc
from benchmarks.detectors.programs.base import Finished, Outcome, is_look
from benchmarks.detectors.programs.training import constant, same

LOG = 20  #: steps between two looks at samples and logits
SAMPLES = 256
Losses = tuple[Tensor, Tensor]  #: the generator's and the discriminator's


def non_saturating(real: Tensor, fake: Tensor) -> Losses:
    """The usual losses of Goodfellow et al., 2014."""
    softplus = nn.functional.softplus
    return softplus(-fake).mean(), softplus(-real).mean() + softplus(fake).mean()


def saturating(real: Tensor, fake: Tensor) -> Losses:
    """The losses as a game of one value: the generator's gradient ends where the discriminator is sure."""
    softplus = nn.functional.softplus
    return -softplus(fake).mean(), softplus(-real).mean() + softplus(fake).mean()


def wasserstein(real: Tensor, fake: Tensor) -> Losses:
    """Those of Wasserstein GANs, which may be negative."""
    return -fake.mean(), fake.mean() - real.mean()


@dataclass
class Game:
    """Two models, real data and the loop. Every field may be changed by a fault, before the loop or in it."""

    seed: int
    make_generator: Callable[[], nn.Module]
    make_discriminator: Callable[[], nn.Module]
    draw: Callable[[int, torch.Generator], Tensor]  #: real samples to train on
    reference: Tensor | None  #: real samples that are not; None: samples are not logged
    training: Tensor | None  #: of those that are, to find copies
    quality: Callable[[Tensor], Outcome]
    mode_of: Callable[[Tensor], Tensor]  #: samples -> their modes
    noise: int
    steps: int
    batch: int = 64
    generator_rate: float = 1e-3
    discriminator_rate: float = 1e-3
    betas: tuple[float, float] = (0.5, 0.9)
    discriminator_steps: int = 1
    losses: Callable[[Tensor, Tensor], Losses] = non_saturating
    penalty: float = 0.1  #: R1's weight
    adam: bool = True
    schedule: Callable[[int], float] = constant
    change_samples: Callable[[Tensor], Tensor] = same
    now: int = 0  #: the step
    generator: nn.Module = field(init=False)
    discriminator: nn.Module = field(init=False)

    def build(self) -> None:
        """Both players, from the seed."""
        torch.manual_seed(self.seed)
        self.generator, self.discriminator = self.make_generator(), self.make_discriminator()
        self.stream = torch.Generator().manual_seed(self.seed)

    def run(self, trace: Path, at: Callable[[int], None]) -> Finished:
        """An ordinary loop under a monitor."""
        outcomes = list[tuple[int, Outcome]]()
        optimisers = self.optimiser(self.generator), self.optimiser(self.discriminator)
        self.codes(self.batch)  # the committed traces were recorded with these drawn, and all later codes follow them
        watch = gc.watch(
            generator=self.generator,
            discriminator=self.discriminator,
            optimizers=optimisers,
            reference=self.reference,
            training=self.training,
            trace=trace,
            on_alarm=lambda alarm: None,
        )
        with watch as monitor:
            for step in range(1, self.steps + 1):
                self.now = step
                at(step)
                self.set_rates(step, *optimisers)
                losses = self.step(*optimisers)
                monitor.step(generator_loss=losses[0], discriminator_loss=losses[1])
                self.log(step, monitor)
                if is_look(step, self.steps):
                    outcomes.append((step, self.quality(self.generated(4 * SAMPLES))))
        return Finished(outcomes, monitor.stopped)

    def optimiser(self, player: nn.Module) -> torch.optim.Optimizer:
        """Adam, or plain gradient descent."""
        if self.adam:
            return torch.optim.Adam(player.parameters(), betas=self.betas)
        return torch.optim.SGD(player.parameters())

    def set_rates(self, step: int, *optimisers: torch.optim.Optimizer) -> None:
        """Learning rates of this step."""
        for optimiser, rate in zip(optimisers, (self.generator_rate, self.discriminator_rate), strict=True):
            optimiser.param_groups[0]["lr"] = rate * self.schedule(step)

    def codes(self, count: int) -> Tensor:
        """The generator's input."""
        return torch.randn(count, self.noise)

    def step(self, generator: torch.optim.Optimizer, discriminator: torch.optim.Optimizer) -> Losses:
        """The discriminator's updates, then the generator's."""
        for _ in range(self.discriminator_steps):
            real = self.draw(self.batch, self.stream).requires_grad_()
            logits = self.discriminator(real)
            fake = self.discriminator(self.generator(self.codes(self.batch)).detach())
            d_loss = self.losses(logits, fake)[1] + self.penalty_of(real, logits)
            discriminator.zero_grad()
            d_loss.backward()  # type: ignore[no-untyped-call]
            discriminator.step()
        fake = self.discriminator(self.generator(self.codes(self.batch)))
        g_loss = self.losses(fake, fake)[0]
        generator.zero_grad()
        g_loss.backward()  # type: ignore[no-untyped-call]
        generator.step()
        return g_loss.detach(), d_loss.detach()

    def penalty_of(self, real: Tensor, logits: Tensor) -> Tensor:
        """R1, Mescheder et al., 2018."""
        if not self.penalty:
            return torch.zeros(())
        (slope,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        return self.penalty / 2 * slope.square().sum(dim=1).mean()

    @torch.no_grad()
    def log(self, step: int, monitor: gc.Monitor) -> None:
        """Samples and logits."""
        if step % LOG:
            return
        samples = self.generated(SAMPLES)
        real = self.draw(SAMPLES, torch.Generator().manual_seed(step))
        if self.reference is not None:
            monitor.log(samples=samples)
        monitor.log(d_real=self.discriminator(real), d_fake=self.discriminator(samples))

    @torch.no_grad()
    def generated(self, count: int) -> Tensor:
        """Samples, from random numbers of their own."""
        with torch.random.fork_rng(devices=[]):
            return self.change_samples(self.generator(self.codes(count)))
