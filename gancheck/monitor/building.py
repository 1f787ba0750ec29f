"""A monitor of what a user hands over: which probes and readers its detectors need."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

import torch.distributed as dist
from torch import Tensor, nn
from torch.optim import Optimizer

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.selection import track
from gancheck.detectors.signals import CLOSURE, GAME, SIGNALS
from gancheck.errors import BadParameter, Unsupported, refuse_unknown
from gancheck.monitor.announce import OnAlarm
from gancheck.monitor.follower import FollowingMonitor
from gancheck.monitor.monitor import Draw, Monitor
from gancheck.monitor.probes.base import Probe, Reader
from gancheck.monitor.probes.parameters import is_sharded
from gancheck.monitor.unseen import requirements_of_models, tell_sharded
from gancheck.plugins.registry import Registry

log = logging.getLogger("gancheck")
Closure = Callable[[], Tensor]  #: the loss of a fixed batch, with its graph
Features = Callable[[Tensor], Tensor]  #: (n, ...) samples to (n, d) numbers
Losses = Callable[[], tuple[Tensor, Tensor]]  #: the generator's and the discriminator's loss of a fixed batch
#: What a function of a fixed batch is of, and what to give instead.
OWNERS = {
    "closure": ({"model"}, "the loss of one model, gc.watch(model, ...); a GAN has two losses: give losses=..."),
    "losses": ({"generator", "discriminator"}, "of a GAN, generator=... and discriminator=...; else give closure=..."),
}


class Options(TypedDict, total=False):
    """What `gc.watch` and every adapter takes beside models and optimisers; `gc.watch` says what each means."""

    every: int
    detectors: str | Iterable[str]
    on_alarm: OnAlarm
    reference: Any
    training: Any
    features: Features | None
    closure: Closure | None
    losses: Losses | None
    initial_loss: float | None
    trace: str | Path | None
    with_: Iterable[str | Path]


def refuse_unknown_options(options: Mapping[str, Any]) -> None:
    """BadParameter for a name that is no option: an adapter says so at once, not when the training starts."""
    for name in options:
        refuse_unknown(name, Options.__annotations__, "an option of gc.watch", BadParameter)


def build_monitor(
    models: Mapping[str, nn.Module],
    optimizers: Sequence[Optimizer],
    options: Options,
    draw: Draw | None = None,
) -> Monitor:
    """The monitor of models by their role ("model", or "generator" and "discriminator")."""
    every, on_alarm = options.get("every", 10), options.get("on_alarm", "log")
    refuse_wrong_kinds(models, optimizers, options)
    refuse_other_losses(models, options)
    tracker = track(options.get("detectors", "standard"), Registry.load(options.get("with_", ())))
    refuse_alone(options)
    if not decides_here():
        return FollowingMonitor(every, on_alarm)
    inner = {role: unwrapped(module) for role, module in models.items()}
    moving = [unwrapped_optimizer(each) for each in optimizers]
    tell_sharded(models)
    tell_unused(tracker, options)
    trace, initial_loss = options.get("trace"), options.get("initial_loss")
    readers, unread = build_readers(tracker, options)
    monitor = Monitor(
        tracker,
        build_probes(tracker, inner, moving, options.get("closure"), options.get("losses")),
        readers,
        every=every,
        on_alarm=on_alarm,
        trace=Path(trace) if trace else None,
        given={} if initial_loss is None else {"initial_loss": float(initial_loss)},
        draw=draw,
        unread=unread,
    )
    tracker.requirements |= requirements_of_models(models)
    return monitor


def refuse_wrong_kinds(models: Mapping[str, Any], optimizers: Sequence[Any], options: Options) -> None:
    """BadParameter for what is no model, optimiser, function or number of steps."""
    every = options.get("every", 10)
    if not isinstance(every, int) or every < 1:
        raise BadParameter(f"every = {every!r}: a check after so many steps needs a whole number, at least 1")
    for role, module in models.items():
        if not isinstance(module, nn.Module):
            raise BadParameter(f"{role}: expected a torch.nn.Module, got {type(module).__name__}")
    for each in optimizers:
        if not isinstance(unwrapped_optimizer(each), Optimizer):
            raise BadParameter(f"optimizer: expected a torch.optim.Optimizer, got {type(each).__name__}")
    for name in ("closure", "losses"):
        if options.get(name) is not None and not callable(options.get(name)):
            raise BadParameter(f"{name}: expected a function without arguments, got {type(options.get(name)).__name__}")


def refuse_other_losses(roles: Iterable[str], options: Options) -> None:
    """BadParameter for the loss of one model where there are two, and the other way round."""
    for name, (owners, of) in OWNERS.items():
        if options.get(name) is not None and not owners <= set(roles):
            raise BadParameter(f"{name}=... is {of}")


def refuse_alone(options: Options) -> None:
    """Unsupported: a model that several processes train waits for all of them, but only the first one measures."""
    given = [name for name in ("closure", "losses") if options.get(name) is not None]
    if given and is_distributed():
        raise Unsupported(f"{given[0]}=...: not in a distributed training, as only its first process would call it")


def is_distributed() -> bool:
    """Whether several processes train together."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


def tell_unused(tracker: AlarmTracker, options: Options) -> None:
    """Say once that a function was given which no detector has a use for."""
    called = {SIGNALS[signal].how for signal in signals_wanted(tracker) if signal in SIGNALS}
    for name, how in (("closure", CLOSURE), ("losses", GAME)):
        if options.get(name) is not None and how not in called:
            log.warning('gancheck: no detector here calls %s=...; those of detectors="full" do', name)


def decides_here() -> bool:
    """Whether this process measures: the first of a distributed training, or the only one."""
    return not (dist.is_available() and dist.is_initialized()) or dist.get_rank() == 0


def unwrapped(module: nn.Module) -> nn.Module:
    """The model inside `torch.compile`'s and the parallel wrappers, which have no parameters of their own."""
    inner = getattr(module, "_orig_mod", None) or getattr(module, "module", None)
    return unwrapped(inner) if isinstance(inner, nn.Module) and same_parameters(module, inner) else module


def same_parameters(outer: nn.Module, inner: nn.Module) -> bool:
    """Whether a module holds no parameter beside those of a module in it."""
    return {id(p) for p in outer.parameters()} == {id(p) for p in inner.parameters()}


def unwrapped_optimizer(optimizer: Optimizer) -> Optimizer:
    """The optimiser inside Accelerate's wrapper, which has none of the hooks that optimisers have."""
    inner = getattr(optimizer, "optimizer", None)
    return inner if isinstance(inner, Optimizer) else optimizer


def build_probes(
    tracker: AlarmTracker,
    models: Mapping[str, nn.Module],
    optimizers: Sequence[Optimizer],
    closure: Closure | None,
    losses: Losses | None,
) -> list[Probe]:
    """The probes that the detectors need and that the training allows."""
    wanted = signals_wanted(tracker)
    made: list[Probe] = []
    if models:
        from gancheck.monitor.probes.activations import ActivationProbe
        from gancheck.monitor.probes.gradients import GradientProbe
        from gancheck.monitor.probes.weights import WeightProbe

        made += [probe(models) for probe in (ActivationProbe, WeightProbe) if wanted & set(probe.signals)]
        made += [GradientProbe(models, optimizers)] if wanted & set(GradientProbe.signals) else []
    if closure is not None and "model" in models:
        from gancheck.monitor.probes.curvature import CurvatureProbe

        made += [CurvatureProbe(models["model"], closure)] if wanted & set(CurvatureProbe.signals) else []
    if {"generator", "discriminator"} <= set(models):
        from gancheck.monitor.probes.game import GameProbe
        from gancheck.monitor.probes.path import PathProbe

        players = models["generator"], models["discriminator"]
        is_whole = not any(is_sharded(p) for player in players for p in player.parameters())
        made += [PathProbe(*players)] if is_whole and wanted & set(PathProbe.signals) else []
        made += [GameProbe(*players, losses)] if losses is not None and wanted & set(GameProbe.signals) else []
    return made


def signals_wanted(tracker: AlarmTracker) -> set[str]:
    """All signals that some detector needs or reads."""
    return {signal for names in (*tracker.needs.values(), *tracker.reads.values()) for signal in names}


def build_readers(tracker: AlarmTracker, options: Options) -> tuple[list[Reader], tuple[str, ...]]:
    """What makes numbers of logits, of batches and of samples; and the keywords that need no reader.

    Samples take long, so they are read only for a detector, or for a trace, which is to hold all signals.
    """
    from gancheck.monitor.probes.batches import BatchReader
    from gancheck.monitor.probes.logits import LogitReader
    from gancheck.monitor.probes.samples import SampleReader

    quick: list[Reader] = [LogitReader(), BatchReader()]
    if not (options.get("trace") or signals_wanted(tracker) & set(SampleReader.signals)):
        return quick, SampleReader.keywords
    return [*quick, SampleReader(options.get("reference"), options.get("training"), options.get("features"))], ()
