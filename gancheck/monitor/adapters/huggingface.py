"""The monitor as a callback of Hugging Face's `Trainer`.

    from gancheck.monitor.adapters.huggingface import GancheckCallback

    trainer = Trainer(..., callbacks=[GancheckCallback(every=10)])

It takes the options of `gc.watch`. What is seen:

- the loss in the model's output, of every update, whole and raw: the `loss` that `Trainer` logs is a mean over
  `logging_steps`, from which `logging_nan_inf_filter` (on by default) takes NaN. With accumulated gradients it is that
  of all batches of an update.
- where the model gives no loss (a loss function of one's own, label smoothing), `callback.attach(trainer)` takes it
  from `training_step`. Without that, the logged mean is seen, at logged steps only, and a NaN late or never.
- after every evaluation its metrics: `eval_loss`, and those that are known to be better higher (accuracy, F1 and the
  like), or that are named in `higher_is_better`.

The state is kept as `gancheck.json` in every checkpoint. When training is over the monitor remains:
`callback.monitor.report()`. For TensorBoard give `on_alarm=AlarmWriter("runs/...")` (the module `tensorboard` here).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Unpack

from torch import nn
from torch.utils.hooks import RemovableHandle

from gancheck.monitor.adapters.libraries import library
from gancheck.monitor.adapters.scores import validation_values
from gancheck.monitor.adapters.state_file import go_on_from
from gancheck.monitor.announce import announcer
from gancheck.monitor.building import Options, build_monitor, refuse_other_losses, refuse_unknown_options, unwrapped
from gancheck.monitor.monitor import Monitor

transformers: Any = library("transformers", install="'transformers[torch]'")
FILE = "gancheck.json"  #: in a checkpoint's folder


class GancheckCallback(transformers.TrainerCallback):  # type: ignore[misc]
    """Watches `trainer.train()`; every call begins with a new monitor, or goes on from a checkpoint's."""

    monitor: Monitor | None = None  #: from the start of the training on
    handle: RemovableHandle | None = None  #: of the hook that reads the loss in the model's output

    def __init__(self, *, higher_is_better: Iterable[str] = (), **options: Unpack[Options]) -> None:
        refuse_unknown_options(options)
        refuse_other_losses(["model"], options)
        announcer(options.get("on_alarm", "log"))
        self.options, self.higher_is_better = options, tuple(higher_is_better)
        self.is_attached = False  #: whether `training_step` hands over its loss
        self.parts: list[Any] = []  #: losses since the last update; their sum is its loss
        self.sees_losses = False  #: whether the last update came with its loss

    def attach(self, trainer: Any) -> None:
        """Take every loss from `trainer.training_step`, which knows it whatever computes it."""
        original = trainer.training_step

        def training_step(*given: Any, **named: Any) -> Any:
            loss = original(*given, **named)
            self.parts.append(loss.detach())
            return loss

        trainer.training_step, self.is_attached = training_step, True

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Make the monitor, or go on with that of the checkpoint; nothing is left of a training that broke off."""
        self.detach()
        model, self.parts = unwrapped(given["model"]), []
        optimizer = given.get("optimizer")
        self.monitor = build_monitor({"model": model}, [optimizer] if optimizer is not None else [], self.options)
        kept = folder_of(args, state) / FILE
        if state.global_step and kept.is_file():
            go_on_from(kept, self.monitor)
        if state.global_step:  # the file may lie where the first process alone can read it
            self.monitor.count_from(state.global_step)
        if not self.is_attached:
            hook = LossHook(self.parts.append, args.gradient_accumulation_steps)
            self.handle = model.register_forward_hook(hook, with_kwargs=True)

    def detach(self) -> None:
        """Leave the model as it was."""
        if self.handle is not None:
            self.handle.remove()
        if self.monitor is not None:
            self.monitor.close()

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """An update is done, and gradients are still there."""
        losses, self.sees_losses = ({"loss": sum(self.parts)} if self.parts else {}), bool(self.parts)
        try:
            if self.monitor is not None:
                self.monitor.step(**losses)
        finally:
            self.parts.clear()  # of the monitor's own calls of a closure too

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **given: Any) -> None:
        """The logged mean, where no loss of a step is seen."""
        if self.monitor is not None and not self.sees_losses and logs is not None and "loss" in logs:
            self.monitor.log(loss=logs["loss"])

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Mapping[str, Any], **given: Any) -> None:
        """Log what the evaluation found."""
        if self.monitor is not None:
            self.monitor.log(**validation_values(metrics, self.higher_is_better))

    def on_save(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Keep what the monitor remembers beside the checkpoint."""
        folder = folder_of(args, state)
        if self.monitor is not None and state.is_world_process_zero and folder.is_dir():
            (folder / FILE).write_text(json.dumps(self.monitor.state_dict()))

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """A last look; the model is left as it was."""
        try:
            if self.monitor is not None:
                self.monitor.check()
        finally:
            self.detach()


class LossHook:
    """A forward hook: hands over the share of the update's loss that the model's output holds; a copy of it (of a model
    that is copied or saved meanwhile) does nothing."""

    def __init__(self, take: Callable[[Any], None], batches: int) -> None:
        self.take, self.batches = take, batches

    def __call__(self, model: nn.Module, _: Any, named: Mapping[str, Any], output: Any) -> None:
        loss = output.get("loss") if isinstance(output, Mapping) else None
        if model.training and loss is not None:
            is_share = named.get("num_items_in_batch") is not None  # divided by the items of the whole update
            self.take(loss.detach().mean() / (1 if is_share else self.batches))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, str]]:
        """A method of the standard library that takes anything and does nothing."""
        return getattr, (nullcontext(), "__exit__")


def folder_of(args: Any, state: Any) -> Path:
    """Where `Trainer` puts the checkpoint of this step."""
    return Path(args.output_dir) / f"checkpoint-{state.global_step}"
