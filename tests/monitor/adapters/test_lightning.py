from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import gancheck as gc
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()
lightning = pytest.importorskip("pytorch_lightning", reason="pytorch-lightning is not installed")
from gancheck.monitor.adapters.lightning import GancheckCallback  # noqa: E402

logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


class Line(lightning.LightningModule):
    """A line through four numbers. `nan_at` is the batch whose loss is NaN."""

    def __init__(self, nan_at: int = -1) -> None:
        super().__init__()
        self.net, self.nan_at = nn.Linear(4, 1), nan_at

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        x, y = batch
        loss = nn.functional.mse_loss(self.net(x), y)
        return loss * torch.nan if batch_idx == self.nan_at else loss

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.log_dict({"val_loss": 0.5, "val_acc": 0.9, "val_rmse": 3.0})

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.01)


class TwoPlayers(lightning.LightningModule):
    """Two networks and two optimisers, moved by hand; losses are only logged."""

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.g, self.d = nn.Linear(2, 4), nn.Linear(4, 1)

    def training_step(self, batch: Any, batch_idx: int) -> None:
        first, second = self.optimizers()
        for name, optimizer in (("discriminator_loss", second), ("generator_loss", first)):
            loss = self.d(self.g(torch.randn(8, 2))).square().mean()
            optimizer.zero_grad()
            self.manual_backward(loss)
            optimizer.step()
            self.log(name, loss)

    def configure_optimizers(self) -> list[torch.optim.Optimizer]:
        return [torch.optim.SGD(net.parameters(), lr=0.01) for net in (self.g, self.d)]


def loader(n: int = 64) -> DataLoader[Any]:
    x = torch.randn(n, 4, generator=torch.Generator().manual_seed(0))
    return DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)


def fit(model: Any, callback: Any, *, validate: bool = False, ckpt_path: Path | None = None, **options: Any) -> Any:
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "enable_checkpointing": False}
    wanted = {**quiet, "accelerator": "cpu", "logger": False, **options}
    trainer = lightning.Trainer(**wanted, callbacks=callback)
    trainer.fit(model, loader(), loader() if validate else None, ckpt_path=ckpt_path)
    return trainer


def test_every_update_is_a_step_with_its_loss_and_validations_are_logged() -> None:
    callback = GancheckCallback(every=2, detectors="cheap")
    fit(Line(), callback, validate=True, max_epochs=2)
    assert callback.monitor is not None
    assert callback.monitor.steps == 16
    seen = callback.monitor.tracker.seen
    assert {"loss", "val_loss", "metric_acc"} <= seen
    assert not [name for name in seen if "rmse" in name]  # better lower
    assert callback.monitor.history[-1].get("val_loss") == 0.5


def test_a_loss_of_nan_is_named() -> None:
    callback = GancheckCallback(every=1, detectors="nonfinite")
    fit(Line(nan_at=5), callback, max_epochs=1)
    assert callback.monitor is not None
    assert [(a.detector, a.step) for a in callback.monitor.alarms] == [("nonfinite", 6)]
    assert "nonfinite" in callback.monitor.report()


def test_an_alarm_can_stop_the_training_and_leaves_no_hooks() -> None:
    callback, model = GancheckCallback(every=1, detectors="nonfinite", on_alarm="raise"), Line(nan_at=3)
    with pytest.raises(gc.TrainingAlarm, match="step 4: nonfinite"):
        fit(model, callback, max_epochs=1)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_accumulated_batches_are_one_step_with_their_mean_loss(tmp_path: Path) -> None:
    losses: list[float] = []

    class Noting(Line):
        def training_step(self, batch: Any, batch_idx: int) -> Tensor:
            loss = super().training_step(batch, batch_idx)
            losses.append(float(loss.detach()))
            return loss

    callback = GancheckCallback(every=1, detectors="cheap")
    fit(Noting(), callback, max_epochs=1, accumulate_grad_batches=4)
    assert callback.monitor is not None
    seen = [o.numbers["loss"] for o in callback.monitor.history]
    assert seen == pytest.approx([sum(losses[:4]) / 4, sum(losses[4:]) / 4])


def test_two_players_by_name_with_losses_that_are_only_logged() -> None:
    callback = GancheckCallback(every=4, detectors="cheap", generator="g", discriminator="d")
    fit(TwoPlayers(), callback, max_epochs=1)
    assert callback.monitor is not None
    assert callback.monitor.steps == 8
    assert {"generator_loss", "discriminator_loss"} <= callback.monitor.tracker.seen


def test_a_resumed_training_goes_on_counting(tmp_path: Path) -> None:
    first = GancheckCallback(every=2, detectors="nonfinite")
    trainer = fit(Line(nan_at=2), first, max_epochs=1)
    trainer.save_checkpoint(tmp_path / "kept.ckpt")
    second = GancheckCallback(every=2, detectors="nonfinite")
    fit(Line(), second, max_epochs=2, ckpt_path=tmp_path / "kept.ckpt")
    assert second.monitor is not None
    assert second.monitor.steps == 16
    assert [a.step for a in second.monitor.alarms] == [3]


def test_a_second_fit_after_a_resumed_one_begins_anew(tmp_path: Path) -> None:
    callback = GancheckCallback(every=2, detectors="nonfinite")
    fit(Line(), callback, max_epochs=1).save_checkpoint(tmp_path / "kept.ckpt")
    fit(Line(), callback, max_epochs=2, ckpt_path=tmp_path / "kept.ckpt")
    fit(Line(), callback, max_epochs=1)
    assert callback.monitor is not None
    assert callback.monitor.steps == 8


def test_alarms_go_to_the_tensorboard_logger(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    logger = lightning.loggers.TensorBoardLogger(str(tmp_path))
    callback = GancheckCallback(every=1, detectors="nonfinite")
    fit(Line(nan_at=1), callback, max_epochs=1, logger=logger)
    events = EventAccumulator(logger.log_dir).Reload()
    assert [event.step for event in events.Scalars("gancheck/nonfinite")] == [2]


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(gc.BadParameter, match="Did you mean 'every'"):
        GancheckCallback(evry=10)
    with pytest.raises(gc.BadParameter, match="on_alarm"):
        GancheckCallback(on_alarm="shout")
    with pytest.raises(gc.BadParameter, match="has no such network"):
        fit(Line(), GancheckCallback(generator="nett"), max_epochs=1)


def test_losses_of_another_kind_of_training_are_refused_at_once() -> None:
    with pytest.raises(gc.BadParameter, match=r"losses=\.\.\. is of a GAN"):
        GancheckCallback(losses=lambda: (torch.zeros(()), torch.zeros(())))
    with pytest.raises(gc.BadParameter, match=r"closure=\.\.\. is the loss of one model"):
        GancheckCallback(generator="g", discriminator="d", closure=lambda: torch.zeros(()))
