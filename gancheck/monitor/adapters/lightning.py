"""The monitor as a callback of Lightning (`lightning` or `pytorch_lightning`).

    from gancheck.monitor.adapters.lightning import GancheckCallback

    trainer = Trainer(callbacks=[GancheckCallback(every=10)])

It takes the options of `gc.watch`. What is seen:

- the loss that `training_step` returns; with accumulated gradients, the mean of the batches of one update. Further
  losses of a returned dictionary (names that end in "loss") as well. With manual optimisation `training_step` returns
  nothing, so losses that the module logs are taken, again by their names.
- after every validation: what was logged in it. Names with "loss" are the validation loss; of the others those that are
  known to be better higher (accuracy, F1 and the like), or that are named in `higher_is_better`.
- for a GAN, `generator="..."` and `discriminator="..."` name the two attributes of the module.

Alarms go to the trainer's TensorBoard logger too, where there is one. The state is kept in checkpoints. When training
is over the monitor remains: `callback.monitor.report()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

from torch import nn

from gancheck.detectors.base import Alarm
from gancheck.errors import BadParameter
from gancheck.monitor.adapters.libraries import library
from gancheck.monitor.adapters.scores import validation_values
from gancheck.monitor.adapters.tensorboard import is_writer, write_alarm
from gancheck.monitor.announce import announcer
from gancheck.monitor.building import Options, build_monitor, refuse_other_losses, refuse_unknown_options
from gancheck.monitor.monitor import Monitor

lightning: Any = library("pytorch_lightning", "lightning.pytorch", install="lightning")


class GancheckCallback(lightning.Callback):  # type: ignore[misc]
    """Watches `trainer.fit`; a second call of `fit` begins with a new monitor."""

    monitor: Monitor | None = None  #: from the start of the training on

    def __init__(
        self,
        *,
        generator: str = "",
        discriminator: str = "",
        higher_is_better: Iterable[str] = (),
        **options: Unpack[Options],
    ) -> None:
        refuse_unknown_options(options)
        announcer(options.get("on_alarm", "log"))
        self.options, self.higher_is_better = options, tuple(higher_is_better)
        self.parts = {"generator": generator, "discriminator": discriminator}
        refuse_other_losses([role for role, name in self.parts.items() if name] or ["model"], options)
        self.kept: Mapping[str, Any] = {}  #: of a checkpoint that was loaded
        self.sums: dict[str, Any] = {}  #: losses of the batches since the last update
        self.updates = 0
        self.before: dict[str, Any] = {}  #: metrics when the validation began

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Make the monitor."""
        say = announcer(self.options.get("on_alarm", "log"))
        writers = [
            each for each in (getattr(logger, "experiment", None) for logger in trainer.loggers) if is_writer(each)
        ]

        def announce(alarm: Alarm) -> None:
            for writer in writers:
                write_alarm(writer, alarm)
            say(alarm)

        options: Options = {**self.options, "on_alarm": announce}
        self.monitor = build_monitor(parts_of(pl_module, self.parts), trainer.optimizers, options)
        self.updates, self.sums = trainer.global_step, {}
        if self.kept:
            self.monitor.load_state_dict(self.kept)
            self.kept = {}  # a second call of `fit` begins anew

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Only now a resumed training knows how many updates there were."""
        self.updates = trainer.global_step

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        """Collect losses; a step of the monitor is an update, or one turn of all optimisers."""
        found = losses_of(outputs, trainer.accumulate_grad_batches)
        for name, value in found.items():
            self.sums[name] = self.sums.get(name, 0.0) + value
        if not found:
            self.sums = logged_losses(trainer.callback_metrics)
        if self.monitor is not None and trainer.global_step != self.updates:
            self.updates, losses, self.sums = trainer.global_step, self.sums, {}
            self.monitor.step(**losses)

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Write down which metrics there are."""
        self.before = dict(trainer.callback_metrics)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Log what the validation logged."""
        if self.monitor is None or trainer.sanity_checking:
            return
        now = trainer.callback_metrics
        fresh = {name: value for name, value in now.items() if self.before.get(name) is not value}
        self.monitor.log(**validation_values(fresh, self.higher_is_better))

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        """A last look."""
        if self.monitor is not None:
            self.monitor.check()
            self.monitor.close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Take the hooks off the model."""
        if self.monitor is not None:
            self.monitor.close()

    def state_dict(self) -> dict[str, Any]:
        """What the monitor remembers, for a checkpoint."""
        return self.monitor.state_dict() if self.monitor is not None else {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Lightning calls this before the training starts."""
        self.kept = state_dict


def parts_of(module: nn.Module, parts: Mapping[str, str]) -> dict[str, nn.Module]:
    """The module, or the parts that were named."""
    named = {role: name for role, name in parts.items() if name}
    for role, name in named.items():
        if not isinstance(getattr(module, name, None), nn.Module):
            raise BadParameter(f"{role} = {name!r}: {type(module).__name__} has no such network")
    return {role: getattr(module, name) for role, name in named.items()} or {"model": module}


def losses_of(outputs: Any, batches: int) -> dict[str, Any]:
    """Losses of one batch, such that their sum over the batches of an update is their mean."""
    all_of_them = outputs if isinstance(outputs, Mapping) else {} if outputs is None else {"loss": outputs}
    named = {n: v.detach() for n, v in all_of_them.items() if n.endswith("loss") and hasattr(v, "detach")}
    return {n: v if n == "loss" else v / batches for n, v in named.items()}  # Lightning has divided `loss` already


def logged_losses(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Training losses among logged metrics."""
    return {name: value for name, value in metrics.items() if name.endswith("loss") and not name.startswith("val")}
