from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()
pytest.importorskip("accelerate", reason="accelerate is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")
from gancheck.monitor.adapters.huggingface import GancheckCallback  # noqa: E402


class Line(nn.Module):
    """A line through four numbers, in the way of Hugging Face's models; the loss is NaN once `nan_from` were asked."""

    def __init__(self, nan_from: int = 10**6) -> None:
        super().__init__()
        self.net, self.left, self.losses = nn.Linear(4, 1), nan_from, []

    def forward(self, x: Tensor, labels: Tensor | None = None) -> dict[str, Tensor]:
        y = self.net(x)
        if labels is None:
            return {"logits": y}
        self.left -= self.training
        loss = nn.functional.mse_loss(y, labels) * (torch.nan if self.left < 0 else 1.0)
        self.losses += [float(loss.detach())] * self.training
        return {"loss": loss, "logits": y}


def rows(n: int = 32) -> list[dict[str, Tensor]]:
    x = torch.randn(n, 4, generator=torch.Generator().manual_seed(0))
    return [{"x": row, "labels": row.sum().reshape(1)} for row in x]


def trainer(model: nn.Module, callback: Any, folder: Path, **options: Any) -> Any:
    quiet = {"report_to": [], "disable_tqdm": True, "use_cpu": True, "save_strategy": "no", "logging_steps": 4}
    wanted = {**quiet, "per_device_train_batch_size": 4, "num_train_epochs": 1, "learning_rate": 1e-3, **options}
    args = transformers.TrainingArguments(output_dir=str(folder), **wanted)
    made = transformers.Trainer(model, args, train_dataset=rows(), eval_dataset=rows(8), callbacks=[callback])
    made.remove_callback(transformers.PrinterCallback)
    return made


def losses(callback: Any) -> list[float]:
    return [o.numbers["loss"] for o in callback.monitor.history if "loss" in o.numbers]


def test_the_loss_of_every_step_is_seen_raw(tmp_path: Path) -> None:
    callback, model = GancheckCallback(every=1, detectors="nonfinite"), Line(nan_from=5)
    made = trainer(model, callback, tmp_path)
    made.train()
    assert losses(callback)[:5] == pytest.approx(model.losses[:5])
    assert [a.step for a in callback.monitor.alarms] == [6]
    assert not [row for row in made.state.log_history if row.get("loss") != row.get("loss")]  # the log hides it
    assert not model._forward_hooks


def test_accumulated_batches_are_one_step_with_their_mean_loss(tmp_path: Path) -> None:
    callback, model = GancheckCallback(every=1, detectors="cheap"), Line()
    trainer(model, callback, tmp_path, gradient_accumulation_steps=4).train()
    assert losses(callback) == pytest.approx([sum(model.losses[:4]) / 4, sum(model.losses[4:]) / 4])


def own_loss(outputs: Any, labels: Tensor, num_items_in_batch: Any = None) -> Tensor:
    return (outputs["logits"] - labels).square().mean()


def test_a_loss_of_ones_own_is_seen_as_the_logged_mean_or_raw_after_attach(tmp_path: Path) -> None:
    logged, attached = GancheckCallback(every=1, detectors="cheap"), GancheckCallback(every=1, detectors="cheap")
    made = trainer(Line(), attached, tmp_path)
    made.compute_loss_func = own_loss
    attached.attach(made)
    made.train()
    assert len(losses(attached)) == 8
    made = trainer(Line(), logged, tmp_path)
    made.compute_loss_func = own_loss
    made.train()
    assert losses(logged) == pytest.approx([made.state.log_history[1]["loss"]], abs=1e-3)  # of step 8; history is thin


def test_evaluations_are_logged(tmp_path: Path) -> None:
    callback = GancheckCallback(every=1, detectors="cheap")
    made = trainer(Line(), callback, tmp_path, eval_strategy="steps", eval_steps=2)
    made.compute_metrics = lambda _: {"accuracy": 0.5, "mse": 2.0}
    made.train()
    seen = callback.monitor.tracker.seen
    assert {"val_loss", "accuracy"} <= seen
    assert not [name for name in seen if "mse" in name or "runtime" in name]


def test_a_resumed_training_goes_on_counting(tmp_path: Path) -> None:
    options = {"save_strategy": "steps", "save_steps": 4, "max_steps": 8}
    first = GancheckCallback(every=1, detectors="nonfinite")
    model = Line(nan_from=2)
    made = trainer(model, first, tmp_path, **{**options, "max_steps": 4})
    made.train()
    second = GancheckCallback(every=1, detectors="nonfinite")
    trainer(Line(), second, tmp_path, **options).train(resume_from_checkpoint=str(tmp_path / "checkpoint-4"))
    assert second.monitor is not None
    assert second.monitor.steps == 8
    assert [a.step for a in second.monitor.alarms] == [3]


def test_an_alarm_can_stop_the_training(tmp_path: Path) -> None:
    callback = GancheckCallback(every=1, detectors="nonfinite", on_alarm="raise")
    with pytest.raises(gc.TrainingAlarm, match="step 3"):
        trainer(Line(nan_from=2), callback, tmp_path).train()


def test_a_real_model_with_its_scheduler_and_clipping(tmp_path: Path) -> None:
    sizes = {"n_embd": 16, "n_layer": 1, "n_head": 2, "vocab_size": 32, "n_positions": 16}
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config(**sizes, bos_token_id=0, eos_token_id=0))
    callback = GancheckCallback(every=2, detectors="cheap")
    made = trainer(model, callback, tmp_path, max_steps=4, gradient_accumulation_steps=2)
    tokens = torch.randint(1, 32, (32, 16), generator=torch.Generator().manual_seed(0))
    made.train_dataset = [{"input_ids": row, "labels": row} for row in tokens]
    made.train()
    assert callback.monitor.steps == 4
    assert losses(callback) == pytest.approx([3.5] * 2, abs=0.5)  # log 32


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(gc.BadParameter, match="Did you mean 'every'"):
        GancheckCallback(evry=10)


def test_a_closure_of_the_monitor_adds_nothing_to_the_loss(tmp_path: Path) -> None:
    model = Line()
    x, labels = torch.ones(4, 4), torch.ones(4, 1)
    closure = lambda: model(x, labels)["loss"]  # noqa: E731
    callback = GancheckCallback(every=1, detectors="nonfinite, sharpness", closure=closure)
    made = trainer(model, callback, tmp_path, max_steps=2, logging_steps=1)
    made.train()
    logged = [row["loss"] for row in made.state.log_history if "loss" in row]
    assert losses(callback) == pytest.approx(logged, abs=1e-3)


def test_a_training_after_one_that_broke_off_has_one_hook_and_a_copy_of_it_none(tmp_path: Path) -> None:
    model, copies = Line(nan_from=2), []
    callback = GancheckCallback(every=1, detectors="nonfinite", on_alarm="raise")
    with pytest.raises(gc.TrainingAlarm):
        trainer(model, callback, tmp_path, max_steps=4).train()
    model.left = 10**6
    model.net.reset_parameters()
    copies.append(copy.deepcopy(model))
    copies[0].train()(torch.ones(4, 4), torch.ones(4, 1))
    assert len(callback.parts) == 0
    model.losses.clear()
    trainer(model, callback, tmp_path, max_steps=4).train()
    assert losses(callback) == pytest.approx(model.losses)
    assert not model._forward_hooks


def test_a_resumed_training_without_a_state_counts_on(tmp_path: Path) -> None:
    options = {"save_strategy": "steps", "save_steps": 4}
    trainer(Line(), GancheckCallback(every=1, detectors="nonfinite"), tmp_path, **options, max_steps=4).train()
    (tmp_path / "checkpoint-4" / "gancheck.json").unlink()
    second = GancheckCallback(every=1, detectors="nonfinite")
    made = trainer(Line(), second, tmp_path, **options, max_steps=6)
    made.train(resume_from_checkpoint=str(tmp_path / "checkpoint-4"))
    assert second.monitor is not None
    assert second.monitor.steps == 6


def test_losses_of_another_kind_of_training_are_refused_at_once() -> None:
    with pytest.raises(gc.BadParameter, match=r"losses=\.\.\. is of a GAN"):
        GancheckCallback(losses=lambda: (torch.zeros(()), torch.zeros(())))
