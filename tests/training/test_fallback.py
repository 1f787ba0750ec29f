"""Which way a block is computed, and what is said where it is not the wanted one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.training.fallback import first_path
from gancheck.training.record import TrainingRecord
from gancheck.training.vectorise import ExecutionPath

STACKED = ExecutionPath("stacked", "eager")
TABLE = torch.tensor([[1.0, -2.0, 3.0], [-1.0, 2.0, 0.5]])


def chosen(function: Callable[[Tensor], Tensor]) -> tuple[str, str]:
    """The path that is left for a function of one replicate, and why."""
    found = first_path(lambda path: path.map(function)(TABLE), STACKED)
    return str(found.path), found.reason


def picks(x: Tensor) -> Tensor:
    return x[x > 0].sum()


def selects(x: Tensor) -> Tensor:
    return torch.masked_select(x, x > 0).sum()


def counts(x: Tensor) -> Tensor:
    return (x > 0).nonzero().float().sum()


def shuffles(x: Tensor) -> Tensor:
    return x[torch.randperm(3)]


def encodes(x: Tensor) -> Tensor:
    return torch.nn.functional.one_hot((x > 2).long()).sum()


def reads(x: Tensor) -> Tensor:
    return x * x.mean().item()


def branches(x: Tensor) -> Tensor:
    return x * 2 if x.sum() > 0 else x


def converts(x: Tensor) -> Tensor:
    return x * float(x.numpy().max())


def draws(x: Tensor) -> Tensor:
    return x + torch.rand(3)


def writes(x: Tensor) -> Tensor:
    made = torch.zeros(3)
    made[0] = x[0]
    return made


@pytest.mark.parametrize(
    ("function", "advice"),
    [
        (picks, "weigh all rows by 0 and 1"),
        (selects, "weigh all rows by 0 and 1"),
        (counts, "weigh all rows by 0 and 1"),
        (shuffles, 'write game.uniform("order", (n,)).argsort()'),
        (encodes, "write gancheck.one_hot(codes, count)"),
        (reads, "use torch.where in place of a branch"),
        (branches, "use torch.where in place of a branch"),
        (converts, "keep values in tensors"),
        (draws, "write game.normal(name, shape) or game.uniform(name, shape)"),
        (nn.Dropout(), "write gancheck.Dropout in place of torch's"),
        (writes, "write to none in place"),
    ],
)
def test_a_common_cause_is_named_with_what_to_write_instead(function: Callable[..., Tensor], advice: str) -> None:
    path, reason = chosen(function)
    assert path.startswith("looped")
    assert reason.startswith("stacked-eager: RuntimeError: ")
    assert advice in reason
    assert "\n" not in reason


def test_every_cause_is_told_and_what_is_wanted_eager_is_never_traced() -> None:
    tried: list[str] = []

    def attempt(path: ExecutionPath) -> None:
        tried.append(str(path))
        if path != ExecutionPath("looped", "eager"):
            raise RuntimeError(f"cannot be {'compiled' if path.execution == 'compiled' else path.vectorisation}")

    found = first_path(attempt, ExecutionPath("stacked", "compiled"))
    causes = [f"RuntimeError: cannot be {cause}" for cause in ("compiled", "stacked", "looped")]
    assert found.reason.split("; ") == [
        f"stacked-compiled: {causes[0]}",
        f"stacked-traced: {causes[1]}",
        f"looped-traced: {causes[2]}",
    ]
    tried.clear()
    first_path(attempt, ExecutionPath("stacked", "eager"))
    assert tried == ["stacked-eager", "looped-eager"]


def test_the_wanted_path_needs_no_reason() -> None:
    assert chosen(lambda x: x * 2) == ("stacked-eager", "")


def test_spectral_norm_of_torch_is_trained_one_by_one_and_says_why(train: Callable[..., list[TrainingRecord]]) -> None:
    @gc.gan("normed")
    @dataclass(frozen=True)
    class Normed(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            normed = nn.utils.parametrizations.spectral_norm(nn.Linear(2, 4))
            return gc.Players(nn.Linear(3, 2), nn.Sequential(normed, nn.Linear(4, 1)), gc.Latent(3))

    record = train(gan=Normed(), steps=2)[0]
    assert record.path == "looped-eager"
    assert "take the strategy spectral-norm in place of torch's" in record.path_reason


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, IndexError, AttributeError, gc.BadParameter])
def test_an_error_of_the_authors_is_raised_at_once(error: type[Exception]) -> None:
    tried = []

    def attempt(path: ExecutionPath) -> None:
        tried.append(path)
        raise error("mine")

    with pytest.raises(error, match="mine"):
        first_path(attempt, ExecutionPath())
    assert len(tried) == 1


def test_what_no_path_can_follow_is_raised() -> None:
    with pytest.raises(RuntimeError, match="must match the size"):
        chosen(lambda x: x + torch.ones(5))


@gc.strategy("branching", family="regulariser")
@dataclass(frozen=True)
class Branching(gc.Strategy):
    """Branches on a value: in the loss, or after a step."""

    where: str = "loss"

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return loss * 2 if self.where == "loss" and loss > 0 else loss

    def after_step(self, state: gc.State) -> gc.State:
        return state if self.where == "loss" or state.progress > 2 else state.remember("a", state.memory["a"])

    def memory(self, state: gc.State) -> dict[str, Tensor]:
        return {"a": state.progress}


@pytest.mark.parametrize("where", ["loss", "after"])
def test_the_reason_stays_in_the_record_and_on_disk(
    train: Callable[..., list[TrainingRecord]], where: str, tmp_path: Path
) -> None:
    record = train(extra=(Branching(where),), steps=2)[0]
    hook = {"loss": "discriminator_loss", "after": "after_step"}[where]
    assert record.path == "looped-eager"
    assert record.path_reason.startswith(f"stacked-eager: strategy 'branching', {hook}, test_fallback.py line ")
    assert "torch.where" in record.path_reason
    record.save(tmp_path / "run.safetensors", {})
    assert TrainingRecord.load(tmp_path / "run.safetensors").path_reason == record.path_reason


@gc.strategy("beside", family="regulariser")
@dataclass(frozen=True)
class Beside(gc.Strategy):
    """Reads values where no step is computed: in what is remembered at the start, or in what is evaluated."""

    hook: str

    def memory(self, state: gc.State) -> dict[str, Tensor]:
        return {"beside": state.progress + (state.generator["0.weight"].sum().item() if self.hook == "memory" else 0)}

    def evaluation_weights(self, weights: dict[str, gc.Params], state: gc.State) -> dict[str, gc.Params]:
        factor = state.progress.item() if self.hook == "evaluation_weights" else 1.0
        return {p: {name: factor * w for name, w in params.items()} for p, params in weights.items()}


@pytest.mark.parametrize("hook", ["memory", "evaluation_weights"])
def test_what_is_computed_one_by_one_beside_the_steps_is_said(
    train: Callable[..., list[TrainingRecord]], hook: str
) -> None:
    for record in train(extra=(Beside(hook),), steps=2):
        assert (record.status, record.path) == ("done", "stacked-eager")
        assert record.path_reason.startswith(f"stacked-eager: strategy 'beside', {hook}, test_fallback.py line ")
        assert record.path_reason.count("torch.where") == 1


def test_a_full_memory_is_no_reason_to_train_one_by_one() -> None:
    tried = []

    def attempt(path: ExecutionPath) -> None:
        tried.append(path)
        raise torch.OutOfMemoryError("out of memory")

    with pytest.raises(torch.OutOfMemoryError):
        first_path(attempt, ExecutionPath())
    assert len(tried) == 1


def test_a_record_on_the_wanted_path_has_no_reason(train: Callable[..., list[TrainingRecord]]) -> None:
    assert [(r.path, r.path_reason) for r in train("r1", steps=2)] == [("stacked-eager", "")] * 2
