"""What the tests of training, strategies and detectors share: the registry, small set-ups, and one game laid open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from gc import collect, disable, enable, freeze
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import settings

import gancheck as gc
from gancheck.strategies.recipe import Recipe
from gancheck.testing import OpenGame
from gancheck.training.own_loop import train_own_loop
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

EAGER = ExecutionPath("stacked", "eager")

#: Files that take longest, longest first. They start first, so that no process is left alone with one at the end.
SLOW = (
    "testing/test_contract.py",
    "training/test_compiled_step.py",
    "bench/execution/test_local.py",
    "bench/execution/test_ray.py",
    "bench/execution/test_faults.py",
    "bench/test_run.py",
    "training/test_trainer.py",
    "test_hard_data.py",
    "scoring/test_kinds_of_data.py",
    "docs/test_pages.py",
    "docs/test_commands.py",
    "cli/test_new.py",
    "training/test_vectorise.py",
    "metrics/test_contract.py",
    "api/test_run.py",
    "report/test_score_folder.py",
    "cli/test_main.py",
    "report/test_pictures.py",
    "bench/test_run_plug_ins.py",
)

settings.register_profile("patient", deadline=None)  # the machine may be busy
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, then the others as they were found."""
    ranks = {Path(__file__).parent / name: rank for rank, name in enumerate(SLOW)}
    items.sort(key=lambda item: ranks.get(item.path, len(ranks)))


disable()  # until all is collected: imports make no garbage, and looking for it takes a quarter of their time


def pytest_collection_finish() -> None:
    """PyTorch's hundreds of thousands of objects are here to stay: looking for garbage among them, again and again as
    traces pile up objects, took an eighth of the time."""
    collect()
    freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Garbage is looked for again, also where another process collects and runs the tests."""
    enable()


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from threads, and test processes share the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs draw nothing: pictures are most of what a small run costs, and matter where they are looked at."""
    monkeypatch.setattr("gancheck.api.run.draw", lambda *_: [])


@pytest.fixture(scope="session")
def registry() -> gc.Registry:
    return gc.Registry.load()


@pytest.fixture(scope="session")
def setup(registry: gc.Registry) -> Callable[..., TrainingSetup]:
    """Builds a small set-up: `setup("r1", steps=5, batch=16)`; extra strategy objects join with `extra`."""

    def make(
        recipe: str = "none",
        *,
        extra: tuple[gc.Strategy, ...] = (),
        gan: gc.Model | None = None,
        data: str | gc.Dataset = "ring8",
        steps: int = 20,
        evaluations: int = 1,
        timeout: float = 0.0,
        seeds: tuple[int, ...] = (0, 1),
        path: ExecutionPath = EAGER,
        start: dict[str, str] | None = None,
        **settings: Any,
    ) -> TrainingSetup:
        parsed = Recipe.parse(recipe, registry)
        return TrainingSetup(
            gan=gan or registry.build("gan", "mlp", width=16, latent=4),
            recipe=Recipe(parsed.label, (*parsed.strategies, *extra)),
            dataset=registry.build("dataset", data) if isinstance(data, str) else data,
            settings=gc.Settings(**{"batch": 16, **settings}),
            budget=gc.Budget(steps, evaluations, timeout),
            seeds=seeds,
            path=path,
            device=torch.device("cpu"),
            start=start or {},
        )

    return make


@pytest.fixture(scope="session")
def train(setup: Callable[..., TrainingSetup]) -> Callable[..., list[TrainingRecord]]:
    """Trains a small set-up: `train("r1", steps=5)`."""

    def run(recipe: str = "none", **how: Any) -> list[TrainingRecord]:
        made = setup(recipe, **how)
        return train_own_loop(made) if made.gan.own_loop else Trainer(made).train()

    return run


@pytest.fixture(scope="session")
def untreated(train: Callable[..., list[TrainingRecord]]) -> list[TrainingRecord]:
    """A small set-up trained without any strategy, to compare others with."""
    return train()


@pytest.fixture(scope="session")
def apart() -> Callable[[list[TrainingRecord], list[TrainingRecord]], float]:
    """The largest difference between the generators of two blocks, over all seeds and evaluation points."""

    def distance(one: list[TrainingRecord], other: list[TrainingRecord]) -> float:
        assert [r.status for r in one] == [r.status for r in other] == ["done"] * len(one)
        gaps = [
            (tensor.double() - b.snapshots[step].weights[player][name].double()).abs().max().item()
            for a, b in zip(one, other, strict=True)
            for step, kept in a.snapshots.items()
            for player, params in kept.weights.items()
            for name, tensor in params.items()
        ]
        assert gaps
        return max(gaps)

    return distance


@pytest.fixture(scope="session")
def duel(registry: gc.Registry) -> Callable[..., OpenGame]:
    """Lays one game open: `duel("r1", phase="discriminator", batch=6)`."""

    def make(recipe: str, phase: str = "discriminator", *, dims: int = 2, **how: Any) -> OpenGame:
        return gc.testing.game(recipe, phase, registry=registry, data=gc.DataSpec((dims,)), **how)

    return make
