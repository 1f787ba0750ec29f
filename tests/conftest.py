"""What the tests of training, strategies and detectors share: the registry, small set-ups, and one game laid open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import settings
from torch import Tensor, nn

import gancheck as gc
from gancheck.gans.game import Game
from gancheck.gans.noise import Noise, NoiseRequest
from gancheck.strategies.recipe import Recipe
from gancheck.training.own_loop import train_own_loop
from gancheck.training.record import TrainingRecord
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

EAGER = ExecutionPath("stacked", "eager")

settings.register_profile("patient", deadline=None)  # the machine may be busy
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from threads, and test processes share the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


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
def apart() -> Callable[[list[TrainingRecord], list[TrainingRecord]], float]:
    """The largest difference between the generators of two blocks, over all seeds and evaluation points."""

    def distance(one: list[TrainingRecord], other: list[TrainingRecord]) -> float:
        assert [r.status for r in one] == [r.status for r in other] == ["done"] * len(one)
        gaps = [
            (tensor.double() - b.snapshots[step][name].double()).abs().max().item()
            for a, b in zip(one, other, strict=True)
            for step, params in a.snapshots.items()
            for name, tensor in params.items()
        ]
        assert gaps
        return max(gaps)

    return distance


class Dice(Noise):
    """Noise that is drawn when it is asked for, and stays in `tensors` for the test to look at."""

    def __init__(self) -> None:
        super().__init__({})
        self.source = torch.Generator().manual_seed(7)

    def take(self, name: str, wish: NoiseRequest) -> Tensor:
        draw = torch.randn if wish.kind == "normal" else torch.rand
        return self.tensors.setdefault(self.key(name), draw(wish.shape, generator=self.source))


@dataclass
class Duel:
    """One game, and beside it the plain modules whose weights it is played with."""

    game: Game
    generator: nn.Module
    discriminator: nn.Module

    @property
    def x(self) -> Tensor:
        return self.game.batch.x

    @property
    def z(self) -> Tensor:
        return self.game.latent

    @property
    def real(self) -> Tensor:
        """Logits of the untreated real batch, by a plain call."""
        return self.discriminator(self.x).flatten()

    @property
    def fake(self) -> Tensor:
        """Logits of the untreated generated batch, by a plain call."""
        return self.discriminator(self.generator(self.z)).flatten()

    def loss(self) -> Tensor:
        """The recipe's loss of the player whose move it is."""
        recipe = self.game.hooks
        moves = {"discriminator": recipe.discriminator_loss, "generator": recipe.generator_loss}
        return moves[self.game.phase](self.game)

    def slope(self, at: Tensor) -> Tensor:
        """Gradient of the discriminator's logits at some inputs, by plain autograd; it can be differentiated again."""
        at = at.detach().requires_grad_()
        return torch.autograd.grad(self.discriminator(at).sum(), at, create_graph=True)[0]


@pytest.fixture(scope="session")
def duel(registry: gc.Registry) -> Callable[..., Duel]:
    """Lays one game open: `duel("r1", phase="discriminator", batch=6)`."""

    def make(
        recipe: str, phase: str = "discriminator", *, batch: int = 6, progress: float = 0.0, dims: int = 2, **gan: Any
    ) -> Duel:
        parsed = Recipe.parse(recipe, registry)
        data, source = gc.DataSpec((dims,)), torch.Generator().manual_seed(3)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(5)
            players = parsed.players(registry.build("gan", "mlp", **{"width": 8, "latent": 3, **gan}), data)
        weights = {name: dict(module.named_parameters()) for name, module in players.modules.items()}
        share = torch.tensor(progress)
        settings = parsed.settings(gc.Settings(batch=batch, default=gc.Optimiser(lr=0.01)))
        blank = {
            name: {
                "first": {n: torch.zeros_like(w) for n, w in params.items()},
                "second": {n: torch.zeros_like(w) for n, w in params.items()},
                "count": {n: torch.zeros(()) for n in params},
            }
            for name, params in weights.items()
        }
        game = Game(
            modules=players.modules,
            hooks=parsed,
            phase=phase,
            batch=gc.Batch(torch.randn(batch, dims, generator=source), torch.zeros(batch), torch.zeros(batch)),
            latent=players.latent.draw(batch, source),
            weights=weights,
            buffers={name: {} for name in weights},
            memory=parsed.memory(gc.State(weights, {}, share)),
            moments=blank,
            rates={name: torch.tensor(settings.player(name).lr) for name in weights},
            progress=share,
            noise=Dice(),
            settings=settings,
        )
        return Duel(game, players.generator, players.discriminator)

    return make
