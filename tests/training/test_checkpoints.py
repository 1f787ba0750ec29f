"""A training that was stopped goes on from its checkpoint as if it had never been."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import torch

import gancheck as gc
from gancheck.training.checkpoints import Checkpoints
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.record import TrainingRecord, flatten_kept
from gancheck.training.recorder import OnStep
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

Setup = Callable[..., TrainingSetup]

SMALL: dict[str, dict[str, int]] = {"mlp": {"width": 16, "latent": 4, "depth": 1}, "dcgan": {"width": 4, "latent": 4}}


@pytest.fixture
def setup(setup: Setup, registry: gc.Registry) -> Setup:
    """Small set-ups, of a network with one hidden layer."""
    return partial(setup, gan=registry.build("gan", "mlp", **SMALL["mlp"]))


class Stopped(Exception):
    pass


def stop_after(step: int) -> OnStep:
    """What hears of steps, and ends the training as a power cut would."""

    def hear(done: int) -> None:
        if done > step:
            raise Stopped

    return hear


def interrupted(setup: TrainingSetup, path: Path, step: int) -> list[TrainingRecord]:
    """The records of a training that ended at a step, and then went on in a new trainer."""
    with pytest.raises(Stopped):
        Trainer(setup).train(stop_after(step), Checkpoints(path, "id", every=0.0))
    return Trainer(setup).train(checkpoints=Checkpoints(path, "id", every=0.0))


def same_bits(one: list[TrainingRecord], other: list[TrainingRecord]) -> bool:
    """Whether all generators and signals of two blocks are equal."""

    def tensors(record: TrainingRecord) -> dict[str, torch.Tensor]:
        kept = {f"{s} {n}": t for s, k in record.snapshots.items() for n, t in flatten_kept(k).items()}
        return {**kept, **record.trace}

    pairs = [(tensors(a), tensors(b)) for a, b in zip(one, other, strict=True)]
    assert all(a.keys() == b.keys() and len(a) > 5 for a, b in pairs)
    return all(torch.allclose(a[n], b[n], rtol=0, atol=0, equal_nan=True) for a, b in pairs for n in a)


STACKED = ExecutionPath("stacked", "traced")

CASES = {
    "traced": ("none", "mlp", "ring8", STACKED),
    "averaged weights": ("ema", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "past discriminators": ("past-discriminators", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "refreshed": ("self-conditioned(clusters=4, clusterings=4)", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "vectors": ("spectral-norm", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "restarted": ("adagan(generators=2, critic_updates=2, rows=64)", "mlp", "ring8", ExecutionPath("stacked", "eager")),
    "one graph": ("ema", "mlp", "ring8", ExecutionPath("stacked", "compiled")),
    "one graph, restarted": (
        "adagan(generators=2, critic_updates=2, rows=64)",
        "mlp",
        "ring8",
        ExecutionPath("stacked", "compiled"),
    ),
    "convolutions": ("none", "dcgan", "digits", ExecutionPath("looped", "eager")),
}


@pytest.mark.parametrize("case", CASES)
def test_training_that_was_stopped_goes_on_bit_for_bit(
    case: str, setup: Setup, registry: gc.Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CompiledStep.__init__, "__defaults__", (lambda graph, _: graph, None))  # the graph as it is
    recipe, gan, data, path = CASES[case]
    made = setup(
        recipe, gan=registry.build("gan", gan, **SMALL[gan]), data=data, path=path, steps=8, batch=4, evaluations=2
    )
    assert same_bits(Trainer(made).train(), interrupted(made, tmp_path / "a.checkpoint", 5))


@pytest.fixture
def stopped(setup: Setup, tmp_path: Path) -> tuple[TrainingSetup, Path]:
    """A training that ended after a few of its steps, and its checkpoint."""
    made, path = setup(), tmp_path / "a.checkpoint"
    with pytest.raises(Stopped):
        Trainer(made).train(stop_after(12), Checkpoints(path, "id", every=0.0))
    return made, path


def test_what_was_trained_is_not_trained_again(
    stopped: tuple[TrainingSetup, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    made, path = stopped
    heard: list[int] = []
    Trainer(made).train(heard.append, Checkpoints(path, "id", every=1e9))
    assert heard == list(range(13, 21))
    assert capsys.readouterr().err == "gancheck: a.checkpoint: training goes on from step 12\n"


def spoil(path: Path, how: str) -> None:
    """Cut a file short, or change one byte of its last tensor."""
    whole = bytearray(path.read_bytes())
    whole[-1] ^= 1
    path.write_bytes(whole if how == "changed" else whole[:-100])


@pytest.mark.parametrize(
    ("how", "training", "said"),
    [
        ("changed", "id", "was changed after it was written: its hash is another"),
        ("short", "id", "is not a whole checkpoint"),
        ("", "other", r"is of another training \(id, not other\)"),
    ],
)
def test_checkpoint_that_cannot_be_trusted_is_refused_and_training_starts_anew(
    how: str, training: str, said: str, stopped: tuple[TrainingSetup, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    made, path = stopped
    if how:
        spoil(path, how)
    heard: list[int] = []
    Trainer(made).train(heard.append, Checkpoints(path, training, every=1e9))
    assert heard[0] == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(said, line)
    assert line.endswith("it is removed, and training starts anew")
    assert not path.exists()


def test_short_training_writes_no_checkpoint(setup: Setup, tmp_path: Path) -> None:
    Trainer(setup()).train(checkpoints=Checkpoints(tmp_path / "a.checkpoint", "id", every=600.0))
    assert not list(tmp_path.iterdir())


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """The usual answer to Ctrl-C, which a shell takes from jobs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_leaves_a_checkpoint_from_which_the_same_training_goes_on(
    setup: Setup, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, path, before = setup(evaluations=2), tmp_path / "a.checkpoint", signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        Trainer(made).train(
            lambda done: signal.raise_signal(signal.SIGINT) if done == 7 else None, Checkpoints(path, "id", 600.0)
        )
    assert "stopped after step 7, from which the same command goes on" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before
    assert same_bits(Trainer(made).train(), Trainer(made).train(checkpoints=Checkpoints(path, "id", 600.0)))


class Interrupting(Trainer):
    """Is sent Ctrl-C in one of its steps."""

    at = 0

    def step(self) -> None:
        super().step()
        if self.replicas.steps_done == self.at:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("heeds_ctrl_c")
@pytest.mark.parametrize("step", [10, 20])
def test_ctrl_c_in_the_last_step_before_an_evaluation_loses_no_evaluation(
    step: int, setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, path = setup(evaluations=2, steps=20), tmp_path / "a.checkpoint"
    monkeypatch.setattr(Interrupting, "at", step)
    with pytest.raises(KeyboardInterrupt):
        Interrupting(made).train(checkpoints=Checkpoints(path, "id", 600.0))
    assert same_bits(Trainer(made).train(), Trainer(made).train(checkpoints=Checkpoints(path, "id", 600.0)))


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_ctrl_c_at_the_end_of_a_training_is_heard(setup: Setup, tmp_path: Path) -> None:
    made, path = setup(evaluations=2), tmp_path / "a.checkpoint"
    with pytest.raises(KeyboardInterrupt):
        Trainer(made).train(
            lambda done: signal.raise_signal(signal.SIGINT) if done == 20 else None, Checkpoints(path, "id", 600.0)
        )
    heard: list[int] = []
    assert same_bits(Trainer(made).train(), Trainer(made).train(heard.append, Checkpoints(path, "id", 600.0)))
    assert not heard


def test_training_goes_on_where_no_checkpoint_can_be_written(
    setup: Setup, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    records = Trainer(setup(steps=2)).train(checkpoints=Checkpoints(tmp_path / "file" / "a.checkpoint", "id", 0.0))
    assert [record.status for record in records] == ["done", "done"]
    assert "gancheck: no checkpoint: cannot write" in capsys.readouterr().err
