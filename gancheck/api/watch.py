"""`gc.watch`: detectors beside any PyTorch training loop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from torch import nn
from torch.optim import Optimizer

from gancheck.monitor.announce import OnAlarm
from gancheck.monitor.building import Closure, Features, Losses, Options, build_monitor
from gancheck.monitor.monitor import Monitor


def watch(
    model: nn.Module | None = None,
    optimizer: Optimizer | Sequence[Optimizer] | None = None,
    *,
    generator: nn.Module | None = None,
    discriminator: nn.Module | None = None,
    optimizers: Iterable[Optimizer] = (),
    every: int = 10,
    detectors: str | Iterable[str] = "standard",
    on_alarm: OnAlarm = "log",
    reference: Any = None,
    training: Any = None,
    features: Features | None = None,
    closure: Closure | None = None,
    losses: Losses | None = None,
    initial_loss: float | None = None,
    trace: str | Path | None = None,
    with_: Iterable[str | Path] = (),
) -> Monitor:
    """Watch a training: `monitor.step(loss=...)` after every update, `monitor.log(...)` when there is more to say.

    model, optimizer: what is trained; or `generator`, `discriminator` and their `optimizers`. Wrapped models
        (`torch.compile`, DataParallel, DistributedDataParallel) are watched through their wrapper.
    every: steps from one check to the next. Only then is the model measured and the device waited for.
    detectors: a preset ("cheap": what is logged; "standard": the model and samples too; "full": curvature and the game
        too), or names with parameters: `"plateau(blocks=50), nonfinite"`; a preset and names together as well.
    on_alarm: "log", "warn", "raise" (TrainingAlarm), or a function of one Alarm. In a distributed training the first
        process decides for all.
    reference: (n, ...) real samples that were not trained on; `monitor.log(samples=...)` is compared with them.
    training: (n, ...) real samples that are trained on, to find copies of them.
    features: (n, ...) samples to (n, d) numbers between which distances mean something; images are averaged down to
        8 x 8 pixels unless given. It is called without gradients, with what is logged, on its device.
    closure: the loss of a fixed batch with its graph, for curvature. Of a GAN, `losses`: the generator's and the
        discriminator's, for the game. Called by detectors of "full" alone.
    initial_loss: the loss of a constant guess: log(classes), or the variance of the target.
    trace: a file for all signals, JSON lines; `gancheck diagnose` reads it.
    with_: files or folders with detectors of your own.
    """
    options = Options(
        every=every,
        detectors=detectors,
        on_alarm=on_alarm,
        reference=reference,
        training=training,
        features=features,
        closure=closure,
        losses=losses,
        initial_loss=initial_loss,
        trace=trace,
        with_=with_,
    )
    models = {"model": model, "generator": generator, "discriminator": discriminator}
    named = {role: module for role, module in models.items() if module is not None}
    moving = [*optimizers] if optimizer is None else [*in_list(optimizer), *optimizers]
    return build_monitor(named, moving, options, draw_training)


def in_list(optimizer: Optimizer | Sequence[Optimizer]) -> list[Optimizer]:
    """One optimiser, or several, as a list."""
    return list(optimizer) if isinstance(optimizer, list | tuple) else [optimizer]  # type: ignore[list-item]


def draw_training(*given: Any) -> list[Path]:
    """Pictures of a training; matplotlib is imported only here."""
    from gancheck.report.plots.training import draw

    return draw(*given)
