"""A monitor beside a training loop: it measures, shows detectors what it measured, and says what they found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Self

import msgspec
import torch

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import Observation
from gancheck.detectors.signals import SIGNALS
from gancheck.errors import BadData, TrainingAlarm, Unsupported
from gancheck.monitor.announce import OnAlarm, announcer
from gancheck.monitor.decide import agree
from gancheck.monitor.fetch import as_number, fetch
from gancheck.monitor.history import History
from gancheck.monitor.probes.base import Measured, Probe, Reader
from gancheck.monitor.report import describe
from gancheck.monitor.trace import TraceWriter

log = logging.getLogger("gancheck")
Draw = Callable[[Sequence[Observation], Sequence[Alarm], Path], list[Path]]  #: draws a training into a folder


class MonitorState(msgspec.Struct):
    """What a checkpoint keeps."""

    steps: Annotated[int, msgspec.Meta(ge=0)]
    tracker: dict[str, Any]
    fresh: list[Alarm] = []  #: raised, and not yet said


class Monitor:
    """Made by `gc.watch`. Call `step` after every update, and `log` when there is something to log.

    Every `every` steps the model is measured, and all that waited is shown to the detectors: that is the only time at
    which the device is waited for. An error of the monitor's own is logged once; training goes on without it.
    """

    def __init__(
        self,
        tracker: AlarmTracker,
        probes: Sequence[Probe] = (),
        readers: Sequence[Reader] = (),
        *,
        every: int = 10,
        on_alarm: OnAlarm = "log",
        trace: Path | None = None,
        given: Mapping[str, float] | None = None,
        draw: Draw | None = None,
        unread: Iterable[str] = (),
    ) -> None:
        self.tracker, self.probes, self.readers, self.every = tracker, list(probes), list(readers), every
        self.announce, self.draw = announcer(on_alarm), draw
        tracker.requirements = requirements_of([*self.probes, *self.readers])
        self.steps = 0  #: updates so far
        self.waiting: dict[int, Measured] = {}  #: step -> what was not yet shown
        self.given = dict(given or {})  #: numbers that hold for the whole training
        self.history = History()  #: checked steps, and those with a validation loss, for reports and plots
        self.stopped = ""  #: why the monitor does nothing more
        self.failed: dict[str, str] = {}  #: probe or reader -> the error that ended it
        self.unread = set(unread)  #: keywords of `log` that nothing reads; what is given under them is dropped
        self.trace = TraceWriter(trace) if trace else None
        self.fresh: list[Alarm] = []  #: raised, and not yet said
        self.armed = False  #: whether probes see the step that goes on
        self.guarded(self.arm)

    def step(self, loss: Any = None, **losses: Any) -> list[Alarm]:
        """An update is done: `step(loss=...)`, or `step(generator_loss=..., discriminator_loss=...)`.

        Losses may be floats or tensors on any device, with or without a graph. Gives the alarms that begin now.
        """
        self.steps += 1
        named = losses if loss is None else {"loss": loss, **losses}
        self.keep_numbers(self.waiting.setdefault(self.steps, Measured()), named)
        if self.is_checked(self.steps):
            self.guarded(self.measure)
            return self.check()
        if self.is_checked(self.steps - 1):
            self.guarded(self.rest)
        if self.is_checked(self.steps + 1):
            self.guarded(self.arm)
        return []

    def is_checked(self, step: int) -> bool:
        """Whether the model is measured at a step."""
        return step % self.every == 0

    def log(self, **values: Any) -> None:
        """Beside the last step: `val_loss`, `accuracy` or any metric by its usual name, `d_real` and `d_fake` (both
        logits), `samples`, `inputs`, `labels`. It is looked at with the next check."""
        place = self.waiting.setdefault(max(self.steps, 1), Measured())
        left = {name: value for name, value in values.items() if name not in self.unread}
        for reader in list(self.readers):
            taken = {name: left.pop(name) for name in reader.keywords if name in left}
            if taken:
                self.attempt(reader, lambda reader=reader, taken=taken: place.update(reader.read(taken)))
        self.keep_numbers(place, {scalar_name(name): value for name, value in left.items()})

    def keep_numbers(self, place: Measured, values: Mapping[str, Any]) -> None:
        """Take what are numbers; what is none is said once and left out, as the training is to go on."""
        for name, value in values.items():
            try:
                place.numbers[name] = as_number(value, name)
            except BadData as error:
                if name not in self.failed:
                    log.warning("gancheck: left out, %s", error)
                self.failed[name] = str(error)

    def check(self) -> list[Alarm]:
        """Look at all that waits, now; gives the alarms that begin, and says them."""
        self.guarded(self.look)
        fresh, self.fresh = agree(self.fresh), []
        self.guarded(self.arm)
        for alarm in fresh:
            self.announce(alarm)
        return fresh

    def measure(self) -> None:
        """What the probes saw of the step that is done."""
        if self.armed:
            self.armed = False
            place = self.waiting.setdefault(self.steps, Measured())
            for probe in list(self.probes):
                self.attempt(probe, lambda probe=probe: place.update(probe.measure()))

    def look(self) -> None:
        """Show the detectors every step that waited."""
        found = [alarm for seen in self.observations() for alarm in self.tracker.update(seen)]
        self.record(lambda trace: trace.write_alarms(found))
        self.fresh += found

    def observations(self) -> Iterable[Observation]:
        """What waited, on the CPU at last; the last of it is kept."""
        waiting, self.waiting = self.waiting, {}
        seen = [Observation(step, self.given | numbers, layers) for step, (numbers, layers) in fetch(waiting).items()]
        self.history.begin(seen)
        for observation in seen:
            if observation is seen[-1] or not observation.has_losses_only:
                self.history.add(observation)
        self.record(lambda trace: trace.write(seen))
        return seen

    def record(self, write: Callable[[TraceWriter], None]) -> None:
        """Write to the trace; a full disk ends the trace alone."""
        if self.trace is None:
            return
        try:
            write(self.trace)
        except OSError as error:
            self.failed["trace"] = f"{type(error).__name__}: {error}"
            log.warning("gancheck: the trace ends here, all else goes on: %s", self.failed["trace"])
            self.trace.close()
            self.trace = None

    def arm(self) -> None:
        """Let probes see the step that begins, if it will be checked."""
        if self.armed or not self.is_checked(self.steps + 1):
            return
        self.armed = True
        for probe in list(self.probes):
            self.attempt(probe, probe.arm)

    def rest(self) -> None:
        """Let probes off the model until the next check; the step after a checked one is done."""
        for probe in list(self.probes):
            self.attempt(probe, probe.rest)

    def guarded(self, call: Any) -> None:
        """A call of the monitor's own work: its error ends the monitor's work, and is said once."""
        if self.stopped:
            self.waiting.clear()
            return
        try:
            call()
        except Exception as error:  # the training must go on, whatever it was, a lack of memory too
            self.stopped = f"{type(error).__name__}: {error}"
            log.warning("gancheck: the monitor stops, training goes on: %s", self.stopped)
            ended = f"a monitor that goes on, which {type(error).__name__} has ended"
            self.tracker.requirements = dict.fromkeys(SIGNALS, ended)
            self.close()

    def attempt(self, source: Probe | Reader, call: Any) -> None:
        """A call of one probe or reader: its error is said once, and ends what it measures, and nothing else."""
        try:
            call()
        except Exception as error:  # of memory too: the training may fit where this does not
            name = type(source).__name__
            self.failed[name] = f"{type(error).__name__}: {error}"
            log.warning("gancheck: %s measures no more, all else goes on: %s", name, self.failed[name])
            ended = f"what {name} measures, which {type(error).__name__} has ended"
            self.tracker.requirements |= dict.fromkeys(requirements_of([source]), ended)
            self.unread.update(getattr(source, "keywords", ()))
            self.readers = [reader for reader in self.readers if reader is not source]
            self.close_probes(probe for probe in self.probes if probe is source)
            if isinstance(error, torch.OutOfMemoryError) and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
                torch.cuda.empty_cache()

    def close_probes(self, probes: Iterable[Probe]) -> None:
        """Take hooks off the model, for good."""
        closed = list(probes)
        for probe in closed:
            with suppress(Exception):  # the others are to be closed too
                probe.close()
        self.probes = [probe for probe in self.probes if probe not in closed]

    @property
    def alarms(self) -> list[Alarm]:
        """All alarms so far, in their order."""
        return list(self.tracker.alarms)

    @property
    def idle(self) -> dict[str, str]:
        """Detectors that cannot say anything, and what they lack."""
        return self.tracker.idle

    def report(self) -> str:
        """Alarms, stories, and idle detectors, as text, up to the last step."""
        self.guarded(self.look)
        errors = [self.stopped, *(f"{name}: {error}" for name, error in self.failed.items())]
        return describe(self.steps, self.alarms, self.idle, "; ".join(filter(None, errors)))

    def plot(self, folder: str | Path) -> list[Path]:
        """Draw losses with alarms, gradients by layer, updates and learning curves; gives the files."""
        if self.draw is None:
            raise Unsupported("this monitor draws nothing: make it with gc.watch")
        self.guarded(self.look)
        return self.draw(self.history, self.alarms, Path(folder))

    def state_dict(self) -> dict[str, Any]:
        """All that is remembered, in plain values, to be kept with a checkpoint."""
        self.guarded(self.look)
        fresh = [alarm.row() for alarm in self.fresh]
        return {"steps": self.steps, "tracker": self.tracker.state_dict(), "fresh": fresh}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave; alarms that were not yet said are said with the next check.

        In a distributed training every process must load it: all wait for each other at every `every`-th step, so all
        must count alike.
        """
        try:
            held = msgspec.convert(state, MonitorState)
            self.tracker.load_state_dict(held.tracker)
        except (ValueError, RecursionError) as error:
            raise BadData(f"this is no state of a monitor: give what monitor.state_dict() gave ({error})") from error
        self.fresh = held.fresh
        self.count_from(held.steps)

    def count_from(self, steps: int) -> None:
        """Go on after so many updates, where a training is resumed; in every process of a distributed one."""
        self.steps = steps
        self.waiting.clear()
        self.guarded(self.arm)

    def close(self) -> None:
        """Look at the last steps, take all hooks off the model, and finish the trace.

        Alarms of these steps are in `alarms` and in the report, and are said. What is logged later is still looked at.
        """
        if not self.stopped:
            self.guarded(self.look)
            fresh, self.fresh = self.fresh, []
            for alarm in fresh:
                with suppress(TrainingAlarm):  # the training has ended
                    self.announce(alarm)
        self.close_probes(self.probes)
        if self.trace:
            self.trace.close()
            self.trace = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *_: object) -> None:
        try:
            if error is None:
                self.check()
        finally:
            self.close()


def scalar_name(name: str) -> str:
    """How a logged number is called among the signals: those of the table by their name, others as a metric."""
    return name if name in SIGNALS or name.endswith("loss") or name.startswith("metric_") else f"metric_{name}"


def requirements_of(sources: Iterable[Probe | Reader]) -> dict[str, str]:
    """Every signal that some of these measure -> what it takes for one to be there."""
    return {signal: taken for source in sources for signal, taken in source.requirements.items()}
