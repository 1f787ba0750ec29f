"""The monitor in PyTorch-Ignite.

    from gancheck.monitor.adapters.ignite import attach

    monitor = gc.watch(model, optimizer)
    attach(trainer, monitor, evaluator=evaluator)

What is seen: after every iteration the engine's output, which is a loss, a dictionary of losses, or a sequence that
begins with a loss; `output_transform` picks it from anything else, and may give None where an iteration was no update,
as with accumulated gradients. After every run of the evaluator, its metrics: names with "loss" are the validation
loss; of the others those that are known to be better higher, or that are named in `higher_is_better`. A monitor is kept
with a checkpoint as a model is: `Checkpoint({"model": model, "monitor": monitor}, ...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gancheck.monitor.adapters.libraries import library
from gancheck.monitor.adapters.scores import validation_values
from gancheck.monitor.monitor import Monitor


def attach(
    engine: Any,
    monitor: Monitor,
    *,
    evaluator: Any = None,
    output_transform: Callable[[Any], Any] | None = None,
    higher_is_better: Iterable[str] = (),
) -> None:
    """Watch the iterations of an engine, and log what an evaluator finds; the last look is at the end of the run."""
    events = library("ignite.engine", install="pytorch-ignite").Events
    names = tuple(higher_is_better)

    def step(engine: Any) -> None:
        output = engine.state.output
        losses = named_losses(output_transform(output) if output_transform else output)
        if losses is not None:
            monitor.step(**losses)

    def log(engine: Any) -> None:
        monitor.log(**validation_values(engine.state.metrics, names))

    engine.add_event_handler(events.ITERATION_COMPLETED, step)
    engine.add_event_handler(events.COMPLETED, lambda _: monitor.check())
    if evaluator is not None:
        evaluator.add_event_handler(events.COMPLETED, log)


def named_losses(output: Any) -> dict[str, Any] | None:
    """Losses by name; None where there are none."""
    if output is None:
        return None
    if isinstance(output, Mapping):
        return {str(name): value for name, value in output.items() if str(name).endswith("loss")}
    return {"loss": output[0] if isinstance(output, Sequence) else output}
